from . import test_deferral
from . import test_deferral_rule
