from . import (
    test_browser,
    test_handover,
    test_material,
    test_notice,
    test_phone,
    test_places,
    test_plan,
    test_report,
    test_states,
    test_walk_test,
    test_walk_test_rules,
)
