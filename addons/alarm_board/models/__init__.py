from . import alarm_incident, alarm_receiver, ir_websocket
