def migrate(cr, version):
    """Supervision intervals were minutes and are seconds now."""
    cr.execute(
        "UPDATE alarm_panel SET supervision_interval = supervision_interval * 60"
        " WHERE supervision_interval > 0"
    )
