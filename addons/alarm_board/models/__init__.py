from . import alarm_incident
from . import alarm_incident_detail
from . import alarm_receiver
from . import alarm_signal
from . import ir_websocket
from . import res_partner
