from datetime import UTC, datetime, timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

# Checked every night; older than this, a night has failed.
_LATE = timedelta(hours=36)

KINDS = [
    ("not_billed", "Monitored but Not Billed"),
    ("not_monitored", "Billed but Not Monitored"),
]

REASONS = [
    ("no_contract", "No contract"),
    ("no_line", "No fee of its contracts covers it"),
    ("ended", "The fee has ended"),
    ("draft", "The contract is not signed"),
    ("not_started", "The contract is signed, not started"),
    ("suspended_contract", "The contract or its fee is suspended"),
    ("waiting", "The fee has not begun"),
    ("nothing_counted", "Nothing to count"),
    ("free", "The fee comes to nothing"),
    ("behind", "Due and not invoiced"),
    ("credited", "Credited, not charged again"),
    ("taken_over", "Taken over: the old premises are still monitored"),
    ("not_live", "Not taken into monitoring"),
    ("suspended", "Suspended"),
    ("terminated", "Terminated"),
    ("no_site", "The contract has neither site nor equipment"),
    ("devices_gone", "All equipment of the contract is gone"),
]


class AlarmBillingCheck(models.Model):
    """What is monitored but not billed, or billed but not monitored: one row from the day it is
    found until the day it is not found any more. There should be none."""

    _name = "alarm.billing.check"
    _description = "Billing Check"
    _inherit = ["alarm.own.defaults"]
    _order = "since, id"
    _rec_name = "reason"

    kind = fields.Selection(KINDS, required=True, readonly=True, index=True)
    reason = fields.Selection(REASONS, required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    subscriber_id = fields.Many2one(
        "alarm.subscriber", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    contract_id = fields.Many2one(
        "contract.contract", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    contract_code = fields.Char(related="contract_id.code", string="Number")
    contract_line_id = fields.Many2one(
        "contract.line",
        string="Fee",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    partner_id = fields.Many2one("res.partner", string="Customer", compute="_compute_partner_id")
    since = fields.Date(required=True, readonly=True, help="As far as it is known.")
    due_on = fields.Date(
        string="Counts From",
        required=True,
        readonly=True,
        help="Before this day it may still be on its way: see the tolerance in the settings.",
    )
    found_at = fields.Datetime(required=True, readonly=True)
    state = fields.Selection(
        [("open", "Open"), ("exempt", "Exempt"), ("solved", "Solved")],
        required=True,
        readonly=True,
        index=True,
    )
    exempt_reason = fields.Text(readonly=True)
    exempt_until = fields.Date(readonly=True)
    exempt_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    solved_on = fields.Date(readonly=True)
    repair = fields.Char(compute="_compute_repair", help="What the button does.")
    decision = fields.Char(
        string="Why a Person Decides",
        compute="_compute_repair",
        help="Empty where the button repairs it by itself.",
    )

    _found_uniq = models.UniqueIndex(
        "(kind, COALESCE(subscriber_id, 0), COALESCE(contract_id, 0),"
        " COALESCE(contract_line_id, 0)) WHERE state != 'solved'"
    )
    _exempt_with_reason = models.Constraint(
        "CHECK(state != 'exempt' OR (exempt_reason IS NOT NULL AND exempt_until IS NOT NULL))",
        "An exemption has a reason and a last day.",
    )

    @api.depends("subscriber_id", "contract_id")
    def _compute_partner_id(self):
        for check in self:
            check.partner_id = check.subscriber_id.partner_id or check.contract_id.partner_id

    @api.depends("kind", "reason")
    def _compute_display_name(self):
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        for check in self:
            what = check.subscriber_id or check.contract_id
            check.display_name = f"{what.display_name}: {reasons.get(check.reason, '')}"

    def write(self, vals):
        if not self.env.su:
            raise UserError(
                self.env._("Findings change only by what is repaired or exempted, not by writing.")
            )
        return super().write(vals)

    def action_exempt(self):
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract.alarm_billing_exempt_action"
        )
        return action | {"context": {"default_check_ids": self.ids}}

    def _exempt(self, until, reason):
        """Nobody needs to look at these until then."""
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("An exemption has a reason."))
        if not until or until < self.company_id._alarm_today():
            raise UserError(self.env._("An exemption ends on a day to come."))
        if any(check.state == "solved" for check in self):
            raise UserError(self.env._("What is solved needs no exemption."))
        self.sudo().write(
            {
                "state": "exempt",
                "exempt_reason": reason.strip(),
                "exempt_until": until,
                "exempt_by_id": self.env.uid,
            }
        )

    def action_end_exemption(self):
        self.check_access("write")
        self.sudo().filtered(lambda check: check.state == "exempt").write(
            {
                "state": "open",
                "exempt_reason": False,
                "exempt_until": False,
                "exempt_by_id": False,
            }
        )
        return True

    def action_check_now(self):
        """Look again, of the user's companies. No method of the model: the button of the list says
        what is selected, be it nothing."""
        self.browse().check_access("write")
        self.sudo()._check(self.env.company._alarm_today())
        return {
            "type": "ir.actions.client",
            "tag": "reload",
        }

    @api.model
    def _check_daily(self):
        """Scheduled job."""
        for day, companies in self.env["res.company"]._alarm_days().items():
            if serving := companies.filtered("active"):
                self.with_context(allowed_company_ids=serving.ids)._check(day)

    @api.model
    def _figures(self):
        """The numbers of the dashboard, of the user's companies: ``{"not_billed", "not_monitored",
        "exempt", "coming", "checked_at", "late"}``; coming are those within the tolerance.
        Without `checked_at` nothing was looked at yet: the zeros say nothing."""
        today = self.env.company._alarm_today()
        groups = self._read_group(
            [("state", "!=", "solved"), ("company_id", "in", self.env.companies.ids)],
            ["kind", "state", "due_on:day"],
            ["__count"],
        )
        figures = {"not_billed": 0, "not_monitored": 0, "exempt": 0, "coming": 0}
        for kind, state, due_on, number in groups:
            name = "exempt" if state == "exempt" else kind if due_on <= today else "coming"
            figures[name] += number
        return {**figures, **self._last_check()}

    @api.model
    def _last_check(self):
        """``{"checked_at", "late"}``: when the check last succeeded in all the user's companies,
        False as long as there is one where it never did; and whether that is too long ago."""
        times = self.env.companies.sudo().mapped("billing_checked_at")
        checked_at = all(times) and min(times, default=False)
        return {
            "checked_at": checked_at,
            "late": bool(checked_at and fields.Datetime.now() - checked_at > _LATE),
        }

    @api.model
    def get_empty_list_help(self, help_message):
        """An empty list is good news only of a check that was made."""
        self.check_access("read")
        last = self._last_check()
        if not last["checked_at"]:
            return Markup("<p class='o_view_nocontent_smiling_face'>%s</p><p>%s</p>") % (
                self.env._("Not checked yet"),
                self.env._("It is checked every night, or at once by “Check Now”."),
            )
        words = Markup("<p>%s</p>") % self.env._(
            "Last checked: %s.", format_datetime(self.env, last["checked_at"])
        )
        if coming := self._figures()["coming"]:
            words += Markup("<p>%s</p>") % self.env._(
                "Found, but still within the tolerance: %s.", coming
            )
        if last["late"]:
            words += Markup("<p class='text-danger'>%s</p>") % self.env._(
                "The nightly check has failed since: what is shown is not of today."
            )
        return Markup(super().get_empty_list_help(help_message) or "") + words

    @api.model
    def get_empty_screen(self):
        """What the empty list says today; the browser keeps an action with its help."""
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract.alarm_billing_check_action"
        )
        return action["help"]

    @api.model
    def _check(self, date):
        """Find everything anew, set-based: rows of what is new are added, of what is not found any
        more solved. The number of statements does not depend on how many there are.

        :return: ids of the rows that are not solved
        """
        self._flush_for_check()
        # To compile a query of so many parts takes far longer than to run it once.
        self.env.cr.execute("SET LOCAL jit = off")
        now = datetime.now(UTC).replace(tzinfo=None)
        same = SQL(
            """
            known.state != 'solved' AND known.kind = found.kind
            AND COALESCE(known.subscriber_id, 0) = COALESCE(found.subscriber_id, 0)
            AND COALESCE(known.contract_id, 0) = COALESCE(found.contract_id, 0)
            AND COALESCE(known.contract_line_id, 0) = COALESCE(found.contract_line_id, 0)
            """
        )
        # What is known and still so is not written: most of what is found is, each night.
        self.env.cr.execute(
            SQL(
                """
                WITH found AS MATERIALIZED (%(findings)s), solved AS (
                    UPDATE alarm_billing_check known SET state = 'solved', solved_on = %(date)s
                     WHERE known.state != 'solved' AND known.company_id = ANY(%(companies)s)
                       AND NOT EXISTS (SELECT FROM found WHERE %(same)s)
                ), changed AS (
                    UPDATE alarm_billing_check known SET reason = found.reason
                      FROM found WHERE %(same)s AND known.reason != found.reason
                )
                INSERT INTO alarm_billing_check
                       (kind, reason, company_id, subscriber_id, contract_id, contract_line_id,
                        since, due_on, found_at, state,
                        create_uid, create_date, write_uid, write_date)
                SELECT found.kind, found.reason, found.company_id, found.subscriber_id,
                       found.contract_id, found.contract_line_id, found.since,
                       found.since + company.billing_tolerance, %(now)s, 'open',
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM found JOIN res_company company ON company.id = found.company_id
                 WHERE NOT EXISTS (SELECT FROM alarm_billing_check known WHERE %(same)s)
                    ON CONFLICT (kind, COALESCE(subscriber_id, 0), COALESCE(contract_id, 0),
                                 COALESCE(contract_line_id, 0)) WHERE state != 'solved'
                    DO NOTHING
                """,
                now=now,
                date=date,
                uid=self.env.uid,
                companies=self.env.companies.ids,
                same=same,
                findings=self._findings_query(date),
            )
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE alarm_billing_check
                   SET state = 'open', exempt_reason = NULL, exempt_until = NULL,
                       exempt_by_id = NULL
                 WHERE state = 'exempt' AND exempt_until < %s AND company_id = ANY(%s)
                """,
                date,
                self.env.companies.ids,
            )
        )
        self._note_checked(now)
        self.invalidate_model()
        return self.search(
            [("state", "!=", "solved"), ("company_id", "in", self.env.companies.ids)]
        )

    @api.model
    def _note_checked(self, now):
        companies = self.env.companies
        self.env.cr.execute(
            SQL(
                "UPDATE res_company SET billing_checked_at = %s WHERE id = ANY(%s)",
                now.replace(microsecond=0),
                companies.ids,
            )
        )
        companies.invalidate_recordset(["billing_checked_at"], flush=False)

    @api.model
    def _flush_for_check(self):
        for model in (
            "alarm.subscriber",
            "contract.contract",
            "contract.line",
            "alarm.device",
            "alarm.panel",
            "alarm.zone",
            "alarm.charge",
            "account.move",
            "alarm.dunning.switch",
            "res.company",
            self._name,
        ):
            self.env[model].flush_model()
