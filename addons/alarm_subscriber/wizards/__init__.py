from . import alarm_passcode_check
