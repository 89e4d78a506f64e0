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

    def test_nobody_reads_a_key(self):
        key = self.env["alarm.person.key"].search([], limit=1)
        with self.assertRaises(AccessError):
            key.with_user(self.approver).read(["wrapped"])
