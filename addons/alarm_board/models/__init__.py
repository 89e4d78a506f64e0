from . import (
    alarm_incident,
    alarm_incident_detail,
    alarm_receiver,
    alarm_signal,
    ir_websocket,
)
