from . import alarm_incident
from . import alarm_subscriber
