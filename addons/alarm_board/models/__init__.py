from . import (
    alarm_incident,
    alarm_incident_detail,
    alarm_receiver,
    alarm_signal,
    ir_websocket,
    res_company,
    res_config_settings,
)
