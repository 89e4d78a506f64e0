def migrate(cr, version):
    # Ticks are found by what they are, not by what became of them.
    cr.execute("DROP INDEX IF EXISTS alarm_signal_early_tick_idx")
    # alarm_signal_named has the foreign keys now.
    cr.execute(
        """
        SELECT string_agg(format('DROP CONSTRAINT %I', conname), ', ') FROM pg_constraint
         WHERE conrelid = 'alarm_signal'::regclass AND contype = 'f'
        """
    )
    [(drops,)] = cr.fetchall()
    if drops:
        cr.execute(f"ALTER TABLE alarm_signal {drops}")  # pylint: disable=sql-injection
