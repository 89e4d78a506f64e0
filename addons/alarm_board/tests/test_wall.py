import json
from datetime import datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

from ..models.ir_websocket import BOARD_CHANNEL
from ..tools.wall import shift_begin
from .common import ingest, make_subscriber, setup_board


class WallCase(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        setup_board(cls)
        cls.supervisor = new_test_user(
            cls.env, "wall_supervisor", groups="alarm_monitoring.group_supervisor", name="Carla"
        )
        # What the demonstration database holds is not on this wall.
        cls.env.cr.execute(
            "UPDATE alarm_incident SET queued_at = queued_at - interval '3 days', taken_at = NULL"
            " WHERE taken_at IS NOT NULL"
        )
        cls.env["alarm.event.target"].search([("company_id", "!=", False)]).unlink()
        cls.env.invalidate_all()

    def wall(self, user=None):
        self.env.invalidate_all()
        return self.env["alarm.wall"].with_user(user or self.supervisor).wall()

    def shifted(self, incidents, **seconds):
        """Move moments of incidents into the past, by seconds."""
        for name, ago in seconds.items():
            self.env.flush_all()
            self.env.cr.execute(
                f"UPDATE alarm_incident SET {name} = now() AT TIME ZONE 'UTC'"
                " - make_interval(secs => %s) WHERE id = ANY(%s)",
                [ago, incidents.ids],
            )
        self.env.invalidate_all()
        return incidents

    def incident(self, account="7001"):
        return self.env["alarm.incident"].search([("account", "=", account)], limit=1)


@tagged("post_install", "-at_install")
class TestWall(WallCase):
    def line(self, wall, priority):
        return next(line for line in wall["queue"] if line["priority"] == priority)

    def test_supervisors_alone_see_it(self):
        for user in (self.dispatcher, self.reader):
            with self.assertRaises(AccessError):
                self.wall(user)

    def test_the_oldest_of_each_priority_against_its_target(self):
        make_subscriber(self, "Second Shop", "7002")
        before = self.wall()
        ingest(self, ("7001", "130", "new"), ("7002", "130", "new"))
        self.shifted(self.incident("7002"), queued_at=86400 * 5)
        wall = self.wall()
        self.assertEqual([line["priority"] for line in wall["queue"]], list("12345"))
        priority = self.incident().priority
        line, known = self.line(wall, priority), self.line(before, priority)
        self.assertEqual(line["waiting"], known["waiting"] + 2)
        self.assertEqual(line["late"], known["late"] + 1)
        self.assertEqual(line["oldest"]["site"], "Second Shop")
        target = self.env.ref("alarm_monitoring.target_burglary")
        self.assertEqual(line["oldest"]["pickup"], target.pickup_seconds)
        self.assertIn("Second Shop", [row["site"] for row in wall["late"]["rows"]])

    def test_who_is_at_the_desk_and_what_is_in_hand(self):
        ingest(self, ("7001", "130", "new"))
        self.incident().with_user(self.dispatcher).action_take()
        people = {one["id"]: one for one in self.wall()["people"]}
        self.assertEqual(people[self.dispatcher.id]["state"], "away", "He has begun no shift")
        self.env["alarm.shift"].create(
            {
                "user_id": self.dispatcher.id,
                "company_id": self.company.id,
                "started_at": fields.Datetime.now() - timedelta(hours=1),
                "seen_at": fields.Datetime.now(),
            }
        )
        people = {one["id"]: one for one in self.wall()["people"]}
        anna = people[self.dispatcher.id]
        self.assertEqual((anna["state"], anna["working"], anna["taken"]), ("present", 1, 1))
        self.assertNotIn(self.colleague.id, people)

    def test_what_is_held_says_why(self):
        ingest(self, ("7001", "130", "new"))
        mine = self.incident().with_user(self.dispatcher)
        mine.action_take()
        mine.action_hold(5, "owner calls back")
        [row] = [row for row in self.wall()["held"]["rows"] if row["id"] == mine.id]
        self.assertEqual(row["user"], self.dispatcher.name)
        self.assertIn("owner calls back", row["reason"])
        self.assertTrue(row["until"])

    def test_response_times_of_the_shift(self):
        accounts = [str(number) for number in range(7010, 7020)]
        for account in accounts:
            make_subscriber(self, f"Shop {account}", account)
        ingest(self, *((account, "130", "new") for account in accounts))
        incidents = self.env["alarm.incident"].search([("account", "in", accounts)], order="id")
        incidents.with_user(self.dispatcher).action_take()
        for number, incident in enumerate(incidents, start=1):
            self.shifted(incident, queued_at=600, taken_at=600 - 10 * number)
        self.shifted(incidents[0], first_call_at=555)
        all_, burglary = self.wall()["figures"]
        self.assertIsNone(all_["class"])
        self.assertEqual(burglary["class"], "burglary")
        self.assertEqual((burglary["count"], burglary["mean"]), (10, 55))
        self.assertEqual((burglary["p80"], burglary["p985"]), (82, 99))
        self.assertEqual(burglary["target"], 60)
        self.assertAlmostEqual(burglary["within"], 0.6)
        self.assertEqual((burglary["calls"], burglary["call_mean"]), (1, 45))

    def test_figures_begin_with_the_shift(self):
        now = datetime(2026, 1, 2, 12)
        hour = timedelta(hours=1)
        self.assertEqual(shift_begin([now - 2 * hour, now - hour], now), now - 2 * hour)
        self.assertEqual(shift_begin([], now), now - 8 * hour)
        self.assertEqual(shift_begin([now - 40 * hour], now), now - 16 * hour)

    def test_sites_on_test_and_what_is_not_restored(self):
        before = self.wall()
        self.env["alarm.test.mode"].with_user(self.supervisor)._begin(
            self.subscriber,
            {
                "minutes": 60,
                "reason": "Service",
                "authorised_name": "Emil",
                "override": "known voice",
            },
        )
        second = make_subscriber(self, "Second Shop", "7002")
        ingest(self, ("7002", "354", "new"))
        wall = self.wall()
        self.assertEqual(wall["tests"]["count"], before["tests"]["count"] + 1)
        self.assertTrue(second)
        self.assertEqual(wall["unrestored"]["paths"], before["unrestored"]["paths"] + 1)

    def test_what_goes_wrong_in_the_centre_is_fed(self):
        ingest(self, ("7001", "130", "new"))
        self.shifted(self.incident(), queued_at=3000)
        self.env["alarm.incident"]._escalate_waiting()
        self.env["alarm.storm"].with_user(self.supervisor).action_begin("hail")
        kinds = [line["kind"] for line in self.wall()["feed"]]
        self.assertEqual(kinds[:2], ["storm_begun", "escalated"])

    def test_where_the_incidents_are(self):
        self.subscriber.write({"latitude": 31.2, "longitude": 121.5})
        ingest(self, ("7001", "130", "new"))
        sites = {site["id"]: site for site in self.wall()["sites"]}
        self.assertEqual(sites[self.incident().id]["latitude"], 31.2)

    def test_other_companies_are_not_on_it(self):
        ingest(self, ("7001", "130", "new"))
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "wall_stranger",
            groups="alarm_monitoring.group_supervisor",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        text = json.dumps(self.wall(stranger))
        self.assertNotIn("Test Shop", text)
        self.assertNotIn(self.incident().name, text)

    def test_it_costs_the_same_for_many(self):
        def queries():
            self.wall()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["alarm.wall"].with_user(self.supervisor).wall()
            return self.env.cr.sql_log_count - before

        def load(first, last):
            accounts = [str(number) for number in range(first, last)]
            for account in accounts:
                shop = make_subscriber(self, f"Shop {account}", account)
                shop.write({"latitude": 31.2, "longitude": 121.5})
            ingest(self, *((account, "130", "new") for account in accounts))
            incidents = self.env["alarm.incident"].search([("account", "in", accounts)])
            for incident in incidents[::2]:
                incident.with_user(self.dispatcher).action_take()
                incident.with_user(self.dispatcher).action_hold(5, "later")
            self.shifted(incidents, queued_at=3000)
            self.env["alarm.incident"]._escalate_waiting()

        # So many that no list of the wall finds all its records in those of another.
        load(7100, 7124)
        few = queries()
        load(7130, 7160)
        self.assertEqual(queries(), few)


@tagged("post_install", "-at_install")
class TestStormOnBoards(WallCase):
    def sent(self):
        """Storms told to the boards of the company, then forgotten."""
        self.env.cr.precommit.run()
        channel = [self.env.cr.dbname, "res.company", self.company.id, BOARD_CHANNEL]
        found = []
        for notification in self.env["bus.bus"].search([]):
            message = json.loads(notification.message)
            if message["type"] == "alarm_board/storm":
                self.assertEqual(json.loads(notification.channel), channel)
                found += message["payload"]["storms"]
        self.env["bus.bus"].search([]).unlink()
        return found

    def test_boards_are_told_when_it_begins_and_ends(self):
        self.sent()
        storms = self.env["alarm.storm"].with_user(self.supervisor)
        storm = storms.browse(storms.action_begin("Hail"))
        [line] = self.sent()
        self.assertEqual(line["company_id"], self.company.id)
        self.assertEqual((line["storm"]["reason"], line["storm"]["by"]), ("Hail", "Carla"))
        storm.action_end()
        [line] = self.sent()
        self.assertIsNone(line["storm"])

    def test_boards_are_told_that_one_is_likely(self):
        self.env["res.company"].search([]).alarm_storm_incidents = 0
        self.company.write({"alarm_storm_incidents": 1, "alarm_storm_minutes": 5})
        ingest(self, ("7001", "130", "new"))
        self.sent()
        self.env["alarm.storm"]._watch_inflow()
        [line] = self.sent()
        self.assertGreaterEqual(line["inflow"], line["threshold"])

    def test_every_dispatcher_may_ask_and_nobody_else(self):
        storms = self.env["alarm.storm"]
        [line] = storms.with_user(self.dispatcher).board_storms()
        self.assertIsNone(line["storm"])
        with self.assertRaises(AccessError):
            storms.with_user(self.reader).board_storms()

    def test_what_was_closed_is_counted(self):
        ingest(self, ("7001", "130", "new"))
        storms = self.env["alarm.storm"].with_user(self.supervisor)
        storms.action_begin("Hail")
        self.incident().with_user(self.supervisor).action_cancel_together("Hail")
        [line] = storms.board_storms()
        self.assertEqual(line["storm"]["closed"], 1)
