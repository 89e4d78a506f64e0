from . import alarm_deferral_run
