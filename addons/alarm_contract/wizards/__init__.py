from . import alarm_cancellation_reason
