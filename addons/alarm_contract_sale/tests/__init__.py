from . import test_contract_from_order
