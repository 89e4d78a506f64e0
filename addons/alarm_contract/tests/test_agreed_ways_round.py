from datetime import date

from odoo import Command
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .test_changes import ChangeCase


@tagged("post_install", "-at_install")
class TestAgreedWaysRound(ChangeCase):
    """What was signed is not changed from the other side, nor by what follows from it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = cls.run_contract(cls.fee(100.0))

    def call(self, user, record, method, *args, **kwargs):
        """As over the network."""
        ids = [record.ids] if record else []
        return call_kw(self.env(user=user)[record._name], method, [*ids, *args], kwargs)

    def test_no_site_leaves_a_contract_from_the_side_of_the_site(self):
        user = new_test_user(
            self.env, "t-both", "alarm_contract.group_clerk,alarm_subscriber.group_back_office"
        )
        other = self.run_contract()
        for commands in (
            [Command.unlink(self.contract.id)],
            [Command.clear()],
            [Command.set(other.ids)],
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.call(user, self.subscriber, "write", {"contract_ids": commands})
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.call(
                user,
                self.subscriber.browse(),
                "create",
                {
                    "name": "New Shop",
                    "partner_id": self.customer.id,
                    "contract_ids": [Command.link(self.contract.id)],
                },
            )
        with self.assertRaises(UserError), self.env.cr.savepoint():
            self.call(
                user,
                self.subscriber.browse(),
                "create",
                {"name": "New Shop", "partner_id": self.customer.id},
                context={"default_contract_ids": self.contract.ids},
            )
        self.assertEqual(self.contract.subscriber_ids, self.subscriber)

    def test_nobody_puts_off_what_is_due(self):
        day = date(2099, 1, 1)
        for name in ("recurring_next_date", "date_end", "date_start"):
            with (
                self.subTest(field=name),
                self.assertRaisesRegex(UserError, "is signed"),
                self.env.cr.savepoint(),
            ):
                self.call(self.clerk, self.contract, "write", {name: day})

    def test_a_fee_moves_into_no_change_that_is_decided(self):
        done = self.contract._action_change("re_sign", date(2026, 2, 1), term_months=12)
        before = done.line_ids
        draft = self.env["alarm.contract.change"].create(
            {"contract_id": self.contract.id, "kind": "re_sign", "date": date(2026, 3, 1)}
        )
        row = draft.line_ids[:1].with_user(self.clerk)
        self.assertTrue(row)
        with self.assertRaisesRegex(UserError, "decided"), self.env.cr.savepoint():
            row.write({"change_id": done.id})
        self.assertEqual(done.line_ids, before)

    def test_a_context_says_nothing_of_dunning(self):
        contract = (
            self.env["contract.contract"]
            .with_user(self.clerk)
            .with_context(
                default_fee_state="log_only",
                default_overdue_amount=5.0,
                default_dunning_paused_until="2099-01-01",
                default_dunning_pause_reason="x",
            )
            .create({"partner_id": self.customer.id, "business_model_id": self.model.id})
        )
        self.assertEqual(
            (contract.fee_state, contract.overdue_amount, contract.dunning_paused_until),
            ("ok", 0, False),
        )

    def test_who_only_sells_or_keeps_the_books_uses_no_verb(self):
        line = self.contract.contract_line_ids
        for user in (self.accountant, self.dispatcher):
            for record, method, args in (
                (self.contract, "action_sign", ()),
                (self.contract, "action_start", ()),
                (self.contract, "action_charge", ()),
                (self.contract, "recurring_create_invoice", ()),
                (self.contract, "action_resume_dunning", ()),
                (self.contract, "action_charge_once", ()),
                (line, "stop", (date(2026, 6, 30),)),
                (line, "cancel", ()),
                (line, "unlink", ()),
                (self.contract, "copy", ()),
            ):
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(UserError),
                    self.env.cr.savepoint(),
                ):
                    self.call(user, record, method, *args)
