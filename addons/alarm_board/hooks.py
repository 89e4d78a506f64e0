def uninstall_hook(env):
    """Remove the trigger, which would refuse every change once its column is gone."""
    env.cr.execute("DROP TRIGGER IF EXISTS alarm_incident_board_revision ON alarm_incident")
    env.cr.execute("DROP FUNCTION IF EXISTS alarm_incident_board_revision()")
