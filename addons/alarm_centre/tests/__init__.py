from . import (
    test_access,
    test_alarm_centre,
    test_companies,
    test_public_methods,
)
