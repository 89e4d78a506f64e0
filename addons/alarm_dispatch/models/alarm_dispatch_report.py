from odoo import api, fields, models
from odoo.exceptions import UserError

from .alarm_dispatch_cause import FINDINGS

REPORT_FIELDS = {
    "finding",
    "cause_id",
    "description",
    "customer_state",
    "police_state",
    "police_report",
    "insurer_state",
    "loss_state",
    "loss_ids",
    "photo_ids",
    "responder_signature",
    "responder_signed_by",
    "customer_signature",
    "customer_signed_by",
}


class AlarmDispatch(models.Model):
    """What the crew decides on site: false, real or undecided, and what follows from it."""

    _inherit = "alarm.dispatch"

    finding = fields.Selection(FINDINGS)
    cause_id = fields.Many2one(
        "alarm.dispatch.cause",
        string="Cause",
        ondelete="restrict",
        domain="[('finding', 'in', (False, finding))]",
    )
    description = fields.Text("What Was Found")
    customer_state = fields.Selection(
        [
            ("present", "On Site"),
            ("absent", "Not Reached"),
            ("not_called", "Not Called"),
        ],
        string="Customer",
    )
    police_state = fields.Selection(
        [
            ("present", "On Site"),
            ("notified", "Notified"),
            ("not_notified", "Not Notified"),
        ],
        string="Police",
    )
    police_report = fields.Char(help="Number of the report, name of the officer.")
    insurer_state = fields.Selection(
        [("notified", "Notified"), ("uninsured", "Not Insured"), ("not_notified", "Not Notified")],
        string="Insurer",
    )
    loss_state = fields.Selection(
        [("none", "No Loss"), ("listed", "Listed"), ("unknown", "Not Known Yet")], string="Loss"
    )
    loss_ids = fields.One2many("alarm.dispatch.loss", "dispatch_id", string="Losses")
    photo_ids = fields.One2many("alarm.dispatch.photo", "dispatch_id", string="Photos")
    photo_count = fields.Integer(compute="_compute_photo_count")
    responder_signature = fields.Image(max_width=1024, max_height=512)
    responder_signed_by = fields.Char("Signed by the Responder")
    responder_signed_at = fields.Datetime(readonly=True)
    customer_signature = fields.Image(max_width=1024, max_height=512)
    customer_signed_by = fields.Char("Signed by the Customer")
    customer_signed_at = fields.Datetime(readonly=True)

    @api.depends("photo_ids")
    def _compute_photo_count(self):
        for order in self:
            order.photo_count = len(order.photo_ids)

    @api.model
    def _report_fields(self):
        return super()._report_fields() | REPORT_FIELDS

    def write(self, vals):
        self.env["alarm.dispatch.photo"]._check_pictures(
            vals.get(f"{who}_signature") for who in ("responder", "customer")
        )
        signed = {
            f"{who}_signed_at": fields.Datetime.now() if vals[f"{who}_signature"] else False
            for who in ("responder", "customer")
            if f"{who}_signature" in vals
        }
        result = super().write(vals)
        if signed:
            self._write_private(signed)
        return result

    def action_finish(self):
        """The report is complete: it goes to the dispatcher and stays as it is."""
        self._check_actor()
        for order in self._locked():
            order._check_in_crew()
            order._check_transition("finish")
            missing = order._missing_in_report()
            if missing:
                raise UserError(
                    self.env._(
                        "The report of %(order)s is not complete:\n%(missing)s",
                        order=order.name,
                        missing="\n".join(f"• {one}" for one in missing),
                    )
                )
            finding = order._finding_words()
            order.sudo().incident_id._take_over_report(order.sudo())
            order._transition("finish", finding, "finished")
            # On the dispatcher's screen in his language; the log keeps the responder's words.
            lang = order.sudo().incident_id.user_id.lang or self.env.lang
            told = order.with_context(lang=lang)._finding_words()
            order._tell_dispatcher(f"{order.name}: {told}", sticky=True)
        return True

    def _missing_in_report(self):
        """Sentences that say what the report lacks; a real alarm needs more than a false one."""
        self.ensure_one()
        lacks = []
        if not self.finding:
            lacks.append(self.env._("Say whether the alarm was false or real, or undecided."))
        if not self.cause_id and self.finding != "undecided":
            lacks.append(self.env._("Name the cause."))
        elif self.cause_id.finding and self.cause_id.finding != self.finding:
            lacks.append(self.env._("The cause “%s” does not fit the finding.", self.cause_id.name))
        if not self.customer_state:
            lacks.append(self.env._("Say whether the customer is on site."))
        if self.finding == "undecided" and not (self.description or "").strip():
            lacks.append(self.env._("Describe what was found: it could not be decided."))
        if self.finding == "real":
            lacks += self._missing_for_real()
        if self.loss_state == "listed" and not self.loss_ids:
            lacks.append(self.env._("List what was lost, or say that nothing was."))
        if self.loss_state == "none" and self.loss_ids:
            lacks.append(self.env._("There are losses listed; it cannot be “no loss”."))
        if not self.responder_signature:
            lacks.append(self.env._("The responder has not signed."))
        return lacks

    def _missing_for_real(self):
        lacks = []
        if self.customer_state == "not_called":
            lacks.append(self.env._("A real alarm: call the customer to the site."))
        if self.police_state not in ("present", "notified"):
            lacks.append(self.env._("A real alarm: notify the police."))
        if self.insurer_state not in ("notified", "uninsured"):
            lacks.append(self.env._("A real alarm: notify the insurer, or say that there is none."))
        if not self.loss_state:
            lacks.append(self.env._("A real alarm: take inventory of the loss."))
        return lacks

    def _finding_words(self):
        """The finding in one line, for the incident's log."""
        self.ensure_one()
        parts = [self._label("finding")]
        for name in ("cause_id", "customer_state", "police_state", "insurer_state", "loss_state"):
            if self[name]:
                field = self._fields[name]
                shown = self.cause_id.name if name == "cause_id" else self._label(name)
                parts.append(f"{field._description_string(self.env)}: {shown}")
        total = sum(self.loss_ids.mapped("value"))
        if total:
            parts.append(self.company_id.sudo().currency_id.format(total))
        return "; ".join(filter(None, [*parts, (self.description or "").strip()]))

    def _label(self, name):
        """What a selection of this order says, in the reader's language."""
        return dict(self._fields[name]._description_selection(self.env)).get(self[name]) or ""
