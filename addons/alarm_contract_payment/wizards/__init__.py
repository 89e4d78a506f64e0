from . import alarm_autopay_switch
