from contextlib import closing
from unittest.mock import patch

from odoo import Command, api, fields
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged

from .common import REQUEST


@tagged("post_install", "-at_install")
class TestTwoProcesses(BaseCase):
    """Two processes collect one invoice: what is committed here is taken away again."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.take_away)
        self.asked = []
        with closing(self.cursor()) as cr:
            env = self.env_of(cr)
            today = fields.Date.today()
            partner = env["res.partner"].create({"name": "Test Collected Twice"})
            method = env.ref("payment.payment_method_unknown")
            provider = env["payment.provider"].create(
                {
                    "name": "Test Collected Twice",
                    "state": "test",
                    "payment_method_ids": [Command.set(method.ids)],
                }
            )
            token = env["payment.token"].create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": method.id,
                    "partner_id": partner.id,
                    "provider_ref": "twice",
                }
            )
            model = env["alarm.business.model"].create(
                {"name": "Test Collected Twice", "code": "TEST-COLLECT"}
            )
            contract = env["contract.contract"].create(
                {
                    "partner_id": partner.id,
                    "business_model_id": model.id,
                    "contract_line_ids": [
                        Command.create({"name": "Fee", "quantity": 1, "specific_price": 100.0}),
                    ],
                }
            )
            contract._action_sign(today)
            contract._action_start(today)
            contract._switch_autopay_on(token, "test")
            move = contract._charge(today)
            move.alarm_collection_ids.due_on = today
            env.flush_all()
            self.made = {
                "alarm_collection": move.alarm_collection_ids.id,
                "account_move": move.id,
                "contract_contract": contract.id,
                "alarm_business_model": model.id,
                "payment_token": token.id,
                "payment_provider": provider.id,
                "res_partner": partner.id,
            }
            cr.commit()  # pylint: disable=invalid-commit

    def cursor(self):
        return db_connect(get_db_name()).cursor()

    def env_of(self, cr):
        return api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})

    def collection(self, cr):
        return self.env_of(cr)["alarm.collection"].browse(self.made["alarm_collection"])

    def take_away(self):
        made = self.made
        with closing(self.cursor()) as cr:
            cr.execute(
                "UPDATE account_move_line SET alarm_charge_id = NULL WHERE move_id = %s",
                [made["account_move"]],
            )
            cr.execute(
                "DELETE FROM alarm_charge WHERE contract_id = %s", [made["contract_contract"]]
            )
            cr.execute(
                "DELETE FROM payment_transaction WHERE token_id = %s", [made["payment_token"]]
            )
            for table, id_ in made.items():
                cr.execute(f"DELETE FROM {table} WHERE id = %s", [id_])  # noqa: S608
            cr.commit()  # pylint: disable=invalid-commit

    def test_one_of_two_asks(self):
        with closing(self.cursor()) as first, closing(self.cursor()) as second:
            # It has looked before the other one began.
            self.assertEqual(self.collection(second).state, "to_collect")

            def answer(transaction):
                self.asked.append(transaction.id)
                # While the provider is asked the other process comes.
                self.collection(second)._collect()

            with patch(REQUEST, answer):
                self.collection(first)._collect()
                self.collection(second)._collect()
            self.assertEqual(len(self.asked), 1)
            self.assertEqual(self.collection(first).state, "on_way")

    def test_who_dies_while_asking_leaves_it_on_its_way(self):
        with closing(self.cursor()) as first, closing(self.cursor()) as second:

            def die(transaction):
                raise KeyboardInterrupt

            with patch(REQUEST, die), self.assertRaises(KeyboardInterrupt):
                self.collection(first)._collect()
            with patch(REQUEST, self.asked.append):
                self.collection(second)._collect()
            self.assertEqual(self.collection(second).state, "on_way")
            self.assertFalse(self.asked)
