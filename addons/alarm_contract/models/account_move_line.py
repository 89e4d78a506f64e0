from odoo import api, fields, models
from odoo.exceptions import UserError

# Passed in the context by whatever makes invoices of charges, or credit notes of these. Compared by
# identity, so nothing that arrives over RPC can be it.
BY_CHARGES = object()

_LINKS = frozenset({"alarm_charge_id", "alarm_given_back_id"})

# These go with a copy of the line; nobody writes them.
_DEFERRED = frozenset(
    {
        "alarm_deferral_start",
        "alarm_deferral_end",
        "alarm_income_account_id",
        "alarm_income_distribution",
    }
)


class AccountMoveLine(models.Model):
    """Which charge an invoice line charges, and which one the line of a credit note gives back."""

    _inherit = "account.move.line"

    alarm_charge_id = fields.Many2one(
        "alarm.charge",
        string="Charge",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    alarm_given_back_id = fields.Many2one(
        "alarm.charge",
        string="Charge Given Back",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        return {name: value for name, value in values.items() if name not in _LINKS}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_by_charges(name for name in _LINKS if vals.get(name))
        return super().create(vals_list)

    def write(self, vals):
        self._check_by_charges((_LINKS | _DEFERRED).intersection(vals))
        return super().write(vals)

    @api.model
    def _check_by_charges(self, names):
        names = sorted(names)
        if names and self.env.context.get("alarm_links") is not BY_CHARGES:
            raise UserError(
                self.env._(
                    "What an invoice line charges follows from its charge; nobody writes %s.",
                    ", ".join(names),
                )
            )

    def _copy_data_extend_business_fields(self, values):
        # Only a reversal says how it reverses; the invoice that takes its place does not.
        if "move_reverse_cancel" in self.env.context and self.alarm_charge_id:
            values["alarm_given_back_id"] = self.alarm_charge_id.id
        elif self.env.context.get("alarm_instead") is BY_CHARGES and self.alarm_charge_id:
            values["alarm_charge_id"] = self.alarm_charge_id.id
        return super()._copy_data_extend_business_fields(values)

    def _charge_instead(self):
        """These take the place of lines of which the charges, which they name, were given back:
        they charge the same once more."""
        lines = self.filtered("alarm_charge_id")
        # As superuser: who keeps invoices only need not keep contracts. What was on the invoice
        # is not chosen by him.
        charges = lines.sudo().mapped("alarm_charge_id")
        again = dict(zip(charges, charges._repeat(), strict=True))
        for line in lines.with_context(alarm_links=BY_CHARGES):
            charge = again[line.sudo().alarm_charge_id]
            line.alarm_charge_id = charge.id
            charge._write_by_verb(
                {"state": "charged", "move_line_id": line.id, "move_id": line.move_id.id}
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_charged(self):
        self._check_not_charged()

    def _check_not_charged(self):
        if self.alarm_charge_id:
            raise UserError(
                self.env._(
                    "What a contract charged is not deleted: cancel the invoice, or reverse it by "
                    "a credit note."
                )
            )
