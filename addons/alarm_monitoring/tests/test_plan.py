from odoo.tests import BaseCase, tagged

from ..tools.plan import Item, Matter, make_plan
from ..tools.triage import Code, Facts, Rule, RuleBook, triage

BOOK = RuleBook(
    codes={
        ("cid", "130"): Code(1, "burglary", "alarm", "2", "class"),
        ("cid", "401"): Code(2, "open_close", "alarm", "5", "class"),
        ("cid", "999"): Code(3, "nowhere", "alarm", "4", "class"),
        ("sia", "BA"): Code(4, "burglary", "alarm", "2", "class"),
        ("sia", "BR"): Code(5, "burglary", "restore", "2", "class", restores=frozenset({4})),
    },
    code_rules={},
    class_rules={"burglary": Rule("incident"), "open_close": Rule("log")},
)


def facts(number=1, **values):
    return Facts(
        **{
            "signal_id": number,
            "uid": f"e:r:{number}",
            "kind": "event",
            "bridge": "b",
            "receiver": "r",
            "receiver_id": 1,
            "group_id": 1,
            "account": "1",
            "account_key": "1",
            "code_system": "cid",
            "code": "130",
            "qualifier": "new",
            "address": "5",
            "repeat_of": "",
            "panel_id": 1,
            "subscriber_id": 1,
            "subscriber_state": "active",
            "company_id": 1,
            **values,
        }
    )


def item(number=1, **values):
    found = facts(number, **values)
    return Item(found, triage(found, BOOK))


@tagged("post_install", "-at_install")
class TestPlan(BaseCase):
    def test_a_class_without_a_rule_is_raised(self):
        self.assertEqual(triage(facts(code="999"), BOOK).decision, "pending")

    def test_an_opening_is_logged_whatever_its_qualifier(self):
        for qualifier in ("new", "restore", "status"):
            verdict = triage(facts(code="401", qualifier=qualifier), BOOK)
            self.assertEqual(verdict.decision, "log_rule")

    def test_the_first_alarm_makes_the_matter_and_the_second_joins(self):
        plan = make_plan([item(1), item(2, address="6")], {}, {})
        [matter] = plan.new
        self.assertEqual([link.matter for link in plan.links], [matter, matter])
        self.assertFalse(plan.raised)

    def test_an_open_matter_is_joined_and_raised(self):
        known = Matter("subscriber:1", 7, priority="4")
        plan = make_plan([item(1)], {known.key: known}, {})
        self.assertFalse(plan.new)
        self.assertEqual(plan.raised, [known])

    def test_a_restore_before_its_alarm_is_logged(self):
        restore, alarm = item(1, qualifier="restore"), item(2)
        plan = make_plan([restore, alarm], {}, {})
        self.assertEqual(plan.decisions, {1: "log_restore", 2: "incident"})

    def test_sia_restores_what_the_table_says(self):
        alarm = item(1, code_system="sia", code="BA", qualifier="")
        restore = item(2, code_system="sia", code="BR", qualifier="")
        elsewhere = item(3, code_system="sia", code="BR", qualifier="", address="9")
        plan = make_plan([alarm, restore, elsewhere], {}, {})
        self.assertEqual(plan.decisions, {1: "incident", 2: "restored", 3: "log_restore"})

    def test_a_repeat_in_the_same_batch_joins_its_original(self):
        plan = make_plan([item(1), item(2, repeat_of="e:r:1")], {}, {})
        self.assertEqual([link.role for link in plan.links], ["alarm", "repeat"])

    def test_a_repeat_joins_the_matter_of_its_original_and_makes_none(self):
        known = Matter("subscriber:1", 7)
        plan = make_plan([item(2, repeat_of="e:r:1")], {}, {"e:r:1": known})
        self.assertFalse(plan.new)
        self.assertIs(plan.links[0].matter, known)

    def test_who_repeats_what_was_dealt_with_is_heard_again(self):
        closed = Matter("subscriber:1", 7, closed=True)
        plan = make_plan([item(2, repeat_of="e:r:1")], {}, {"e:r:1": closed})
        self.assertEqual([matter.key for matter in plan.new], ["subscriber:1"])
        self.assertEqual([link.role for link in plan.links], ["alarm"])
