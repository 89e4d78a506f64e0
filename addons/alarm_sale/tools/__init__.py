from . import premises, recurrence, zone_numbers
