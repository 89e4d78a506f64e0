from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.terms import ESCALATIONS

STATES = [
    ("draft", "Draft"),
    ("previewed", "Previewed"),
    ("applying", "Being Applied"),
    ("applied", "Applied"),
    ("cancelled", "Cancelled"),
]

VERB_FIELDS = frozenset({"state", "applied_on", "applied_by_id"})

_BY_VERB = object()

# So many lines are changed before the work is committed.
BATCH = 200


class AlarmPriceCampaign(models.Model):
    """New prices for many contracts at once: first as a list that is looked through, then applied,
    each line once. What is paid already stays at its price."""

    _name = "alarm.price.campaign"
    _description = "Price Campaign"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _check_company_auto = True

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        STATES, required=True, readonly=True, default="draft", copy=False, index=True, tracking=True
    )
    date = fields.Date(
        string="From",
        required=True,
        help="Prices change with the first period of each fee that begins on this day or later "
        "and is not paid yet.",
    )
    by_terms = fields.Boolean(
        string="As Each Contract Says",
        default=True,
        help="Kind, value, cap and age as the terms of each contract have them. Else the same for "
        "all.",
    )
    kind = fields.Selection(
        [choice for choice in ESCALATIONS if choice[0] != "none"], default="percent"
    )
    value = fields.Float(help="Percent, or an amount a month.")
    use_cap = fields.Boolean(string="Cap", help="No price rises by more than so many percent.")
    cap = fields.Float(string="At Most (%)")
    use_floor = fields.Boolean(
        string="Floor",
        help="Prices rise by so many percent at least; with 0 none goes down.",
    )
    floor = fields.Float(string="At Least (%)", help="0: prices never go down.")
    min_months = fields.Integer(
        string="Not Before (Months)", help="Customers younger than so many months are skipped."
    )
    index_id = fields.Many2one(
        "alarm.price.index", ondelete="restrict", check_company=True, string="Index"
    )
    index_reference = fields.Selection(
        [
            ("previous", "Since the Price Was Last Changed"),
            ("signed", "Since the Price Was Signed"),
        ],
        default="previous",
        required=True,
        string="Reckoned",
    )
    business_model_ids = fields.Many2many("alarm.business.model", string="Only These Models")
    product_ids = fields.Many2many(
        "product.product", string="Only These Services", check_company=True
    )
    line_ids = fields.One2many("alarm.price.campaign.line", "campaign_id", string="Lines")
    change_count = fields.Integer(compute="_compute_figures", string="Price Changes")
    skip_count = fields.Integer(compute="_compute_figures", string="Skipped")
    monthly_change = fields.Monetary(compute="_compute_figures", string="More a Month")
    currency_id = fields.Many2one(related="company_id.currency_id")
    notify = fields.Boolean(
        string="Tell the Customers", default=True, help="By a mail for each contract."
    )
    applied_on = fields.Date(readonly=True, copy=False)
    applied_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")

    _min_months_positive = models.Constraint("CHECK(min_months >= 0)", "An age is not negative.")

    @api.depends("line_ids.state", "line_ids.monthly_change")
    def _compute_figures(self):
        groups = self.env["alarm.price.campaign.line"]._read_group(
            [("campaign_id", "in", self.ids)],
            ["campaign_id", "state"],
            ["__count", "monthly_change:sum"],
        )
        found = {(campaign, state): figures for campaign, state, *figures in groups}
        for campaign in self:
            changes = [found.get((campaign, state), [0, 0.0]) for state in ("planned", "applied")]
            campaign.change_count = sum(count for count, _amount in changes)
            campaign.monthly_change = sum(amount for _count, amount in changes)
            campaign.skip_count = found.get((campaign, "skipped"), [0, 0.0])[0]

    @api.model
    def default_get(self, fields):
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
            known = set(vals) - {"line_ids", "name", "message_follower_ids", "activity_ids"}
            if known and any(campaign.state != "draft" for campaign in self):
                raise UserError(
                    self.env._("What was previewed is what is applied: set it back to draft first.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(campaign.state not in ("draft", "cancelled") for campaign in self):
            raise UserError(self.env._("A campaign that was applied is kept."))

    def action_preview(self):
        """List what would change, and what is skipped and why."""
        self._check_manager()
        for campaign in self:
            if campaign.state not in ("draft", "previewed"):
                raise UserError(self.env._("%s is applied already.", campaign.name))
            if campaign.kind == "index" and not campaign.by_terms and not campaign.index_id:
                raise UserError(self.env._("Which index?"))
            campaign.line_ids.unlink()
            self.env["alarm.price.campaign.line"]._make(campaign._prepare_lines())
            campaign._write_by_verb({"state": "previewed"})
        return True

    def action_draft(self):
        self._check_manager()
        for campaign in self:
            if campaign.state != "previewed":
                raise UserError(self.env._("Only what is previewed can go back to draft."))
        self.line_ids.unlink()
        return self._write_by_verb({"state": "draft"})

    def action_cancel(self):
        self._check_manager()
        for campaign in self:
            if campaign.state not in ("draft", "previewed"):
                raise UserError(self.env._("%s is applied already.", campaign.name))
        return self._write_by_verb({"state": "cancelled"})

    def action_apply(self):
        """Apply what was previewed: at once, or in the background where it is much."""
        self._check_manager()
        for campaign in self:
            if not campaign.try_lock_for_update() or campaign.state != "previewed":
                raise UserError(
                    self.env._("%s is not previewed, or somebody applies it now.", campaign.name)
                )
            campaign._write_by_verb(
                {
                    "state": "applying",
                    "applied_on": self.company_id._alarm_today(),
                    "applied_by_id": self.env.uid,
                }
            )
            if campaign._count_open_lines() <= BATCH:
                campaign._apply_batch()
            else:
                self.env.ref("alarm_contract.ir_cron_price_campaign")._trigger()
        return True

    def action_view_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract.alarm_price_campaign_line_action"
        )
        return action | {"domain": [("campaign_id", "=", self.id)]}

    def _get_open_domain(self):
        return [("campaign_id", "in", self.ids), ("state", "=", "planned")]

    def _count_open_lines(self):
        return self.env["alarm.price.campaign.line"].search_count(self._get_open_domain())

    def _apply_batch(self, limit=BATCH):
        """Apply the next lines; whole contracts, so that a customer gets one mail. Returns how many
        lines are left."""
        self.ensure_one()
        Line = self.env["alarm.price.campaign.line"]
        domain = self._get_open_domain()
        lines = Line.search(domain, order="contract_id, id", limit=limit)
        lines |= Line.search([*domain, ("contract_id", "=", lines[-1:].contract_id.id)])
        lines._apply()
        left = self._count_open_lines()
        if not left:
            self._write_by_verb({"state": "applied"})
        return left

    @api.model
    def _run_due(self):
        """Due work: go on with what is being applied, batch by batch; a batch is whole or not at
        all, so after a crash it goes on where it was."""
        for campaign in self.search([("state", "=", "applying")]):
            left = 1
            while left:
                left = campaign._apply_batch()
                if not self.env["ir.cron"]._commit_progress(BATCH, remaining=left):
                    return

    def _check_manager(self):
        self.check_access("write")
        if not self.env.su and not self.env.user.has_group("alarm_contract.group_contract_manager"):
            raise AccessError(self.env._("Only a contract manager changes prices."))

    def _write_by_verb(self, vals):
        return self.with_context(alarm_by_verb=_BY_VERB).write(vals)

    def _check_by_verb(self, names):
        names = sorted(names)
        if names and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(self.env._("Only the actions of a campaign set %s.", ", ".join(names)))
