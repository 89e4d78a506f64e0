"""A pytest plugin: a busy machine makes examples slowly, which is no property of the code."""

from hypothesis import HealthCheck, settings

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("suite")
