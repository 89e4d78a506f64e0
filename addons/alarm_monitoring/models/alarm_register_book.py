from odoo import models

from odoo.addons.alarm_subscriber.tools import register_book
from odoo.addons.alarm_subscriber.tools.numbers import number_key

GROUP = register_book.Column("receiver_group", "Receiver Group", "接收机组", "choice")


class AlarmRegisterBook(models.AbstractModel):
    """Panels of a workbook name the receiver group in which their account counts."""

    _inherit = "alarm.register.book"

    def _sheets(self):
        return tuple(
            sheet._replace(columns=(*sheet.columns, GROUP)) if sheet.name == "panels" else sheet
            for sheet in super()._sheets()
        )

    def _choices(self):
        return super()._choices() | {
            ("panels", "receiver_group"): self._named("alarm.receiver.group", self._of_company())
        }

    def _panel_row(self, panel):
        return super()._panel_row(panel) | {"receiver_group": panel.receiver_group_id.name}

    def _account_key(self, row):
        return (row["receiver_group"], number_key(row["account"]))


class AlarmRegisterImport(models.Model):
    _inherit = "alarm.register.import"

    def _resolve_choices(self, rows):
        problems = super()._resolve_choices(rows)
        default = self.env["alarm.panel"]._default_receiver_group_id().id
        for _number, row in rows["panels"]:
            row["receiver_group"] = row["receiver_group"] or default
        return problems

    def _check_accounts(self, rows):
        """Accounts that a panel of the register has already in the same receiver group."""
        keys = {number_key(row["account"]) for _number, row in rows if row["account"]}
        taken = {
            (group.id, account_key)
            for group, account_key in self.env["alarm.panel"]
            .with_context(active_test=False)
            ._read_group([("account_key", "in", list(keys))], ["receiver_group_id", "account_key"])
        }
        return super()._check_accounts(rows) + [
            register_book.Problem(
                "panels", number, row["account@"], row["account"], "account_taken"
            )
            for number, row in rows
            if row["account"] and self._account_key(row) in taken
        ]

    def _prepare_panel(self, row, made):
        return super()._prepare_panel(row, made) | {"receiver_group_id": row["receiver_group"]}
