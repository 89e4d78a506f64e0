import inspect
from copy import deepcopy

from psycopg2 import Error as DatabaseError

from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw, get_public_method
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common import EXTENDED, SHARED, CentreCase

# The three methods of the bridge, and what they are given here.
BRIDGE = {"ingest": "x", "heartbeat": "x", "configuration": ""}

# What a method is called with by the name of its parameter; whatever else there is gets a text.
ARGUMENTS = {
    "vals_list": [{}],
    "vals": {},
    "values": {"authorised_name": "x"},
    "fields": ["id"],
    "fields_list": ["id"],
    "minutes": 5,
    "level": 1,
    "amount": 1.0,
    "latitude": 1.0,
    "longitude": 1.0,
    "resolution_code": "FA",
    "outcome": "reached",
    "result": "ok",
    "party": "police",
    "finding": "false",
    "call": {"phone": "1"},
    "report": {"text": "x"},
    "quantity": 1.0,
    "rows": [],
    "calls": [{"key": "a-stranger's", "order": 1, "verb": "note", "values": {"text": "x"}}],
}
# ... and what names records.
RECORDS = {
    "responder_ids": "alarm.responder",
    "responder_id": "alarm.responder",
    "link_ids": "alarm.incident.signal",
    "plan_id": "alarm.response.plan",
    "contact_id": "alarm.contact",
    "step_id": "alarm.incident.step",
    "user_id": "res.users",
    "line_id": "alarm.walk.test.line",
    "product_id": "product.product",
}


def public_methods(model):
    """Name -> function of what the suite adds to what may be called from outside."""
    cls = type(model)
    for name in sorted(dir(cls)):
        owners = [owner for owner in cls.mro() if name in vars(owner)]
        if not any(owner.__module__.startswith("odoo.addons.alarm_") for owner in owners):
            continue
        try:
            yield name, get_public_method(model, name)
        except (AccessError, AttributeError):
            continue


def is_of_others(model, name):
    """Whether the method was there before the suite added to it."""
    return any(
        name in vars(owner)
        for owner in type(model).mro()
        if owner.__module__.startswith("odoo.addons.")
        and not owner.__module__.startswith("odoo.addons.alarm_")
    )


def opens_a_window(answer):
    """Whether this tells the client what to open and nothing of what is in it."""
    return isinstance(answer, dict) and str(answer.get("type", "")).startswith("ir.actions.")


class MethodCase(CentreCase):
    def arguments(self, name, method, records):
        """Positional arguments of a call over the network."""
        parameters = list(inspect.signature(method).parameters.values())[1:]
        values = [] if getattr(method, "_api_model", False) else [records.ids or [1]]
        for parameter in parameters:
            if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
                continue
            if parameter.name in RECORDS:
                ids = self.env[RECORDS[parameter.name]].search([], limit=1).ids or [1]
                values.append(ids if parameter.name.endswith("_ids") else ids[0])
            elif parameter.default is parameter.empty or parameter.name in ARGUMENTS:
                values.append(BRIDGE.get(name, ARGUMENTS.get(parameter.name, "x")))
        # A method may write into what it is given.
        return deepcopy(values)

    def answers(self, user, names):
        """``(model, method, answer)`` of the calls that are not refused."""
        env = self.env(user=user, context={})
        for model_name in names:
            model = env[model_name]
            records = self.env[model_name].browse()
            if not model._abstract:
                records = self.env[model_name].browse(self.story[model_name][:1])
            for name, method in public_methods(model):
                arguments = self.arguments(name, method, records)
                try:
                    with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                        answer = call_kw(model, name, arguments, {})
                        env.flush_all()
                except (UserError, DatabaseError):
                    continue
                except (AttributeError, KeyError, TypeError):
                    # Of an abstract model: it leans on what inherits from it.
                    if not model._abstract:
                        raise
                    continue
                finally:
                    self.env.invalidate_all()
                yield model_name, name, answer

    def suite(self):
        return sorted(
            name for name in self.env.registry if name.startswith("alarm.") or name in EXTENDED
        )


@tagged("post_install", "-at_install")
class TestPublicMethods(MethodCase):
    """What may be called over the network, called by whoever has no business with it."""

    # Answers that tell nothing: what the empty form of a model would hold, what its columns are
    # called, a file that everybody can download.
    HARMLESS = {"default_get", "fields_get", "copy_data", "get_import_templates"}

    def test_a_bridge_calls_its_three_methods_and_no_other(self):
        told = {
            name
            for _model, name, answer in self.answers(self.bridge, self.suite())
            if name not in self.HARMLESS and not opens_a_window(answer)
        }
        self.assertEqual(told, {"configuration"})
        for name in ("ingest", "heartbeat"):
            with self.assertRaisesRegex(UserError, "JSON|json|object|text"):
                call_kw(self.env(user=self.bridge)["alarm.receiver"], name, ["x"], {})

    def test_who_has_no_right_at_all_calls_nothing(self):
        for login, group in (("t-portal", "base.group_portal"), ("t-user", "base.group_user")):
            user = new_test_user(self.env, login, group)
            for model, name, answer in self.answers(user, self.suite()):
                with self.subTest(user=login, model=model, method=name):
                    self.assertTrue(name in self.HARMLESS or opens_a_window(answer), answer)

    def test_who_has_every_right_in_another_company_calls_nothing(self):
        names = [name for name in self.suite() if name not in SHARED]
        for model, name, answer in self.answers(self.stranger, names):
            if getattr(get_public_method(self.env[model], name), "_api_model", False):
                continue  # about no record
            if self.env[model]._abstract or not self.story[model]:
                continue
            with self.subTest(model=model, method=name):
                self.assertTrue(name in self.HARMLESS or opens_a_window(answer), answer)

    def test_a_reader_runs_no_verb(self):
        """Who only reads may ask for a change, and open what he reads."""
        reader = new_test_user(self.env, "t-only-reader", "alarm_subscriber.group_reader")
        allowed = {
            ("alarm.change.request", "create"),
            ("alarm.change.request.line", "create"),
            ("alarm.event.code", "board_codes"),
            ("alarm.test.mode", "board_list"),
        }
        for model, name, answer in self.answers(reader, self.suite()):
            with self.subTest(model=model, method=name):
                self.assertTrue(
                    name in self.HARMLESS or opens_a_window(answer) or (model, name) in allowed,
                    answer,
                )

    def test_helpers_are_not_public(self):
        """A public method is there to be called: by a view, a board, a bridge, an import."""
        verbs = (
            "action_",
            "board_",
            "get_import_templates",
            "call_list",
            "search_caller",
            "wall",
            "work_",
            "get_dashboard",
            # What the client says of an empty list.
            "get_empty_list_help",
            "get_empty_screen",
        )
        ours = {"create", "write", "unlink", "copy", "copy_data", "default_get", "fields_get"}
        for model_name in self.suite():
            for name, _method in public_methods(self.env[model_name]):
                if model_name in EXTENDED and is_of_others(self.env[model_name], name):
                    continue
                with self.subTest(model=model_name, method=name):
                    self.assertTrue(
                        name in ours or name in BRIDGE or name.startswith(verbs),
                        "make it private, or say here what it is for",
                    )


@tagged("post_install", "-at_install")
class TestOwnDefaults(CentreCase):
    """What a verb leaves open is filled in by nobody but the model."""

    def test_a_context_does_not_date_a_notice(self):
        incident = self.incident.with_user(self.dispatcher)
        incident.with_context(
            default_at="2020-01-01 00:00:00", default_needless=True
        ).action_notify("fire", "told")
        notice = self.incident.notice_ids[0]
        self.assertEqual((notice.party, notice.needless), ("fire", False))
        self.assertGreater(str(notice.at), "2021")

    def test_a_users_own_default_does_not_date_a_notice(self):
        self.env["ir.default"].with_user(self.dispatcher).set(
            "alarm.incident.notice", "at", "2020-01-01 00:00:00", user_id=True
        )
        self.incident.with_user(self.dispatcher).action_notify("medical", "told")
        self.assertGreater(str(self.incident.notice_ids[0].at), "2021")

    def test_a_context_does_not_make_a_passcode_right(self):
        test = self.env["alarm.test.mode"].browse(
            self.subscriber.with_user(self.dispatcher)
            .with_context(default_passcode_result="ok", default_end_logged=True)
            .action_begin_test(5, "walk", {"contact_id": self.contact.id, "word": "bluebell"})
        )
        self.assertEqual((test.passcode_result, test.end_logged), ("ok", False))
        self.supervisor.group_ids += self.env.ref("alarm_subscriber.group_verify")
        override = self.env["alarm.test.mode"].browse(
            self.subscriber.with_user(self.supervisor)
            .with_context(default_passcode_result="ok", default_end_logged=True)
            .action_begin_test(5, "walk", {"authorised_name": "Kim", "override": "known voice"})
        )
        self.assertEqual((override.passcode_result, override.end_logged), ("overridden", False))

    def test_a_context_does_not_report_on_an_order(self):
        self.order.with_user(self.dispatcher).action_cancel("x")
        incident = self.incident.with_user(self.dispatcher)
        order = self.env["alarm.dispatch"].browse(
            incident.with_context(
                default_finding="real", default_description="x", default_accepted_at="2020-01-01"
            ).action_dispatch([self.rosa.id])
        )
        self.assertEqual((order.finding, order.description, order.accepted_at), (False,) * 3)

    def test_a_context_does_not_place_a_hold_in_another_name(self):
        hold = (
            self.env["alarm.legal.hold"]
            .with_user(self.supervisor)
            .with_context(
                default_placed_by_id=self.manager.id,
                default_placed_at="2020-01-01",
                default_lifted_at="2020-01-01",
                default_subscriber_id=self.subscriber.id,
            )
            .create({"reason": "The court"})
        )
        self.assertEqual(hold.placed_by_id, self.supervisor)
        self.assertEqual(hold.subscriber_id, self.subscriber)
        self.assertEqual(hold.state, "active")
        self.assertGreater(str(hold.placed_at), "2021")

    def test_a_context_does_not_date_the_use_of_a_passcode(self):
        self.contact.with_user(self.dispatcher).with_context(
            default_at="2020-01-01"
        ).action_verify_passcode("bluebell")
        self.assertGreater(str(self.env["alarm.passcode.try"].search([], limit=1).at), "2021")

    def test_an_import_is_done_in_ones_own_name(self):
        backoffice = new_test_user(self.env, "t-bo", "alarm_subscriber.group_back_office")
        Import = self.env["alarm.register.import"].with_user(backoffice)
        book = Import.with_context(default_user_id=self.manager.id, default_state="checked").create(
            {"name": "x"}
        )
        self.assertEqual((book.user_id, book.state), (backoffice, "draft"))
        for values in ({"user_id": self.manager.id}, {"state": "queued"}):
            with self.assertRaises(UserError):
                book.write(values)
            with self.assertRaises(UserError):
                Import.create({"name": "x", **values})
        with self.assertRaises(UserError):
            book.action_import()

    def test_who_asks_for_a_change_does_not_say_what_was(self):
        request = (
            self.env["alarm.change.request"]
            .with_user(self.dispatcher)
            .create(
                {
                    "subscriber_id": self.subscriber.id,
                    "reason": "x",
                    "line_ids": [
                        (
                            0,
                            0,
                            {
                                "field": "alarm.subscriber:name",
                                "new_text": "New",
                                "old_text": "Never",
                            },
                        )
                    ],
                }
            )
        )
        self.assertEqual(request.line_ids.old_text, self.subscriber.name)
