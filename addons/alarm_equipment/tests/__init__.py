from . import test_access
from . import test_device
from . import test_evidence
from . import test_flows
from . import test_locations
from . import test_swap
from . import test_return
