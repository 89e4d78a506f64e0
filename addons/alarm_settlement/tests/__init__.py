from . import test_carrier_rules
from . import test_share_rules
