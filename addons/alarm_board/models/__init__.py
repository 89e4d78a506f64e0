from . import (
    alarm_incident,
    alarm_incident_detail,
    alarm_receiver,
    alarm_signal,
    ir_websocket,
    res_company,
    res_config_settings,
    alarm_storm,
    alarm_wall,
    alarm_wall_figures,
    alarm_wall_watch,
)
