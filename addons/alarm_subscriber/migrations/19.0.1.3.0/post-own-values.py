PANEL_VALUES = (
    "panel_model",
    "supervision_interval",
    "test_interval",
    "test_margin",
    "test_counts",
    "dc09_clear",
    "dc09_timestamps",
    "dc09_tolerate_crc",
    "dc09_tolerate_length",
)


def migrate(cr, version):
    """What was there before there were templates was said of the record itself, and stays."""
    said = ", ".join(
        f"CASE WHEN nullif({name}::text, '') IS NOT NULL THEN '{name}' END" for name in PANEL_VALUES
    )
    cr.execute(
        f"UPDATE alarm_panel SET own_values = to_jsonb(array_remove(ARRAY[{said}], NULL))"
        " WHERE own_values IS NULL"
    )
    cr.execute(
        """
        UPDATE alarm_subscriber subscriber
           SET own_values = to_jsonb(array_remove(ARRAY[
                   CASE WHEN risk IS NOT NULL THEN 'risk' END,
                   CASE WHEN service_level_id IS NOT NULL THEN 'service_level_id' END,
                   CASE WHEN EXISTS (SELECT FROM alarm_holiday_alarm_subscriber_rel kept
                                      WHERE kept.subscriber_id = subscriber.id)
                        THEN 'holiday_ids' END
               ], NULL))
         WHERE own_values IS NULL
        """
    )
