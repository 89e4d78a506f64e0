from . import (
    alarm_incident,
    alarm_incident_detail,
    alarm_receiver,
    alarm_report,
    alarm_shift,
    alarm_signal,
    ir_websocket,
)
