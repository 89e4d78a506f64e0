from . import test_buy_out
from . import test_story_buy_out
from . import test_story_carrier
from . import test_story_concession
from . import test_story_government
from . import test_story_joint_venture
from . import test_story_lease
