from . import (
    alarm_system_type,
    alarm_crew,
    alarm_checklist_template,
    alarm_work_order,
    alarm_work_order_verbs,
    alarm_work_order_plan,
    alarm_work_order_part,
    alarm_work_order_checklist,
    alarm_work_order_photo,
    alarm_work_order_material,
    alarm_subscriber,
    stock_picking,
)
