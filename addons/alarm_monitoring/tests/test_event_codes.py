from odoo.tests import tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestEventCodes(MonitoringCase):
    def code(self, system, code):
        return self.env.ref(f"alarm_monitoring.event_code_{system}_{code.lower()}")

    def test_both_tables_are_loaded_whole(self):
        codes = self.env["alarm.event.code"].with_context(active_test=False)
        self.assertEqual(codes.search_count([("code_system", "=", "cid")]), 329)
        self.assertEqual(codes.search_count([("code_system", "=", "sia")]), 325)

    def test_loading_again_changes_nothing_that_was_changed(self):
        code = self.code("cid", "130")
        code.write({"priority": "1", "name": "Our burglary"})
        count = self.env["alarm.event.code"].search_count([])
        self.env["alarm.event.code"]._load_tables()
        self.assertEqual((code.priority, code.name), ("1", "Our burglary"))
        self.assertEqual(self.env["alarm.event.code"].search_count([]), count)

    def test_what_the_coarse_groups_of_the_tables_hide(self):
        for system, code, event_class, meaning, priority in (
            ("cid", "110", "fire", "alarm", "1"),
            ("cid", "121", "panic", "alarm", "1"),
            ("cid", "137", "tamper", "alarm", "2"),
            ("cid", "151", "other", "alarm", "1"),
            ("cid", "162", "other", "alarm", "1"),
            ("cid", "154", "other", "alarm", "3"),
            ("cid", "383", "tamper", "alarm", "3"),
            ("cid", "406", "open_close", "cancel", "5"),
            ("cid", "624", "system", "alarm", "5"),
            ("cid", "750", "other", "alarm", "3"),
            ("cid", "912", "fire", "cancel", "1"),
            ("sia", "BA", "burglary", "alarm", "2"),
            ("sia", "BR", "burglary", "restore", "2"),
            ("sia", "GA", "other", "alarm", "1"),
            ("sia", "ND", "panic", "report", "1"),
            ("sia", "TA", "tamper", "alarm", "2"),
            ("sia", "FL", "fire", "cancel", "1"),
            ("sia", "OC", "open_close", "cancel", "5"),
        ):
            found = self.code(system, code)
            self.assertEqual(
                (found.event_class, found.meaning, found.priority),
                (event_class, meaning, priority),
                f"{system} {code}",
            )

    def test_a_forced_door_is_an_incident(self):
        for code in (self.code("cid", "423"), self.code("sia", "DF")):
            self.assertEqual((code.handling, code.priority), ("incident", "3"))

    def test_sia_restores_name_what_they_restore(self):
        self.assertIn(self.code("sia", "BA"), self.code("sia", "BH").restores_ids)
        self.assertIn(self.code("sia", "AT"), self.code("sia", "AR").restores_ids)
        self.assertFalse(self.code("sia", "BA").restores_ids)

    def test_qualifiers_choose_the_words(self):
        code = self.code("cid", "401")
        self.assertEqual(code._name_as("new"), "Opening by user")
        self.assertEqual(code._name_as("restore"), "Closing by user")
        self.assertEqual(code._name_as("status"), "Open/close by user")
        self.assertEqual(self.code("cid", "130")._name_as("restore"), "Burglary restored")

    def test_a_changed_rule_counts_at_once(self):
        rule = self.env.ref("alarm_monitoring.event_rule_burglary")
        self.ingest(self.signal())
        rule.handling = "log"
        logged = self.signal()
        self.ingest(logged)
        self.assertEqual(self.stored(logged).decision, "log_rule")
