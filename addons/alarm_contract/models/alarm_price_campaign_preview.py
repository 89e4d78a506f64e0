from odoo import models

from ..tools import escalation
from .contract_line import RECURRING


class AlarmPriceCampaign(models.Model):
    """Which fees a campaign changes, to what, from when, and which it leaves alone and why."""

    _inherit = "alarm.price.campaign"

    def _prepare_lines(self):
        """Values of the lines of the preview."""
        self.ensure_one()
        lines = self._get_contract_lines()
        taken = self._get_taken(lines)
        return [self._prepare_line(line, taken) for line in lines]

    def _get_contract_lines(self):
        """The fees of contracts in force that run on the day or after it."""
        domain = [
            ("contract_id.company_id", "=", self.company_id.id),
            ("contract_id.business_model_id", "!=", False),
            ("contract_id.alarm_state", "in", ("running", "suspended", "notice")),
            ("charge_kind", "in", [*RECURRING, "per_attendance"]),
            ("display_type", "=", False),
            ("is_canceled", "=", False),
            ("waiting", "=", False),
            "|",
            ("date_end", "=", False),
            ("date_end", ">=", self.date),
        ]
        if self.by_terms:
            domain.append(("contract_id.escalation_kind", "not in", (False, "none")))
        if self.business_model_ids:
            domain.append(("contract_id.business_model_id", "in", self.business_model_ids.ids))
        if self.product_ids:
            domain.append(("product_id", "in", self.product_ids.ids))
        return self.env["contract.line"].search(domain, order="contract_id, sequence, id")

    def _get_taken(self, lines):
        """Fees that another campaign has changed for a later day, or is about to."""
        rows = self.env["alarm.price.campaign.line"].search(
            [
                ("contract_line_id", "in", lines.ids),
                ("campaign_id", "!=", self.id),
                ("state", "=", "planned"),
                ("campaign_id.state", "in", ("previewed", "applying")),
            ]
        )
        taken = {row.contract_line_id: row.campaign_id.name for row in rows}
        steps = self.env["alarm.price.step"].search(
            [("contract_line_id", "in", lines.ids), ("state", "=", "planned")]
        )
        return taken | {step.contract_line_id: step.source or "" for step in steps}

    def _prepare_line(self, line, taken):
        values = {
            "campaign_id": self.id,
            "contract_id": line.contract_id.id,
            "contract_line_id": line.id,
            "old_price": line.price_unit,
            "new_price": line.price_unit,
            "state": "skipped",
        }
        reason = self._get_skip_reason(line, taken)
        if reason:
            return {**values, "reason": reason}
        rule = self._get_rule(line)
        if isinstance(rule, str):
            return {**values, "reason": rule}
        signed = rule.kind == "index" and self.index_reference == "signed"
        base = line._get_signed_price()[0] if signed else None
        try:
            step = escalation.step(
                rule,
                line.price_unit,
                line.period_months if line.charge_kind != "per_attendance" else 1,
                base,
                line.currency_id.rounding or 0.01,
            )
        except ValueError:
            return {**values, "reason": self.env._("The index has no value for both days.")}
        values.update({"new_price": step.price, "date": self._get_first_day(line)})
        if line.date_end and values["date"] > line.date_end:
            return {**values, "reason": self.env._("Ends before its next period.")}
        if step.price == line.price_unit:
            return {**values, "reason": self.env._("The price stays the same.")}
        if step.limited:
            values["reason"] = self.env._(
                "%(asked)s %% limited to %(applied)s %%",
                asked=f"{float(step.asked):.2f}",
                applied=f"{float(step.applied):.2f}",
            )
        return {**values, "state": "planned"}

    def _get_skip_reason(self, line, taken):
        contract = line.contract_id
        if line in taken:
            return self.env._("In the campaign %s already.", taken[line])
        if line.automatic_price:
            return self.env._("Has its price from a price list.")
        if contract.alarm_state == "notice":
            return self.env._("Under notice.")
        if line.successor_contract_line_id:
            return self.env._("Goes on as another fee already.")
        months = contract.escalation_min_months if self.by_terms else self.min_months
        since = contract.live_on or contract.signed_on
        if escalation.too_young(since or None, self.date, months or 0):
            return self.env._("Younger than %s months.", months)
        return False

    def _get_rule(self, line):
        """The escalation of the line, or why there is none."""
        contract = line.contract_id
        if self.by_terms:
            kind, value = contract.escalation_kind, contract.escalation_value
            # The terms have no cap where it is 0.
            cap = contract.escalation_cap or None
        else:
            kind, value = self.kind, self.value
            cap = self.cap if self.use_cap else None
        floor = self.floor if self.use_floor else None
        if kind != "index":
            return escalation.Escalation(kind, value, cap, floor)
        if not self.index_id:
            return self.env._("Follows an index: the campaign names none.")
        since = (
            line._get_signed_price()[1]
            if self.index_reference == "signed"
            else line.price_since or line.date_start
        )
        return escalation.Escalation(
            kind,
            value,
            cap,
            floor,
            self.index_id._get_value(since) or 0.0,
            self.index_id._get_value(self.date) or 0.0,
        )

    def _get_first_day(self, line):
        """From when the new price holds for the line."""
        if line.charge_kind == "per_attendance" or not line.anchor_date:
            return max(self.date, line.date_start)
        day = max(self.date, line.date_start)
        return escalation.first_day(
            line.anchor_date, line.period_months, day, line.last_date_invoiced or None
        )
