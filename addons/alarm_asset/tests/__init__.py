from . import test_check
from . import test_contract
from . import test_depreciation_rule
from . import test_life
from . import test_sale_taken_back
from . import test_setup
from . import test_stock_and_revenue
