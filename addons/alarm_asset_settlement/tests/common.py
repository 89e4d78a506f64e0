from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import new_test_user

from odoo.addons.alarm_asset.tests.common import AssetCase
from odoo.addons.alarm_contract.tests.common import make_service
from odoo.addons.alarm_settlement.tests.common import SIGNATURE

START = date(2027, 1, 1)


def first_days(start=date(2027, 2, 1), number=12):
    """The first days of so many months."""
    months = [start.year * 12 + start.month - 1 + index for index in range(number)]
    return [date(month // 12, month % 12 + 1, 1) for month in months]


class StoryCase(AssetCase):
    """A contract from its signature to the end of its term. Every step is followed by everything
    that it posted and moved: what is not named did not happen."""

    # What runs every day for contracts, equipment and settlements.
    JOBS = (
        "alarm_asset.ir_cron_capitalise",
        "alarm_asset.ir_cron_depreciate",
        "alarm_contract.ir_cron_billing_daily",
        "alarm_contract.ir_cron_contract_changes",
        "alarm_contract.ir_cron_deferral",
        "alarm_settlement.ir_cron_settlement",
    )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "t-manager",
            "alarm_contract.group_contract_manager,alarm_subscriber.group_back_office",
        )
        cls.government = cls.env["res.partner"].create({"name": "Test Government"})
        cls.carrier = cls.env["res.partner"].create({"name": "Test Carrier"})
        cls.lessee = cls.env["res.partner"].create({"name": "Test Lessee"})
        cls.company.account_sale_tax_id = False
        cls.company.account_purchase_tax_id = False
        cls.company.leased_life_months = 20
        cls.accounts["Fees"] = cls.env["account.account"].create(
            {"name": "Test Fees", "code": "T9FEE", "account_type": "income"}
        )
        cls.fees = make_service(
            cls,
            "Fee",
            alarm_revenue_class="monitoring",
            property_account_income_id=cls.accounts["Fees"].id,
        )
        cls.works = make_service(cls, "Works", property_account_income_id=cls.accounts["Fees"].id)
        company = cls.company
        cls.accounts |= {
            # Of what has no product: exit fees.
            "Revenue": cls.env["account.journal"]
            .search([("type", "=", "sale"), ("company_id", "=", company.id)], limit=1)
            .default_account_id,
            "Receivable": cls.customer.property_account_receivable_id,
            "Payable": cls.customer.property_account_payable_id,
            "Deferred": company._get_alarm_deferral_account(),
            "Held": company._get_alarm_held_account(),
            "Share Paid": company._get_alarm_share_expense_account(),
            "Share Received": company._get_alarm_share_income_account(),
            "Deposit": company._get_alarm_deposit_account(),
        }
        for treatment, name in (("intangible", "Right"), ("contract_cost", "Contract Cost")):
            profile = company._alarm_asset_profile(treatment)
            cls.accounts |= {
                name: profile.account_asset_id,
                f"{name} Amortised": profile.account_depreciation_id,
            }
        cls.daily_jobs = cls.env["ir.cron"].union(*map(cls.env.ref, cls.JOBS))
        # As the scheduler does it.
        cls.daily_jobs = cls.daily_jobs.sorted(lambda job: (job.priority, job.id))
        cls._set_up_bank()
        cls._finish_what_was_there()
        cls.env.flush_all()
        cls.opening = {name: cls._balance(account) for name, account in cls.accounts.items()}
        cls.first_move = cls.last_move = cls._last("account.move")
        cls.last_transfer = cls._last("stock.move")
        cls.first_asset = cls._last("account.asset")
        cls.differed = cls._get_differences()

    @classmethod
    def _finish_what_was_there(cls):
        """What others have deferred or depreciate is booked before the story begins, and the jobs
        find no contract but those of the story."""
        far = date(2060, 12, 31)
        cls.env["alarm.deferral.line"]._release(cls.company, far)
        cls.env["account.asset"]._alarm_depreciate_months(far)
        cls.env.flush_all()
        for query in (
            "UPDATE contract_contract SET active = FALSE",
            "UPDATE alarm_contract_cancellation SET state = 'done' WHERE state = 'pending'",
            "UPDATE alarm_contract_change SET state = 'withdrawn' WHERE state = 'planned'",
            "UPDATE alarm_contract_change SET resume_on = NULL",
            "UPDATE alarm_price_step SET state = 'withdrawn' WHERE state = 'planned'",
            "UPDATE alarm_billing_run SET state = 'done'",
            "UPDATE res_company SET alarm_billing_daily = FALSE",
        ):
            cls.env.cr.execute(query)
        cls.env.invalidate_all()
        cls.company.write(
            {
                "alarm_billing_daily": True,
                "alarm_billing_user_id": cls.manager.id,
                "alarm_billing_mail": False,
            }
        )

    @classmethod
    def _set_up_bank(cls):
        cls.accounts["Bank"] = cls.env["account.account"].create(
            {
                "name": "Test Bank",
                "code": "T9BNK",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        cls.bank = cls.env["account.journal"].create(
            {"name": "Test Bank", "code": "T9BNK", "type": "bank"}
        )
        cls.bank.inbound_payment_method_line_ids.payment_account_id = cls.accounts["Bank"]

    @classmethod
    def _get_differences(cls):
        """What the report of stock and assets shows that does not agree."""
        cls.env.flush_all()
        Check = cls.env["alarm.asset.check"]
        Check.invalidate_model()
        rows = Check.search([("company_id", "=", cls.company.id), ("balanced", "=", False)])
        return {
            (row.lot_id.display_name, row.account_id.display_name, row.reason, row.difference)
            for row in rows
        }

    @classmethod
    def _last(cls, model):
        return cls.env[model].search([], order="id desc", limit=1).id or 0

    # -- what the parties do

    @classmethod
    def model(cls, name):
        return cls.env.ref(f"alarm_settlement.business_model_{name}")

    @classmethod
    def fee(cls, price, product=None, **values):
        product = product or cls.fees
        return Command.create(
            {
                "product_id": product.id,
                "name": product.name,
                "quantity": 1,
                "specific_price": price,
                **values,
            }
        )

    def sign(self, model, *lines, subscriber=None, day=START, **values):
        """A clerk's contract of a seeded model; its terms are the model's unless named."""
        subscriber = self.subscriber if subscriber is None else subscriber
        contract = (
            self.env["contract.contract"]
            .with_user(self.manager)
            .create(
                {
                    "partner_id": self.customer.id,
                    "business_model_id": self.model(model).id,
                    "subscriber_ids": [Command.set(subscriber.ids)],
                    "contract_line_ids": list(lines),
                    **values,
                }
            )
        )
        with freeze_time(day):
            contract.action_sign()
        return contract.with_env(self.env)

    def premises(self, account):
        """More premises, with a panel."""
        subscriber = self.env["alarm.subscriber"].create(
            {
                "name": f"Test Premises {account}",
                "partner_id": self.env["res.partner"].create({"name": f"Test User {account}"}).id,
            }
        )
        self.env["alarm.panel"].create(self.panel_values(subscriber, account))
        return subscriber

    def go_live(self, *premises, day=START):
        with freeze_time(day):
            for subscriber in premises or [self.subscriber]:
                self.activate(subscriber)

    def bring(self, serials, ownership, subscriber=None, day=START):
        with freeze_time(day):
            return self.deliver(serials, ownership, subscriber)

    def jobs(self, day, contracts):
        """The daily jobs of a day. Returns the statements that they made."""
        known = self._last("alarm.settlement")
        with freeze_time(day):
            for job in self.daily_jobs:
                job.ir_actions_server_id.run()
        statements = self.env["alarm.settlement"].search([("id", ">", known)], order="id")
        self.assertLessEqual(statements.contract_id, contracts)
        return statements

    def charge(self, day, contracts):
        """A clerk invoices what is owed, without waiting for the job."""
        with freeze_time(day):
            return contracts._charge(day)

    def pay(self, invoices, day):
        with freeze_time(day):
            for invoice in invoices:
                self.env["account.payment.register"].with_context(
                    active_model="account.move", active_ids=invoice.ids
                ).create({"journal_id": self.bank.id, "payment_date": day})._create_payments()

    def settle(self, statements, day):
        with freeze_time(day):
            statements.with_user(self.manager).action_confirm()
            statements.with_user(self.manager).action_invoice()

    def leave(self, contract, notice, last_day):
        """Notice is given; the contract ends when its last day is over."""
        reason = self.env["contract.terminate.reason"].create(
            {"name": "Test Reason", "terminate_comment_required": False}
        )
        with freeze_time(notice):
            cancellation = (
                self.env["alarm.contract.cancellation"]
                .with_user(self.manager)
                .create(
                    {
                        "contract_id": contract.id,
                        "notice_date": notice,
                        "effective_date": last_day,
                        "reason_id": reason.id,
                    }
                )
            )
            cancellation.action_confirm()
        return cancellation

    def hand_over(self, contract, day, rejected=()):
        """A transfer list from listing to signature; serial numbers that are rejected stay."""
        with freeze_time(day):
            transfer = (
                self.env["alarm.transfer.list"]
                .with_user(self.manager)
                .create({"contract_id": contract.id, "date": day})
            )
            transfer.action_fill()
            transfer.action_inspect()
            for line in transfer.line_ids:
                if line.serial in rejected:
                    line.write(
                        {"condition": "defective", "acceptance": "rejected", "remark": "Broken"}
                    )
                else:
                    line.action_accept()
            transfer.write(
                {
                    "ours_signed_by": "Mona",
                    "ours_signature": SIGNATURE,
                    "theirs_signed_by": "Gao",
                    "theirs_signature": SIGNATURE,
                }
            )
            transfer.action_accept()
            transfer.action_hand_over()
        return transfer.with_env(self.env)

    # -- what is compared

    def check_posted(self, *expected):
        """All entries that were posted since the last look, of a day in any order: (day, {account:
        balance}), and whose invoice, bill or payment it is."""
        moves = self.env["account.move"].search(
            [("id", ">", self.last_move), ("state", "=", "posted")]
        )
        names = {account: name for name, account in self.accounts.items()}
        found = []
        for move in moves:
            balances = {}
            for line in move.line_ids:
                name = names.get(line.account_id, line.account_id.display_name)
                balances[name] = round(balances.get(name, 0) + line.balance, 2)
            balances = {name: one for name, one in balances.items() if one}
            if balances:
                self.check_kind(move, balances)
                found.append((move.date, balances, *move.partner_id))

        def in_order(one):
            return one[0], sorted(one[1].items())

        self.assertEqual(sorted(found, key=in_order), sorted(expected, key=in_order))
        self.last_move = self._last("account.move")

    def check_kind(self, move, balances):
        """It is of the type and in the journal of what it books, for whom it says, and what is
        booked of an asset says of which."""
        if move.is_invoice():
            side = "Receivable" if move.is_sale_document() else "Payable"
            self.assertEqual(move.journal_id.type, "sale" if side == "Receivable" else "purchase")
            owed = balances[side] if side == "Receivable" else -balances[side]
            self.assertEqual(move.move_type in ("out_refund", "in_refund"), owed < 0)
            self.assertEqual(set(move.line_ids.partner_id), {move.partner_id})
            return
        self.assertEqual(move.move_type, "entry")
        if "Bank" in balances:
            self.assertEqual(move.journal_id, self.bank)
        elif "Deferred" in balances:
            self.assertEqual(move.journal_id, self.company._get_alarm_deferral_journal())
        elif "Stock" in balances:
            self.assertEqual(move.journal_id, self.company.account_stock_journal_id)
        else:
            self.assertEqual(move.journal_id, self.profile.journal_id)
            for line in move.line_ids:
                self.assertTrue(line.asset_id.lot_id, line.name)
                self.assertEqual(line.partner_id, line.asset_id.partner_id)

    def check_books(self, **balances):
        """The trial balance of the story: every account that anything was posted to, by its name
        here or else by its code."""
        names = {account: name for name, account in self.accounts.items()}
        groups = self.env["account.move.line"]._read_group(
            [("move_id", ">", self.first_move), ("parent_state", "=", "posted")],
            ["account_id"],
            ["balance:sum"],
        )
        found = {
            names.get(account, account.code): amount
            for account, balance in groups
            if (amount := round(balance, 2))
        }
        self.assertEqual(
            found, {name.replace("_", " "): amount for name, amount in balances.items()}
        )
        self.assertEqual(round(sum(found.values()), 2), 0)

    def check_moved(self, *expected):
        """All that was moved since the last look: (serial numbers, from, to, premises, value)."""
        moves = self.env["stock.move"].search(
            [("id", ">", self.last_transfer), ("state", "=", "done")], order="id"
        )
        found = []
        for move in moves:
            places = move.location_id | move.location_dest_id
            found.append(
                (
                    ", ".join(sorted(move.move_line_ids.lot_id.mapped("name"))),
                    move.location_id.equipment_ownership or move.location_id.usage,
                    move.location_dest_id.equipment_ownership or move.location_dest_id.usage,
                    places.subscriber_id,
                    round(move.value, 2),
                )
            )
        self.assertEqual(found, list(expected))
        self.last_transfer = self._last("stock.move")

    def check_assets(self, contract, *expected):
        """All assets of a contract: (serial number, cost, residual value, months, state, end)."""
        assets = self.env["account.asset"].search([("contract_id", "=", contract.id)], order="code")
        self.assertEqual(
            [
                (
                    asset.lot_id.name,
                    asset.purchase_value,
                    asset.salvage_value,
                    asset.method_number,
                    asset.state,
                    asset.alarm_end,
                )
                for asset in assets
            ],
            list(expected),
        )

    def check_agrees(self, contracts):
        """Stock, accounts and assets agree, and nothing became an asset of any other contract."""
        self.assertEqual(self._get_differences() - self.differed, set())
        assets = self.env["account.asset"].search([("id", ">", self.first_asset)])
        self.assertLessEqual(assets.contract_id, contracts)
        self.assertEqual(assets.filtered("contract_id"), assets)
