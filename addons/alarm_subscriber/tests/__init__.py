from . import (
    test_access,
    test_companies,
    test_demo,
    test_import,
    test_keys,
    test_lifecycle,
    test_numbers,
    test_record,
    test_register,
    test_secrets,
    test_transmission,
    test_unlink,
)
