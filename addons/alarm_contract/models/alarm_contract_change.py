from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.contract_changes import KINDS, STATES, possible_kinds
from ..tools.terms import RENEWALS

# What only a verb may set.
VERB_FIELDS = frozenset(
    {"state", "outcome", "done_on", "done_by_id", "new_contract_id", "problem", "task_id"}
)

# What a new signature may agree anew, beside the fees.
NEW_TERMS = ("term_months", "renewal_kind", "renewal_months", "notice_days")

_BY_VERB = object()


class AlarmContractChange(models.Model):
    """One change of a running contract: suspension, reactivation, move, take-over, a new signature,
    a service less. It is the form in which the change is made, with a preview of what it does, and
    afterwards the record of it."""

    _name = "alarm.contract.change"
    _description = "Change of a Contract"
    _order = "date desc, id desc"
    _check_company_auto = True

    contract_id = fields.Many2one(
        "contract.contract",
        required=True,
        index=True,
        ondelete="restrict",
        # Its company is the record's: to ask for that before it is chosen would offer none.
        domain="[('business_model_id', '!=', False)]",
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="contract_id.currency_id")
    contract_code = fields.Char(related="contract_id.code", string="Number")
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    kind = fields.Selection(KINDS, string="Change", required=True, default="suspend", index=True)
    possible_kinds = fields.Json(compute="_compute_possible_kinds")
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", copy=False, index=True
    )
    date = fields.Date(
        string="From",
        required=True,
        default=lambda self: self.env.company._alarm_today(),
        help="The first day on which it is so.",
    )
    reason_id = fields.Many2one("contract.terminate.reason", ondelete="restrict")
    note = fields.Text(string="Remark")

    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        string="Site",
        ondelete="restrict",
        check_company=True,
        domain="[('id', 'in', site_ids)]",
        index="btree_not_null",
    )
    site_ids = fields.Many2many(related="contract_id.subscriber_ids", string="Sites")
    to_subscriber_id = fields.Many2one(
        "alarm.subscriber",
        string="New Premises",
        ondelete="restrict",
        check_company=True,
        domain="[('partner_id', 'child_of', commercial_partner_id), ('state', '!=', 'terminated')]",
    )
    commercial_partner_id = fields.Many2one(related="contract_id.commercial_partner_id")
    to_partner_id = fields.Many2one(
        "res.partner", string="New Customer", ondelete="restrict", check_company=True
    )
    to_payer_id = fields.Many2one(
        "res.partner",
        string="New Payer",
        ondelete="restrict",
        check_company=True,
        help="Empty: the new customer pays; of a contract that is signed anew, who pays now.",
    )
    resume_on = fields.Date(
        string="Resumes On", help="Empty: until somebody reactivates the contract."
    )
    resumes_id = fields.Many2one(
        "alarm.contract.change",
        string="Resumes What Was Suspended By",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Only what that suspension ended goes on.",
    )
    extend_term = fields.Boolean(
        string="Extend the Term", help="By the days for which the contract was suspended."
    )
    new_term = fields.Boolean(help="Else the new customer is bound as long as the old one was.")
    term_months = fields.Integer(
        string="Term (Months)",
        compute="_compute_new_terms",
        store=True,
        readonly=False,
        help="Of the term that begins.",
    )
    renewal_kind = fields.Selection(
        RENEWALS,
        string="After the Term",
        compute="_compute_new_terms",
        store=True,
        readonly=False,
    )
    renewal_months = fields.Integer(
        string="Renewed for (Months)", compute="_compute_new_terms", store=True, readonly=False
    )
    notice_days = fields.Integer(
        string="Notice (Days)", compute="_compute_new_terms", store=True, readonly=False
    )
    refund_deposit = fields.Boolean(string="Give the Deposit Back", default=True)
    removal = fields.Boolean(
        string="Remove the Old System",
        default=True,
        help="Makes a work order for the removal at the old premises, which ends monitoring there.",
    )
    outcome = fields.Html(string="What Was Done", readonly=True, copy=False)
    problem = fields.Text(readonly=True, copy=False)
    # What others have to do with it, as long as it is to be done.
    task_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )
    new_contract_id = fields.Many2one(
        "contract.contract", readonly=True, copy=False, ondelete="restrict"
    )
    done_on = fields.Date(readonly=True, copy=False)
    done_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")

    @api.constrains("date", "resume_on")
    def _check_resume_on(self):
        for change in self:
            if change.resume_on and change.resume_on <= change.date:
                raise ValidationError(
                    self.env._("The service resumes after it was suspended, not before.")
                )

    @api.constrains("contract_id", "resumes_id")
    def _check_resumes(self):
        for change in self:
            if change.resumes_id and change.resumes_id.contract_id != change.contract_id:
                raise ValidationError(self.env._("The suspension is of another contract."))

    @api.constrains("contract_id", "subscriber_id")
    def _check_subscriber(self):
        for change in self:
            if change.subscriber_id - change.contract_id.subscriber_ids:
                raise ValidationError(change._say_stranger())

    def _say_stranger(self):
        self.ensure_one()
        return self.env._(
            "%(site)s is no site of the contract %(contract)s.",
            site=self.subscriber_id.display_name,
            contract=self.contract_id.display_name,
        )

    @api.depends("contract_id.alarm_state")
    def _compute_possible_kinds(self):
        for change in self:
            change.possible_kinds = possible_kinds(change.contract_id.alarm_state)

    @api.onchange("kind")
    def _onchange_kind(self):
        # Another kind may know no site; a move of a contract with one site is of that one.
        site = self.contract_id.subscriber_ids
        self.subscriber_id = site if self.kind == "move" and len(site) == 1 else False

    @api.depends("contract_id", "kind")
    def _compute_new_terms(self):
        for change in self:
            for name in NEW_TERMS:
                change[name] = change.contract_id[name]

    @api.depends("kind", "date", "contract_id")
    def _compute_display_name(self):
        for change in self:
            change.display_name = f"{change.contract_id.code or ''} {change._get_kind_label()}"

    def _get_kind_label(self):
        self.ensure_one()
        return dict(self._fields["kind"]._description_selection(self.env)).get(self.kind, "")

    @api.model
    def default_get(self, fields):
        # A context gives nothing that only a verb may set.
        values = super().default_get(fields)
        return {
            name: ("draft" if name == "state" else False) if name in VERB_FIELDS else value
            for name, value in values.items()
        }

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_by_verb(
                name for name in VERB_FIELDS if vals.get(name) not in (None, False, "draft")
            )
        return super().create(vals_list)

    def write(self, vals):
        self._check_by_verb(VERB_FIELDS.intersection(vals))
        if self.env.context.get("alarm_by_verb") is not _BY_VERB:
            fixed = self.filtered(lambda change: change.state != "draft")
            if fixed and set(vals) - {"note"}:
                raise UserError(
                    self.env._("%s is decided: it stays as it is.", fixed[0].display_name)
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(change.state != "draft" for change in self):
            raise UserError(self.env._("A change that was decided is kept."))

    def _write_by_verb(self, vals):
        return self.with_context(alarm_by_verb=_BY_VERB).write(vals)

    def _check_by_verb(self, names):
        names = sorted(names)
        if names and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(self.env._("Only the actions of a change set %s.", ", ".join(names)))
