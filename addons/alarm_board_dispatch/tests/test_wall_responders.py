from odoo.tests import tagged

from odoo.addons.alarm_dispatch.tests.common import DispatchCase


@tagged("post_install", "-at_install")
class TestWallResponders(DispatchCase):
    def responders(self):
        self.env.invalidate_all()
        wall = self.env["alarm.wall"].with_user(self.supervisor).wall()
        return {one["name"]: one for one in wall["responders"]}

    def test_who_is_on_duty_is_free_in_his_territory(self):
        self.rudi.duty = "never"
        found = self.responders()
        self.assertNotIn("Rudi", found)
        ralf = found["Ralf"]
        self.assertEqual(ralf["status"], "free")
        self.assertEqual((ralf["latitude"], ralf["longitude"]), (31.01, 121.0))
        self.assertFalse(ralf["exact"])
        self.assertIsNone(ralf["site"])

    def test_a_position_that_he_reported_is_exact(self):
        self.ralf.with_user(self.ralf_user).action_report_position(31.005, 121.002)
        ralf = self.responders()["Ralf"]
        self.assertEqual((ralf["latitude"], ralf["longitude"]), (31.005, 121.002))
        self.assertTrue(ralf["exact"])

    def test_he_is_as_far_as_his_order(self):
        order = self.dispatch(self.ralf)
        self.assertEqual(self.responders()["Ralf"]["status"], "proposed")
        mine = order.with_user(self.ralf_user)
        for verb, state in (
            (mine.action_accept, "accepted"),
            (mine.action_depart, "en_route"),
            (mine.action_arrive, "on_site"),
        ):
            verb()
            ralf = self.responders()["Ralf"]
            self.assertEqual(ralf["status"], state)
            self.assertTrue(ralf["since"])
        self.assertEqual(ralf["site"]["latitude"], 31.0)

    def test_who_has_not_answered_is_only_asked(self):
        order = self.dispatch(self.ralf, self.rosa)
        order.with_user(self.ralf_user).action_accept()
        found = self.responders()
        self.assertEqual(found["Ralf"]["status"], "accepted")
        self.assertIn(found["Rosa"]["status"], ("proposed", "free"))

    def test_it_costs_the_same_for_many(self):
        def queries():
            self.responders()
            self.env.invalidate_all()
            walls = self.env["alarm.wall"].with_user(self.supervisor)
            before = self.env.cr.sql_log_count
            walls._wall_responders()
            return self.env.cr.sql_log_count - before

        self.dispatch(self.ralf)
        few = queries()
        self.dispatch(self.rosa)
        self.dispatch(self.rudi)
        self.assertEqual(queries(), few)
