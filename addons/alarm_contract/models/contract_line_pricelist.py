from datetime import UTC, datetime, time

from odoo import api, models

from ..tools import periods
from .contract_line import RECURRING


class ContractLine(models.Model):
    """A fee that has its price from the payer's price list: each period costs what the list says on
    its first day. A fee with a price of its own takes that of the list once, when it is made."""

    _inherit = "contract.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.browse(
            line.id
            for line, vals in zip(lines, vals_list, strict=True)
            if vals.get("product_id")
            and {"price_unit", "specific_price", "automatic_price"}.isdisjoint(vals)
            and line._is_alarm()
        )._take_list_price()
        return lines

    @api.onchange("product_id")
    def _onchange_product_price(self):
        if self.product_id and not self.automatic_price and self._is_alarm():
            self._take_list_price()

    def _take_list_price(self):
        """The price that is proposed; where there is no list, none is."""
        with_list = self.filtered(lambda line: line.contract_id._get_pricelist())
        for company, lines in with_list.grouped("company_id").items():
            today = company._alarm_today()
            prices = lines._get_list_prices({line: [today] for line in lines})
            for line in lines:
                line._by_verb().specific_price = prices[line, today]

    def _is_by_list(self):
        """What it costs is said by a list."""
        self.ensure_one()
        return bool(self.automatic_price and self.product_id and self._is_alarm())

    @api.depends("contract_id.business_model_id", "contract_id.invoice_partner_id", "uom_id")
    def _compute_price_unit(self):
        """As before, but of all at once, and for the day of the company."""
        ours = self.filtered(lambda line: line._is_by_list())
        for company, lines in ours.grouped("company_id").items():
            prices = lines._get_present_list_prices(company._alarm_today())
            for line in lines:
                line.price_unit = prices[line]
        return super(ContractLine, self - ours)._compute_price_unit()

    def _get_price_at(self, day):
        if self._is_by_list():
            return self._get_list_prices({self: [day]})[self, day]
        return super()._get_price_at(day)

    def _get_price_on(self, day):
        if self._is_by_list():
            return self._get_present_list_prices(day)[self]
        return super()._get_price_on(day)

    def _get_prices_at(self, days):
        """``{(line, day): price}`` of periods that begin on these days.

        :param days: ``{line: days}``
        """
        by_list = {line: line_days for line, line_days in days.items() if line._is_by_list()}
        prices = self._get_list_prices(by_list)
        for line in days.keys() - by_list.keys():
            prices.update({(line, day): line._get_price_at(day) for day in days[line]})
        return prices

    def _get_present_list_prices(self, day):
        """Of each of these that goes by a list, the price of the period in which the day falls: as
        it was charged, else that of the list when the period begins. So another price counts from
        the period on that is charged at it."""
        lines = self.filtered(lambda line: line._is_by_list())
        charged = lines._get_charged_prices(day)
        asked = {
            line: line._get_first_day_around(day)
            for line in lines
            if line._origin.id not in charged
        }
        found = self._get_list_prices({line: [first] for line, first in asked.items()})
        prices = {line: found[line, first] for line, first in asked.items()}
        return {
            line: prices[line] if line in prices else charged[line._origin.id] for line in lines
        }

    def _get_charged_prices(self, day):
        """``{line id: price}`` at which the period that the day falls into was charged."""
        if not self.ids:
            return {}
        # As superuser: who may see the price of a fee need not see what was charged.
        charges = (
            self.env["alarm.charge"]
            .sudo()
            .search_fetch(
                [
                    ("contract_line_id", "in", self.ids),
                    ("kind", "=", "recurring"),
                    ("state", "in", ("chargeable", "charged")),
                    ("period_start", "<=", day),
                    ("period_end", ">=", day),
                ],
                ["contract_line_id", "unit_price"],
            )
        )
        return {charge.contract_line_id.id: charge.unit_price for charge in charges}

    def _get_first_day_around(self, day):
        """The first day of the period that the day falls into; of what has not begun, its own."""
        self.ensure_one()
        start = self.date_start or day
        if self.charge_kind not in RECURRING or start >= day:
            return max(start, day)
        anchor = self.anchor_date or start
        return max(start, periods.whole_period(anchor, self.period_months or 1, day)[0])

    @api.model
    def _get_list_prices(self, days):
        """``{(line, day): price}`` by the lists. Each list is asked once for a day and a quantity,
        however many fees have it.

        :param days: ``{line: days}``
        """
        asked = {}
        for line, line_days in days.items():
            contract = line.contract_id
            of_line = (
                contract.company_id,
                contract._get_pricelist(),
                line.quantity,
                line.uom_id,
                contract.currency_id,
            )
            for day in line_days:
                asked.setdefault((*of_line, day), []).append(line)
        digits = self.env["decimal.precision"].precision_get("Product Price")
        prices = {}
        for (company, pricelist, quantity, uom, currency, day), lines in asked.items():
            products = self.env["product.product"].union(*(line.product_id for line in lines))
            found = pricelist.with_company(company)._get_products_price(
                products.with_company(company),
                quantity,
                uom=uom,
                currency=currency,
                date=_end_of(day, company),
            )
            for line in lines:
                prices[line, day] = round(found[line.product_id.id], digits)
        return prices


def _end_of(day, company):
    """A price that begins on a day, at whatever hour, is that of the day. In UTC, naive."""
    moment = datetime.combine(day, time(23, 59), company._alarm_zone())
    return moment.astimezone(UTC).replace(tzinfo=None)
