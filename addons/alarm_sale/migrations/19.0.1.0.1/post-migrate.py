def migrate(cr, version):
    """Zones that were made out of a plan are known as such: the panel had their numbers."""
    cr.execute(
        """
        UPDATE alarm_survey_zone AS planned
           SET zone_id = zone.id
          FROM sale_order AS sale
          JOIN alarm_panel AS panel ON panel.subscriber_id = sale.subscriber_id
          JOIN alarm_zone AS zone ON zone.panel_id = panel.id AND zone.active
         WHERE sale.survey_id = planned.survey_id
           AND sale.state = 'sale'
           AND zone.number_key = planned.number_key
           AND planned.zone_id IS NULL
           AND zone.create_date >= sale.date_order
        """
    )
