import json
from types import SimpleNamespace
from unittest.mock import patch

from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.bus.models.bus import channel_with_db, hashable

from ..models import bus_bus
from ..models.ir_websocket import BOARD_CHANNEL
from .common import ingest, setup_board, unpack


@tagged("post_install", "-at_install")
class TestBoardBus(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        setup_board(cls)
        bus_bus._allowed.clear()
        cls.addClassCleanup(bus_bus._allowed.clear)

    def sent(self, kind):
        """``(channel, payload)`` of the board's messages in this transaction, then forget them."""
        self.env.cr.precommit.run()
        found = []
        for notification in self.env["bus.bus"].search([]):
            message = json.loads(notification.message)
            if message["type"] == f"alarm_board/{kind}":
                found.append((json.loads(notification.channel), message["payload"]))
        self.env["bus.bus"].search([]).unlink()
        return found

    def sent_here(self, kind="incidents"):
        channel = [self.env.cr.dbname, "res.company", self.company.id, BOARD_CHANNEL]
        return [payload for to, payload in self.sent(kind) if to == channel]

    def channels(self, user, asked):
        """What the server makes of the channels that a browser of this user asks for."""
        websocket = self.env["ir.websocket"].with_user(user)
        request = SimpleNamespace(session=SimpleNamespace(uid=user.id))
        with patch("odoo.addons.bus.models.ir_websocket.wsrequest", new=request):
            return websocket._prepare_subscribe_data(asked, 0)["channels"]

    def test_a_batch_is_one_message(self):
        self.sent("incidents")
        uids = ingest(
            self, ("7001", "130", "new"), ("7001", "131", "new"), ("7001", "130", "restore")
        )
        [payload] = self.sent_here()
        [row] = unpack(payload)
        self.assertEqual(row["subscriber"], "Test Shop")
        self.assertEqual(row["signal_count"], 3)
        self.assertEqual(row["signal_uid"], uids[2])

    def test_verbs_of_one_transaction_are_one_message(self):
        ingest(self, ("7001", "130", "new"), ("7999", "130", "new"))
        self.sent("incidents")
        incidents = self.env["alarm.incident"].search([("account", "in", ("7001", "7999"))])
        incidents.with_user(self.dispatcher).action_take()
        incidents.with_user(self.dispatcher).action_note("storm")
        [payload] = self.sent_here()
        self.assertEqual({row["id"] for row in payload["rows"]}, set(incidents.ids))
        self.assertEqual({row["user"]["id"] for row in payload["rows"]}, {self.dispatcher.id})

    def test_message_and_list_say_the_same(self):
        self.sent("incidents")
        ingest(self, ("7001", "130", "new"))
        [payload] = self.sent_here()
        board = self.env["alarm.incident"].with_user(self.dispatcher).board_rows()
        self.assertIn(unpack(payload)[0], json.loads(json.dumps(unpack(board))))

    def test_resolved_incident_is_told(self):
        ingest(self, ("7001", "130", "new"))
        incident = self.env["alarm.incident"].search([("account", "=", "7001")])
        incident.with_user(self.dispatcher).action_take()
        self.sent("incidents")
        code = self.env["alarm.resolution"].search([], limit=1).code
        incident.with_user(self.dispatcher).action_resolve(code)
        [payload] = self.sent_here()
        self.assertEqual(payload["rows"][0]["state"], "resolved")

    def test_what_was_decided_stands_when_boards_cannot_be_told(self):
        self.sent("incidents")
        incidents = self.env.registry["alarm.incident"]
        with (
            patch.object(incidents, "_prepare_board_rows", side_effect=ValueError("broken")),
            self.assertLogs("odoo.addons.alarm_board.models.alarm_incident", "ERROR"),
        ):
            ingest(self, ("7001", "130", "new"))
            self.assertFalse(self.sent_here())
        self.assertTrue(self.env["alarm.incident"].search([("account", "=", "7001")]))

    def test_what_belongs_to_a_company_is_told_to_nobody_else(self):
        self.env["res.company"].create({"name": "Elsewhere"})
        self.sent("incidents")
        ingest(self, ("7001", "130", "new"))
        self.assertEqual([to[2] for to, _payload in self.sent("incidents")], [self.company.id])

    def test_what_belongs_to_no_company_is_told_to_all(self):
        self.sent("incidents")
        ingest(self, ("7999", "130", "new"))
        companies = {to[2] for to, _payload in self.sent("incidents")}
        self.assertEqual(companies, set(self.env["res.company"].search([]).ids))

    def test_receiver_that_changes_is_told(self):
        status = {"bridge": "board-test", "receivers": [{"name": "board-1", "state": "online"}]}

        def told():
            # A heartbeat also finds other bridges of the database silent.
            payloads = self.sent_here("receivers")
            links = [link for payload in payloads for link in payload["receivers"]]
            return [link for link in links if link["name"] == "board-1"]

        told()
        receivers = self.env["alarm.receiver"].with_user(self.bridge)
        receivers.heartbeat(json.dumps(status))
        [link] = told()
        self.assertEqual(link["state"], "online")
        self.assertTrue(link["last_heartbeat_at"])
        self.assertEqual([bridge["name"] for bridge in link["bridges"]], ["board-test"])
        receivers.heartbeat(json.dumps(status))
        self.assertFalse(told())
        receivers.heartbeat(json.dumps({**status, "bridge": "board-test-2"}))
        [link] = told()
        self.assertEqual(len(link["bridges"]), 2)

    def test_dispatcher_gets_the_channel_of_each_company(self):
        channels = self.channels(self.dispatcher, [BOARD_CHANNEL])
        self.assertIn((self.company, BOARD_CHANNEL), channels)
        self.assertNotIn(BOARD_CHANNEL, channels)

    def test_others_get_no_channel_of_the_board(self):
        for user in (self.reader, self.env.ref("base.public_user")):
            channels = self.channels(user, [BOARD_CHANNEL, BOARD_CHANNEL])
            self.assertNotIn(BOARD_CHANNEL, channels)
            self.assertNotIn((self.company, BOARD_CHANNEL), channels)

    def test_dispatcher_gets_no_channel_of_other_companies(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "board_stranger",
            groups="alarm_monitoring.group_dispatcher",
            company_id=elsewhere.id,
            company_ids=[(6, 0, elsewhere.ids)],
        )
        channels = self.channels(stranger, [BOARD_CHANNEL])
        self.assertIn((elsewhere, BOARD_CHANNEL), channels)
        self.assertNotIn((self.company, BOARD_CHANNEL), channels)

    def test_board_is_not_watched_by_who_did_not_ask(self):
        self.assertNotIn((self.company, BOARD_CHANNEL), self.channels(self.dispatcher, []))

    def delivered(self, user, channels):
        """What an open websocket of this user gets that has subscribed to these channels."""
        bus = self.env["bus.bus"].with_user(user)
        last = self.env["bus.bus"].sudo()._bus_last_id()
        ingest(self, ("7001", "130", "new"))
        self.env.cr.precommit.run()
        kept = {hashable(channel_with_db(self.env.cr.dbname, channel)) for channel in channels}
        with patch.object(bus_bus, "RECHECK_SECONDS", 0):
            notifications = bus._poll(kept, last)
        types = [notification["message"]["type"] for notification in notifications]
        return [type_ for type_ in types if type_.startswith("alarm_board/")]

    def test_open_websocket_of_a_dispatcher_is_served(self):
        channels = self.channels(self.dispatcher, [BOARD_CHANNEL])
        self.assertEqual(self.delivered(self.dispatcher, channels), ["alarm_board/incidents"])

    def test_who_is_no_dispatcher_any_more_gets_nothing_on_his_open_websocket(self):
        channels = self.channels(self.dispatcher, [BOARD_CHANNEL])
        group = self.env.ref("alarm_monitoring.group_dispatcher")
        self.dispatcher.group_ids -= group
        self.assertFalse(self.delivered(self.dispatcher, channels))

    def test_who_is_a_dispatcher_by_another_group_is_served(self):
        group = self.env.ref("alarm_monitoring.group_dispatcher")
        self.dispatcher.group_ids -= group
        self.dispatcher.group_ids += self.env.ref("alarm_monitoring.group_supervisor")
        channels = self.channels(self.dispatcher, [BOARD_CHANNEL])
        self.assertIn((self.company, BOARD_CHANNEL), channels)
        self.assertEqual(self.delivered(self.dispatcher, channels), ["alarm_board/incidents"])

    def test_archived_dispatcher_gets_nothing_on_his_open_websocket(self):
        channels = self.channels(self.dispatcher, [BOARD_CHANNEL])
        self.dispatcher.active = False
        self.assertFalse(self.delivered(self.dispatcher, channels))

    def test_who_left_a_company_gets_nothing_of_it_on_his_open_websocket(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        self.dispatcher.company_ids += elsewhere
        channels = self.channels(self.dispatcher, [BOARD_CHANNEL])
        self.dispatcher.company_id = elsewhere
        self.dispatcher.company_ids -= self.company
        self.assertFalse(self.delivered(self.dispatcher, channels))
