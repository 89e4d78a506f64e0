from . import alarm_incident_hold
from . import alarm_incident_note
from . import alarm_incident_resolve
