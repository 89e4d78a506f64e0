from datetime import timedelta

from odoo.tests import tagged

from .common import WorkCase


@tagged("post_install", "-at_install")
class TestNotice(WorkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.technician | cls.mate | cls.stranger).lang = "en_US"

    def told(self, user):
        self.env.flush_all()
        return (
            self.env["mail.message"]
            .search(
                [
                    ("model", "=", "alarm.work.order"),
                    ("message_type", "=", "user_notification"),
                    ("partner_ids", "in", user.partner_id.ids),
                ],
                order="id",
            )
            .mapped("subject")
        )

    def test_technicians_are_told_when_their_order_is_scheduled_moved_or_taken(self):
        order = self.order()
        self.assertFalse(self.told(self.technician))
        order.action_schedule()
        self.assertEqual(len(self.told(self.technician)), 1)
        self.assertIn(order.name, self.told(self.technician)[0])
        self.assertFalse(self.told(self.stranger))
        # What is not the plan is no news.
        order.write({"priority": "1"})
        order.write({"planned_start": order.planned_start})
        self.assertEqual(len(self.told(self.technician)), 1)
        order.write({"planned_end": order.planned_end + timedelta(hours=1)})
        self.assertIn("was moved", self.told(self.technician)[-1])
        order.write({"technician_ids": [(6, 0, (self.mate | self.stranger).ids)]})
        self.assertIn("no longer yours", self.told(self.technician)[-1])
        self.assertIn("is planned for you", self.told(self.stranger)[-1])
        self.assertEqual(len(self.told(self.mate)), 2)

    def test_each_is_told_in_his_own_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.mate.lang = "zh_CN"
        order = self.order()
        order.action_schedule()
        self.assertIn("is planned for you", self.told(self.technician)[0])
        self.assertNotIn("is planned for you", self.told(self.mate)[0])
