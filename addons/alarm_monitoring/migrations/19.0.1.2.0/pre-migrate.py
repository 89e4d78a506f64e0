def migrate(cr, version):
    # A class or a code has one rule of each kind and scope now: another index sees to it.
    cr.execute("DROP INDEX IF EXISTS alarm_event_rule_class_uniq, alarm_event_rule_code_uniq")
