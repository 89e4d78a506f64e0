from . import models
from . import wizards
from .hooks import note_leased_values
