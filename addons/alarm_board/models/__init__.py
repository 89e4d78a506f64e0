from . import (
    alarm_incident,
    alarm_incident_detail,
    alarm_incident_site,
    alarm_incident_history,
    alarm_incident_handling,
    alarm_incident_read_notes,
    alarm_incident_board_verbs,
    alarm_note_template,
    alarm_receiver,
    alarm_signal,
    ir_websocket,
)
