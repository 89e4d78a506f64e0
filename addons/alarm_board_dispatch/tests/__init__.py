from . import test_board_orders, test_function_seven
