from . import test_deferral_rule
