from . import (
    test_board_orders,
    test_function_seven,
    test_unit_tests,
    test_wall_responders,
)
