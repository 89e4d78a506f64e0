from . import test_depreciation_rule
from . import test_life
