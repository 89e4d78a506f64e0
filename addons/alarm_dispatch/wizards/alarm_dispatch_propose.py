from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class AlarmDispatchPropose(models.TransientModel):
    """Shows who could go, the nearest suitable first, and sends who is chosen."""

    _name = "alarm.dispatch.propose"
    _description = "Dispatch Responders"

    incident_id = fields.Many2one("alarm.incident", required=True, ondelete="cascade")
    step_id = fields.Many2one(
        "alarm.incident.step",
        readonly=True,
        ondelete="cascade",
        help="The step of the plan that is done by the order.",
    )
    policy_id = fields.Many2one("alarm.dispatch.policy", readonly=True)
    crew_size = fields.Integer("Responders Needed", readonly=True)
    address = fields.Char(readonly=True)
    located = fields.Boolean(readonly=True)
    note = fields.Text("Instruction")
    reason = fields.Char(
        "Not Possible Because", help="Nobody is free, the police go themselves, a guard firm sends."
    )
    line_ids = fields.One2many("alarm.dispatch.propose.line", "wizard_id")
    chosen_count = fields.Integer("Chosen", compute="_compute_chosen_count")

    @api.depends("line_ids.chosen")
    def _compute_chosen_count(self):
        for wizard in self:
            wizard.chosen_count = len(wizard.line_ids.filtered("chosen"))

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        incident = self.env["alarm.incident"].browse(values.get("incident_id")).exists()
        if incident:
            incident.check_access("read")
            values.update(self._prepare(incident))
        return {name: value for name, value in values.items() if name in fields_list}

    @api.model
    def _prepare(self, incident):
        policy = incident._get_dispatch_policy()
        crew_size = policy.crew_size or 1
        proposals = incident._propose_responders()
        responders = self.env["alarm.responder"].browse(way.key for way in proposals)
        lines = []
        for sequence, (responder, way) in enumerate(zip(responders, proposals, strict=True)):
            lines.append(
                Command.create(
                    {
                        "sequence": sequence,
                        "responder_id": responder.id,
                        "phone": responder.phone,
                        "distance_km": way.distance_km or 0.0,
                        "minutes": way.minutes or 0.0,
                        "located": way.distance_km is not None,
                        "load": way.load,
                        "suitable": way.suitable,
                        "obstacles": self._obstacle_words(way.obstacles),
                        "chosen": way.suitable and sequence < crew_size,
                    }
                )
            )
        subscriber = incident.subscriber_id
        return {
            "policy_id": policy.id,
            "crew_size": crew_size,
            "address": subscriber.address_id._one_line_address(),
            "located": subscriber._site_position()[0] is not None,
            "line_ids": lines,
        }

    @api.model
    def _obstacle_words(self, obstacles):
        words = {
            "off_duty": self.env._("off duty"),
            "skill": self.env._("lacks a skill"),
            "territory": self.env._("other territory"),
        }
        return ", ".join(words[one] for one in obstacles)

    def action_apply(self):
        self.ensure_one()
        chosen = self.line_ids.filtered("chosen")
        if not chosen:
            raise UserError(self.env._("Choose who is sent."))
        dispatch_id = self.env.context.get("alarm_add_to_dispatch")
        if dispatch_id:
            order = self.env["alarm.dispatch"].browse(dispatch_id)
            order.action_add_responders(chosen.responder_id.ids)
        else:
            self.incident_id.action_dispatch(
                chosen.responder_id.ids, self.note or "", self.step_id.id
            )
        return {"type": "ir.actions.act_window_close"}

    def action_not_possible(self):
        """Nobody is sent: the step of the plan ends with the reason."""
        self.ensure_one()
        self.incident_id.action_step_done(self.step_id.id, "unavailable", self.reason or "")
        return {"type": "ir.actions.act_window_close"}


class AlarmDispatchProposeLine(models.TransientModel):
    _name = "alarm.dispatch.propose.line"
    _description = "Responder to Choose"
    _order = "sequence, id"

    wizard_id = fields.Many2one("alarm.dispatch.propose", required=True, ondelete="cascade")
    sequence = fields.Integer()
    responder_id = fields.Many2one("alarm.responder", required=True, ondelete="cascade")
    phone = fields.Char(readonly=True)
    located = fields.Boolean(readonly=True)
    distance_km = fields.Float("Distance (km)", digits=(8, 1), readonly=True)
    minutes = fields.Float(digits=(8, 0), readonly=True)
    load = fields.Integer("Open Orders", readonly=True)
    suitable = fields.Boolean(readonly=True)
    obstacles = fields.Char("But", readonly=True)
    chosen = fields.Boolean("Send")
