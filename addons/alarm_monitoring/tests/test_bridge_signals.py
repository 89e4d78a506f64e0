from odoo.tests import tagged

from .common import MonitoringCase


@tagged("post_install", "-at_install")
class TestBridgeSignals(MonitoringCase):
    """What a bridge says in its own name about lines and polled panels."""

    def said(self, code, /, **values):
        kind = "supervision" if code == "lost" else "receiver_status"
        return self.signal(
            **{
                "kind": kind,
                "code_system": "bridge",
                "code": code,
                "account": "7001" if code == "lost" else None,
                "area": None,
                "zone": None,
                "address": None,
                "extended": [],
                **values,
            }
        )

    def old_form(self, text):
        return self.said("", code_system=None, code=None, qualifier=None, text=text)

    def roles(self, incident):
        return incident.link_ids.sorted("id").mapped("role")

    def test_a_lost_panel_is_a_trouble_of_its_subscriber_and_is_restored(self):
        self.ingest(self.said("lost"))
        incident = self.open_incident()
        self.assertEqual((incident.event_class, incident.priority), ("trouble", "4"))
        self.assertEqual(incident.event_code_id.code, "lost")
        back = self.said("lost", qualifier="restore")
        self.ingest(back)
        self.assertEqual(self.roles(incident), ["alarm", "restore"])
        self.assertEqual(self.stored(back).decision, "restored")
        self.assertEqual(self.stored(back).event_name, "Panel heard again")

    def test_a_panel_heard_again_with_nothing_open_is_only_logged(self):
        back = self.said("lost", qualifier="restore")
        self.ingest(back)
        self.assertFalse(self.open_incident())
        self.assertEqual(self.stored(back).decision, "log_restore")

    def test_the_restore_of_something_else_does_not_end_a_lost_panel(self):
        self.ingest(self.said("lost"), self.signal(qualifier="restore"))
        self.assertEqual(self.roles(self.open_incident()), ["alarm"])

    def test_a_silent_line_is_raised_and_restored(self):
        self.ingest(self.said("silent"))
        incident = self.open_incident("line:test-1")
        self.assertEqual(incident.priority, "2")
        self.assertIn("Receiver line silent", incident.reason)
        self.ingest(self.said("silent", qualifier="restore"))
        self.assertEqual(self.roles(incident), ["alarm", "restore"])

    def test_the_old_form_by_text_means_the_same(self):
        silent, back = self.old_form("silent"), self.old_form("restored")
        self.ingest(silent, back)
        incident = self.open_incident("line:test-1")
        self.assertEqual(self.roles(incident), ["alarm", "restore"])
        self.assertEqual(self.stored(silent).event_name, "Receiver line silent")
        self.assertEqual(self.stored(back).event_name, "Receiver line heard again")
        # The wire stays as it was.
        self.assertFalse(self.stored(back).code)

    def test_another_receiver_status_without_a_code_is_still_raised(self):
        self.ingest(self.old_form("printer out of paper"))
        self.assertEqual(self.open_incident("line:test-1").reason_kind, "condition")

    def test_it_is_said_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["alarm_monitoring"], ["zh_CN"])
        lost, silent = self.said("lost"), self.said("silent", qualifier="restore")
        self.ingest(lost, silent)
        names = (self.stored(lost) | self.stored(silent)).with_context(lang="zh_CN")
        for name in names.mapped("event_name"):
            self.assertRegex(name, "[\u4e00-\u9fff]")
