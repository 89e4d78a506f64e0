from . import alarm_person_erase
from . import alarm_subscriber_snapshot
