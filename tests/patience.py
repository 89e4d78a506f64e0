"""A pytest plugin: on a busy machine examples take long to make, which is no property of the code."""

from hypothesis import HealthCheck, settings

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
