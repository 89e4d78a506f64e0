from . import alarm_work_order_cancel
