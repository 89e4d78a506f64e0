from . import test_browser, test_material, test_phone, test_plan, test_report, test_states
