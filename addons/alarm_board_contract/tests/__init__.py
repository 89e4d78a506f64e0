from . import test_board_fees, test_unit_tests
