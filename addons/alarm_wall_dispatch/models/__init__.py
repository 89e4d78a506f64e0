from . import alarm_wall
