from contextlib import closing

from odoo import api
from odoo.sql_db import db_connect
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestConfigurationChanges(TransactionCase):
    """Changes of transactions that really commit, on real connections."""

    def connection(self):
        return self.enterContext(closing(db_connect(self.env.cr.dbname).cursor()))

    def env_of(self, cr):
        return api.Environment(cr, api.SUPERUSER_ID, {"tracking_disable": True})

    def setUp(self):
        super().setUp()
        cr = self.connection()
        env = self.env_of(cr)
        group = env["alarm.receiver.group"].create({"name": "Changes", "code": "CHANGES"})
        customer = env["res.partner"].create({"name": "Changes"})
        subscribers = env["alarm.subscriber"].create(
            [{"name": name, "partner_id": customer.id} for name in ("One", "Two")]
        )
        person = env["res.partner"].create({"name": "Person", "phone": "1"})
        panels = env["alarm.panel"].create(
            [
                {"subscriber_id": subscriber.id, "account": account, "receiver_group_id": group.id}
                for subscriber, account in zip(subscribers, ("1", "2"), strict=True)
            ]
        )
        zone = env["alarm.zone"].create({"panel_id": panels[0].id, "number": "1", "name": "Door"})
        contact = env["alarm.contact"].create(
            {"subscriber_id": subscribers[0].id, "partner_id": person.id}
        )
        made = contact, zone, panels, subscribers
        partners = subscribers.address_id | person | customer
        cr.commit()  # pylint: disable=invalid-commit
        self.addCleanup(self.remove, *made, partners.sorted("parent_id", reverse=True), group)
        self.panel, self.zone, self.person = panels[0], zone, person
        self.subscriber, self.contact = subscribers[0], contact

    def remove(self, *made):
        cr = self.connection()
        for records in made:
            records.with_env(self.env_of(cr)).exists().unlink()
        cr.commit()  # pylint: disable=invalid-commit

    def ask(self, since):
        """The last version, and the accounts of this test that were told and removed before it."""
        cr = self.connection()
        receivers = self.env_of(cr)["alarm.receiver"]
        told, removed, more, full = [], [], True, False
        while more:
            answer = receivers._configuration(since)
            cr.commit()  # pylint: disable=invalid-commit
            since, more, full = answer["version"], answer["more"], full or answer["full"]
            for entries, into in ((answer["accounts"], told), (answer["removed"], removed)):
                into += [
                    entry["account"] for entry in entries if entry["receiver_group"] == "CHANGES"
                ]
        return since, told, removed, full

    def change(self, record, values):
        cr = self.connection()
        record.with_env(self.env_of(cr)).write(values)
        cr.commit()  # pylint: disable=invalid-commit

    def test_nothing_new_is_answered_short_and_with_the_same_version(self):
        version, told, _removed, full = self.ask("")
        self.assertTrue(full)
        self.assertEqual(told, ["1", "2"])
        # What was running beside the first answer may be told once more.
        version, _told, _removed, full = self.ask(version)
        self.assertFalse(full)
        self.assertEqual(self.ask(version), (version, [], [], False))

    def test_only_the_account_whose_parts_change_is_told(self):
        version = self.ask("")[0]
        for record, values in (
            (self.panel, {"supervision_interval": 60}),
            (self.zone, {"name": "Back door"}),
            (self.contact, {"available": "nights"}),
            (self.person, {"phone": "2"}),
            (self.subscriber, {"name": "Other name"}),
            (self.subscriber.address_id, {"street": "Harbour Road"}),
            (self.panel, {"dc09_key": "00112233445566778899AABBCCDDEEFF"}),
            (self.zone, {"active": False}),
        ):
            self.change(record, values)
            version, told, removed, full = self.ask(version)
            self.assertEqual((told, removed, full), (["1"], [], False), values)

    def test_what_the_answer_does_not_hold_changes_nothing(self):
        version = self.ask(self.ask("")[0])[0]
        self.change(self.panel, {"panel_model": "X", "note": "x"})
        self.change(self.person, {"comment": "x"})
        self.change(self.zone, {"billable": False})
        self.assertEqual(self.ask(version), (version, [], [], False))

    def test_a_new_number_removes_the_old_one(self):
        version = self.ask("")[0]
        self.change(self.panel, {"account": "3"})
        version, told, removed, _full = self.ask(version)
        self.assertEqual((told, removed), (["3"], ["1"]))
        self.change(self.panel, {"active": False})
        version, told, removed, _full = self.ask(version)
        self.assertEqual((told, removed), ([], ["3"]))

    def test_a_deleted_panel_is_removed(self):
        version = self.ask("")[0]
        self.remove(self.zone, self.panel)
        _version, told, removed, _full = self.ask(version)
        self.assertEqual((told, removed), ([], ["1"]))

    def test_a_transaction_that_commits_late_is_not_missed(self):
        version = self.ask("")[0]
        slow = self.connection()
        self.panel.with_env(self.env_of(slow)).write({"supervision_interval": 60})
        slow.execute("SELECT 1")
        self.panel.with_env(self.env_of(slow)).flush_recordset()
        # Another one, begun later, commits and is told first.
        self.change(self.subscriber.panel_ids.browse(self.panel.id + 1), {"account": "22"})
        version, told, _removed, _full = self.ask(version)
        self.assertEqual(told, ["22"])
        slow.commit()
        _version, told, _removed, _full = self.ask(version)
        self.assertIn("1", told)
