from . import test_material, test_states
