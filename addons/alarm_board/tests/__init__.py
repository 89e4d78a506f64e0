from . import (
    test_board_browser,
    test_board_bus,
    test_board_desk,
    test_board_detail,
    test_board_handling,
    test_board_rows,
    test_pairing,
    test_map_settings,
    test_wall,
    test_wall_browser,
)
