def migrate(cr, version):
    """Several bridges may serve one receiver: what each says of it is a row of its own."""
    cr.execute("DROP INDEX IF EXISTS alarm_receiver_status__receiver_uniq")
