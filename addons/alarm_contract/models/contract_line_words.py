from odoo import models


class ContractLine(models.Model):
    """How a line is charged, in words."""

    _inherit = "contract.line"

    def _get_words(self):
        """E.g. "per zone, every 3 months, in advance"."""
        self.ensure_one()
        if self.charge_kind == "one_off":
            return self.env._("once")
        if self.charge_kind == "deposit":
            return self.env._("once, given back at the end")
        if self.charge_kind == "per_attendance":
            if self.free_quota:
                return self.env._(
                    "per attendance, %(quota)s free every %(months)s months",
                    quota=self.free_quota,
                    months=self.quota_months,
                )
            return self.env._("per attendance")
        counted = {
            "per_zone": self.env._("per zone"),
            "per_detector": self.env._("per detector"),
        }.get(self.charge_kind)
        every = {
            1: self.env._("every month"),
            3: self.env._("every quarter"),
            12: self.env._("every year"),
        }.get(self.period_months) or self.env._("every %s months", self.period_months)
        when = self.env._("in advance") if self._is_in_advance() else self.env._("in arrears")
        quantity = None if counted or self.quantity == 1 else self.env._("%g pieces", self.quantity)
        return self.env._(", ").join(part for part in (counted, quantity, every, when) if part)
