import json

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common_field import FieldChargeCase


@tagged("post_install", "-at_install")
class TestFieldChargesAccess(FieldChargeCase):
    """Technicians say what; the office says at which price; nobody says what became of it."""

    def test_a_technician_writes_those_of_his_own_order_while_it_is_not_done(self):
        line = self.say()
        mine = line.with_user(self.technician)
        mine.write({"quantity": 2, "name": "Two hours"})
        self.assertEqual((line.amount, line.name), (200, "Two hours"))
        with self.assertRaises(AccessError):
            line.with_user(self.stranger).quantity = 3
        with self.assertRaises(AccessError):
            self.say(user=self.stranger)
        self.assertFalse(self.env["alarm.work.order.charge"].with_user(self.stranger).search([]))
        self.say().with_user(self.technician).unlink()
        self.finish()
        for call in (
            lambda: mine.write({"quantity": 3}),
            mine.unlink,
            self.say,
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                call()
        self.assertEqual(self.charges().amount, 200)

    def test_a_technician_has_no_say_in_prices_contracts_and_states(self):
        line = self.say()
        mine = line.with_user(self.technician)
        for values in (
            {"agreed_price": 1},
            {"unit_price": 1},
            {"amount": 1},
            {"contract_id": self.contract.id},
            {"state": "waived", "waive_reason": "x"},
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                mine.write(values)
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.say(**values)
        with self.assertRaises(UserError):
            mine.work_order_id = self.begun()
        for name in ("agreed_price", "unit_price", "amount", "contract_id", "charge_id"):
            with self.assertRaises(AccessError):
                mine.read([name])
        for verb in ("charge", "invoice", "waive", "charge_again"):
            with self.assertRaises(AccessError):
                getattr(mine, f"action_{verb}")()

    def test_neither_a_context_nor_an_own_default_sets_a_price_or_a_state(self):
        lines = self.env["alarm.work.order.charge"].with_user(self.technician)
        self.env["ir.default"].with_user(self.technician).set(
            "alarm.work.order.charge", "agreed_price", 1, user_id=True
        )
        values = {"work_order_id": self.made.id, "product_id": self.labour.id}
        for name in ("agreed_price", "unit_price", "amount"):
            with self.assertRaises(AccessError):
                lines.with_context(**{f"default_{name}": 1}).create(values)
        line = lines.with_context(
            default_state="waived",
            default_waive_reason="x",
            default_company_id=self.env["res.company"].create({"name": "Other"}).id,
        ).create(values)
        line = line.with_env(self.env)
        self.assertEqual(
            (line.unit_price, line.state, line.company_id), (100, "draft", self.company)
        )

    def test_the_planner_writes_those_of_all_orders_without_prices(self):
        line = self.say(user=self.planner)
        line.with_user(self.planner).quantity = 2
        with self.assertRaises(AccessError):
            line.with_user(self.planner).agreed_price = 1

    def test_the_clerk_reads_all_and_says_the_price_until_it_is_charged(self):
        line = self.say()
        clerks = line.with_user(self.clerk)
        clerks.agreed_price = 90
        clerks.web_read({"work_order_id": {"fields": {"display_name": {}}}, "move_id": {}})
        self.finish()
        self.assertEqual(self.charges().amount, 90)
        with self.assertRaisesRegex(UserError, "stays as it is"):
            clerks.agreed_price = 80
        with self.assertRaises(UserError):
            clerks.write({"state": "draft"})
        with self.assertRaisesRegex(UserError, "waived, with a reason"):
            clerks.unlink()

    def test_accounts_and_supervisors_only_read_and_others_see_nothing(self):
        line = self.say()
        for user in (self.accountant, self.supervisor):
            line.with_user(user).read(["name", "quantity", "state"])
            with self.assertRaises(AccessError):
                line.with_user(user).quantity = 2
        self.assertEqual(line.with_user(self.accountant).amount, 100)
        portal = new_test_user(self.env, "t-field-portal", "base.group_portal")
        for user in (self.dispatcher, portal, self.storekeeper):
            with self.assertRaises(AccessError):
                line.with_user(user).read(["name"])

    def test_another_company_sees_nothing_of_it(self):
        line = self.say()
        other = self.env["res.company"].create({"name": "Other Centre"})
        theirs = new_test_user(
            self.env,
            "t-field-theirs",
            "alarm_contract.group_contract_manager,alarm_work_order.group_planner",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        self.assertFalse(self.env["alarm.work.order.charge"].with_user(theirs).search([]))
        for call in (
            lambda: line.with_user(theirs).read(["name"]),
            lambda: line.with_user(theirs).action_charge(),
            lambda: line.with_user(theirs).action_waive(),
            lambda: self.say(user=theirs),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_a_contract_of_another_company_is_not_picked(self):
        other = self.env["res.company"].create({"name": "Other Centre"})
        strange = self.env["contract.contract"].create(
            {"name": "Theirs", "partner_id": self.customer.id, "company_id": other.id}
        )
        line = self.say()
        with self.assertRaises(UserError):
            line.with_user(self.clerk).contract_id = strange


@tagged("post_install", "-at_install")
class TestFieldChargesPhone(FieldChargeCase):
    def send(self, verb, key=None, user=None, **values):
        call = {
            "key": key or f"field-key-{verb}-{len(values)}",
            "order": self.made.id,
            "verb": verb,
            "values": values,
            "at": "2030-01-07T08:00:00.123Z",
        }
        orders = self.env["alarm.work.order"].with_user(user or self.technician)
        answer = json.loads(json.dumps(orders.work_send([call])))
        self.env.invalidate_all()
        return answer["results"][0]["message"], answer["orders"][0] if answer["orders"] else None

    def test_what_is_sent_twice_is_one_charge(self):
        for _time in range(2):
            message, data = self.send(
                "charge", key="one-and-only", product=self.labour.id, quantity=2, text=" lock "
            )
            self.assertFalse(message)
        [row] = data["charges"]
        self.assertEqual((row["quantity"], row["open"]), (2, True))
        self.assertEqual(self.made.charge_ids.name, "Test Set-up\nlock")
        # No price goes to the phone.
        self.assertFalse({"unit_price", "amount", "agreed_price"} & set(row))
        self.assertEqual(data["charge_products"][0]["id"], self.labour.id)

    def test_it_is_changed_and_taken_back(self):
        line = self.say()
        self.assertFalse(self.send("charge_change", key="change-it-1", id=line.id, quantity=3)[0])
        self.assertEqual(line.quantity, 3)
        for key in ("remove-it-1", "remove-it-2"):
            self.assertFalse(self.send("charge_change", key=key, id=line.id, quantity=0)[0])
        self.assertFalse(line.exists())

    def test_strange_values_and_strangers_are_refused(self):
        product = self.labour.copy({"sale_ok": False})
        for number, values in enumerate(
            (
                {"product": product.id, "quantity": 1},
                {"product": "x", "quantity": 1},
                {"product": self.labour.id, "quantity": 0},
                {"product": self.labour.id, "quantity": -1},
                {"product": self.labour.id, "quantity": "many"},
                {},
            )
        ):
            self.assertTrue(self.send("charge", key=f"strange-{number}", **values)[0], values)
        values = {"product": self.labour.id, "quantity": 1}
        self.assertTrue(self.send("charge", key="a-strangers", user=self.stranger, **values)[0])
        other = self.say(self.begun())
        self.assertTrue(self.send("charge_change", key="other-s", id=other.id, quantity=5)[0])
        self.assertFalse(self.made.charge_ids)
        self.finish()
        self.assertTrue(self.send("charge", key="too-late-1", **values)[0])

    def test_the_page_proposes_material_that_was_used(self):
        self.stock(self.cable, 5)
        row = self.need(self.made, self.cable, 2)
        self.made.with_user(self.planner).action_reserve()
        self.mine(self.made).action_report_material([{"id": row.id, "quantity": 2}])
        self.env.invalidate_all()
        self.assertTrue(self.mine(self.made)._work_data()["charge_material"])
        for key in ("material-1", "material-1"):
            message, data = self.send("charge_material", key=key)
            self.assertFalse(message)
        self.assertEqual([one["quantity"] for one in data["charges"]], [2])
        self.assertFalse(data["charge_material"])
