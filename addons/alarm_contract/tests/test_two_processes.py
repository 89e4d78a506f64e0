from contextlib import closing
from datetime import date

import psycopg2.errors

from odoo import Command, api
from odoo.sql_db import db_connect
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

DAY = date(2026, 1, 1)


@tagged("post_install", "-at_install")
class TestTwoProcesses(BaseCase):
    """Two processes that charge the same contract: what is committed here is taken away again."""

    def setUp(self):
        super().setUp()
        with closing(self.cursor()) as cr:
            env = self.env_of(cr)
            partner = env["res.partner"].create({"name": "Test Two Processes"})
            model = env["alarm.business.model"].create(
                {"name": "Test Two Processes", "code": "TEST-TWO"}
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
            contract._action_sign(DAY)
            contract._action_start(DAY)
            self.ids = (partner.id, model.id, contract.id)
            env.flush_all()
            cr.commit()  # pylint: disable=invalid-commit
        self.addCleanup(self.take_away)

    def cursor(self):
        return db_connect(get_db_name()).cursor()

    def env_of(self, cr):
        return api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})

    def contract(self, cr):
        return self.env_of(cr)["contract.contract"].browse(self.ids[2])

    def take_away(self):
        partner, model, contract = self.ids
        with closing(self.cursor()) as cr:
            cr.execute("SELECT move_id FROM alarm_charge WHERE contract_id = %s", [contract])
            moves = [row[0] for row in cr.fetchall()]
            cr.execute(
                "UPDATE account_move_line SET alarm_charge_id = NULL WHERE move_id = ANY(%s)",
                [moves],
            )
            cr.execute("DELETE FROM alarm_charge WHERE contract_id = %s", [contract])
            cr.execute("DELETE FROM account_move WHERE id = ANY(%s)", [moves])
            cr.execute("DELETE FROM contract_contract WHERE id = %s", [contract])
            cr.execute("DELETE FROM alarm_business_model WHERE id = %s", [model])
            cr.execute("DELETE FROM res_partner WHERE id = %s", [partner])
            cr.commit()  # pylint: disable=invalid-commit

    def test_what_one_is_charging_the_other_leaves(self):
        with closing(self.cursor()) as first, closing(self.cursor()) as second:
            self.assertTrue(self.contract(first)._charge(DAY))
            self.env_of(first).flush_all()
            self.assertFalse(self.contract(second)._charge(DAY))
            self.assertFalse(self.contract(second).charge_ids)
            first.commit()
            second.rollback()
            self.assertFalse(self.contract(second)._charge(DAY))
            self.assertEqual(len(self.contract(second).charge_ids), 1)

    def test_an_older_view_begins_anew(self):
        with closing(self.cursor()) as first, closing(self.cursor()) as second:
            self.assertFalse(self.contract(second).charge_ids)
            self.assertTrue(self.contract(first)._charge(DAY))
            self.env_of(first).flush_all()
            first.commit()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.SerializationFailure),
            ):
                self.contract(second)._charge(DAY)
