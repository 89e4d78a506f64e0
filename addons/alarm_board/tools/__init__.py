from . import moments
