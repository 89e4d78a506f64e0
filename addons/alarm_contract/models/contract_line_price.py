from odoo import fields, models

from ..tools.timeline import Event


class ContractLine(models.Model):
    """What a fee costs on a day, and since when."""

    _inherit = "contract.line"

    price_step_ids = fields.One2many("alarm.price.step", "contract_line_id", string="Price Steps")
    base_price = fields.Float(
        digits="Product Price",
        copy=False,
        readonly=True,
        help="The price that was signed, where it has changed since: an index with a fixed "
        "reference is reckoned from it.",
    )
    base_date = fields.Date(
        copy=False, readonly=True, help="Since when the price that was signed holds."
    )
    price_since = fields.Date(copy=False, readonly=True, help="Since when the present price holds.")

    def _get_price_at(self, day):
        """The price of a period that begins on `day`."""
        self.ensure_one()
        steps = self.price_step_ids
        later = [step for step in steps if step.state == "done" and step.date_from > day]
        if later:
            return min(later, key=lambda step: step.date_from).old_price
        due = [step for step in steps if step.state == "planned" and step.date_from <= day]
        if due:
            return max(due, key=lambda step: step.date_from).new_price
        return self.price_unit

    def _get_price_on(self, day):
        """The price that holds on `day`."""
        return self._get_price_at(day)

    def _get_signed_price(self):
        """The price that was signed, and since when it holds."""
        self.ensure_one()
        if self.base_date:
            return self.base_price, self.base_date
        return self.price_unit, self.date_start

    def _hand_on_steps(self, successor):
        """What was planned of the price holds for whatever goes on from the line."""
        planned = self.price_step_ids.filtered(lambda step: step.state == "planned")
        planned._write_by_verb({"contract_line_id": successor.id})

    def _prepare_same_price(self):
        """Values of a successor at the same price: it has held since before."""
        self.ensure_one()
        price, date = self._get_signed_price()
        return {
            "base_price": price,
            "base_date": date,
            "price_since": self.price_since or self.date_start,
        }

    def _get_timeline_events(self):
        events = super()._get_timeline_events()
        if not self.env["alarm.price.step"].has_access("read"):
            return events
        money = self.contract_id._format_money
        for step in self.price_step_ids.filtered(lambda step: step.state != "withdrawn"):
            text = self.env._(
                "%(name)s: %(old)s → %(new)s",
                name=self._get_short_name(),
                old=money(step.old_price),
                new=money(step.new_price),
            )
            events.append(Event(step.date_from, "price", text))
        return events
