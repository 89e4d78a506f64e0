from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# So many days somebody has to go through it with the customer.
DAYS_TO_ACCEPT = 14


class AlarmTransferList(models.Model):
    """The acceptance that is due every so many months: the same list, and nothing changes hands.
    The customer accepts what is there and how it is, or refuses and says why."""

    _inherit = "alarm.transfer.list"

    acceptance_due = fields.Date(
        string="Due On",
        readonly=True,
        copy=False,
        help="The day of the term on which this acceptance was due.",
    )
    refuse_reason = fields.Text(string="Refused Because", copy=False)
    refused_on = fields.Date(readonly=True, copy=False)

    _acceptance_uniq = models.UniqueIndex(
        "(contract_id, acceptance_due) WHERE acceptance_due IS NOT NULL",
        "This acceptance is listed already.",
    )

    def action_refuse(self):
        """The customer does not accept it, for the reason that is written down."""
        self.check_access("write")
        for one in self:
            if one.kind != "acceptance":
                raise UserError(self.env._("Only an acceptance is refused on the whole."))
            if not (one.refuse_reason or "").strip():
                raise UserError(self.env._("Say why it is refused."))
        self._transition("refuse", refused_on=self.company_id._alarm_today())
        for one in self:
            one._done_with()
            one._tell(self.env._("The acceptance was refused"), one.refuse_reason, one.refused_on)
        return True

    def action_accept(self):
        result = super().action_accept()
        self._done_with()
        return result

    def action_reopen(self):
        self._write_by_verb({"refused_on": False})
        return super().action_reopen()

    def action_hand_over(self):
        if any(one.kind == "acceptance" for one in self):
            raise UserError(self.env._("By an acceptance nothing changes hands."))
        return super().action_hand_over()

    def _tell_of_acceptance(self):
        """Somebody goes through it with the customer; later than that it is overdue."""
        for one in self:
            one._tell(
                self.env._("The customer is to accept the service"),
                one.contract_id.display_name,
                one._get_accept_until(),
            )

    def _tell(self, summary, note, day):
        self.ensure_one()
        contract = self.contract_id
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=day,
            summary=summary,
            note=note,
            user_id=(contract.user_id or contract.create_uid).id,
        )

    def _done_with(self):
        self.activity_unlink(["mail.mail_activity_data_todo"])

    def _get_accept_until(self):
        self.ensure_one()
        return fields.Date.add(self.acceptance_due or self.date, days=DAYS_TO_ACCEPT)

    def _get_acceptance_problem(self, today):
        """What is wrong with this acceptance, in words; False when nothing is."""
        self.ensure_one()
        day = format_date(self.env, self.acceptance_due or self.date)
        if self.state == "refused":
            return self.env._(
                "The acceptance of %(date)s was refused: %(reason)s",
                date=day,
                reason=self.refuse_reason,
            )
        if self.state in ("draft", "inspection") and self._get_accept_until() < today:
            return self.env._("The acceptance of %s is overdue.", day)
        return False
