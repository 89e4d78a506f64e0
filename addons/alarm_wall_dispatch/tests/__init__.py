from . import test_wall_responders
