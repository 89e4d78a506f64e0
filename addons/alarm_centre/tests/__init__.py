from . import test_alarm_centre
