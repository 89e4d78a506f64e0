from . import alarm_dispatch_propose, alarm_dispatch_reason
