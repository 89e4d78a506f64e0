import psycopg2

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import SaleCase, drawing


@tagged("post_install", "-at_install")
class TestSurvey(SaleCase):
    def test_each_detector_gets_the_next_free_zone(self):
        survey = self.make_survey()
        self.assertEqual(survey.zone_ids.mapped("number"), ["1", "2", "3"])
        self.assertEqual(survey.line_ids.mapped("zone_numbers"), ["", "1, 2", "3", "", ""])

    def test_zones_are_called_by_room_and_detector(self):
        survey = self.make_survey()
        self.assertEqual(survey.zone_ids[0].name, "Shop Door or Window Contact")

    def test_a_chinese_centre_has_chinese_zones(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env.company.partner_id.lang = "zh_CN"
        self.assertEqual(self.make_survey().zone_ids[2].name, "Back room 红外探测器")

    def test_numbers_that_somebody_types_are_taken(self):
        survey = self.make_survey()
        line = survey.line_ids[1]
        line.zone_numbers = "11-12"
        self.assertEqual(line.zone_ids.mapped("number"), ["11", "12"])

    def test_a_zone_that_stays_keeps_its_name_and_place(self):
        survey = self.make_survey()
        zone = survey.zone_ids[0]
        zone.name = "Front door"
        zone._place(survey.plan_ids, 0.25, 0.5)
        survey.line_ids[1].zone_numbers = "1, 9"
        self.assertTrue(zone.exists())
        self.assertEqual((zone.name, zone.plan_x), ("Front door", 0.25))

    def test_one_more_detector_is_one_more_zone(self):
        survey = self.make_survey()
        survey.line_ids[1].quantity = 3
        self.assertEqual(survey.line_ids[1].zone_numbers, "1, 2, 4")
        survey.line_ids[1].quantity = 1
        self.assertEqual(survey.line_ids[1].zone_numbers, "1")

    def test_two_detectors_on_one_zone_stay_so(self):
        survey = self.make_survey()
        line = survey.line_ids[1]
        line.zone_numbers = "1"
        line.quantity = 3
        self.assertEqual(line.zone_numbers, "1")

    def test_what_is_no_number_is_refused_with_its_words(self):
        survey = self.make_survey()
        with self.assertRaisesRegex(ValidationError, "x7/"):
            survey.line_ids[1].zone_numbers = "x7/"

    def test_two_zones_never_have_one_number(self):
        survey = self.make_survey()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.errors.UniqueViolation),
            self.cr.savepoint(),
        ):
            survey.line_ids[2].zone_numbers = "01"
            survey.env.flush_all()

    def test_leased_equipment_brings_its_fee(self):
        survey = self.make_survey()
        camera = survey.line_ids[3]
        self.assertEqual(camera.fee_id, self.lease)
        camera.ownership = "sold"
        self.assertFalse(camera.fee_id)

    def test_the_drawing_places_zones(self):
        survey = self.make_survey()
        plan, zone = survey.plan_ids, survey.zone_ids[0]
        plan.layout = [{"id": zone.id, "x": 0.2, "y": 0.8}]
        self.assertEqual((zone.plan_id, zone.plan_x, zone.plan_y), (plan, 0.2, 0.8))
        self.assertEqual(plan._marked_zones(), [{"number": "1", "left": 20.0, "top": 80.0}])

    def test_the_drawing_refuses_a_zone_of_another_survey(self):
        survey, other = self.make_survey(), self.make_survey()
        with self.assertRaises(ValidationError):
            survey.plan_ids.layout = [{"id": other.zone_ids[0].id, "x": 0.2, "y": 0.8}]

    def test_the_form_is_filled_in_by_a_salesperson(self):
        survey = self.env["alarm.survey"].with_user(self.seller).create({"lead_id": self.lead.id})
        with Form(survey) as form, form.line_ids.new() as line:
            line.room = "Shop"
            line.product_id = self.motion
            line.quantity = 2
        self.assertEqual(survey.zone_ids.mapped("number"), ["1", "2"])
        self.assertEqual(survey.fee_ids, self.fee)
        self.assertEqual(survey.service_level_id, self.level)

    def test_a_survey_order_of_the_crew_is_the_same_survey(self):
        technician = self.env["res.users"].create(
            {
                "name": "Tec",
                "login": "t-tec",
                "group_ids": [Command.link(self.env.ref("alarm_work_order.group_technician").id)],
            }
        )
        survey = self.env["alarm.survey"].with_user(self.seller).create({"lead_id": self.lead.id})
        survey.action_plan_visit()
        order = survey.sudo().work_order_id
        self.assertEqual(order.kind, "survey")
        self.assertEqual(order.address_id, self.lead.premises_id)
        order.technician_ids = technician
        line = (
            self.env["alarm.survey.line"]
            .with_user(technician)
            .create({"survey_id": survey.id, "room": "Yard", "product_id": self.motion.id})
        )
        self.assertEqual(line.zone_ids.mapped("number"), ["1"])

    def test_what_was_agreed_is_no_longer_changed(self):
        survey = self.make_survey()
        order = self.quote(survey)
        self.assertEqual(survey.state, "quoted")
        survey.line_ids[1].quantity = 2
        order.action_confirm()
        self.assertEqual(survey.state, "agreed")
        self.assert_locked(survey, "agreed")

    def test_what_the_customer_has_before_him_is_not_changed(self):
        survey = self.make_survey()
        order = self.quote(survey)
        order.action_quotation_sent()
        self.assert_locked(survey, order.name)
        self.quote(survey)
        order._action_cancel()
        order.action_draft()
        survey.line_ids[1].quantity = 5
        self.assertEqual(survey.line_ids[1].quantity, 5)

    def assert_locked(self, survey, words):
        other = self.make_survey()
        for change in (
            lambda: other.line_ids[1].write({"survey_id": survey.id}),
            lambda: other.plan_ids.write({"survey_id": survey.id}),
            lambda: survey.write({"note": "else"}),
            lambda: survey.line_ids[1].write({"quantity": 5}),
            lambda: survey.zone_ids[0].write({"name": "else"}),
            lambda: survey.zone_ids[0].unlink(),
            lambda: survey.plan_ids.write({"image": drawing(50, 50)}),
            lambda: survey.line_ids.create({"survey_id": survey.id, "product_id": self.motion.id}),
            lambda: survey.line_ids[1].unlink(),
        ):
            with self.assertRaisesRegex(UserError, words), self.cr.savepoint():
                change()
