from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

_PLACED = {"subscriber_id", "incident_id", "reason", "placed_by_id", "placed_at", "lifted_at"}


class AlarmLegalHold(models.Model):
    """Somebody (a court, the police, an insurer) needs signals longer than they are kept."""

    _name = "alarm.legal.hold"
    _inherit = "alarm.own.defaults"
    _description = "Legal Hold"
    _order = "id desc"
    _rec_name = "reason"
    _check_company_auto = True
    _own_defaults = frozenset({"placed_by_id", "placed_at", "lifted_by_id", "lifted_at"})

    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        index="btree_not_null",
        ondelete="restrict",
        help="All signals of this subscriber are kept.",
    )
    incident_id = fields.Many2one(
        "alarm.incident",
        index="btree_not_null",
        ondelete="restrict",
        help="The signals that belong to this incident are kept.",
    )
    reason = fields.Text(required=True, help="Who asked for it, and by which document.")
    placed_by_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict",
        default=lambda self: self.env.user,
    )  # fmt: skip
    placed_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    lift_reason = fields.Text(help="Why the signals are not needed any longer.")
    lifted_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    lifted_at = fields.Datetime(readonly=True)
    state = fields.Selection(
        [("active", "Active"), ("lifted", "Lifted")], compute="_compute_state", store=True
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_company_id", store=True, index=True, ondelete="restrict"
    )

    _one_thing = models.Constraint(
        "CHECK ((subscriber_id IS NULL) <> (incident_id IS NULL))",
        "A hold is placed on one subscriber or on one incident.",
    )

    @api.depends("lifted_at")
    def _compute_state(self):
        for hold in self:
            hold.state = "lifted" if hold.lifted_at else "active"

    @api.depends("subscriber_id", "incident_id")
    def _compute_company_id(self):
        for hold in self:
            hold.company_id = hold.subscriber_id.company_id or hold.incident_id.company_id

    @api.constrains("reason")
    def _check_reason(self):
        for hold in self:
            if not (hold.reason or "").strip():
                raise ValidationError(self.env._("A hold needs a reason: who asked for it."))

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in ("placed_by_id", "placed_at", "lifted_by_id", "lifted_at"):
                vals.pop(name, None)
        return super().create(vals_list)

    def write(self, vals):
        if changed := sorted(_PLACED & vals.keys() | {"lifted_by_id"} & vals.keys()):
            raise UserError(
                self.env._(
                    "A hold stays as it was placed: %s cannot be changed. Lift it and place "
                    "another.",
                    ", ".join(changed),
                )
            )
        if lifted := self.filtered("lifted_at"):
            raise UserError(
                self.env._("Hold “%s” is lifted and cannot be changed.", lifted[0].reason)
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Holds are never deleted; lift them instead."))

    def action_lift(self):
        """End the hold: what it kept is deleted when its time has come."""
        self.check_access("write")
        for hold in self:
            if hold.lifted_at:
                raise UserError(self.env._("Hold “%s” is lifted already.", hold.reason))
            if not (hold.lift_reason or "").strip():
                raise UserError(
                    self.env._("Write why hold “%s” is not needed any longer.", hold.reason)
                )
        return super().write({"lifted_by_id": self.env.uid, "lifted_at": fields.Datetime.now()})
