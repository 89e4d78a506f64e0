from . import test_periods
from . import test_pricing
from . import test_life
from . import test_charging
from . import test_counting
from . import test_access
from . import test_two_processes
