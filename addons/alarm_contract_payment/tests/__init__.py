from . import test_autopay
from . import test_autopay_portal
from . import test_retries
from . import test_two_processes
