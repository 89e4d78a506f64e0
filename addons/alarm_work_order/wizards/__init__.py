from . import alarm_walk_test_correct, alarm_walk_test_say, alarm_work_order_cancel
