from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, format_date, formatLang

# Passed in the context by the verbs. Compared by identity, so nothing that arrives over RPC can be
# it.
_BY_VERB = object()


class AlarmPriceCampaignLine(models.Model):
    _name = "alarm.price.campaign.line"
    _description = "Line of a Price Campaign"
    _order = "contract_id, id"

    campaign_id = fields.Many2one(
        "alarm.price.campaign", required=True, index=True, ondelete="cascade"
    )
    campaign_state = fields.Selection(related="campaign_id.state", string="State of the Campaign")
    company_id = fields.Many2one(related="campaign_id.company_id", store=True, index=True)
    contract_id = fields.Many2one(
        "contract.contract", required=True, index=True, ondelete="restrict", readonly=True
    )
    contract_code = fields.Char(related="contract_id.code", string="Number")
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    contract_line_id = fields.Many2one(
        "contract.line", string="Fee", required=True, index=True, ondelete="restrict", readonly=True
    )
    name = fields.Text(related="contract_line_id.name", string="Description")
    currency_id = fields.Many2one(related="contract_line_id.currency_id")
    date = fields.Date(string="From", readonly=True)
    old_price = fields.Float(digits="Product Price", readonly=True)
    new_price = fields.Float(digits="Product Price")
    percent = fields.Float(compute="_compute_percent", string="Change (%)", digits=(16, 2))
    monthly_change = fields.Monetary(
        compute="_compute_monthly_change",
        store=True,
        string="More a Month",
        help="After the discount of that day; of what is counted, as many as there are today.",
    )
    state = fields.Selection(
        [("planned", "Planned"), ("skipped", "Skipped"), ("applied", "Applied")],
        required=True,
        default="planned",
        readonly=True,
        index=True,
    )
    reason = fields.Char(readonly=True)
    step_id = fields.Many2one(
        "alarm.price.step", string="Price Step", readonly=True, ondelete="restrict", copy=False
    )
    problem = fields.Text(related="step_id.problem")
    price_table = fields.Html(
        compute="_compute_price_table", help="All new prices of the contract, for the letter."
    )

    _line_uniq = models.Constraint(
        "UNIQUE(campaign_id, contract_line_id)", "A fee is in a campaign once."
    )
    _price_not_negative = models.Constraint("CHECK(new_price >= 0)", "A price is not negative.")

    @api.depends("old_price", "new_price")
    def _compute_percent(self):
        for row in self:
            change = row.new_price - row.old_price
            row.percent = 100 * change / row.old_price if row.old_price else 0.0

    @api.depends("old_price", "new_price")
    def _compute_monthly_change(self):
        counts = self.contract_line_id._count(self.company_id._alarm_today())
        for row in self:
            line = row.contract_line_id
            if line.charge_kind == "per_attendance":
                row.monthly_change = 0.0
                continue
            quantity = counts.get(line, line.quantity)
            old, new = (
                line._monthly_amount_of(price, quantity, row.date or row.campaign_id.date)
                for price in (row.old_price, row.new_price)
            )
            row.monthly_change = new - old

    @api.model_create_multi
    def create(self, vals_list):
        self._check_by_verb()
        return super().create(vals_list)

    def write(self, vals):
        if set(vals) - {"new_price"}:
            self._check_by_verb()
        if "new_price" in vals and any(
            row.state != "planned" or row.campaign_id.state != "previewed" for row in self
        ):
            raise UserError(self.env._("Only what is still planned can be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_applied(self):
        if any(
            row.state == "applied" or row.campaign_id.state in ("applying", "applied")
            for row in self
        ):
            raise UserError(self.env._("What was applied is kept."))

    @api.model
    def _make(self, values_list):
        """Lines as the preview reckoned them."""
        return self.with_context(alarm_by_verb=_BY_VERB).create(values_list).with_env(self.env)

    def _write_by_verb(self, vals):
        return self.with_context(alarm_by_verb=_BY_VERB).write(vals)

    def _check_by_verb(self):
        if not self.env.su and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(
                self.env._("The lines of a campaign follow from its preview and its actions.")
            )

    def action_skip(self):
        """Leave this one out."""
        self.campaign_id._check_manager()
        if any(row.state != "planned" or row.campaign_id.state != "previewed" for row in self):
            raise UserError(self.env._("Only what is still planned can be left out."))
        return self._write_by_verb({"state": "skipped", "reason": self.env._("Left out by hand.")})

    def action_include(self):
        """Take one in that was left out by hand."""
        self.campaign_id._check_manager()
        for row in self:
            if row.state != "skipped" or row.campaign_id.state != "previewed" or not row.date:
                raise UserError(self.env._("%s cannot be taken in.", row.name))
        return self._write_by_verb({"state": "planned", "reason": False})

    def _apply(self):
        """Give the fees their new price, each once; what has changed since the preview is left
        alone, and says so. Then tell the customers."""
        rows = self.filtered(lambda row: row.state == "planned")
        applied = self.browse()
        for row in rows:
            reason = row._get_change_since()
            if reason:
                row._write_by_verb({"state": "skipped", "reason": reason})
            else:
                applied |= row
        steps = self.env["alarm.price.step"]._make([row._prepare_step() for row in applied])
        for row, step in zip(applied, steps, strict=True):
            row._write_by_verb({"state": "applied", "step_id": step.id})
        today = self.company_id._alarm_today()
        steps.filtered(lambda step: step.date_from <= today)._apply()
        for campaign, of_campaign in applied.grouped("campaign_id").items():
            if campaign.notify:
                of_campaign._notify_customers()

    def _prepare_step(self):
        self.ensure_one()
        return {
            "contract_line_id": self.contract_line_id.id,
            "date_from": self.date,
            "old_price": self.old_price,
            "new_price": self.new_price,
            "source": self.campaign_id.name,
        }

    def _get_change_since(self):
        """What has changed of the fee since it was previewed; False when nothing has."""
        self.ensure_one()
        line, contract = self.contract_line_id, self.contract_id
        if contract.alarm_state not in ("running", "suspended") or line.is_canceled:
            return self.env._("Since the preview the contract has ended or is under notice.")
        if line.successor_contract_line_id or (line.date_end and line.date_end < self.date):
            return self.env._("Since the preview the fee has ended.")
        if float_compare(line.price_unit, self.old_price, precision_digits=6):
            return self.env._("Since the preview the price has changed.")
        if line.last_date_invoiced and line.last_date_invoiced >= self.date:
            return self.env._("Since the preview the period was charged at the old price.")
        if line.price_step_ids.filtered(lambda step: step.state == "planned"):
            return self.env._("Another price is planned already.")
        return False

    def _notify_customers(self):
        """One mail for each contract, in the queue: the first of its lines stands for all."""
        template = self.env.ref(
            "alarm_contract.mail_template_price_change", raise_if_not_found=False
        )
        firsts = self.browse(
            rows[0].id
            for rows in self.grouped("contract_id").values()
            if (rows[0].contract_id.invoice_partner_id or rows[0].partner_id).email
        )
        if template and firsts:
            template.send_mail_batch(firsts.ids)

    def _compute_price_table(self):
        for row in self:
            rows = row.campaign_id.line_ids.filtered(
                lambda other, contract=row.contract_id: other.contract_id == contract
                and other.state == "applied"
            )
            lang = row.contract_id.invoice_partner_id.lang or row.partner_id.lang
            row.price_table = rows.with_context(lang=lang)._render_table()

    def _render_table(self):
        heads = (
            self.env._("Service"),
            self.env._("Price Until Then"),
            self.env._("New Price"),
            self.env._("From"),
        )
        cell = Markup("<td style='padding: 2px 8px'>%s</td>")
        rows = [
            (
                row.name,
                formatLang(self.env, row.old_price, currency_obj=row.currency_id),
                formatLang(self.env, row.new_price, currency_obj=row.currency_id),
                format_date(self.env, row.date),
            )
            for row in self
        ]
        return Markup("<table><tr>%s</tr>%s</table>") % (
            Markup("").join(
                Markup("<th style='padding: 2px 8px; text-align: left'>%s</th>") % head
                for head in heads
            ),
            Markup("").join(
                Markup("<tr>%s</tr>") % Markup("").join(cell % text for text in row) for row in rows
            ),
        )
