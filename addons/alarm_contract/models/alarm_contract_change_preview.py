from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, formatLang


class AlarmContractChange(models.Model):
    """The preview: the plan in words, as a table."""

    _inherit = "alarm.contract.change"

    preview = fields.Html(
        compute="_compute_preview", string="What This Does", sanitize=False, compute_sudo=False
    )
    has_problem = fields.Boolean(compute="_compute_preview", compute_sudo=False)

    @api.depends(
        "contract_id",
        "kind",
        "date",
        "reason_id",
        "subscriber_id",
        "to_subscriber_id",
        "to_partner_id",
        "resume_on",
        "extend_term",
        "new_term",
        "term_months",
        "renewal_kind",
        "renewal_months",
        "notice_days",
        "to_payer_id",
        "refund_deposit",
        "removal",
        "line_ids.keep",
        "line_ids.instead_id",
        "line_ids.price_unit",
        "line_ids.discount",
        "line_ids.discount_until",
    )
    def _compute_preview(self):
        for change in self:
            if change.state in ("done", "withdrawn") or not change.contract_id:
                change.preview, change.has_problem = change.outcome, False
                continue
            plan = change._plan()
            change.preview = change._render(plan)
            change.has_problem = bool(plan.problems)

    def _render(self, plan):
        """The plan as a text that anybody can follow."""
        self.ensure_one()
        parts = [
            self._render_sentences(plan.problems, "text-danger"),
            self._render_lines(plan),
            self._render_credits(plan),
            self._render_sentences(plan.notes, "text-muted"),
        ]
        return Markup("").join(part for part in parts if part)

    def _render_sentences(self, sentences, css):
        return Markup("").join(
            Markup("<p class='%s mb-1'>%s</p>") % (css, sentence) for sentence in sentences
        )

    def _render_lines(self, plan):
        rows = [(line.name, self._price(line), self.env._("ends")) for line in plan.ends]
        for line, values in plan.changes.items():
            rows.append((line.name, self._price(line), self._say_successor(line, values)))
        rows += [(line.name, self._price(line), self.env._("not resumed")) for line in plan.forgone]
        for line, end in plan.returns.items():
            begins = (
                self.env._("runs again until %s", self._day(end))
                if end
                else self.env._("runs again")
            )
            rows.append((line.name, self._price(line), begins))
        heads = (
            self.env._("Fee"),
            self.env._("Until Then"),
            self.env._("From %s", self._day(self.date)),
        )
        return self._render_table(heads, rows)

    def _say_successor(self, line, values):
        words = []
        if values.get("product_id"):
            words.append(self.env["product.product"].browse(values["product_id"]).display_name)
        if values.get("subscriber_id") and values["subscriber_id"] != line.subscriber_id.id:
            words.append(self.env["alarm.subscriber"].browse(values["subscriber_id"]).display_name)
        price = values.get("price_unit", line.price_unit)
        discount = values.get("discount", line.discount)
        words.append(self._price(line, price, discount))
        paid = line.last_date_invoiced
        if paid and paid >= self.date and line._pays_for(values) and self.kind != "take_over":
            words.append(self.env._("paid until %s", self._day(paid)))
        return ", ".join(words)

    def _price(self, line, price=None, discount=None):
        price = line.price_unit if price is None else price
        discount = line.discount if discount is None else discount
        text = self._money(price)
        if discount:
            text = f"{text} (−{discount:g} %)"
        if line.charge_kind == "per_attendance":
            return self.env._("%s an attendance", text)
        if line.charge_kind in ("per_zone", "per_detector"):
            text = self.env._("%s each", text)
        if line.period_months == 1:
            return self.env._("%s a month", text)
        return self.env._(
            "%(price)s every %(months)s months", price=text, months=line.period_months
        )

    def _render_credits(self, plan):
        rows = [(vals["name"], self._money(vals["amount"])) for vals in plan.credits]
        if len(rows) > 1:
            total = sum(vals["amount"] for vals in plan.credits)
            rows.append((self.env._("Together"), self._money(total)))
        return self._render_table((self.env._("Given Back"), self.env._("Before Tax")), rows)

    def _render_table(self, heads, rows):
        if not rows:
            return Markup()
        cell = Markup("<td style='white-space: pre-line'>%s</td>")
        return Markup("<table class='table table-sm'><thead><tr>%s</tr></thead>%s</table>") % (
            Markup("").join(Markup("<th>%s</th>") % head for head in heads),
            Markup("").join(
                Markup("<tr>%s</tr>") % Markup("").join(cell % text for text in row) for row in rows
            ),
        )

    def _day(self, day):
        return format_date(self.env, day)

    def _money(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)
