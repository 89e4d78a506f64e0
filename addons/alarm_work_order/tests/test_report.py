from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import WorkCase

# A picture of one pixel.
PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9Q"
    b"DwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestChecklist(WorkCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Template = cls.env["alarm.checklist.template"]
        cls.fire = cls.env.ref("alarm_work_order.system_type_fire")
        cls.general = Template.create(
            {
                "name": "All",
                "line_ids": [
                    (0, 0, {"name": "Site clean"}),
                    (0, 0, {"name": "Battery", "answer": "value", "unit": "V"}),
                    (0, 0, {"name": "Sticker", "required": False}),
                ],
            }
        )
        cls.of_fire = Template.create(
            {
                "name": "Fire",
                "kind": "installation",
                "system_type_id": cls.fire.id,
                "line_ids": [(0, 0, {"name": "Smoke test"})],
            }
        )
        other = cls.env["res.company"].create({"name": "Other Centre"})
        Template.create(
            {
                "name": "Other",
                "company_id": other.id,
                "line_ids": [(0, 0, {"name": "Other's"})],
            }
        )

    def test_the_list_comes_from_kind_and_system(self):
        order = self.order()
        order.action_schedule()
        self.assertEqual(order.checklist_ids.mapped("name"), ["Site clean", "Battery", "Sticker"])
        fire = self.order(system_type_id=self.fire.id)
        fire.action_schedule()
        self.assertIn("Smoke test", fire.checklist_ids.mapped("name"))

    def test_the_crew_reads_the_list_in_its_own_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.general.line_ids[0].with_context(lang="zh_CN").name = "现场清洁"
        order = self.order()
        order.action_schedule()
        line = order.checklist_ids[0]
        self.assertEqual(line.with_context(lang="zh_CN").name, "现场清洁")
        self.assertEqual(line.with_context(lang="en_US").name, "Site clean")

    def test_scheduling_anew_keeps_answers_and_doubles_nothing(self):
        order = self.order(system_type_id=self.fire.id)
        order.action_schedule()
        self.mine(order).checklist_ids[0].checked = True
        order.action_unschedule()
        order.system_type_id = self.env.ref("alarm_work_order.system_type_video")
        order.action_schedule()
        self.assertEqual(order.checklist_ids.mapped("name"), ["Site clean", "Battery", "Sticker"])
        self.assertTrue(order.checklist_ids[0].checked)

    def test_required_lines_hold_up_the_test(self):
        order = self.order()
        order.action_schedule()
        mine = self.mine(order)
        mine.action_start()
        with self.assertRaisesRegex(UserError, "Site clean, Battery"):
            mine.action_test()
        mine.checklist_ids[0].checked = True
        mine.checklist_ids[1].value = "13.6"
        self.assertEqual(mine.checklist_ids[1].checked_by_id, self.technician)
        self.assertTrue(mine.checklist_ids[1].checked_at)
        mine.action_test()

    def test_a_template_changed_later_changes_no_order(self):
        order = self.order()
        order.action_schedule()
        self.general.line_ids[0].name = "Changed"
        self.general.line_ids[1].unlink()
        self.assertEqual(order.checklist_ids.mapped("name"), ["Site clean", "Battery", "Sticker"])

    def test_the_crew_answers_and_does_not_write_the_list(self):
        order = self.order()
        order.action_schedule()
        line = self.mine(order).checklist_ids[0]
        with self.assertRaises(AccessError):
            line.required = False
        with self.assertRaises(AccessError):
            line.checked_by_id = self.mate
        with self.assertRaises(AccessError):
            line.unlink()
        with self.assertRaises(AccessError):
            line.with_user(self.stranger).checked = True


@tagged("post_install", "-at_install")
class TestPhotos(WorkCase):
    def photo(self, order, user=None):
        return (
            self.env["alarm.work.order.photo"]
            .with_user(user or self.technician)
            .create({"work_order_id": order.id, "image": PIXEL, "moment": "after"})
        )

    def test_the_crew_takes_photos_until_the_work_is_accepted(self):
        order = self.order()
        order.action_schedule()
        photo = self.photo(order)
        self.assertTrue(photo.image_small)
        self.photo(order).unlink()
        order._write_by_verb({"state": "accepted"})
        with self.assertRaisesRegex(UserError, "closed"):
            self.photo(order)
        with self.assertRaisesRegex(UserError, "closed"):
            photo.unlink()
        with self.assertRaisesRegex(UserError, "closed"):
            photo.with_user(self.planner).name = "x"

    def test_nobody_hangs_photos_on_another_crews_order(self):
        order = self.order()
        order.action_schedule()
        with self.assertRaises(AccessError):
            self.photo(order, self.stranger)

    def test_drawings_of_the_subscriber_are_the_orders(self):
        plan = self.env["alarm.site.plan"].create(
            {"subscriber_id": self.subscriber.id, "name": "Ground floor", "image": PIXEL}
        )
        self.assertEqual(self.order().plan_ids, plan)
