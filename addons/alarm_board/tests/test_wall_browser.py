from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .common import ingest, make_subscriber, setup_board


@tagged("post_install", "-at_install")
class TestWallBrowser(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        setup_board(cls)
        cls.supervisor = new_test_user(
            cls.env, "wall_supervisor", groups="alarm_monitoring.group_supervisor"
        )
        # What the demonstration database holds is neither waiting nor a storm.
        cls.env.cr.execute(
            "UPDATE alarm_incident SET state = 'cancelled',"
            " queued_at = queued_at - interval '3 days' WHERE state <> 'closed'"
        )
        cls.env.invalidate_all()

    def incidents(self, *accounts):
        return self.env["alarm.incident"].search([("account", "in", accounts)], order="id")

    def test_a_supervisor_watches_the_wall(self):
        self.subscriber.write({"latitude": 31.2, "longitude": 121.5})
        make_subscriber(self, "Second Shop", "7002")
        ingest(self, ("7001", "130", "new"), ("7002", "130", "new"))
        late, held = self.incidents("7001", "7002")
        held.with_user(self.dispatcher).action_take()
        held.with_user(self.dispatcher).action_hold(5, "owner calls back")
        self.env["alarm.shift"].create(
            {
                "user_id": self.dispatcher.id,
                "company_id": self.company.id,
                "started_at": fields.Datetime.now() - timedelta(hours=1),
                "seen_at": fields.Datetime.now(),
            }
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE alarm_incident SET queued_at = queued_at - interval '1 hour' WHERE id = %s",
            [late.id],
        )
        self.env.invalidate_all()
        self.start_tour("/odoo/alarm-wall", "alarm_wall_watch", login="wall_supervisor")

    def test_a_supervisor_closes_a_storm(self):
        self.env["res.company"].search([]).alarm_storm_incidents = 0
        self.company.write({"alarm_storm_incidents": 3, "alarm_storm_minutes": 30})
        accounts = [str(number) for number in range(7101, 7105)]
        for account in accounts:
            make_subscriber(self, f"Shop {account}", account)
        *power, fire = accounts
        ingest(self, *((account, "301", "new") for account in power), (fire, "110", "new"))
        self.start_tour("/odoo/alarm-board", "alarm_storm_close", login="wall_supervisor")
        self.env.invalidate_all()
        self.assertEqual(set(self.incidents(*power).mapped("state")), {"cancelled"})
        self.assertEqual(self.incidents(fire).state, "queued")
        entry = self.incidents(power[0]).entry_ids[0]
        self.assertEqual((entry.kind, entry.text), ("cancelled_together", "Power failure"))
        storm = self.env["alarm.storm"].search([("company_id", "=", self.company.id)], limit=1)
        self.assertEqual(storm.entry_ids.mapped("kind"), ["ended", "closed_together", "begun"])
