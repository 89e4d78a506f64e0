from . import test_contract_from_order
from . import test_customer_life
