from . import test_board_orders
