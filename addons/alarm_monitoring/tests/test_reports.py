from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestReports(MonitoringCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contact = cls.env["alarm.contact"].create(
            {
                "subscriber_id": cls.subscriber.id,
                "partner_id": cls.env["res.partner"]
                .create({"name": "Keyholder Kim", "phone": "+86 755 8333-1299"})
                .id,
                "passcode": "bluebird",
            }
        )

    def report(self, user=None, **values):
        answer = (
            self.env["alarm.incident"]
            .with_user(user or self.dispatcher)
            .action_report(
                {
                    "subscriber_id": self.subscriber.id,
                    "contact_id": self.contact.id,
                    "event_class": "burglary",
                    "text": "somebody is in the yard",
                    **values,
                }
            )
        )
        self.env.invalidate_all()
        return answer, self.env["alarm.incident"].browse(answer["id"])

    def test_a_call_makes_an_incident_in_the_queue(self):
        answer, incident = self.report()
        self.assertFalse(answer["joined"])
        self.assertEqual((incident.state, incident.priority), ("queued", "2"))
        self.assertEqual(incident.subscriber_id, self.subscriber)
        self.assertEqual(incident.company_id, self.subscriber.company_id)
        self.assertEqual(incident.caller, "Keyholder Kim")
        self.assertEqual(incident.reason, "Burglary, reported by phone")
        entry = incident.entry_ids.filtered(lambda entry: entry.kind == "reported")
        self.assertEqual(entry.author, "Anna")
        for part in ("Keyholder Kim", "8333-1299", "somebody is in the yard"):
            self.assertIn(part, entry.text)

    def test_it_can_be_taken_at_once(self):
        answer, incident = self.report(take=True)
        self.assertTrue(answer["taken"])
        self.assertEqual((incident.state, incident.user_id), ("working", self.dispatcher))

    def test_a_call_joins_what_is_open_and_makes_it_as_urgent(self):
        self.ingest(self.signal(code="301"))
        known = self.open_incident() or self.report(event_class="trouble")[1]
        known.with_user(self.colleague).action_take()
        answer, incident = self.report(event_class="fire", take=True)
        self.assertEqual(incident, known)
        self.assertTrue(answer["joined"])
        self.assertFalse(answer["taken"])
        self.assertEqual(incident.priority, "1")
        self.assertEqual(incident.user_id, self.colleague)
        self.assertIn("Bert", answer["message"])

    def test_a_call_ends_the_hold_of_what_it_joins_unless_the_holder_takes_it(self):
        _answer, known = self.report()
        known.with_user(self.colleague).action_take()
        known.with_user(self.colleague).action_hold(60, "waits for the keyholder")
        self.report(user=self.colleague)
        self.env["alarm.incident"]._return_held()
        self.assertEqual(known.state, "held")
        self.report()
        self.env["alarm.incident"]._return_held()
        self.env.invalidate_all()
        self.assertEqual((known.state, known.user_id.id), ("queued", False))

    def test_a_signal_joins_what_was_reported(self):
        _answer, incident = self.report()
        self.ingest(self.signal())
        self.assertEqual(self.open_incident(), incident)
        self.assertEqual(len(incident.link_ids), 1)

    def test_a_right_passcode_is_kept_as_a_result_and_never_as_a_word(self):
        answer, incident = self.report(passcode="Blue bird")
        self.assertEqual((answer["passcode"], incident.passcode_result), ("ok", "ok"))
        self.assertNotIn("bird", " ".join(filter(None, incident.entry_ids.mapped("text"))).lower())

    def test_who_gave_the_passcode_when_he_called_is_not_asked_again(self):
        _answer, incident = self.report(passcode="bluebird", take=True)
        self.assertEqual(incident.passcode_contact_id, self.contact)
        self.assertEqual(incident.passcode_by_id, self.dispatcher)
        incident.with_user(self.dispatcher).action_log_call(self.contact.id, "passcode_ok")
        self.assertEqual(incident.call_ids.outcome, "passcode_ok")

    def test_a_wrong_passcode_hides_no_report(self):
        answer, incident = self.report(passcode="nonsense")
        self.assertEqual((answer["passcode"], incident.passcode_result), ("wrong", "wrong"))
        self.assertEqual(incident.state, "queued")

    def test_duress_makes_it_critical(self):
        self.contact.duress_code = "redbird"
        answer, incident = self.report(event_class="other", passcode="redbird")
        self.assertEqual((answer["passcode"], incident.priority), ("duress", "1"))

    def test_the_police_may_report_a_place_that_is_no_subscribers(self):
        answer, incident = self.report(
            subscriber_id=False,
            contact_id=False,
            caller="Police, officer 4711",
            phone="110",
            place="Harbour Road 9",
        )
        again, other = self.report(
            subscriber_id=False, contact_id=False, caller="Police", place="Harbour Road 9"
        )
        self.assertNotEqual(incident, other)
        self.assertFalse(incident.subscriber_id)
        self.assertEqual(incident.place, "Harbour Road 9")
        self.assertEqual(incident.company_id, self.env.company)

    def test_a_report_without_what_is_needed_says_so(self):
        for values in (
            {"event_class": "nonsense"},
            {"contact_id": False, "caller": " "},
            {"subscriber_id": False, "contact_id": False, "caller": "Li"},
        ):
            with self.assertRaises(UserError):
                self.report(**values)
        with self.assertRaises(ValidationError):
            self.report(subscriber_id="1")

    def test_a_contact_of_somebody_else_is_refused(self):
        other = self.make_panel("7002").subscriber_id
        with self.assertRaises(UserError):
            self.report(subscriber_id=other.id)

    def test_only_dispatchers_report_and_only_in_their_companies(self):
        reader = new_test_user(self.env, "test-reader", groups="alarm_subscriber.group_reader")
        with self.assertRaises(AccessError):
            self.report(reader)
        company = self.env["res.company"].create({"name": "Other Centre"})
        stranger = new_test_user(
            self.env,
            "test-stranger",
            groups="alarm_monitoring.group_dispatcher",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
        )
        with self.assertRaises(AccessError):
            self.report(stranger)
        self.assertFalse(
            self.env["alarm.subscriber"].with_user(stranger).search_caller("Site 7001")
        )

    # -- finding the caller ------------------------------------------------------------------------

    def found(self, text):
        rows = self.env["alarm.subscriber"].with_user(self.dispatcher).search_caller(text)
        return [row["id"] for row in rows]

    def test_a_caller_is_found_by_whatever_he_says(self):
        for text in (
            "Site 7001",
            "site 70",
            "7001",
            "0007001",
            "83331299",
            "0755 8333 1299"[1:],
            "Keyholder K",
            self.subscriber.ref,
        ):
            self.assertIn(self.subscriber.id, self.found(text), text)
        self.assertEqual(self.found("x"), [])
        self.assertNotIn(self.subscriber.id, self.found("99999999"))

    def test_the_surest_match_comes_first(self):
        self.make_panel("7002").subscriber_id.name = "Beside 7001"
        self.assertEqual(self.found("7001")[0], self.subscriber.id)
