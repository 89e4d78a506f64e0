from lxml import etree

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .test_evidence import EvidenceCase


@tagged("post_install", "-at_install")
class TestChangeRequest(EvidenceCase):
    def propose(self, user=None, model="alarm.contact", field="phone", text="555 3", **values):
        return (
            self.env["alarm.change.request"]
            .with_user(user or self.reader)
            .create(
                {
                    "subscriber_id": self.subscriber.id,
                    "res_model": model,
                    "contact_id": self.contact.id if model == "alarm.contact" else False,
                    "zone_id": self.zone.id if model == "alarm.zone" else False,
                    "reason": "She called.",
                    "line_ids": [(0, 0, {"field": f"{model}:{field}", "new_text": text})],
                    **values,
                }
            )
        )

    def test_it_is_parked_and_changes_nothing(self):
        request = self.propose()
        self.assertEqual(request.state, "parked")
        self.assertEqual(request.line_ids.old_text, "555 1")
        self.assertEqual(self.person.phone, "555 1")

    def test_applied_it_says_who_asked_and_who_authorised(self):
        self.propose().with_user(self.back_office).action_apply()
        self.assertEqual(self.person.phone, "555 3")
        row = self.newest()
        self.assertEqual((row.user_key, row.authoriser_key), (self.reader.id, self.back_office.id))

    def test_every_kind_of_value(self):
        for field, text, value in (
            ("detector_type", "Smoke Detector", "smoke"),
            ("detector_type", "motion", "motion"),
            ("billable", "no", False),
            ("position", "Hall", "Hall"),
            ("position", "", False),
        ):
            request = self.propose(model="alarm.zone", field=field, text=text)
            request.with_user(self.back_office).action_apply()
            self.assertEqual(self.zone[field], value)

    def test_what_cannot_be_is_refused_at_once_with_what_can(self):
        with self.assertRaisesRegex(ValidationError, "Allowed are: .*Keyholder"):
            self.propose(field="role", text="king")
        with self.assertRaisesRegex(ValidationError, "whole number"):
            self.propose(field="sequence", text="first")
        with self.assertRaisesRegex(ValidationError, "add a line"):
            self.propose(line_ids=[])
        with self.assertRaisesRegex(ValidationError, "which record"):
            self.propose(contact_id=False)
        with self.assertRaisesRegex(ValidationError, "is about"):
            self.propose(model="alarm.zone", line_ids=[(0, 0, {"field": "alarm.contact:phone"})])
        other = self.subscriber.copy()
        with self.assertRaisesRegex(ValidationError, "is not of"):
            self.propose(subscriber_id=other.id)

    def test_refused_it_changes_nothing_and_cannot_be_applied(self):
        request = self.propose().with_user(self.back_office)
        request.action_refuse()
        self.assertEqual((request.state, request.decided_by_id), ("refused", self.back_office))
        with self.assertRaisesRegex(UserError, "already Refused"):
            request.action_apply()
        self.assertEqual(self.person.phone, "555 1")

    def test_who_asks_cannot_decide_nor_change_what_was_asked(self):
        request = self.propose(state="applied", requested_by_id=self.approver.id)
        self.assertEqual((request.state, request.requested_by_id), ("parked", self.reader))
        for forbidden in (
            request.action_apply,
            request.action_refuse,
            lambda: request.write({"reason": "x"}),
            lambda: request.line_ids.write({"new_text": "x"}),
            request.unlink,
        ):
            with self.assertRaises(AccessError):
                forbidden()
        with self.assertRaises(AccessError):
            self.env["alarm.change.request.line"].with_user(self.approver).create(
                {"request_id": request.id, "field": "alarm.contact:note", "new_text": "x"}
            )

    def test_lines_are_typed_in_the_list_though_nobody_may_change_them_later(self):
        requests = self.env["alarm.change.request"].with_user(self.reader)
        self.assertFalse(requests.line_ids.has_access("write"))
        view = self.env.ref("alarm_subscriber.alarm_change_request_view_form")
        arch = etree.fromstring(requests.get_view(view.id, "form")["arch"])
        [lines] = arch.xpath("//field[@name='line_ids']/list")
        self.assertEqual((lines.get("editable"), lines.get("edit")), ("bottom", "1"))

    def test_it_is_made_on_the_form(self):
        action = "alarm_subscriber.alarm_change_request_view_form"
        form = Form(
            self.env["alarm.change.request"]
            .with_user(self.reader)
            .with_context(default_subscriber_id=self.subscriber.id),
            view=action,
        )
        form.reason = "Seen on site."
        with form.line_ids.new() as line:
            line.field = "alarm.subscriber:city"
            line.new_text = "Newtown"
        request = form.save()
        request.with_user(self.back_office).action_apply()
        self.assertEqual(self.subscriber.city, "Newtown")
        self.assertEqual(self.subscriber.change_request_count, 0)
