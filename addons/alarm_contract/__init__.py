from . import controllers, models, tools
from . import models
from . import wizards
