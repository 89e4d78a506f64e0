from psycopg2 import IntegrityError
from psycopg2.errors import RestrictViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .test_evidence import EvidenceCase


@tagged("post_install", "-at_install")
class TestRevisionPaths(EvidenceCase):
    """Ways round: from the other side, through other apps, by a context, by an import."""

    def told(self, change):
        """``(model, operation, field)`` of what a change adds to the history."""
        before = self.revisions()
        change()
        self.env.flush_all()
        return [
            (row.model, row.operation, row.field_name or "") for row in self.revisions() - before
        ]

    def test_a_calendar_tells_which_subscribers_keep_it(self):
        calendar = self.env["alarm.holiday"].create({"name": "Test Days"})
        kept = [("alarm.subscriber", "write", "holiday_ids")]
        back_office = calendar.with_user(self.back_office)
        for command in (
            [(4, self.subscriber.id)],
            [(3, self.subscriber.id)],
            [(6, 0, self.subscriber.ids)],
            [(5,)],
        ):
            values = {"subscriber_ids": command}
            with self.subTest(command=command):
                self.assertEqual(self.told(lambda values=values: back_office.write(values)), kept)
        self.assertEqual(
            self.told(
                lambda: calendar.create(
                    [
                        {"name": "More Days", "subscriber_ids": [(4, self.subscriber.id)]},
                        {"name": "No Days"},
                    ]
                )
            ),
            kept,
        )
        # What it is called, or which days it has, is the calendar's own matter.
        self.assertEqual(self.told(lambda: back_office.write({"name": "Other"})), [])

    def test_a_calendar_that_is_kept_stays(self):
        calendar = self.env["alarm.holiday"].create(
            {"name": "Test Days", "subscriber_ids": [(4, self.subscriber.id)]}
        )
        with self.assertRaisesRegex(UserError, "1 subscribers keep it"):
            calendar.with_user(self.back_office).unlink()
        with (
            self.assertRaisesRegex(RestrictViolation, "is kept by subscribers"),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.env.cr.execute("DELETE FROM alarm_holiday WHERE id = %s", [calendar.id])
        self.subscriber.holiday_ids -= calendar
        calendar.with_user(self.back_office).unlink()
        self.assertFalse(calendar.exists())

    def test_no_other_field_shares_a_table_with_one_of_the_history(self):
        """Such a field changes a subscriber from the other side; a calendar's tells of it."""
        covered = {("alarm.holiday", "subscriber_ids")}
        parts = {part._name for part in self.env["alarm.subscriber.part"]._revision_parts()}
        fields = [
            (name, field)
            for name, model in self.env.registry.items()
            if not model._abstract
            for field in model._fields.values()
            if field.type == "many2many" and field.store
        ]
        ours = {
            field.relation
            for name, field in fields
            if name in parts and field.name in self.env[name]._revision_fields()
        }
        others = {
            (name, field.name)
            for name, field in fields
            if field.relation in ours and name not in parts
        }
        self.assertEqual(others, covered)

    def test_a_file_attached_by_the_context_is_noted(self):
        Attachment = self.env["ir.attachment"].with_context(
            default_res_model="alarm.subscriber", default_res_id=self.subscriber.id
        )
        self.assertEqual(
            self.told(lambda: Attachment.create({"name": "x", "raw": b"x"})),
            [("ir.attachment", "create", "")],
        )

    def test_the_position_of_the_premises_is_noted(self):
        position = {
            ("res.partner", "write", "partner_latitude"),
            ("res.partner", "write", "partner_longitude"),
        }
        subscriber = self.subscriber.with_user(self.back_office)
        self.assertEqual(
            set(self.told(lambda: subscriber.write({"latitude": 31.5, "longitude": 121.5}))),
            position,
        )
        self.assertEqual(
            set(
                self.told(
                    lambda: self.subscriber.address_id.write(
                        {"partner_latitude": 1, "partner_longitude": 1}
                    )
                )
            ),
            position,
        )

    def test_a_contact_who_edits_his_own_preferences_is_noted(self):
        user = new_test_user(self.env, "t-kim", "base.group_user", email="kim@example.com")
        self.contact.partner_id = user.partner_id
        own = user.with_user(user)
        for values in ({"email": "other@example.com"}, {"phone": "555 77"}):
            if not set(values) <= set(user.SELF_WRITEABLE_FIELDS):
                continue
            [field] = values
            with self.subTest(field=field):
                self.assertEqual(
                    self.told(lambda values=values: own.write(values)),
                    [("res.partner", "write", field)],
                )
        self.assertEqual(
            self.told(lambda: user.write({"name": "Kim Changed"})),
            [("res.partner", "write", "name")],
        )

    def test_the_address_of_a_company_that_is_a_customer_is_noted(self):
        company = self.env["res.company"].create({"name": "Chain Store"})
        self.contact.partner_id = company.partner_id
        told = self.told(lambda: company.write({"street": "9 New Road", "phone": "555 88"}))
        self.assertEqual(
            set(told), {("res.partner", "write", "street"), ("res.partner", "write", "phone")}
        )

    def test_an_import_over_what_is_there_is_noted(self):
        """With the identifiers of an export: once into the contacts, once into the register."""
        env = self.env(user=self.back_office, context={"import_file": True})
        for record, name in ((self.person, "phone"), (self.zone, "position")):
            with self.subTest(model=record._name):
                told = self.told(
                    lambda record=record, name=name: self.assertTrue(
                        env[record._name].load([".id", name], [[str(record.id), "555 66"]])["ids"]
                    )
                )
                self.assertEqual(told, [(record._name, "write", name)])

    def test_an_archived_person_is_noted(self):
        for verb in ("action_archive", "action_unarchive"):
            with self.subTest(verb=verb):
                self.assertEqual(
                    self.told(getattr(self.person, verb)), [("res.partner", "write", "active")]
                )

    def test_a_person_who_is_called_is_not_deleted(self):
        for partner in (self.person, self.customer, self.subscriber.address_id):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                partner.unlink()

    def test_an_archived_part_is_noted(self):
        for part in (self.zone, self.contact, self.panel):
            with self.subTest(part=part._name):
                self.assertEqual(self.told(part.action_archive), [(part._name, "write", "active")])
                part.action_unarchive()

    def test_a_copy_below_a_subscriber_is_noted(self):
        self.assertEqual(
            self.told(lambda: self.zone.copy({"number": "2"})), [("alarm.zone", "create", "")]
        )

    def test_a_line_written_through_its_subscriber_is_noted(self):
        zones = [(1, self.zone.id, {"name": "Gate"}), (0, 0, {"number": "3", "name": "Yard"})]
        self.assertEqual(
            sorted(self.told(lambda: self.subscriber.write({"zone_ids": zones}))),
            [("alarm.zone", "create", ""), ("alarm.zone", "write", "name")],
        )
        self.assertEqual(
            self.told(
                lambda: self.subscriber.write(
                    {"contact_ids": [(1, self.contact.id, {"phone": "555 5"})]}
                )
            ),
            [("res.partner", "write", "phone")],
        )

    def test_who_has_no_right_to_a_subscriber_changes_its_calendars_from_neither_side(self):
        company = self.env["res.company"].create({"name": "Other Centre"})
        stranger = new_test_user(
            self.env,
            "t-stranger",
            "alarm_subscriber.group_back_office",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        calendar = self.env["alarm.holiday"].create({"name": "Everybody's", "company_id": False})
        with self.assertRaises(AccessError):
            calendar.with_user(stranger).write({"subscriber_ids": [(4, self.subscriber.id)]})
        with self.assertRaises(UserError):
            self.subscriber.with_user(stranger).write({"holiday_ids": [(4, calendar.id)]})
