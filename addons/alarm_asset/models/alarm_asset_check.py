from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

REASONS = [
    ("agrees", "Agrees"),
    ("waiting", "Not in service yet: becomes an asset when it is"),
    ("missing", "In service, but no asset"),
    ("not_posted", "Delivered, but the stock posted no entry"),
    ("lost", "Lost, but still an asset"),
    ("left", "An asset that is leased there no more"),
    ("value", "The account has another value than the asset"),
    ("depreciation", "The account has another depreciation than the asset"),
    ("other", "Other entries on the account"),
]

# What can be put right without anybody's decision.
SAFE = ("missing", "not_posted", "lost")

# Numbers of rows without a serial number begin here: those with one have its number.
OTHERS = 1_000_000_000


class AlarmAssetCheck(models.Model):
    """Stock and assets: for each serial number that is leased or an asset, what the stock, the
    accounts and the assets say of it, and why they differ. What else is on the accounts, also on
    those of depreciation, is a row for each of them, so that the rows are their balance."""

    _name = "alarm.asset.check"
    _description = "Stock and Assets"
    _auto = False
    _order = "company_id, balanced, id"
    _rec_name = "lot_id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    lot_id = fields.Many2one("stock.lot", string="Serial Number", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    device_id = fields.Many2one("alarm.device", string="Piece of Equipment", readonly=True)
    subscriber_id = fields.Many2one("alarm.subscriber", readonly=True)
    asset_id = fields.Many2one("account.asset", readonly=True)
    account_id = fields.Many2one("account.account", readonly=True)
    location_id = fields.Many2one("stock.location", string="Stock Has It At", readonly=True)
    leased = fields.Boolean(readonly=True)
    stock_value = fields.Monetary(string="Stock: Leased", readonly=True)
    account_value = fields.Monetary(string="In the Accounts", readonly=True)
    asset_value = fields.Monetary(readonly=True)
    depreciated = fields.Monetary(readonly=True)
    depreciation_posted = fields.Monetary(readonly=True)
    net_value = fields.Monetary(readonly=True)
    difference = fields.Monetary(readonly=True)
    balanced = fields.Boolean(readonly=True)
    reason = fields.Selection(REASONS, readonly=True)
    can_repair = fields.Boolean(compute="_compute_can_repair")

    def _compute_can_repair(self):
        for row in self:
            row.can_repair = row.reason in SAFE

    @property
    def _table_query(self):
        return SQL(
            """
            WITH place AS (
                SELECT id, valuation_account_id FROM stock_location
                 WHERE equipment_ownership = 'leased'
            ), account AS (
                SELECT profile.company_id, profile.account_asset_id AS id
                  FROM account_asset_profile profile
                 WHERE profile.alarm_treatment IS NOT NULL
                 UNION
                SELECT location.company_id, location.valuation_account_id
                  FROM stock_location location
                 WHERE location.equipment_ownership = 'leased'
                   AND location.valuation_account_id IS NOT NULL
                   AND location.company_id IS NOT NULL
            ), carried AS (
                -- What the stock brought there and took away, and whether its entry says so.
                SELECT line.lot_id, line.id, line.leased_value, move.company_id,
                       COALESCE(entry.state = 'posted', FALSE) AS posted,
                       COALESCE(there.valuation_account_id, back.valuation_account_id)
                           AS account_id,
                       ROW_NUMBER() OVER (
                           PARTITION BY line.lot_id ORDER BY line.date DESC, line.id DESC
                       ) AS age
                  FROM stock_move_line line
                  JOIN stock_move move ON move.id = line.move_id
             LEFT JOIN account_move entry ON entry.id = move.account_move_id
             LEFT JOIN place there ON there.id = move.location_dest_id
             LEFT JOIN place back ON back.id = move.location_id
                 WHERE line.leased_value IS NOT NULL AND line.leased_value != 0
                   AND line.lot_id IS NOT NULL
                   AND line.state = 'done'
            ), stock AS (
                SELECT lot_id,
                       SUM(leased_value) FILTER (WHERE posted) AS posted_value,
                       MAX(id) FILTER (WHERE age = 1 AND leased_value > 0) AS delivery_id,
                       MAX(leased_value) FILTER (WHERE age = 1 AND leased_value > 0) AS delivered,
                       BOOL_OR(posted) FILTER (WHERE age = 1) AS posted
                  FROM carried
                 GROUP BY lot_id
            ), entry AS MATERIALIZED (
                -- What else was booked for the serial number: taken over, depreciated, removed.
                SELECT asset.lot_id, line.company_id, line.account_id,
                       profile.account_depreciation_id, SUM(line.balance) AS balance
                  FROM account_move_line line
                  JOIN account_asset asset ON asset.id = line.asset_id
                  JOIN account_asset_profile profile ON profile.id = asset.profile_id
                 WHERE asset.lot_id IS NOT NULL AND line.parent_state = 'posted'
                 GROUP BY asset.lot_id, line.company_id, line.account_id,
                       profile.account_depreciation_id
            ), booked AS (
                SELECT entry.lot_id,
                       SUM(entry.balance) FILTER (WHERE account.id IS NOT NULL) AS value,
                       -SUM(entry.balance) FILTER (
                           WHERE entry.account_id = entry.account_depreciation_id
                             AND account.id IS NULL
                       ) AS depreciation
                  FROM entry
             LEFT JOIN account
                    ON account.id = entry.account_id AND account.company_id = entry.company_id
                 GROUP BY entry.lot_id
            ), running AS (
                SELECT lot_id, MAX(id) AS id, SUM(purchase_value) AS value,
                       SUM(value_depreciated) AS depreciated
                  FROM account_asset
                 WHERE lot_id IS NOT NULL AND state IN ('draft', 'open', 'close')
                 GROUP BY lot_id
            ), written_off AS (
                SELECT stock_move_line_id AS id FROM account_asset
                 WHERE state = 'removed' AND stock_move_line_id IS NOT NULL
            ), serial AS (
                SELECT lot.id, COALESCE(asset.company_id, location.company_id, lot.company_id)
                           AS company_id,
                       lot.product_id, card.id AS device_id, card.subscriber_id,
                       card.state AS device_state, lot.location_id,
                       running.id AS asset_id, place.id IS NOT NULL AS leased,
                       CASE WHEN place.id IS NOT NULL AND written_off.id IS NULL
                            THEN COALESCE(stock.delivered, 0) ELSE 0 END AS stock_value,
                       COALESCE(stock.posted_value, 0) + COALESCE(booked.value, 0)
                           AS account_value,
                       COALESCE(running.value, 0) AS asset_value,
                       COALESCE(running.depreciated, 0) AS depreciated,
                       COALESCE(booked.depreciation, 0) AS depreciation_posted,
                       COALESCE(stock.posted, FALSE) AS posted,
                       subscriber.state IN ('active', 'suspended') AS serving
                  FROM stock_lot lot
             LEFT JOIN stock ON stock.lot_id = lot.id
             LEFT JOIN booked ON booked.lot_id = lot.id
             LEFT JOIN running ON running.lot_id = lot.id
             LEFT JOIN account_asset asset ON asset.id = running.id
             LEFT JOIN written_off ON written_off.id = stock.delivery_id
             LEFT JOIN stock_location location ON location.id = lot.location_id
             LEFT JOIN place ON place.id = lot.location_id
             LEFT JOIN alarm_device card ON card.lot_id = lot.id
             LEFT JOIN alarm_subscriber subscriber ON subscriber.id = card.subscriber_id
                 WHERE running.id IS NOT NULL OR place.id IS NOT NULL
                    OR COALESCE(stock.posted_value, 0) + COALESCE(booked.value, 0) != 0
                    -- It is gone, but not what was depreciated of it.
                    OR COALESCE(booked.depreciation, 0) != 0
            ), judged AS (
                SELECT serial.*,
                       CASE
                       WHEN asset_id IS NOT NULL AND NOT leased THEN 'left'
                       WHEN asset_id IS NOT NULL AND device_state = 'lost' THEN 'lost'
                       WHEN asset_id IS NULL AND stock_value != 0 AND NOT posted THEN 'not_posted'
                       WHEN asset_id IS NULL AND stock_value != 0
                        AND account_value = stock_value
                       THEN CASE WHEN serving THEN 'missing' ELSE 'waiting' END
                       WHEN account_value != asset_value OR stock_value != asset_value
                       THEN 'value'
                       WHEN depreciation_posted != depreciated THEN 'depreciation'
                       ELSE 'agrees' END AS reason
                  FROM serial
            ), total AS (
                SELECT account.company_id, account.id, COALESCE(SUM(line.balance), 0) AS balance
                  FROM account
             LEFT JOIN account_move_line line
                    ON line.account_id = account.id AND line.company_id = account.company_id
                   AND line.parent_state = 'posted'
                 GROUP BY account.company_id, account.id
            ), explained AS (
                SELECT account.company_id, account.id, SUM(part.value) AS value
                  FROM account
                  JOIN (
                    SELECT company_id, account_id, SUM(leased_value) AS value
                      FROM carried
                     WHERE posted
                     GROUP BY company_id, account_id
                     UNION ALL
                    SELECT company_id, account_id, SUM(balance)
                      FROM entry
                     GROUP BY company_id, account_id
                  ) part ON part.account_id = account.id
                        AND part.company_id = account.company_id
                 GROUP BY account.company_id, account.id
            ), other AS (
                SELECT total.company_id, total.id AS account_id,
                       total.balance - COALESCE(explained.value, 0) AS value, 0 AS depreciation
                  FROM total
             LEFT JOIN explained
                    ON explained.id = total.id AND explained.company_id = total.company_id
                 WHERE total.balance != COALESCE(explained.value, 0)
                 UNION ALL
                -- What was depreciated of nothing. Other assets may share the account.
                SELECT line.company_id, line.account_id, 0, -SUM(line.balance)
                  FROM (
                    SELECT DISTINCT company_id, account_depreciation_id AS id
                      FROM account_asset_profile
                     WHERE alarm_treatment IS NOT NULL
                ) depreciation
                  JOIN account_move_line line
                    ON line.account_id = depreciation.id
                   AND line.company_id = depreciation.company_id
                   AND line.parent_state = 'posted' AND line.asset_id IS NULL
             LEFT JOIN account
                    ON account.id = depreciation.id
                   AND account.company_id = depreciation.company_id
                 WHERE account.id IS NULL
                 GROUP BY line.company_id, line.account_id
                HAVING SUM(line.balance) != 0
            )
            SELECT id, company_id, id AS lot_id, product_id, device_id, subscriber_id, asset_id,
                   NULL::integer AS account_id, location_id, leased, stock_value, account_value,
                   asset_value, depreciated, depreciation_posted,
                   account_value - depreciation_posted AS net_value,
                   CASE WHEN stock_value != account_value THEN stock_value - account_value
                        WHEN account_value != asset_value THEN account_value - asset_value
                        ELSE depreciated - depreciation_posted END AS difference,
                   reason = 'agrees' AS balanced, reason
              FROM judged
             UNION ALL
            SELECT %(others)s + ROW_NUMBER() OVER (ORDER BY company_id, account_id),
                   company_id, NULL, NULL, NULL, NULL, NULL, account_id, NULL, FALSE, 0,
                   value, 0, 0, depreciation, value - depreciation, value - depreciation, FALSE,
                   'other'
              FROM other
            """,
            others=OTHERS,
        )

    def action_repair(self):
        """Put right what needs nobody's decision: a missing asset is made, a missing entry of the
        stock is posted, what is lost is written off."""
        if not (
            self.env.su
            or self.env.user.has_group("alarm_contract.group_contract_manager")
            or self.env.user.has_group("account.group_account_user")
        ):
            raise AccessError(
                self.env._("Contract managers and accountants put right what the books say.")
            )
        self.check_access("read")
        rows = self.filtered("can_repair")
        if not rows:
            raise UserError(
                self.env._("None of these can be put right without somebody's decision.")
            )
        for reason, group in rows.grouped("reason").items():
            # As superuser: only serial numbers of rows that the user sees, and only what the books
            # lack.
            getattr(group.device_id.sudo(), f"_repair_{reason}")()
        return True

    def action_open(self):
        """What the row is about: the asset, the card, or the entries."""
        self.ensure_one()
        if self.asset_id:
            return self.asset_id._get_records_action()
        if self.device_id:
            return self.device_id._get_records_action()
        return {
            "type": "ir.actions.act_window",
            "name": self.account_id.display_name or self.lot_id.display_name,
            "res_model": "account.move.line",
            "views": [(False, "list")],
            "domain": [
                ("account_id", "=", self.account_id.id),
                ("company_id", "=", self.company_id.id),
                ("parent_state", "=", "posted"),
                ("asset_id", "=", False),
                ("move_id.stock_move_ids", "=", False),
            ],
        }
