from odoo import api, fields, models

from ..tools.deferral import month_end


class AlarmDeferralRun(models.TransientModel):
    _name = "alarm.deferral.run"
    _description = "Release Deferred Income"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    until = fields.Date(
        string="Until the End of",
        required=True,
        default=lambda self: self._default_until(),
        help="The last month that is released.",
    )
    one_entry = fields.Boolean(
        string="One Entry on Another Day",
        help="For months of which the books are closed: all of it becomes income that day.",
    )
    date = fields.Date(
        string="Date of the Entry",
        default=lambda self: self.env.company._alarm_today(),
    )
    amount = fields.Monetary(string="To Release", compute="_compute_amount")

    @api.model
    def _default_until(self):
        today = self.env.company._alarm_today()
        return fields.Date.subtract(today.replace(day=1), days=1)

    @api.depends("company_id", "until")
    def _compute_amount(self):
        for run in self:
            [(amount,)] = self.env["alarm.deferral.line"]._read_group(
                [
                    ("company_id", "=", run.company_id.id),
                    ("month", "<=", month_end(run.until) if run.until else False),
                    ("move_id", "=", False),
                ],
                [],
                ["amount:sum"],
            )
            run.amount = amount

    def action_run(self):
        self.ensure_one()
        company = self.company_id
        self.env["res.company"].browse(company.id).check_access("read")
        # As superuser: the months are the machinery's to mark, the entry follows from them alone.
        lines = self.env["alarm.deferral.line"].sudo().with_company(company)
        moves = lines._release(company.sudo(), self.until, self.date if self.one_entry else None)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Deferred Income Released"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", moves.ids)],
        }
