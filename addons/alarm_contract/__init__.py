from . import controllers, models, tools, wizards
from . import models
from . import wizards
