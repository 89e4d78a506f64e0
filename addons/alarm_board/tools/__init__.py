from . import labels, moments, pairing
