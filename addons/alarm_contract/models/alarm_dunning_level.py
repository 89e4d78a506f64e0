from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import is_html_empty

from ..tools.dunning import Level, ladder_faults

ACTIONS = [
    ("remind", "Remind"),
    ("call", "Call"),
    ("notice", "Notice with Period"),
    ("log_only", "Log-Only Monitoring"),
]


class AlarmDunningLevel(models.Model):
    """One step of what follows from an overdue fee. The levels of a company are a ladder; a company
    without levels of its own has the common ones."""

    _name = "alarm.dunning.level"
    _description = "Dunning Level"
    _order = "company_id, days, id"

    name = fields.Char(required=True, translate=True)
    company_id = fields.Many2one(
        "res.company",
        index="btree_not_null",
        ondelete="cascade",
        help="Empty: for all companies that have no levels of their own.",
    )
    days = fields.Integer(
        string="Days Overdue",
        required=True,
        help="After the oldest due date. Who is found long overdue gets the levels one after the "
        "other, with the same distances.",
    )
    action = fields.Selection(ACTIONS, required=True, default="remind")
    template_id = fields.Many2one(
        "mail.template",
        string="E-mail",
        ondelete="restrict",
        domain="[('model', '=', 'alarm.dunning.step')]",
        help="What the customer is written, in his language.",
    )
    legal_text = fields.Html(
        translate=True, help="On the letter of a notice: what happens after the period, and why."
    )
    notice_days = fields.Integer(
        string="Notice Period (Days)",
        help="So long after the notice was delivered the customer can still pay.",
    )
    minimum = fields.Float(
        string="Not Below", help="With less overdue the step is not taken, in the currency owed."
    )
    active = fields.Boolean(default=True)

    _days_positive = models.Constraint("CHECK(days > 0)", "A level is reached after a day or more.")

    @api.constrains("days", "action", "notice_days", "company_id", "active")
    def _check_ladder(self):
        for company in self.company_id | self.env["res.company"]:
            self._check_ladder_of(company)
        if any(not level.company_id for level in self):
            self._check_ladder_of(self.env["res.company"])

    @api.constrains("action", "legal_text", "active")
    def _check_legal_text(self):
        for level in self:
            if level.active and level.action == "notice" and is_html_empty(level.legal_text):
                raise ValidationError(
                    self.env._("“%s” is a notice: write its legal text.", level.name)
                )

    @api.model
    def _check_ladder_of(self, company):
        levels = self.search([("company_id", "=", company.id)])
        faults = ladder_faults([level._as_level() for level in levels])
        words = {
            "order": self.env._(
                "the graver step comes later: remind, call, notice, log-only monitoring"
            ),
            "twice": self.env._("two levels have the same number of days"),
            "notice": self.env._("log-only monitoring comes after a notice"),
            "period": self.env._("a notice has a period of a day or more"),
        }
        if faults:
            raise ValidationError(
                self.env._(
                    "These levels are no ladder: %s.",
                    "; ".join(text for name, text in words.items() if name in faults),
                )
            )

    @api.model
    def _ladder(self, company):
        """The levels that hold for a company."""
        levels = self.search([("company_id", "in", (company.id, False))])
        return levels.filtered("company_id") or levels

    def _as_level(self):
        self.ensure_one()
        return Level(self.id, self.days, self.action, self.notice_days, self.minimum)
