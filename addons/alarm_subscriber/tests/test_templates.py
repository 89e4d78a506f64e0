import importlib.util

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import file_path

from .common import RegisterCase
from .test_evidence import EvidenceCase
from .test_register_book import BookCase


class TemplateMixin:
    @classmethod
    def make_types(cls):
        Type = cls.env["alarm.panel.type"]
        cls.family = Type.create(
            {"name": "Test DC-09", "supervision_interval": 60, "test_interval": 24}
        )
        cls.model = Type.create(
            {
                "name": "Test X1",
                "parent_id": cls.family.id,
                "manufacturer": "Example",
                "model_name": "X1",
                "dc09_timestamps": "ignore",
                "zone_ids": [
                    Command.create({"number": "1", "name": "Door", "area_number": "1"}),
                    Command.create({"number": "2", "name": "Smoke", "detector_type": "smoke"}),
                ],
            }
        )

    def another(self, account="0T02", **values):
        return self.env["alarm.panel"].create(
            {**self.panel_values(self.subscriber, account), **values}
        )


@tagged("post_install", "-at_install")
class TestPanelType(TemplateMixin, RegisterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_types()

    def test_a_panel_follows_the_nearest_type_that_says_something(self):
        panel = self.another(type_id=self.model.id)
        self.assertEqual(panel.supervision_interval, 60)
        self.assertEqual((panel.test_interval, panel.test_margin), (24, 90))
        self.assertEqual((panel.dc09_timestamps, panel.panel_model), ("ignore", "Example X1"))
        self.assertFalse(panel.own_values)
        self.model.supervision_interval = 20
        self.assertEqual(panel.supervision_interval, 20)
        self.family.supervision_interval = 90
        self.assertEqual((self.model.supervision_interval, panel.supervision_interval), (20, 20))

    def test_the_value_lies_in_the_column(self):
        panel = self.another(type_id=self.model.id)
        self.family.supervision_interval = 33
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT supervision_interval FROM alarm_panel WHERE id = %s", [panel.id]
        )
        self.assertEqual(self.env.cr.fetchone(), (33,))

    def test_types_that_are_changed_together_keep_their_own_models(self):
        other = self.model.copy({"name": "Test X2", "model_name": "X2"})
        (self.model | other).write({"manufacturer": "Sample"})
        self.assertEqual(self.model.panel_model, "Sample X1")
        self.assertEqual(other.panel_model, "Sample X2")

    def test_what_was_said_of_a_panel_stays(self):
        panel = self.another(type_id=self.model.id, supervision_interval=45)
        self.family.supervision_interval = 90
        self.assertEqual(panel.supervision_interval, 45)
        panel.type_id = False
        self.assertEqual(panel.supervision_interval, 45)
        self.assertEqual(panel.test_interval, 0)

    def test_not_supervised_can_be_said_of_a_panel(self):
        panel = self.another(type_id=self.model.id)
        panel.supervision_interval = 0
        self.family.supervision_interval = 90
        self.assertEqual(panel.supervision_interval, 0)

    def test_who_empties_a_text_follows_again(self):
        panel = self.another(type_id=self.model.id, panel_model="Other")
        panel.panel_model = False
        self.assertEqual(panel.panel_model, "Example X1")

    def test_a_type_chosen_later_fills_in_what_nobody_said(self):
        self.panel.write({"test_margin": 30})
        self.panel.type_id = self.model
        self.assertEqual((self.panel.supervision_interval, self.panel.test_margin), (60, 30))
        self.model.parent_id = False
        self.assertEqual(
            (self.panel.supervision_interval, self.panel.dc09_timestamps), (0, "ignore")
        )

    def test_the_way_back_to_the_type(self):
        panel = self.another(type_id=self.model.id, supervision_interval=45, test_margin=10)
        panel.with_user(self.back_office).action_follow_template()
        self.assertEqual((panel.supervision_interval, panel.test_margin), (60, 10))
        self.assertEqual(panel.own_values, ["test_margin"])

    def test_archived_panels_follow_too(self):
        panel = self.another(type_id=self.model.id)
        panel.active = False
        self.family.supervision_interval = 90
        self.assertEqual(panel.supervision_interval, 90)

    def test_no_type_inherits_from_itself(self):
        with self.assertRaises(ValidationError):
            self.family.parent_id = self.model

    def test_who_edits_types(self):
        self.assertEqual(self.model.with_user(self.reader).supervision_interval, 60)
        with self.assertRaises(AccessError):
            self.model.with_user(self.back_office).supervision_interval = 30
        panel = self.another(type_id=self.model.id)
        self.model.with_user(self.approver).supervision_interval = 30
        self.assertEqual(panel.supervision_interval, 30)

    def test_nobody_says_over_the_network_that_a_value_is_the_templates(self):
        panel = self.another(type_id=self.model.id)
        forged = panel.with_context(alarm_by_template=True)
        forged.supervision_interval = 45
        self.assertEqual(panel.own_values, ["supervision_interval"])

    def test_nonsense_is_no_name_of_a_value(self):
        panel = self.another(type_id=self.model.id)
        panel.own_values = ["account", {"x": 1}, "test_margin"]
        self.assertEqual(panel.own_values, ["test_margin"])
        panel.own_values = "supervision_interval"
        self.assertFalse(panel.own_values)

    def test_following_is_done_in_sets(self):
        def queries(count):
            kind = self.env["alarm.panel.type"].create({"name": f"Many {count}"})
            panels = self.env["alarm.panel"].create(
                [
                    self.panel_values(self.subscriber, f"{count}N{n}") | {"type_id": kind.id}
                    for n in range(count)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            kind.write({"supervision_interval": 60, "test_interval": 12})
            self.env.flush_all()
            self.assertEqual(set(panels.mapped("supervision_interval")), {60})
            return self.env.cr.sql_log_count - before

        self.assertLessEqual(queries(60), queries(3) + 5)

    def test_a_race_is_caught_up(self):
        panel = self.another(type_id=self.model.id)
        self.env.cr.execute(
            "UPDATE alarm_panel SET supervision_interval = 1 WHERE id = %s", panel.ids
        )
        panel.invalidate_recordset()
        self.env["alarm.panel.type"]._catch_up()
        self.assertEqual(panel.supervision_interval, 60)


@tagged("post_install", "-at_install")
class TestPanelTypeForm(TemplateMixin, RegisterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_types()

    def origin(self, record, name):
        return (record.with_context(lang="en_US").value_origins or {}).get(name, {}).get("words")

    def test_the_form_says_where_a_value_came_from(self):
        panel = self.another(type_id=self.model.id, supervision_interval=45)
        self.assertEqual(
            self.origin(panel, "supervision_interval"),
            "own value; the type Test DC-09 says 60 s",
        )
        self.assertEqual(self.origin(panel, "test_interval"), "from panel type Test DC-09")
        self.assertEqual(self.origin(panel, "panel_model"), "from panel type Test X1")
        self.assertIsNone(self.origin(panel, "dc09_clear"))
        self.assertEqual(
            self.origin(self.model, "supervision_interval"), "from panel type Test DC-09"
        )
        self.family.supervision_interval = 45
        panel.invalidate_recordset(["value_origins"])
        self.assertEqual(
            self.origin(panel, "supervision_interval"),
            "own value; the type Test DC-09 says the same",
        )

    def test_choosing_a_type_in_the_form_makes_nothing_its_own(self):
        with Form(self.panel.with_user(self.back_office)) as form:
            form.type_id = self.model
            self.assertEqual(form.supervision_interval, 60)
        self.assertFalse(self.panel.own_values)
        self.family.supervision_interval = 90
        self.assertEqual(self.panel.supervision_interval, 90)

    def test_typing_in_the_form_makes_a_value_its_own_at_once(self):
        self.panel.type_id = self.model
        with Form(self.panel.with_user(self.back_office)) as form:
            form.supervision_interval = 45
            self.assertEqual(form.own_values, ["supervision_interval"])
            self.assertTrue(form.value_origins["supervision_interval"]["own"])
        self.assertEqual(self.panel.supervision_interval, 45)
        self.assertEqual(self.panel.own_values, ["supervision_interval"])

    def test_following_again_shows_the_types_value_at_once(self):
        self.panel.write({"type_id": self.model.id, "supervision_interval": 45})
        draft = self.panel.new({"own_values": []}, origin=self.panel)
        draft._onchange_own_values()
        self.assertEqual(draft.supervision_interval, 60)
        self.assertFalse(draft.value_origins["supervision_interval"]["own"])
        self.panel.write({"own_values": [], "supervision_interval": 60})
        self.assertEqual((self.panel.supervision_interval, self.panel.own_values), (60, False))

    def test_a_new_panel_is_filled_in_by_its_type(self):
        form = Form(self.env["alarm.panel"].with_user(self.back_office))
        for name, value in self.panel_values(self.subscriber, "0T09").items():
            field = self.env["alarm.panel"]._fields[name]
            value = self.env[field.comodel_name].browse(value) if field.relational else value
            setattr(form, name, value)
        form.type_id = self.model
        self.assertTrue(form.type_zones_wanted)
        panel = form.save()
        self.assertEqual(panel.zone_ids.mapped("name"), ["Door", "Smoke"])
        self.assertEqual(panel.zone_ids.mapped("area_number"), ["1", False])
        self.assertEqual(panel.supervision_interval, 60)
        self.assertFalse(panel.own_values)

    def test_what_is_there_is_not_overwritten(self):
        self.panel.type_id = self.model
        zones = self.env["alarm.zone"].create(
            [
                {"panel_id": self.panel.id, "number": "001", "name": "My Door"},
                {"panel_id": self.panel.id, "number": "5", "name": "Five"},
            ]
        )
        for _twice in range(2):
            self.panel.with_user(self.back_office).action_add_type_zones()
            self.panel.invalidate_recordset()
            self.assertEqual(self.panel.zone_ids.mapped("name"), ["My Door", "Smoke", "Five"])
        self.panel.zone_ids[1].active = False
        self.panel.action_add_type_zones()
        self.panel.invalidate_recordset()
        self.assertEqual(self.panel.zone_ids, zones)

    def test_zones_are_inherited(self):
        kind = self.env["alarm.panel.type"].create(
            {
                "name": "Test X1 Plus",
                "parent_id": self.model.id,
                "zone_ids": [
                    Command.create({"number": "02", "name": "Heat", "detector_type": "heat"}),
                    Command.create({"number": "10", "name": "Safe", "area_number": "2"}),
                ],
                "area_ids": [Command.create({"number": "2", "name": "Vault"})],
            }
        )
        panel = self.another(type_id=kind.id, type_zones_wanted=True)
        self.assertEqual(panel.zone_ids.mapped("name"), ["Door", "Heat", "Safe"])
        self.assertEqual(panel.area_ids.mapped("name"), ["Area 1", "Vault"])
        self.assertEqual(kind.zone_total, 3)


@tagged("post_install", "-at_install")
class TestKind(RegisterCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        Kind = cls.env["alarm.subscriber.category"]
        cls.levels = cls.env["alarm.service.level"].create([{"name": "Slow"}, {"name": "Fast"}])
        cls.holiday = cls.env["alarm.holiday"].create({"name": "Test", "company_id": False})
        cls.valuables = Kind.create(
            {
                "name": "Test Valuables",
                "risk": "4",
                "service_level_id": cls.levels[0].id,
                "holiday_ids": [Command.set(cls.holiday.ids)],
            }
        )
        cls.jeweller = Kind.create(
            {
                "name": "Test Jeweller",
                "parent_id": cls.valuables.id,
                "service_level_id": cls.levels[1].id,
            }
        )

    def test_a_subscriber_follows_its_kind(self):
        self.subscriber.category_id = self.jeweller
        self.assertEqual(self.subscriber.risk, "4")
        self.assertEqual(self.subscriber.service_level_id, self.levels[1])
        self.assertEqual(self.subscriber.holiday_ids, self.holiday)
        origins = self.subscriber.with_context(lang="en_US").value_origins
        self.assertEqual(origins["risk"]["words"], "from kind Test Valuables")
        self.assertEqual(origins["service_level_id"]["words"], "from kind Test Jeweller")
        self.subscriber.risk = "2"
        origins = self.subscriber.with_context(lang="en_US").value_origins
        self.assertEqual(
            origins["risk"]["words"], "own value; the kind Test Valuables says 4 – Very High"
        )

    def test_lists_follow_too(self):
        self.subscriber.category_id = self.jeweller
        other = self.holiday.copy({"name": "Other", "company_id": False})
        self.valuables.holiday_ids += other
        self.assertEqual(self.subscriber.holiday_ids, self.holiday + other)
        self.subscriber.holiday_ids = False
        self.valuables.holiday_ids = other
        self.assertFalse(self.subscriber.holiday_ids)

    def test_what_a_calendar_is_told_stays_with_the_subscriber(self):
        self.subscriber.category_id = self.jeweller
        other = self.holiday.copy({"name": "Other", "company_id": False})
        other.subscriber_ids += self.subscriber
        self.assertEqual(self.subscriber.own_values, ["holiday_ids"])
        self.env["alarm.subscriber.category"]._catch_up()
        self.env.invalidate_all()
        self.assertEqual(self.subscriber.holiday_ids, self.holiday + other)
        self.holiday.subscriber_ids -= self.subscriber
        self.env["alarm.subscriber.category"]._catch_up()
        self.env.invalidate_all()
        self.assertEqual(self.subscriber.holiday_ids, other)

    def test_a_new_subscriber_of_a_kind(self):
        new = self.env["alarm.subscriber"].create(
            {
                "name": "New",
                "partner_id": self.customer.id,
                "category_id": self.jeweller.id,
                "risk": "1",
            }
        )
        self.assertEqual((new.risk, new.service_level_id), ("1", self.levels[1]))
        self.assertEqual(new.holiday_ids, self.holiday)
        self.assertEqual(new.own_values, ["risk"])
        new.risk = False
        self.assertEqual(new.risk, "4")

    def test_the_form_follows_at_once(self):
        with Form(self.subscriber.with_user(self.back_office)) as form:
            form.category_id = self.jeweller
            self.assertEqual((form.risk, form.service_level_id), ("4", self.levels[1]))
            form.risk = "3"
        self.assertEqual(self.subscriber.own_values, ["risk"])
        self.valuables.risk = "2"
        self.assertEqual(self.subscriber.risk, "3")

    def test_a_kind_of_all_companies_says_nothing_of_one_company(self):
        self.levels[0].company_id = self.env.company
        with self.assertRaises(UserError):
            self.jeweller.service_level_id = self.levels[0]

    def test_other_companies_follow_shared_kinds(self):
        company = self.env["res.company"].create({"name": "Other Centre"})
        other = self.env["alarm.subscriber"].create(
            {
                "name": "Elsewhere",
                "partner_id": self.customer.id,
                "company_id": company.id,
                "category_id": self.jeweller.id,
            }
        )
        self.valuables.with_user(self.approver).risk = "3"
        self.assertEqual(other.risk, "3")

    def test_only_approvers_edit_kinds(self):
        with self.assertRaises(AccessError):
            self.jeweller.with_user(self.back_office).risk = "1"


@tagged("post_install", "-at_install")
class TestTemplateHistory(TemplateMixin, EvidenceCase):
    def setUp(self):
        super().setUp()
        self.make_types()

    def test_what_a_type_changes_is_in_the_history_of_each(self):
        self.panel.type_id = self.model
        before = self.revisions()
        self.family.with_user(self.approver).supervision_interval = 90
        [row] = self.revisions() - before
        self.assertEqual(
            (row.model, row.field_name, row.old_text, row.new_text, row.user_key),
            ("alarm.panel", "supervision_interval", "60", "90", self.approver.id),
        )

    def test_following_is_noted_once(self):
        before = self.revisions()
        self.panel.write({"type_id": self.model.id, "test_margin": 30})
        rows = [(row.field_name, row.new_text) for row in self.revisions() - before]
        self.assertEqual(len(rows), len(set(rows)))
        self.assertEqual(
            {name for name, _new in rows},
            {
                *("type_id", "test_margin", "supervision_interval", "test_interval"),
                *("dc09_timestamps", "panel_model"),
            },
        )

    def test_a_new_panel_begins_with_its_values(self):
        before = self.revisions()
        self.another(type_id=self.model.id)
        [row] = self.revisions() - before
        self.assertEqual(row.operation, "create")
        self.assertIn("Supervision Interval: 60", row.with_context(lang="en_US").new_text)


@tagged("post_install", "-at_install")
class TestTemplateBook(TemplateMixin, BookCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.make_types()

    def test_a_workbook_names_types_and_leaves_empty_what_follows(self):
        rows = self.rows(("B001", "B002"))
        for row in rows["panels"]:
            row["panel_type"] = "Test DC-09 / Test X1"
        rows["panels"][0]["supervision_interval"] = None
        rows["zones"] = [row for row in rows["zones"] if row["ref"] == "B001"]
        self.book(rows)._import_all()
        first, second = self.subscribers("B001", "B002").panel_ids.sorted("account")
        self.assertEqual((first.supervision_interval, second.supervision_interval), (60, 90))
        self.assertEqual(first.zone_ids.mapped("name"), ["Zone 1", "Zone 2"])
        self.assertEqual(second.zone_ids.mapped("name"), ["Door", "Smoke"])
        self.family.supervision_interval = 70
        self.assertEqual((first.supervision_interval, second.supervision_interval), (70, 90))

    def test_an_unknown_type_is_an_error(self):
        rows = self.rows()
        rows["panels"][0]["panel_type"] = "Nothing"
        problem = self.book(rows).problem_ids
        self.assertEqual(problem.found, "Nothing")
        self.assertIn("Test DC-09 / Test X1", problem.allowed)


@tagged("post_install", "-at_install")
class TestTemplateMigration(TemplateMixin, RegisterCase):
    def test_what_was_there_stays(self):
        self.make_types()
        self.env.cr.execute(
            "UPDATE alarm_panel SET own_values = NULL, supervision_interval = 0 WHERE id = %s",
            self.panel.ids,
        )
        self.env.cr.execute(
            "UPDATE alarm_subscriber SET own_values = NULL, risk = '2' WHERE id = %s",
            self.subscriber.ids,
        )
        path = file_path("alarm_subscriber/migrations/19.0.1.3.0/post-own-values.py")
        spec = importlib.util.spec_from_file_location("post_own_values", path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        script.migrate(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        self.panel.type_id = self.model
        self.assertEqual((self.panel.supervision_interval, self.panel.test_margin), (0, 90))
        self.assertEqual(self.panel.panel_model, "Example X1")
        self.assertEqual(self.subscriber.own_values, ["risk"])
