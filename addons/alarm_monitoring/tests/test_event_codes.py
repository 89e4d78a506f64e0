from odoo.tests import tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestEventCodes(MonitoringCase):
    def code(self, system, code):
        return self.env.ref(f"alarm_monitoring.event_code_{system}_{code.lower()}")

    def test_all_tables_are_loaded_whole(self):
        codes = self.env["alarm.event.code"].with_context(active_test=False)
        self.assertEqual(codes.search_count([("code_system", "=", "cid")]), 329)
        self.assertEqual(codes.search_count([("code_system", "=", "sia")]), 325)
        for system, count in (("surgard", 26), ("radionics", 18), ("ademco-hs", 6), ("mx8000", 34)):
            self.assertEqual(codes.search_count([("code_system", "=", system)]), count, system)

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
            ("surgard", "A", "burglary", "alarm", "2"),
            ("surgard", "1", "fire", "alarm", "1"),
            ("surgard", "R", "other", "restore", "3"),
            ("surgard", "C", "open_close", "report", "5"),
            ("surgard", "A15", "trouble", "alarm", "4"),
            ("surgard", "R16", "trouble", "restore", "4"),
            ("radionics", "F", "fire", "alarm", "1"),
            ("radionics", "R", "other", "restore", "3"),
            ("radionics", "x5c", "other", "cancel", "3"),
            ("mx8000", "61", "system", "report", "5"),
            ("mx8000", "77", "trouble", "alarm", "4"),
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

    def test_a_receivers_own_codes_are_handled_like_any_other(self):
        def own(code, **values):
            return self.signal(code_system="surgard", code=code, qualifier=None, **values)

        opening, alarm, restore = own("O"), own("3"), own("9")
        self.ingest(opening, alarm, restore)
        self.assertEqual(
            [self.stored(one).decision for one in (opening, alarm, restore)],
            ["log_rule", "incident", "restored"],
        )
        self.assertEqual(self.stored(alarm).event_name, "Burglary")

    def test_restores_of_a_receivers_own_codes_name_what_they_restore(self):
        self.assertIn(self.code("radionics", "A"), self.code("radionics", "R").restores_ids)
        self.assertIn(self.code("mx8000", "77"), self.code("mx8000", "78").restores_ids)
