from odoo import api, fields, models


class AlarmUnrestored(models.Model):
    """What a panel has reported and not yet taken back: one row while it lasts. Kept by the decider
    alone, whatever becomes of the incident."""

    _name = "alarm.unrestored"
    _description = "Unrestored Alarm or Trouble"
    _order = "since, id"
    _rec_name = "event_code_id"
    _log_access = False

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="restrict")
    panel_id = fields.Many2one("alarm.panel", required=True, readonly=True, ondelete="restrict")
    address = fields.Char(required=True, readonly=True, help="Number of the zone, or of the user.")
    zone_id = fields.Many2one("alarm.zone", readonly=True, ondelete="restrict")
    event_code_id = fields.Many2one(
        "alarm.event.code", required=True, readonly=True, ondelete="restrict"
    )
    event_class = fields.Selection(related="event_code_id.event_class")
    signal_id = fields.Many2one("alarm.signal", readonly=True, ondelete="set null")
    incident_id = fields.Many2one("alarm.incident", readonly=True, ondelete="restrict")
    since = fields.Datetime(required=True, readonly=True)

    _source_uniq = models.UniqueIndex("(panel_id, address, event_code_id)")
    _since_idx = models.Index("(since)")

    @api.depends("event_code_id", "zone_id", "address")
    def _compute_display_name(self):
        for one in self:
            where = one.zone_id.display_name or one.address
            one.display_name = " ".join(filter(None, (one.event_code_id.name, where)))

    @api.model
    def _apply(self, plan):
        """Add what a plan has found, take away what was restored."""
        restored = {
            (item.facts.panel_id, item.facts.address, item.verdict.event_class, code_id)
            for item in plan.restored
            if not item.facts.injected
            for code_id in (item.verdict.restores or {0})
        }
        if restored:
            panels, addresses, classes, codes = zip(*restored, strict=True)
            self.env.cr.execute(
                """
                DELETE FROM alarm_unrestored known
                 USING unnest(%s::int[], %s::text[], %s::text[], %s::int[])
                       AS restored (panel_id, address, event_class, code_id),
                       alarm_event_code code
                 WHERE known.panel_id = restored.panel_id
                   AND known.address = restored.address
                   AND code.id = known.event_code_id
                   AND (known.event_code_id = restored.code_id
                        OR code.event_class = restored.event_class)
                """,
                [list(panels), list(addresses), list(classes), list(codes)],
            )
        rows = [
            (
                item.facts.subscriber_id,
                item.facts.company_id or None,
                item.facts.panel_id,
                item.facts.address,
                item.facts.zone_id or None,
                item.verdict.code_id,
                item.facts.signal_id,
                matter.id,
                item.facts.received_at,
            )
            for item, matter in plan.unrestored.values()
        ]
        if rows:
            self.env.cr.execute_values(
                """
                INSERT INTO alarm_unrestored
                            (subscriber_id, company_id, panel_id, address, zone_id, event_code_id,
                             signal_id, incident_id, since)
                VALUES %s
                ON CONFLICT (panel_id, address, event_code_id) DO NOTHING
                """,
                rows,
                page_size=len(rows),
            )
        if restored or rows:
            self.invalidate_model()

    def action_set_aside(self):
        """Take it off the list: the panel will not report its end. The incident's log says who."""
        self.env["alarm.incident"]._check_supervisor()
        self.check_access("read")
        for one in self.sudo():
            if one.incident_id:
                one.incident_id._log("set_aside", one.display_name)
        self.sudo().unlink()
        return True
