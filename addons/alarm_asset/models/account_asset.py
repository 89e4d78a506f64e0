from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.depreciation import is_due

ENDS = [
    ("returned", "Came Back to the Stock"),
    ("lost", "Lost"),
    ("sold", "Bought by the Customer"),
    ("transferred", "Handed Over without Compensation"),
    ("ended", "Contract Ended Early"),
]


# In these it is in the books.
RUNNING = ("draft", "open", "close")


class AccountAsset(models.Model):
    """An asset that is a piece of equipment in the field."""

    _inherit = "account.asset"

    device_id = fields.Many2one(
        "alarm.device",
        string="Piece of Equipment",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        check_company=True,
    )
    lot_id = fields.Many2one(
        "stock.lot",
        string="Serial Number",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    stock_move_line_id = fields.Many2one(
        "stock.move.line",
        string="Delivered By",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="At whose premises it became an asset.",
    )
    contract_id = fields.Many2one(
        "contract.contract",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    alarm_treatment = fields.Selection(related="profile_id.alarm_treatment", store=True)
    alarm_end = fields.Selection(ENDS, string="Removed Because", readonly=True, copy=False)
    alarm_end_reason = fields.Char(string="Reason", readonly=True, copy=False)
    sale_charge_id = fields.Many2one(
        "alarm.charge",
        string="Sold By",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="The charge that is the price of it. Credited on the whole, it is leased again.",
    )
    net_value = fields.Monetary(compute="_compute_net_value")

    # One piece is one asset at a time.
    _lot_running = models.UniqueIndex(
        "(lot_id) WHERE lot_id IS NOT NULL AND state IN ('draft', 'open', 'close')",
        "This serial number is an asset already.",
    )

    # And a stay at premises is one asset, however often it is asked for.
    _delivery_uniq = models.UniqueIndex(
        "(stock_move_line_id) WHERE stock_move_line_id IS NOT NULL",
        "This delivery has become an asset already.",
    )

    @api.depends("value_residual", "purchase_value", "depreciation_base", "state")
    def _compute_net_value(self):
        for asset in self:
            salvage = asset.purchase_value - asset.depreciation_base
            gone = asset.state == "removed"
            asset.net_value = 0 if gone else asset.value_residual + salvage

    @api.model
    def _alarm_running(self, name, records):
        """The assets in the books of which this field is one of these records."""
        if not records:
            return self.browse()
        return self.search([(name, "in", records.ids), ("state", "in", RUNNING)])

    @api.model
    def _alarm_running_of(self, lots):
        """{lot: its asset that is not removed}."""
        return {asset.lot_id: asset for asset in self._alarm_running("lot_id", lots)}

    def _alarm_due_lines(self, day):
        """Lines of the depreciation that are not booked but have to be when it goes on a day."""
        first_month = self.company_id.asset_first_month
        return self.depreciation_line_ids.filtered(
            lambda line: line.type == "depreciate"
            and not line.init_entry
            and not line.move_check
            and is_due(line.line_date, day, first_month)
        ).sorted("line_date")

    def _alarm_net_value_on(self, day):
        """What it is worth when it goes on a day: what removing it that day takes from the
        books."""
        self.ensure_one()
        due = sum(self._alarm_due_lines(day).mapped("amount"))
        return self.currency_id.round(self.net_value - due)

    def _alarm_move(self):
        """These stand elsewhere now: at whose premises, and under which contract, so that the end
        of the one before leaves them alone. Plan and treatment stay as they were."""
        contracts = self.device_id._asset_contracts()
        for (subscriber, contract), assets in self.grouped(
            lambda asset: (asset.device_id.subscriber_id, contracts.get(asset.device_id))
        ).items():
            assets.write(
                {
                    "subscriber_id": subscriber.id,
                    "contract_id": contract.id if contract else False,
                    "partner_id": (contract or subscriber).partner_id.id,
                }
            )

    def _alarm_become(self, lot):
        """It was another piece all along."""
        self.ensure_one()
        device = (
            self.env["alarm.device"]
            .with_context(active_test=False)
            .search([("lot_id", "=", lot.id)])
        )
        self.write(
            {
                "lot_id": lot.id,
                "device_id": device.id,
                "code": lot.name[:32],
                "name": device._asset_name() if device else lot.display_name,
            }
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_equipment(self):
        if any(asset.lot_id and asset.state != "draft" for asset in self):
            raise UserError(self.env._("An asset that is a piece of equipment stays on record."))

    def _alarm_take_over(self, day):
        """Bring new assets that are not kept as leased equipment to their own account: one entry
        for all of a profile."""
        for asset in self:
            # What brought it there is where its board begins.
            first = asset.depreciation_line_ids.filtered(lambda line: line.type == "create")
            first.move_id = asset.stock_move_line_id.move_id.account_move_id
        for profile, assets in self.grouped("profile_id").items():
            lines = []
            for asset in assets:
                place = asset.stock_move_line_id.location_dest_id
                if place.valuation_account_id != profile.account_asset_id:
                    for account, sign in (
                        (profile.account_asset_id, 1),
                        (place.valuation_account_id, -1),
                    ):
                        lines.append(asset._prepare_take_over_line(account, sign))
            if lines:
                self.env["account.move"].with_context(allow_asset=True).create(
                    {
                        "journal_id": profile.journal_id.id,
                        "date": day,
                        "ref": profile.name,
                        "line_ids": [Command.create(line) for line in lines],
                    }
                )._post(soft=False)

    def _prepare_take_over_line(self, account, sign):
        self.ensure_one()
        return {
            "name": f"{self.name} {self.code}",
            "account_id": account.id,
            "balance": sign * self.purchase_value,
            "asset_id": self.id,
            "partner_id": self.partner_id.id,
        }
