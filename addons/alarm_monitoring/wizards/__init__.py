from . import (
    alarm_incident_passcode,
    alarm_incident_hold,
    alarm_incident_note,
    alarm_incident_resolve,
    alarm_test_begin,
    alarm_test_extend,
    alarm_incident_call_log,
    alarm_incident_notify,
    alarm_incident_report,
    alarm_incident_score,
    alarm_incident_step_finish,
    alarm_schedule_change_ask,
)
