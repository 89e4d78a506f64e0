from . import (
    test_access,
    test_findings,
    test_nearest,
    test_orders,
    test_portal,
    test_responders,
    test_states,
    test_steps,
    test_three_ways,
)
