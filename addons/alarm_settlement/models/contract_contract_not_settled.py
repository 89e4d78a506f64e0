from odoo import api, fields, models
from odoo.tools import format_date

from odoo.addons.alarm_contract.models.contract_line import RECURRING
from odoo.addons.alarm_contract.tools.contract_states import CHARGED


class ContractContract(models.Model):
    """Contracts of which a period is over that has neither a statement nor a carrier's file: what
    nobody has thought of is said."""

    _inherit = "contract.contract"

    is_not_settled = fields.Boolean(
        string="Not Settled", compute="_compute_not_settled", search="_search_is_not_settled"
    )
    not_settled_since = fields.Date(
        compute="_compute_not_settled",
        help="The last day of the first period that is over and was not settled.",
    )
    not_settled_count = fields.Integer(string="Periods Not Settled", compute="_compute_not_settled")
    not_settled_notice = fields.Char(compute="_compute_not_settled_notice")

    @api.depends("settlement_ids", "charge_ids.state", "alarm_state", "share_base")
    def _compute_not_settled(self):
        ends = self._get_ends_not_settled()
        for contract in self:
            found = sorted(ends.get(contract.id, ()))
            contract.is_not_settled = bool(found)
            contract.not_settled_since = found[0] if found else False
            contract.not_settled_count = len(found)

    @api.depends("not_settled_since", "not_settled_count")
    @api.depends_context("lang")
    def _compute_not_settled_notice(self):
        for contract in self:
            day = format_date(self.env, contract.not_settled_since)
            if contract.not_settled_count > 1:
                contract.not_settled_notice = self.env._(
                    "%(count)s periods that are over were not settled, the first until %(day)s.",
                    count=contract.not_settled_count,
                    day=day,
                )
            elif contract.not_settled_count:
                contract.not_settled_notice = self.env._(
                    "The period until %(day)s is over and was not settled.", day=day
                )
            else:
                contract.not_settled_notice = False

    def _search_is_not_settled(self, operator, value):
        if operator != "in":
            return NotImplemented
        candidates = self.search(
            [
                ("business_model_id", "!=", False),
                ("alarm_state", "in", tuple(CHARGED)),
                "|",
                "|",
                ("share_base", "not in", (False, "none")),
                ("capacity_lease_ids", "!=", False),
                ("biller", "=", "carrier"),
            ]
        )
        ids = list(candidates._get_ends_not_settled())
        return [("id", "in" if True in value else "not in", ids)]

    def _get_ends_not_settled(self):
        """{id of a contract: the last days of its periods that nobody has settled}, by the day of
        its company"""
        found = {}
        for company, contracts in self.grouped("company_id").items():
            today = company._alarm_today()
            for contract_id, end in (
                *contracts._find_without_statement(today),
                *contracts._find_waiting(today),
            ):
                found.setdefault(contract_id, set()).add(end)
        return found

    def _find_without_statement(self, today):
        for contract, _kind, _start, end in self._get_periods_not_settled(today):
            yield contract.id, end
        for contract in self:
            if contract._settles() and not contract.settlement_months and contract.live_on:
                # Nobody has said how often.
                yield contract.id, contract.live_on

    def _find_waiting(self, today):
        """What waits for the file of a month that is over."""
        carried = self.filtered(lambda contract: contract.biller == "carrier")
        first = today.replace(day=1)
        charges = self.env["alarm.charge"].search(
            [
                ("contract_id", "in", carried.ids),
                ("kind", "=", "recurring"),
                ("state", "=", "chargeable"),
                ("carrier_file_id", "=", False),
                ("payer_id", "=", False),
                ("period_start", "<", first),
                ("date_due", "<=", first),
            ]
        )
        yield from ((charge.contract_id.id, charge.period_end) for charge in charges)
        lines = self.env["contract.line"].search(
            [
                ("contract_id", "in", carried.ids),
                ("contract_id.alarm_state", "in", tuple(CHARGED)),
                ("charge_kind", "in", tuple(RECURRING)),
                ("waiting", "=", False),
                ("is_canceled", "=", False),
                ("display_type", "=", False),
                "|",
                ("recurring_next_date", "<", first),
                "&",
                ("recurring_next_date", "=", first),
                ("recurring_invoicing_type", "=", "post-paid"),
            ]
        )
        for line in lines:
            period = line._get_next_period()
            if period and period.start < first:
                yield line.contract_id.id, period.end
