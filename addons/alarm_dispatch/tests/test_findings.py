from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PIXEL, DispatchCase


@tagged("post_install", "-at_install")
class TestFindings(DispatchCase):
    def finish(self, finding, **values):
        order = self.dispatch()
        mine = self.bring(order, "on_site")
        self.report(mine, finding, **values)
        mine.action_finish()
        return order

    def test_nothing_ends_while_responders_are_out(self):
        order = self.dispatch()
        with self.assertRaisesRegex(UserError, order.name):
            self.incident.action_resolve("FA", "")
        self.incident.with_user(self.dispatcher)
        order.action_cancel("called off")
        self.incident.action_resolve("FA", "")

    def test_who_never_went_has_found_nothing(self):
        order = self.dispatch()
        self.incident.invalidate_recordset(["missing"])
        self.assertIn("found at the site", self.incident.missing)
        order.action_cancel("the keyholder gave the word")
        self.incident.invalidate_recordset(["missing"])
        self.assertNotIn("found at the site", self.incident.missing)

    def test_who_was_there_or_was_sent_by_telephone_has(self):
        order = self.dispatch()
        self.bring(order, "on_site")
        order.action_cancel("called to another site")
        self.incident.invalidate_recordset(["missing"])
        self.assertIn("found at the site", self.incident.missing)

    def test_an_order_called_off_does_not_call_off_the_police(self):
        order = self.dispatch()
        self.incident.action_report_dispatched("police car 12")
        order.action_cancel("the police are nearer")
        self.env.invalidate_all()
        self.assertEqual(self.incident.state, "dispatched")
        self.assertIn("found at the site", self.incident.missing)

    def test_false_is_recorded_as_false(self):
        self.finish("false")
        with self.assertRaisesRegex(UserError, "RB"):
            self.incident.action_resolve("RB", "")
        self.incident.action_resolve("FP", "")
        self.assertEqual(self.incident.finding, "false")
        self.assertEqual(self.incident.resolution_id.kind, "false")
        self.assertNotIn("found at the site", self.incident.missing)

    def test_the_dispatcher_reads_the_finding_in_his_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"].search([("name", "=", "alarm_dispatch")])._update_translations(
            ["zh_CN"]
        )
        self.dispatcher.lang = "zh_CN"
        told = []
        self.patch(
            type(self.env["alarm.dispatch"]),
            "_tell_dispatcher",
            lambda order, message, sticky=False: told.append(message),
        )
        order = self.finish("false")
        self.assertIn("误报", told[-1])
        self.assertIn("False Alarm", self.incident.finding_note)
        self.assertIn(order.name, told[-1])

    def test_real_is_registered_as_real(self):
        order = self.finish("real")
        with self.assertRaisesRegex(UserError, order.name):
            self.incident.action_resolve("FA", "it was nothing")
        self.incident.action_resolve("RB", "")
        self.assertEqual(self.incident.resolution_id.kind, "real")

    def test_what_the_responder_reported_is_not_asked_again(self):
        order = self.dispatch()
        mine = self.bring(order, "on_site")
        self.report(mine, "real", loss_state="listed", police_report="P-4711, Wang")
        mine.write({"loss_ids": [(0, 0, {"name": "Till", "quantity": 2, "value": 1200})]})
        mine.action_finish()
        incident = self.incident
        self.env.invalidate_all()
        incident.action_resolve("RB", "")
        for word in ("Customer", "Police", "Insurer", "loss"):
            self.assertNotIn(word, incident.missing)
        told = {notice.party: notice for notice in incident.notice_ids}
        self.assertEqual(told["police"].reference, "P-4711, Wang")
        self.assertIn(order.name, told["insurer"].note)
        self.assertEqual(incident.loss_amount, 1200)
        self.assertIn("Till × 2", incident.loss_note)
        self.assertEqual(
            len(incident.entry_ids.filtered(lambda entry: entry.kind == "notified")), 3
        )

    def test_what_the_dispatcher_wrote_down_stays(self):
        self.incident.action_notify("police", "patrol", reference="P-1")
        self.incident.action_loss("a broken window", 90)
        self.finish("real", insurer_state="uninsured")
        self.env.invalidate_all()
        told = {notice.party: notice for notice in self.incident.notice_ids}
        self.assertEqual((told["police"].reference, told["insurer"].needless), ("P-1", True))
        self.assertEqual(self.incident.loss_amount, 90)

    def test_a_supervisor_may_know_better_and_says_why(self):
        self.finish("false")
        self.incident.with_user(self.supervisor).action_take_over()
        supervised = self.incident.with_user(self.supervisor)
        with self.assertRaises(UserError):
            supervised.action_resolve("RB", " ")
        supervised.action_resolve("RB", "seen on the recording")

    def test_undecided_needs_a_word_from_the_dispatcher(self):
        self.finish("undecided")
        with self.assertRaisesRegex(UserError, "undecided|decided"):
            self.incident.action_resolve("FA", "")
        self.incident.action_resolve("FA", "customer called back")

    def test_a_real_alarm_needs_customer_police_insurer_and_loss(self):
        order = self.dispatch()
        mine = self.bring(order, "on_site")
        for missing, values in (
            ("customer", {"customer_state": "not_called"}),
            ("police", {"police_state": "not_notified"}),
            ("insurer", {"insurer_state": False}),
            ("inventory", {"loss_state": False}),
            ("List what", {"loss_state": "listed"}),
            ("signed", {"responder_signature": False}),
            ("cause", {"cause_id": False}),
        ):
            self.report(mine, "real", **values)
            with self.assertRaisesRegex(UserError, missing):
                mine.action_finish()
        self.report(mine, "real", loss_state="listed")
        mine.write({"loss_ids": [(0, 0, {"name": "Till", "quantity": 1, "value": 1200})]})
        mine.action_finish()
        self.assertIn("1,200", self.last().text)

    def test_the_cause_fits_the_finding(self):
        mine = self.bring(self.dispatch(), "on_site")
        self.report(mine, "false", cause_id=self.env.ref("alarm_dispatch.cause_burglary").id)
        with self.assertRaisesRegex(UserError, "Burglary"):
            mine.action_finish()

    def test_photos_and_losses_stay_as_they_were_reported(self):
        order = self.dispatch()
        early = {"dispatch_id": order.id, "image": PIXEL}
        with self.assertRaises(UserError):
            self.env["alarm.dispatch.photo"].with_user(self.dispatcher).create(early)
        mine = self.bring(order, "on_site")
        photo = mine.env["alarm.dispatch.photo"].create({**early, "name": "door"})
        loss = mine.env["alarm.dispatch.loss"].create({"dispatch_id": order.id, "name": "Till"})
        photo.name = "back door"
        self.report(mine, "real", loss_state="listed")
        mine.action_finish()
        for evidence in (photo, loss):
            for change in (lambda one: one.write({"name": "x"}), lambda one: one.unlink()):
                with self.assertRaises(UserError):
                    change(evidence.sudo())
        with self.assertRaises(UserError):
            mine.description = "other"

    def test_a_signature_is_dated(self):
        mine = self.bring(self.dispatch(), "on_site")
        mine.write({"customer_signature": PIXEL, "customer_signed_by": "Customer"})
        self.assertTrue(mine.customer_signed_at)
        mine.customer_signature = False
        self.assertFalse(mine.customer_signed_at)

    def test_only_the_crew_reports(self):
        order = self.dispatch(self.ralf, self.rosa)
        self.bring(order, "on_site")
        with self.assertRaises(AccessError):
            order.with_user(self.rosa_user).write({"finding": "false"})
        with self.assertRaises(UserError):
            order.with_user(self.rosa_user).action_finish()
