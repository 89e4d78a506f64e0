from psycopg2.errors import ForeignKeyViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RegisterCase


@tagged("post_install", "-at_install")
class TestUnlink(RegisterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        values = {"panel_id": cls.panel.id, "number": "1", "name": "Part"}
        cls.parts = [
            cls.env["alarm.zone"].create(values),
            cls.env["alarm.area"].create(values),
            cls.env["alarm.panel.user"].create(values),
            cls.env["alarm.contact"].create(
                {"subscriber_id": cls.subscriber.id, "partner_id": cls.customer.id}
            ),
            cls.panel,
            cls.subscriber,
        ]

    def test_draft_is_deleted_from_the_bottom_up(self):
        for record in self.parts:
            record.with_user(self.back_office).unlink()
            self.assertFalse(record.exists())

    def test_nothing_is_deleted_beyond_draft_not_even_by_the_superuser(self):
        for verb in ("commission", "submit", "approve", "suspend", "terminate"):
            user = self.approver if verb == "approve" else self.back_office
            getattr(self.subscriber.with_user(user), f"action_{verb}")()
            for record in self.parts:
                with (
                    self.subTest(state=self.subscriber.state, model=record._name),
                    self.assertRaisesRegex(UserError, "no longer a draft"),
                ):
                    record.sudo().unlink()

    @mute_logger("odoo.sql_db")
    def test_database_never_cascades_below_a_subscriber(self):
        for record, table in (
            (self.subscriber, "alarm_subscriber"),
            (self.panel, "alarm_panel"),
            (self.customer, "res_partner"),
        ):
            with (
                self.subTest(table=table),
                self.assertRaises(ForeignKeyViolation),
                self.cr.savepoint(),
            ):
                self.env.cr.execute(f"DELETE FROM {table} WHERE id = %s", [record.id])

    def test_no_foreign_key_of_the_register_cascades(self):
        self.env.cr.execute(
            """
            SELECT conrelid::regclass::text, conname
              FROM pg_constraint
             WHERE contype = 'f'
               AND confdeltype IN ('c', 'n', 'd')
               AND conname NOT LIKE '%%\\_uid\\_fkey'
               AND conrelid::regclass::text IN %s
            """,
            [tuple(record._table for record in self.parts)],
        )
        self.assertEqual(self.env.cr.fetchall(), [])
