from . import alarm_dispatch_member
from . import alarm_incident
from . import alarm_wall
