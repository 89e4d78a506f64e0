from . import alarm_deferral_run
from . import alarm_cancellation_reason
