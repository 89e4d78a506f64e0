from . import test_revenue_rules
