from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import NOT_TOLD, CentreCase


@tagged("post_install", "-at_install")
class TestCompanies(CentreCase):
    """Two centres in one database: who has every right in the one sees nothing of the other."""

    def test_the_story_tells_of_every_model(self):
        silent = {name for name in self.models_of_companies() if not self.told(name)}
        self.assertEqual(silent, NOT_TOLD)

    def test_nothing_is_found_or_counted(self):
        for name in self.models_of_companies():
            ours = self.told(name)
            theirs = self.env[name].with_user(self.stranger).with_context(active_test=False)
            domain = [("id", "in", ours.ids)]
            with self.subTest(model=name):
                self.assertFalse(theirs.search(domain))
                self.assertEqual(theirs.search_count(domain), 0)
                self.assertFalse(theirs._read_group(domain, [], ["__count"])[0][0])
                self.assertFalse(theirs.web_search_read(domain, {"id": {}})["records"])
                if ours and self.env[name]._rec_name:
                    found = dict(theirs.name_search(ours[0].sudo().display_name, limit=None))
                    self.assertFalse(found.keys() & set(ours.ids))

    def test_a_manager_of_the_company_finds_it(self):
        """The counterpart, without which the others prove nothing."""
        for name in self.models_of_companies():
            ours = self.told(name)
            mine = self.env[name].with_user(self.manager).with_context(active_test=False)
            with self.subTest(model=name):
                self.assertEqual(set(mine.search([("id", "in", ours.ids)]).ids), set(ours.ids))

    def test_nothing_is_read_written_or_deleted(self):
        for name in self.models_of_companies():
            for record in self.told(name):
                theirs = record.with_user(self.stranger)
                with self.subTest(model=name):
                    for call in (
                        lambda theirs=theirs: theirs.read(["id", "display_name"]),
                        lambda theirs=theirs: theirs.web_read({"display_name": {}}),
                        lambda theirs=theirs: theirs.write({"display_name": "x"}),
                        lambda theirs=theirs: theirs.unlink(),
                        lambda theirs=theirs: theirs.copy(),
                        lambda theirs=theirs: theirs.export_data(["id"]),
                    ):
                        with self.assertRaises(UserError):
                            call()

    def test_nothing_is_tied_to_it(self):
        """Neither by a new record nor by moving one's own."""
        own = self.make_register()
        for name, record in own.items():
            model = self.env[name]
            for field_name in model._referring_fields():
                target = self.told(model._fields[field_name].comodel_name)[:1]
                if not target or target._name in ("alarm.event.code", "alarm.resolution"):
                    continue
                with self.subTest(model=name, field=field_name):
                    self.assert_refused(record, {field_name: target.id})

    def test_nothing_is_given_away(self):
        company = self.subscriber.company_id
        for name, record in self.make_register().items():
            field = record._fields.get("company_id")
            if not field or field.related:
                continue
            with self.subTest(model=name):
                self.assert_refused(record, {"company_id": company.id})

    def assert_refused(self, record, values):
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                record.write(values)
        except (UserError, IntegrityError):
            self.env.invalidate_all()
        else:
            self.fail(f"{record} took {values}")

    def make_register(self):
        """model -> a record of the other company, as its manager."""
        env = self.env(user=self.stranger, context=self.env.context)
        group = env["alarm.receiver.group"].create(
            {"name": "Theirs", "code": "THEIRS", "company_id": self.other_company.id}
        )
        subscriber = env["alarm.subscriber"].create(
            {"name": "Theirs", "partner_id": env["res.partner"].create({"name": "Them"}).id}
        )
        panel = env["alarm.panel"].create(
            {"subscriber_id": subscriber.id, "account": "T1", "receiver_group_id": group.id}
        )
        part = {"panel_id": panel.id, "number": "1", "name": "Theirs"}
        company = {"name": "Theirs", "company_id": self.other_company.id}
        panel_type = env["alarm.panel.type"].create(company)
        type_part = {"type_id": panel_type.id, "number": "1", "name": "Theirs"}
        schedule = env["alarm.schedule"].create({"subscriber_id": subscriber.id})
        plan = env["alarm.response.plan"].create(
            {
                "name": "Theirs",
                "company_id": self.other_company.id,
                "step_ids": [(0, 0, {"kind": "note", "name": "Write"})],
                "scope_ids": [(0, 0, {"event_class": "fire"})],
            }
        )
        records = [
            group,
            subscriber,
            panel,
            env["alarm.zone"].create(part),
            env["alarm.area"].create(part),
            env["alarm.panel.user"].create(part),
            env["alarm.contact"].create(
                {"subscriber_id": subscriber.id, "partner_id": subscriber.partner_id.id}
            ),
            env["alarm.subscriber.note"].create({"subscriber_id": subscriber.id, "text": "x"}),
            env["alarm.receiver"].create({"name": "theirs", "receiver_group_id": group.id}),
            schedule,
            env["alarm.schedule.change"].create(
                {"schedule_id": schedule.id, "reason": "x", "authorised_by": "x"}
            ),
            env["alarm.event.rule"].create(
                {
                    **self.prepare_rule(),
                    "subscriber_id": subscriber.id,
                }
            ),
            plan,
            plan.step_ids,
            plan.scope_ids,
            env["alarm.territory"].create({"name": "Theirs"}),
            env["alarm.subscriber.category"].create(company),
            panel_type,
            env["alarm.panel.type.area"].create(type_part),
            env["alarm.panel.type.zone"].create(type_part),
        ]
        return {record._name: record for record in records}

    def test_the_board_shows_nothing_of_it(self):
        board = self.env["alarm.incident"].with_user(self.stranger).board_rows()
        ours = set(self.told("alarm.incident").ids)
        self.assertFalse(ours & {row["id"] for row in board["rows"]})
        self.assertNotIn(self.receiver.name, {one["name"] for one in board["receivers"]})
        mine = self.env["alarm.incident"].with_user(self.manager).board_rows()
        self.assertLessEqual({self.incident.id}, {row["id"] for row in mine["rows"]})

    def test_no_verb_of_an_incident_runs(self):
        incident = self.incident.with_user(self.stranger)
        order = self.order.with_user(self.stranger)
        for call in (
            incident.action_take,
            incident.action_take_over,
            incident.board_detail,
            incident.call_list,
            lambda: incident.action_note("x"),
            lambda: incident.action_resolve("FA"),
            lambda: incident.action_dispatch([self.ralf.id]),
            lambda: order.action_cancel("x"),
            order.action_finish,
        ):
            with self.assertRaises(AccessError):
                call()
        self.assertFalse(
            {entry.author_id for entry in self.incident.entry_ids} & {self.stranger.id}
        )

    def test_an_own_incident_is_not_handled_with_what_is_theirs(self):
        """A plan, a contact, a responder, a dispatcher of the other company."""
        incident = self.incident.with_user(self.manager)
        incident.action_take_over()
        theirs = self.make_register()
        for call in (
            lambda: incident.action_change_plan(theirs["alarm.response.plan"].id),
            lambda: incident.action_log_call(theirs["alarm.contact"].id, "reached"),
            lambda: incident.action_reassign(self.stranger.id),
        ):
            with self.assertRaises(UserError):
                call()


@tagged("post_install", "-at_install")
class TestCompaniesOverTheNet(CentreCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rival = new_test_user(
            cls.env,
            "t-rival",
            "base.group_portal,alarm_dispatch.group_responder",
            company_id=cls.other_company.id,
            company_ids=[(6, 0, cls.other_company.ids)],
        )

    def test_pages_pictures_and_papers_are_refused(self):
        addresses = (
            f"/my/dispatch/{self.order.id}",
            f"/web/image/alarm.dispatch.photo/{self.photo.id}/image",
            f"/web/image/alarm.site.plan/{self.site_plan.id}/image",
            f"/web/content/{self.document.id}",
            f"/web/content/alarm.dispatch/{self.order.id}/responder_signature",
            f"/report/html/alarm_dispatch.report_dispatch_record/{self.order.id}",
            f"/report/pdf/alarm_dispatch.report_dispatch_record/{self.order.id}",
        )
        for user in (self.stranger, self.rival):
            self.authenticate(user.login, user.login)
            for address in addresses:
                with self.subTest(user=user.login, address=address):
                    answer = self.url_open(address)
                    self.assertNotIn(b"Dear Sir", answer.content)
                    self.assertNotIn(self.subscriber.name.encode(), answer.content)
                    if "/web/image/" in address:
                        # Odoo shows a placeholder in the place of what nobody may see.
                        self.assertNotIn("image.png", answer.headers.get("Content-Disposition", ""))
                    else:
                        self.assertGreaterEqual(answer.status_code, 400)

    def test_a_workbook_holds_nothing_of_it(self):
        self.authenticate(self.stranger.login, self.stranger.login)
        ids = self.subscriber.id
        theirs = self.url_open(f"/alarm_subscriber/register_export?ids={ids}").content
        self.authenticate(self.manager.login, self.manager.login)
        mine = self.url_open(f"/alarm_subscriber/register_export?ids={ids}").content
        self.assertGreater(len(mine), len(theirs))
