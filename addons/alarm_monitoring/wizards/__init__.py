from . import (
    alarm_incident_hold,
    alarm_incident_note,
    alarm_incident_resolve,
    alarm_schedule_change_ask,
)
