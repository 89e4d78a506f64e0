from . import test_print
from . import test_routes
from . import test_tools
from . import test_trouble
