from . import test_change_rules
