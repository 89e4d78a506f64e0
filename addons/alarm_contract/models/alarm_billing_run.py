from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.billing_states import STATES, TRANSITIONS

# What only a verb may set: by whose rights a run works is nobody's to choose.
VERB_FIELDS = frozenset(
    {"state", "kind", "user_id", "started_at", "finished_at", "collected", "problem"}
)

# Passed in the context by the verbs. Compared by identity, so nothing that arrives over RPC can be
# it.
_BY_VERB = object()


class AlarmBillingRun(models.Model):
    """All that is owed up to a day is invoiced: shown first, then done in batches that are each
    final, so that a run which was cut off goes on where it was.

    The work itself is in `alarm_billing_run_work.py`, the preview in
    `alarm_billing_run_preview.py`.
    """

    _name = "alarm.billing.run"
    _description = "Billing Run"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _rec_names_search = ("company_id.name", "user_id.name")
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        ondelete="restrict",
    )
    date = fields.Date(
        string="Owed Up To",
        required=True,
        default=lambda self: self.env.company._alarm_today(),
        help="What is due on this day or before is invoiced; it is the date of the invoices.",
    )
    kind = fields.Selection(
        [("manual", "By Hand"), ("daily", "Daily")], required=True, default="manual", readonly=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="In the Name Of",
        required=True,
        readonly=True,
        default=lambda self: self.env.uid,
        ondelete="restrict",
        help="By whose rights it works, and who hears of what failed.",
    )
    notify = fields.Boolean(
        string="Tell Customers",
        default=True,
        help="Each customer is told of his invoice in his language, in the ways of the settings.",
    )
    tells_nobody = fields.Boolean(
        compute="_compute_tells_nobody",
        help="Customers should be told, but the company has switched off all ways to tell them.",
    )
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", copy=False, index=True, tracking=True
    )
    started_at = fields.Datetime(readonly=True, copy=False)
    finished_at = fields.Datetime(readonly=True, copy=False)
    collected = fields.Boolean(
        readonly=True, copy=False, help="Its contracts are listed; none is looked for any more."
    )
    problem = fields.Text(
        string="Why It Stands Still",
        readonly=True,
        copy=False,
        help="It is tried again by itself.",
    )
    item_ids = fields.One2many("alarm.billing.run.item", "run_id", string="Contracts")
    notice_ids = fields.One2many("alarm.billing.notice", "run_id", string="Notices")
    item_count = fields.Integer(string="Contracts in All", compute="_compute_counts")
    pending_count = fields.Integer(string="Waiting", compute="_compute_counts")
    done_count = fields.Integer(string="Invoiced", compute="_compute_counts")
    nothing_count = fields.Integer(string="Nothing Owed", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    failed_notice = fields.Char(compute="_compute_failed_notice")
    progress = fields.Float(compute="_compute_counts")
    expected = fields.Char(
        string="Amount Expected", compute="_compute_totals", help="Sum of the preview, before tax."
    )
    invoiced = fields.Char(
        string="Amount Invoiced", compute="_compute_totals", help="Sum of the invoices, before tax."
    )
    move_count = fields.Integer(string="Invoices", compute="_compute_totals")
    notice_sent_count = fields.Integer(string="Notices Sent", compute="_compute_notice_counts")
    notice_failed_count = fields.Integer(string="Notices Failed", compute="_compute_notice_counts")
    notice_queued_count = fields.Integer(string="Notices Waiting", compute="_compute_notice_counts")

    @api.depends("date")
    @api.depends_context("lang")
    def _compute_name(self):
        for run in self:
            run.name = self.env._("Billing up to %s", format_date(self.env, run.date))

    @api.depends("notify", "company_id.alarm_billing_mail", "company_id.alarm_billing_sms")
    def _compute_tells_nobody(self):
        for run in self:
            company = run.company_id
            run.tells_nobody = run.notify and company and not company._get_invoice_channels()

    @api.depends("item_ids.state")
    def _compute_counts(self):
        counts = {}
        for run, state, number in self.env["alarm.billing.run.item"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        ):
            counts.setdefault(run.id, {})[state] = number
        for run in self:
            of_run = counts.get(run._origin.id, {})
            total = sum(of_run.values())
            run.item_count = total
            for state in ("pending", "done", "nothing", "failed"):
                run[f"{state}_count"] = of_run.get(state, 0)
            run.progress = 100 * (total - run.pending_count) / total if total else 0

    @api.depends("failed_count")
    @api.depends_context("lang")
    def _compute_failed_notice(self):
        for run in self:
            run.failed_notice = bool(run.failed_count) and self.env._(
                "Contracts that cannot be invoiced: %s; the list says why of each. They keep no "
                "other.",
                run.failed_count,
            )

    @api.depends("item_ids.amount", "item_ids.expected", "item_ids.currency_id")
    def _compute_totals(self):
        sums = {}
        items = self.env["alarm.billing.run.item"]
        for run, currency, expected, amount in items._read_group(
            [("run_id", "in", self.ids)],
            ["run_id", "currency_id"],
            ["expected:sum", "amount:sum"],
        ):
            sums.setdefault(run.id, []).append((currency, expected, amount))
        moves = items._count_invoices(self)
        for run in self:
            of_run = sums.get(run._origin.id, [])
            run.expected = " + ".join(currency.format(one) for currency, one, _two in of_run if one)
            run.invoiced = " + ".join(currency.format(two) for currency, _one, two in of_run if two)
            run.move_count = moves.get(run._origin.id, 0)

    @api.depends("notice_ids.state")
    def _compute_notice_counts(self):
        counts = {}
        for run, state, number in self.env["alarm.billing.notice"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        ):
            counts.setdefault(run.id, {})[state] = number
        for run in self:
            of_run = counts.get(run._origin.id, {})
            for state in ("sent", "failed", "queued"):
                run[f"notice_{state}_count"] = of_run.get(state, 0)

    @api.model
    def default_get(self, fields):
        # Neither a context nor a user's own default may give what only a verb may set.
        values = super().default_get(fields)
        for name in VERB_FIELDS.intersection(values):
            default = self._fields[name].default
            values[name] = default(self) if default else False
        return values

    @api.model_create_multi
    def create(self, vals_list):
        self._check_by_verb(VERB_FIELDS.intersection(set().union(*vals_list)))
        return super().create(vals_list)

    def write(self, vals):
        self._check_by_verb(VERB_FIELDS.intersection(vals))
        if {"date", "company_id"}.intersection(vals) and any(
            run.state not in ("draft", "previewed") for run in self
        ):
            raise UserError(self.env._("A run that has begun keeps its date and company."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        for run in self:
            if run.started_at:
                raise UserError(
                    self.env._("%s has begun: it stays, with what it invoiced.", run.name)
                )

    def action_preview(self):
        """Show what would be invoiced, and what stands in the way."""
        self.check_access("write")
        self._transition("preview", collected=False)
        # The preview is the machine's own list, made anew.
        self.item_ids.sudo().unlink()
        return self._go_on()

    def action_start(self):
        """Invoice it all. What stood in the way in the preview is looked at again."""
        self.check_access("write")
        self._transition("start", started_at=fields.Datetime.now(), collected=False)
        self.item_ids._try_again()
        return self._go_on()

    def action_stop(self):
        """No further batch; what is invoiced stays."""
        self.check_access("write")
        return self._transition("stop")

    def action_resume(self):
        """Go on where it was stopped."""
        self.check_access("write")
        self._transition("resume")
        return self._go_on()

    def action_retry(self):
        """Try those again that failed."""
        self.check_access("write")
        self._transition("retry", finished_at=False)
        self.item_ids._try_again()
        return self._go_on()

    def action_show_invoices(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "account.action_move_out_invoice_type"
        )
        return {**action, "domain": [("id", "in", self.item_ids.move_ids.ids)], "context": {}}

    def action_show_items(self):
        """The contracts of the run, those that failed first."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "alarm.billing.run.item",
            "view_mode": "list,form",
            "domain": [("run_id", "=", self.id)],
            "context": self.env.context.get("items_context") or {},
        }

    def action_show_notices(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Notices to Customers"),
            "res_model": "alarm.billing.notice",
            "view_mode": "list,form",
            "domain": [("run_id", "=", self.id)],
        }

    def _transition(self, verb, **values):
        transition = TRANSITIONS[verb]
        labels = dict(self._fields["state"]._description_selection(self.env))
        for run in self:
            if run.state not in transition.sources:
                raise UserError(
                    self.env._(
                        "%(run)s is %(state)s. Allowed from: %(sources)s.",
                        run=run.name,
                        state=labels[run.state],
                        sources=", ".join(
                            label for state, label in labels.items() if state in transition.sources
                        ),
                    )
                )
        return self._write_by_verb({"state": transition.target, **values})

    def _write_by_verb(self, vals):
        return self._by_verb().write(vals)

    def _by_verb(self):
        return self.with_context(alarm_by_verb=_BY_VERB)

    @api.model
    def _check_by_verb(self, names):
        if names and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(
                self.env._(
                    "A billing run changes through its actions (preview, start, stop…), not by "
                    "writing %s.",
                    ", ".join(sorted(names)),
                )
            )
