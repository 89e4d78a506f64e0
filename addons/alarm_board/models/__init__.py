from . import (
    alarm_incident,
    alarm_incident_detail,
    alarm_incident_facts,
    alarm_incident_row,
    alarm_receiver,
    alarm_report,
    alarm_shift,
    alarm_signal,
    alarm_test_mode,
    alarm_unrestored,
    bus_bus,
    ir_websocket,
)
