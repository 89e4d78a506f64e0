from . import alarm_incident
