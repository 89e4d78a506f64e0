from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_evidence import EvidenceCase


@tagged("post_install", "-at_install")
class TestErasure(EvidenceCase):
    def erase(self, user=None):
        return (
            self.env["alarm.person.erase"]
            .with_user(user or self.approver)
            .create({"partner_id": self.person.id, "reason": "asked for it"})
            .action_erase()
        )

    def words(self):
        self.env.invalidate_all()
        rows = self.revisions()
        return "\n".join(
            str(text) for row in rows for text in (row.record_name, row.old_text, row.new_text)
        )

    def test_what_was_said_of_a_person_lies_nowhere_in_the_clear(self):
        self.env.cr.execute("SELECT * FROM alarm_revision")
        rows = str(self.env.cr.fetchall())
        for words in ("Kim Keys", "555 1", self.customer.name):
            self.assertNotIn(words, rows)

    def test_erasing_leaves_the_chain_whole(self):
        self.contact.note = "left handed"
        self.assertIn("Kim Keys", self.words())
        self.assertIn("left handed", self.words())
        self.contact.active = False
        self.erase()
        words = self.words()
        for erased in ("Kim Keys", "555 1", "left handed"):
            self.assertNotIn(erased, words)
        self.assertIn("(erased)", words)
        self.assertIn("asked for it", words)
        self.assertIn(self.customer.name, words)
        self.assertEqual(self.findings(), [])

    def test_what_is_said_afterwards_has_a_new_key(self):
        self.contact.active = False
        self.erase()
        self.person.phone = "555 8"
        self.assertIn("555 8", self.words())
        self.assertEqual(self.findings(), [])

    def test_who_is_still_called_is_not_erased(self):
        with self.assertRaisesRegex(UserError, "still named by"):
            self.erase()

    def test_only_an_approver_erases(self):
        self.contact.active = False
        with self.assertRaises(AccessError):
            self.erase(self.back_office)

    def panel_user(self, **values):
        return self.env["alarm.panel.user"].create(
            {"panel_id": self.panel.id, "number": "5", "name": "Pat Code", **values}
        )

    def erase_users(self, users, user=None):
        return (
            self.env["alarm.person.erase"]
            .with_user(user or self.approver)
            .create({"panel_user_ids": users.ids, "reason": "left the firm"})
            .action_erase()
        )

    def test_holders_of_user_codes_lie_nowhere_in_the_clear(self):
        self.panel_user().name = "Robin Code"
        self.env.cr.execute("SELECT * FROM alarm_revision")
        rows = str(self.env.cr.fetchall())
        self.assertNotIn("Pat Code", rows)
        self.assertNotIn("Robin Code", rows)

    def test_the_holder_of_a_user_code_is_erased_and_the_chain_stays_whole(self):
        holder = self.panel_user()
        other = self.panel_user(number="6", name="Robin Code")
        self.assertIn("Pat Code", self.words())
        holder.active = False
        self.erase_users(holder)
        words = self.words()
        self.assertNotIn("Pat Code", words)
        self.assertIn("Robin Code", words)
        self.assertIn("left the firm", words)
        self.assertEqual((holder.name, holder.number), ("User 5", "5"))
        self.assertEqual(other.name, "Robin Code")
        self.assertEqual(self.findings(), [])

    def test_a_person_is_erased_with_the_codes_of_that_person(self):
        named = self.panel_user(name="Kim was here")
        named.partner_id = self.person
        named.name = "Kim Keys, Night"
        self.contact.active = named.active = False
        self.assertIn("Kim was here", self.words())
        self.erase()
        words = self.words()
        for erased in ("Kim was here", "Kim Keys", "Night"):
            self.assertNotIn(erased, words)
        self.assertEqual(named.name, "User 5")
        self.assertFalse(named.partner_id)
        self.assertEqual(self.findings(), [])

    def test_who_still_opens_is_not_erased(self):
        with self.assertRaisesRegex(UserError, "still held at"):
            self.erase_users(self.panel_user())
        self.contact.active = False
        self.env["alarm.panel.user"].search([]).partner_id = self.person
        with self.assertRaisesRegex(UserError, "still held at"):
            self.erase()

    def test_a_contact_is_not_erased_in_part(self):
        named = self.panel_user(partner_id=self.person.id, active=False)
        with self.assertRaisesRegex(UserError, "from the contact"):
            self.erase_users(named)

    def test_only_an_approver_erases_a_holder(self):
        holder = self.panel_user(active=False)
        with self.assertRaises(AccessError):
            self.erase_users(holder, self.back_office)

    def test_somebody_has_to_be_named(self):
        with self.assertRaises(UserError):
            self.erase_users(self.env["alarm.panel.user"])

    def test_nobody_reads_a_key(self):
        key = self.env["alarm.person.key"].search([], limit=1)
        with self.assertRaises(AccessError):
            key.with_user(self.approver).read(["wrapped"])
