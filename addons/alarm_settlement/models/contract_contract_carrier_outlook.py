from babel.dates import format_skeleton

from odoo import fields, models
from odoo.tools.misc import babel_locale_parse, get_lang


class ContractContract(models.Model):
    """What waits for a carrier says so where the contract shows what is owed next."""

    _inherit = "contract.contract"

    def _prepare_owed(self):
        owed = super()._prepare_owed()
        if self.biller == "carrier" and owed["overdue"]:
            owed["overdue"] = bool(self._filter_other_dues(self.company_id._alarm_today()))
        return owed

    def _prepare_owed_row(self, values):
        row = super()._prepare_owed_row(values)
        if self.biller == "carrier" and values.get("kind") == "recurring":
            row["why"] = ", ".join(filter(None, (row["why"], self._say_waits(values))))
        return row

    def _say_waits(self, values):
        """In advance a fee is in the file of the month in which its period begins, in arrears in
        that of the month in which it ends."""
        due = values["date_due"]
        day = max(values["period_start"], fields.Date.subtract(due, days=1))
        return self.env._(
            "Waits for the carrier's file of %s",
            # In the order of the language: November 2026, 2026年11月.
            format_skeleton("yMMMM", day, locale=babel_locale_parse(get_lang(self.env).code)),
        )


class AlarmCharge(models.Model):
    _inherit = "alarm.charge"

    def _prepare_owed_row(self):
        row = super()._prepare_owed_row()
        if self.state == "chargeable" and self._waits_for_carrier():
            waits = self.contract_id._say_waits(
                {"date_due": self.date_due, "period_start": self.period_start}
            )
            row["why"] = ", ".join(filter(None, (row["why"], waits)))
        return row
