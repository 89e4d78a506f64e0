import logging

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.alarm_contract.tools.contract_states import IN_FORCE

from ..tools.depreciation import begun_months, first_day, months

_logger = logging.getLogger(__name__)

ACCOUNTS = "account.group_account_invoice,account.group_account_readonly"

# Where the equipment is somebody else's when the term is over.
LEAVES = ("buy_out", "transfer_to_customer", "transfer_to_government")


class AlarmDevice(models.Model):
    """A leased piece becomes an asset when it is in use."""

    _inherit = "alarm.device"

    asset_ids = fields.One2many(
        "account.asset", "device_id", string="Assets", groups=ACCOUNTS, readonly=True
    )
    asset_id = fields.Many2one(
        "account.asset", compute="_compute_asset_id", string="Asset", groups=ACCOUNTS
    )

    @api.depends("asset_ids.state")
    def _compute_asset_id(self):
        for device in self:
            device.asset_id = device.asset_ids.filtered(
                lambda asset: asset.state != "removed"
            ).sorted("id")[-1:]

    @api.model
    def _cron_capitalise(self):
        """Every day: what is leased and in use but no asset yet, for whatever reason."""
        for devices in self._search_not_capitalised().grouped("company_id").values():
            devices._capitalise_or_leave()

    @api.model
    def _search_not_capitalised(self):
        """Leased pieces in use that are no asset."""
        devices = self.search(
            [
                ("location_id.equipment_ownership", "=", "leased"),
                ("lot_id", "!=", False),
                ("state", "!=", "lost"),
                ("asset_ids", "not any", [("state", "!=", "removed")]),
            ]
        )
        return devices._in_use()

    def _capitalise_in_use(self):
        self._in_use()._capitalise_or_leave()

    def _capitalise_or_leave(self):
        """Premises go live and storekeepers deliver also when the books do not take it now: the
        report says so and the daily job tries again."""
        try:
            with self.env.cr.savepoint():
                self._capitalise()
        except (UserError, ValidationError) as error:
            _logger.warning("Leased equipment did not become an asset: %s", error)

    def _in_use(self):
        """Of these, what is in use: it stands at premises in service where no crew is at work, or
        it is a piece of a contract that needs no panel and has begun."""
        serving = self.subscriber_id.filtered(
            lambda subscriber: subscriber.state in ("active", "suspended")
        )
        busy = (
            self.env["alarm.work.order"]
            .sudo()
            ._read_group(
                [
                    ("subscriber_id", "in", serving.ids),
                    ("kind", "in", ("installation", "extension")),
                    ("state", "in", ("in_progress", "testing", "accepted")),
                ],
                ["subscriber_id"],
            )
        )
        serving -= serving.browse([subscriber.id for (subscriber,) in busy])
        contracts = self._asset_contracts()
        return self.filtered(
            lambda device: device.subscriber_id in serving
            or (
                not device.subscriber_id.panel_ids
                and contracts.get(device)
                and contracts[device].alarm_state in IN_FORCE
            )
        )

    def _asset_contracts(self):
        """{piece: the contract that it stands there for}."""
        return self.env["contract.contract"]._of_devices(self)

    def _capitalise(self, day=None):
        """Make assets of these pieces where the stock has leased them, from what the stock took to
        the account of leased equipment. Whoever asks twice gets nothing more.

        :param day: of acceptance; today
        :return: the new assets, running
        """
        devices = self.sudo()
        deliveries = devices._deliveries_without_asset()
        devices = devices.filtered(lambda device: device.lot_id in deliveries)
        assets = self.env["account.asset"].sudo()
        contracts = devices._asset_contracts()
        day = day or self.company_id._alarm_today()
        for company, group in devices.grouped("company_id").items():
            Asset = assets.with_company(company)
            new = Asset.create(
                [
                    device._prepare_asset(deliveries[device.lot_id], contracts.get(device), day)
                    for device in group.with_company(company)
                ]
            )
            new._alarm_take_over(day)
            new.validate()
            assets |= new
        return assets

    def _deliveries_without_asset(self):
        """{serial number: the line that delivered it}, of what was posted and is no asset."""
        deliveries = {
            lot: line
            for lot, line in self.lot_id._leased_deliveries().items()
            if line.move_id.account_move_id.state == "posted"
            and lot.location_id.equipment_ownership == "leased"
        }
        known = self.env["account.asset"].sudo()
        taken = known.search(
            [("stock_move_line_id", "in", [line.id for line in deliveries.values()])]
        ).stock_move_line_id
        running = known._alarm_running_of(self.lot_id)
        return {
            lot: line
            for lot, line in deliveries.items()
            if line not in taken and lot not in running
        }

    def _prepare_asset(self, delivery, contract, day):
        """Values of the asset that this piece becomes."""
        self.ensure_one()
        company = self.company_id
        profile = company._alarm_asset_profile(self._asset_treatment(contract))
        value = delivery.leased_value
        leaves = bool(contract) and contract.end_action in LEAVES
        term = None
        if contract and contract.term_end:
            term = begun_months(max(day, contract.term_start or day), contract.term_end)
        elif contract and contract.term_months:
            term = contract.term_months
        residual = contract.residual_rate if contract and contract.end_action == "buy_out" else 0
        return {
            "name": self._asset_name(),
            "code": self.lot_id.name[:32],
            "company_id": company.id,
            "profile_id": profile.id,
            "purchase_value": value,
            "salvage_value": company.currency_id.round(value * residual / 100),
            "date_start": first_day(day, company.asset_first_month),
            "method_number": months(
                profile.alarm_over,
                term,
                self.product_tmpl_id.alarm_life_months or company.leased_life_months,
                leaves,
            ),
            "partner_id": (contract or self.subscriber_id).partner_id.id,
            "contract_id": contract.id if contract else False,
            "device_id": self.id,
            "lot_id": self.lot_id.id,
            "subscriber_id": self.subscriber_id.id,
            "stock_move_line_id": delivery.id,
        }

    def _asset_treatment(self, contract):
        treatment = contract.asset_treatment if contract else "none"
        return "own_asset" if treatment == "none" else treatment

    def _asset_name(self):
        self.ensure_one()
        return self.product_id.display_name
