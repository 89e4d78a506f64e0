from odoo import api, fields, models

from odoo.addons.alarm_subscriber.models.alarm_zone import DETECTOR_TYPES


class AlarmWalkTestCorrect(models.TransientModel):
    """Asks what `action_correct` of a line needs to know."""

    _name = "alarm.walk.test.correct"
    _description = "Correct a Zone by the Walk Test"

    line_id = fields.Many2one("alarm.walk.test.line", required=True, ondelete="cascade")
    panel_id = fields.Many2one(related="line_id.panel_id")
    number = fields.Char(required=True)
    name = fields.Char(required=True)
    area_id = fields.Many2one(
        "alarm.area", domain="[('panel_id', '=', panel_id)]", ondelete="cascade"
    )
    detector_type = fields.Selection(DETECTOR_TYPES)
    position = fields.Char()

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        line = self.env["alarm.walk.test.line"].browse(values.get("line_id") or ()).exists()
        zone = line.zone_id
        if zone:
            known = {
                "number": zone.number,
                "name": zone.name,
                "area_id": zone.area_id.id,
                "detector_type": zone.detector_type,
                "position": zone.position,
            }
            values = {**{name: known[name] for name in known if name in fields}, **values}
        return values

    def action_apply(self):
        for wizard in self:
            zone = wizard.line_id.zone_id
            wanted = {
                "number": wizard.number,
                "name": wizard.name,
                "area_id": wizard.area_id.id,
                "detector_type": wizard.detector_type,
                "position": wizard.position,
            }
            changed = {
                name: value
                for name, value in wanted.items()
                if value != (zone[name].id if name == "area_id" else zone[name])
            }
            if changed:
                wizard.line_id.action_correct(changed)
        return {"type": "ir.actions.act_window_close"}
