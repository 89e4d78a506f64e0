import json
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_evidence import EvidenceCase

KEY = "00112233445566778899AABBCCDDEEFF"


@tagged("post_install", "-at_install")
class TestRevision(EvidenceCase):
    def since(self, before):
        """``(model, operation, field, old, new)`` of what was added since."""
        return [
            (row.model, row.operation, row.field_name, row.old_text, row.new_text)
            for row in self.revisions() - before
        ]

    def test_a_draft_has_no_history(self):
        draft = self.subscriber.copy()
        draft.name = "Other"
        self.assertFalse(self.revisions(draft))

    def test_approval_writes_the_whole_record_and_both_persons(self):
        rows = self.revisions()
        self.assertEqual(set(rows.mapped("operation")), {"baseline"})
        self.assertEqual(
            set(rows.mapped("model")),
            {"alarm.subscriber", "alarm.panel", "alarm.zone", "alarm.contact", "res.partner"},
        )
        self.assertEqual(set(rows.mapped("user_key")), {self.back_office.id})
        self.assertEqual(set(rows.mapped("authoriser_key")), {self.approver.id})
        self.assertEqual(set(rows.mapped("company_key")), {self.subscriber.company_id.id})
        partners = rows.filtered(lambda row: row.model == "res.partner").mapped("record_key")
        self.assertEqual(
            set(partners),
            {self.customer.id, self.subscriber.address_id.id, self.person.id},
        )

    def test_a_change_says_who_when_from_where_and_what(self):
        before = self.revisions()
        self.zone.with_user(self.back_office).name = "Back Door"
        self.assertEqual(self.since(before), [("alarm.zone", "write", "name", "Door", "Back Door")])
        row = self.newest()
        self.assertEqual((row.user_name, row.origin), (self.back_office.name, "server"))
        self.assertFalse(row.authoriser_name)
        self.assertEqual(row.field_words, "Name")
        self.assertEqual(row.record_name, "1 Back Door")

    def test_a_write_that_changes_nothing_is_nothing(self):
        before = self.revisions()
        self.zone.write({"name": "Door", "number": "1"})
        self.person.write({"phone": "555 1"})
        self.assertEqual(self.revisions(), before)

    def test_everything_below_a_subscriber_is_noted(self):
        env = self.env(user=self.back_office)
        before = self.revisions()
        area = env["alarm.area"].create({"panel_id": self.panel.id, "number": "1", "name": "All"})
        self.zone.with_env(env).area_id = area
        env["alarm.panel.user"].create({"panel_id": self.panel.id, "number": "2", "name": "Lee"})
        self.panel.with_env(env).supervision_interval = 90
        self.contact.with_env(env).write({"role": "guard", "active": False})
        self.subscriber.with_env(env).note = "<p>Dog</p>"
        self.assertEqual(
            {row[:3] for row in self.since(before)},
            {
                ("alarm.area", "create", False),
                ("alarm.zone", "write", "area_id"),
                ("alarm.panel.user", "create", False),
                ("alarm.panel", "write", "supervision_interval"),
                ("alarm.contact", "write", "active"),
                ("alarm.contact", "write", "role"),
                ("alarm.subscriber", "write", "note"),
            },
        )

    def test_a_person_edited_in_any_app_is_noted_at_every_site(self):
        other = self.subscriber.copy()
        other_panel = self.env["alarm.panel"].create(self.panel_values(other, account="0T02"))
        self.env["alarm.contact"].create({"subscriber_id": other.id, "partner_id": self.person.id})
        self.assertTrue(other_panel)
        self.activate(other)
        before = self.revisions() | self.revisions(other)
        self.person.write({"phone": "555 2", "name": "Kim Other", "comment": "not ours"})
        for subscriber in (self.subscriber, other):
            new = self.revisions(subscriber) - before
            self.assertEqual(set(new.mapped("field_name")), {"phone", "name"})
            phone = new.filtered(lambda row: row.field_name == "phone")
            self.assertEqual((phone.old_text, phone.new_text), ("555 1", "555 2"))

    def test_sites_are_found_and_noted_in_a_fixed_number_of_queries(self):
        counts = []
        for number in (2, 12):
            person = self.env["res.partner"].create({"name": f"Chain {number}"})
            for _i in range(number):
                site = self.subscriber.copy()
                self.env["alarm.contact"].create(
                    {"subscriber_id": site.id, "partner_id": person.id}
                )
                self.activate(site)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            person.phone = "555 9"
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_an_address_that_follows_the_firm_is_noted(self):
        self.person.write({"parent_id": self.customer.id, "type": "contact"})
        before = self.revisions()
        self.customer.street = "9 New Road"
        rows = (self.revisions() - before).filtered(lambda row: row.field_name == "street")
        self.assertEqual(set(rows.mapped("record_key")), {self.customer.id, self.person.id})
        self.assertEqual(len(rows), 2)

    def test_merging_persons_is_noted(self):
        twin = self.env["res.partner"].create({"name": "Kim Twin"})
        before = self.revisions()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (self.person | twin).ids, twin, extra_checks=False
        )
        self.assertEqual(self.contact.partner_id, twin)
        rows = (self.revisions() - before).filtered(lambda row: row.field_name == "partner_id")
        self.assertEqual((rows.old_text, rows.new_text), ("Kim Keys", "Kim Twin"))

    def test_files_are_noted(self):
        before = self.revisions()
        plan = self.env["ir.attachment"].create(
            {
                "name": "plan.txt",
                "raw": b"one",
                "res_model": "alarm.zone",
                "res_id": self.zone.id,
            }
        )
        self.env["ir.attachment"].create({"name": "elsewhere", "raw": b"x"})
        plan.raw = b"two"
        plan.unlink()
        self.assertEqual(
            [row[:2] for row in self.since(before) if row[2] in (False, "checksum")],
            [("ir.attachment", operation) for operation in ("create", "write", "unlink")],
        )

    def test_secrets_never_enter_the_history(self):
        before = self.revisions()
        self.panel.dc09_key = KEY
        [row] = self.since(before)
        self.assertEqual(row[:3], ("alarm.panel", "write", "dc09_key_encrypted"))
        self.assertEqual(row[3:], ("", "(secret)"))
        self.env.cr.execute("SELECT * FROM alarm_revision")
        text = str(self.env.cr.fetchall())
        self.assertNotIn(KEY, text)
        self.assertNotIn(self.panel.sudo().dc09_key_encrypted, text)

    def test_a_panel_that_moves_is_told_to_both(self):
        other = self.subscriber.copy()
        self.activate(other)
        before, theirs = self.revisions(), self.revisions(other)
        self.panel.subscriber_id = other
        mine = self.revisions() - before
        self.assertEqual(mine[0].field_name, "subscriber_id")
        state = self.state(other)
        self.assertIn(("alarm.zone", self.zone.id), state)
        self.assertNotIn(("alarm.zone", self.zone.id), self.state(self.subscriber))
        self.assertTrue(self.revisions(other) - theirs)

    def state(self, subscriber):
        from ..tools.revision_state import state_after

        snapshot = self.env["alarm.subscriber.snapshot"].create({"subscriber_id": subscriber.id})
        snapshot.at = fields.Datetime.now() + timedelta(minutes=1)
        return state_after(snapshot._steps())

    def test_nothing_can_pretend_another_authority(self):
        context = {"alarm_authority": self.approver.id, "alarm_noting": self.person.ids}
        self.zone.with_context(**context).name = "Back Door"
        self.assertEqual(self.newest().user_key, self.env.uid)
        before = self.revisions()
        self.person.with_context(**context).phone = "555 7"
        self.assertEqual(len(self.revisions() - before), 1)

    def test_who_may_read_it(self):
        row = self.newest()
        for user in (self.outsider, self.reader, self.back_office):
            with self.assertRaises(AccessError):
                row.with_user(user).read(["user_name"])
        self.assertTrue(row.with_user(self.approver).record_name)
        for operation in ("write", "create", "unlink"):
            self.assertFalse(row.with_user(self.approver).has_access(operation))
        company = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "t-stranger",
            "alarm_subscriber.group_approver",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        self.assertFalse(
            self.env["alarm.revision"].with_user(stranger).search([("id", "=", row.id)])
        )

    def test_the_record_as_it_stood(self):
        then = fields.Datetime.now()
        self.env.cr.execute("SELECT max(at) FROM alarm_revision")
        env = self.env(user=self.approver)
        snapshot = env["alarm.subscriber.snapshot"].create({"subscriber_id": self.subscriber.id})
        snapshot.at = then - timedelta(days=1)
        self.assertIn("no approved state", snapshot.page)
        snapshot.at = then + timedelta(minutes=1)
        for words in ("Door", "Kim Keys", "555 1", "0T01"):
            self.assertIn(words, snapshot.page)
        self.zone.name = "Back Door"
        snapshot.invalidate_recordset()
        self.assertIn("Back Door", snapshot.page)
        with self.assertRaises(AccessError):
            self.env["alarm.subscriber.snapshot"].with_user(self.back_office).create(
                {"subscriber_id": self.subscriber.id}
            )

    def test_every_part_is_covered_and_leads_to_a_subscriber(self):
        """What names a subscriber belongs to its history, or says here why not."""
        # Passcodes are secrets: their tries and their use are noted elsewhere.
        elsewhere = {
            "alarm.change.request",
            "alarm.subscriber.snapshot",
            "alarm.passcode",
            "alarm.passcode.check",
            "alarm.passcode.guard",
            "alarm.passcode.try",
        }
        parts = {part._name for part in self.env["alarm.subscriber.part"]._revision_parts()}
        for name, model in self.env.registry.items():
            if model._abstract or model._original_module != "alarm_subscriber":
                continue
            for field in model._fields.values():
                if field.comodel_name == "alarm.subscriber" and field.store and not field.related:
                    if field.type == "many2one" and name not in elsewhere:
                        self.assertIn(name, parts)

    def test_no_foreign_key_takes_a_part_away_by_itself(self):
        """Nothing below a subscriber is removed, or loses what it names, in the database alone."""
        tables = [part._table for part in self.env["alarm.subscriber.part"]._revision_parts()]
        self.env.cr.execute(
            """
            SELECT conrelid::regclass::text, conname, confdeltype
              FROM pg_constraint
             WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
               AND conname NOT LIKE '%%\\_uid\\_fkey' AND confdeltype IN ('c', 'n', 'd')
            """,
            [tables],
        )
        self.assertEqual(self.env.cr.fetchall(), [])

    def test_labels_are_kept_and_shown_in_the_readers_language(self):
        self.zone.position = "Hall"
        row = self.newest()
        self.assertEqual(row.field_label, "Position")
        self.assertEqual(json.loads(row.new_json), {"v": "Hall"})

    def test_hours_are_told_as_times_of_the_day(self):
        before = self.revisions()
        line = self.env["alarm.contact.availability"].create(
            {"contact_id": self.contact.id, "hour_from": 22, "hour_to": 6.25}
        )
        line.hour_from = 21.5
        created, changed = self.revisions() - before
        self.assertIn("To: 06:15", created.with_context(lang="en_US").new_text)
        self.assertEqual((changed.old_text, changed.new_text), ("22:00", "21:30"))
