from xmlrpc.client import loads

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.rpc.controllers.xmlrpc import OdooMarshaller

from ..models import alarm_receiver_configuration
from .common import MonitoringCase

KEY = "00112233445566778899AABBCCDDEEFF"


@tagged("post_install", "-at_install")
class TestConfiguration(MonitoringCase):
    """What an answer holds and how it comes in pages. All in one transaction, whose own changes
    are told again with every answer: see also test_configuration_changes.py."""

    def configuration(self, since=""):
        return self.env["alarm.receiver"].with_user(self.bridge).configuration(since)

    def pages(self, since=""):
        """All answers up to the one that says that there is no more."""
        answers = [self.configuration(since)]
        while answers[-1]["more"]:
            answers.append(self.configuration(answers[-1]["version"]))
            self.assertLess(len(answers), 100)
        return answers

    def accounts(self, answers):
        return [
            entry["account"]
            for answer in answers
            for entry in answer["accounts"]
            if entry["receiver_group"] == "TEST"
        ]

    def account(self, account="7001", answers=None):
        [found] = [
            entry
            for answer in answers or self.pages()
            for entry in answer["accounts"]
            if (entry["receiver_group"], entry["account"]) == ("TEST", account)
        ]
        return found

    def test_receivers_and_their_sources(self):
        self.receiver.allow = "10.0.0.0/8\n192.0.2.1"
        answer = self.configuration()
        self.assertTrue(answer["full"])
        [receiver] = [entry for entry in answer["receivers"] if entry["name"] == "test-1"]
        self.assertEqual(
            receiver,
            {"name": "test-1", "receiver_group": "TEST", "allow": ["10.0.0.0/8", "192.0.2.1"]},
        )

    def test_a_panel_without_rules_of_its_own_leaves_them_to_the_receiver(self):
        entry = self.account()
        del entry["directory"]
        self.assertEqual(
            entry,
            {
                "receiver_group": "TEST",
                "account": "7001",
                "key": "",
                "timestamps": "",
                "tolerate": [],
                "clear": "",
                "supervision": 0,
            },
        )

    def test_rules_of_the_panel_itself(self):
        self.panel.write(
            {
                "dc09_key": KEY,
                "supervision_interval": 90,
                "dc09_timestamps": "encrypted",
                "dc09_clear": "refuse",
                "dc09_tolerate_crc": True,
                "dc09_tolerate_length": True,
            }
        )
        entry = self.account()
        self.assertEqual(entry["key"], KEY)
        self.assertEqual(entry["supervision"], 90)
        self.assertEqual((entry["timestamps"], entry["clear"]), ("encrypted", "refuse"))
        self.assertEqual(entry["tolerate"], ["crc", "length"])

    def test_only_who_is_monitored_is_supervised(self):
        self.panel.supervision_interval = 60
        for state in ("commissioning", "suspended", "terminated"):
            panel = self.make_panel(f"77{len(state)}", state)
            panel.supervision_interval = 60
            self.assertEqual(self.account(panel.account)["supervision"], 0)
        self.assertEqual(self.account()["supervision"], 60)

    def test_the_directory_has_what_an_emergency_needs(self):
        self.env["res.lang"]._activate_lang("en_US")
        self.env.company.partner_id.lang = "en_US"
        self.subscriber.write(
            {
                "ref": "T-7001",
                "street": "Harbour Road 4",
                "city": "Testville",
                "phone": "555 0001",
                "note": "<p>Dog in the <b>yard</b></p>",
            }
        )
        area = self.env["alarm.area"].create(
            {"panel_id": self.panel.id, "number": "1", "name": "Ground floor"}
        )
        self.zone.write({"number": "005", "detector_type": "motion", "area_id": area.id})
        self.env["alarm.panel.user"].create(
            {"panel_id": self.panel.id, "number": "003", "name": "A. Name"}
        )
        for sequence, name, phone in ((20, "Second", False), (10, "First", "555 0100")):
            self.env["alarm.contact"].create(
                {
                    "subscriber_id": self.subscriber.id,
                    "partner_id": self.env["res.partner"].create({"name": name, "phone": phone}).id,
                    "sequence": sequence,
                    "role": "keyholder",
                    "available": "all day",
                }
            )
        self.assertEqual(
            self.account()["directory"],
            {
                "subscriber": "Site 7001",
                "ref": "T-7001",
                "state": "Active",
                "address": "Harbour Road 4, Testville",
                "phone": "555 0001",
                "note": "Dog in the *yard*",
                "areas": [["1", "Ground floor"]],
                "zones": [["005", "Back door", "Motion Detector"]],
                "users": [["003", "A. Name"]],
                "contacts": [
                    {"name": "First", "phones": ["555 0100"], "note": "Keyholder · all day"},
                    {"name": "Second", "phones": [], "note": "Keyholder · all day"},
                ],
            },
        )

    def test_the_directory_speaks_the_language_of_the_company(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(["alarm_subscriber"], ["zh_CN"])
        self.env.company.partner_id.lang = "zh_CN"
        self.zone.detector_type = "motion"
        [zone] = self.account()["directory"]["zones"]
        self.assertEqual(zone, ["5", "Back door", "红外探测器"])

    def test_an_address_is_written_as_usual_in_its_country(self):
        china = self.env.ref("base.cn")
        china.address_format = "%(country_name)s%(state_name)s%(city)s%(street)s%(street2)s"
        self.subscriber.address_id.write(
            {"country_id": china.id, "city": "示例市", "street": "示例路 12 号"}
        )
        self.assertEqual(self.account()["directory"]["address"], "示例市示例路 12 号")

    def test_nothing_is_said_of_terminated_subscribers(self):
        panel = self.make_panel("7005", "terminated")
        self.assertNotIn("directory", self.account(panel.account))

    def test_the_answer_passes_through_xml_rpc(self):
        self.make_panel("7006", "terminated")
        answer = self.configuration()
        text = OdooMarshaller(allow_none=False).dumps((answer,))
        [[back], _method] = loads(f"<methodResponse>{text}</methodResponse>")
        self.assertEqual(back, answer)

    def test_archived_panels_parts_and_persons_are_left_out(self):
        self.zone.active = False
        self.assertEqual(self.account()["directory"]["zones"], [])
        self.panel.active = False
        self.assertNotIn("7001", self.accounts(self.pages()))

    def test_pages_hold_every_account_once(self):
        self.patch(alarm_receiver_configuration, "PAGE", 2)
        made = [self.make_panel(f"71{number:02d}").account for number in range(5)]
        answers = self.pages()
        self.assertEqual(sorted(self.accounts(answers)), sorted(["7001", *made]))
        self.assertEqual(
            [answer["full"] for answer in answers], [True] + [False] * (len(answers) - 1)
        )
        self.assertTrue(all(len(answer["accounts"]) <= 2 for answer in answers))
        self.assertTrue(all(answer["receivers"] for answer in answers))

    def test_what_changes_while_pages_are_fetched_is_told_with_the_next_version(self):
        self.patch(alarm_receiver_configuration, "PAGE", 2)
        gone, moved, last = (self.make_panel(account) for account in ("7201", "7202", "7203"))
        first = self.configuration()
        gone.unlink() if gone.subscriber_id.state == "draft" else gone.write({"active": False})
        moved.account = "7299"
        new = self.make_panel("7204")
        rest = self.pages(first["version"])
        later = self.pages(rest[-1]["version"])
        removed = [entry["account"] for answer in later for entry in answer["removed"]]
        self.assertIn("7201", removed)
        self.assertIn("7202", removed)
        told = self.accounts([first, *rest, *later])
        self.assertTrue({moved.account, new.account, last.account} <= set(told))
        self.assertFalse(any(answer["full"] for answer in later))

    def test_an_account_that_somebody_else_has_now_is_not_removed(self):
        version = self.pages()[-1]["version"]
        other = self.make_panel("7301")
        self.panel.account = "7002"
        self.env.flush_all()
        other.account = "07001"
        answers = self.pages(version)
        removed = [entry["account"] for answer in answers for entry in answer["removed"]]
        self.assertEqual(removed, ["7301"])
        self.assertEqual(self.account("07001", answers)["directory"]["subscriber"], "Site 7301")

    def test_a_renamed_group_removes_its_accounts_under_the_old_code(self):
        version = self.pages()[-1]["version"]
        self.group.code = "TEST2"
        [answer] = self.pages(version)
        self.assertIn({"receiver_group": "TEST", "account": "7001"}, answer["removed"])
        self.assertIn(
            ("TEST2", "7001"),
            [(entry["receiver_group"], entry["account"]) for entry in answer["accounts"]],
        )

    def test_what_is_no_version_of_this_database_is_told_everything(self):
        version = self.pages()[-1]["version"]
        for since in ("nonsense", f"{version}:x", f"full:{'0' * 32}:5", f"{version}:{version}:x"):
            self.assertTrue(self.configuration(since)["full"], since)
        self.assertFalse(self.configuration(version)["full"])
        # The same database after a recovery, or a copy of it.
        self.env.cr.execute("UPDATE alarm_configuration_version SET origin = origin || '0'")
        self.assertTrue(self.configuration(version)["full"])

    def test_a_version_that_was_told_after_the_backup_was_made_is_none(self):
        version = self.pages()[-1]["version"]
        self.env.cr.execute("DELETE FROM alarm_configuration_version WHERE token = %s", [version])
        self.assertTrue(self.configuration(version)["full"])

    def test_a_change_of_how_addresses_are_written_tells_everything_anew(self):
        version = self.pages()[-1]["version"]
        self.env.ref("base.cn").address_format = "%(street)s"
        self.env.flush_all()
        self.assertTrue(self.configuration(version)["full"])

    def test_tidying_up_loses_no_change(self):
        version = self.pages()[-1]["version"]
        self.panel.account = "7401"
        self.env.flush_all()
        self.env.cr.execute(
            "INSERT INTO alarm_configuration_change (xid, panel_id) VALUES ('3', %s), ('4', %s)",
            [self.panel.id, self.panel.id],
        )
        self.env["alarm.receiver"]._gc_configuration_log()
        self.env.cr.execute(
            "SELECT count(*) FROM alarm_configuration_change WHERE panel_id = %s AND account = ''",
            [self.panel.id],
        )
        self.assertLessEqual(self.env.cr.fetchone()[0], 1)
        answers = self.pages(version)
        self.assertIn("7401", self.accounts(answers))
        self.assertIn({"receiver_group": "TEST", "account": "7001"}, answers[-1]["removed"])

    def test_the_number_of_queries_does_not_depend_on_the_accounts(self):
        def queries(since=""):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.configuration(since)
            return self.env.cr.sql_log_count - before

        def more(count):
            for number in range(count):
                panel = self.make_panel(f"8{len(made):03d}")
                panel.write({"dc09_key": KEY})
                self.env["alarm.zone"].create(
                    [
                        {"panel_id": panel.id, "number": str(zone), "name": f"Zone {zone}"}
                        for zone in range(1, 4)
                    ]
                )
                partner = self.env["res.partner"].create({"name": f"P {number}", "phone": "5"})
                self.env["alarm.contact"].create(
                    {"subscriber_id": panel.subscriber_id.id, "partner_id": partner.id}
                )
                made.append(panel)

        made = []
        more(3)
        version = self.pages()[-1]["version"]
        queries()
        few = queries(), queries(version)
        more(20)
        many = queries(), queries(version)
        self.assertEqual(few, many)
        self.assertLessEqual(max(many), 40)

    def test_thousands_of_rows_are_noted_at_once(self):
        """A plan that was made for one row and kept would take minutes."""
        cr = self.env.cr
        cr.execute(
            """
            INSERT INTO alarm_zone (panel_id, subscriber_id, company_id, name, number, number_key,
                                    number_sort, active)
            SELECT %s, %s, %s, 'Zone', number, number, number, true
              FROM generate_series(100001, 120000) AS number
            """,
            [self.panel.id, self.subscriber.id, self.subscriber.company_id.id],
        )
        cr.execute("UPDATE alarm_zone SET name = 'One' WHERE id = %s", [self.zone.id])
        cr.execute("SET LOCAL statement_timeout = '30s'")
        cr.execute("UPDATE alarm_zone SET name = 'All' WHERE panel_id = %s", [self.panel.id])
        cr.execute("SET LOCAL statement_timeout = 0")
        cr.execute(
            "SELECT count(*) FROM alarm_zone WHERE panel_id = %s AND name = 'All'", [self.panel.id]
        )
        self.assertEqual(cr.fetchone()[0], 20001)

    def test_a_key_that_cannot_be_decrypted_is_named_and_all_others_are_told(self):
        self.make_panel("7003").dc09_key = KEY
        self.panel.sudo().dc09_key_encrypted = "gAAAAA-of-another-key-file"
        with self.assertLogs("odoo.addons.alarm_monitoring", "ERROR") as logs:
            answers = self.pages()
        told = self.account("7003", answers)
        self.assertEqual((told["key"], "key_unreadable" in told), (KEY, False))
        told = self.account("7001", answers)
        self.assertEqual((told["key"], told["key_unreadable"]), ("", True))
        self.assertEqual(told["directory"]["subscriber"], self.subscriber.name)
        self.assertIn("7001", "".join(logs.output))

    def test_only_bridges_are_told(self):
        for user in (self.dispatcher, self.supervisor):
            with self.assertRaisesRegex(Exception, "receiver bridge"):
                self.env["alarm.receiver"].with_user(user).configuration("")

    def test_the_bridge_is_told_of_every_company(self):
        company = self.env["res.company"].create({"name": "Other centre"})
        group = self.env["alarm.receiver.group"].create(
            {"name": "Other", "code": "TEST-B", "company_id": company.id}
        )
        user = new_test_user(
            self.env,
            "test-other-office",
            groups="alarm_subscriber.group_back_office,base.group_partner_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        env = self.env(user=user, context={"allowed_company_ids": company.ids})
        customer = env["res.partner"].create({"name": "Other", "company_id": company.id})
        subscriber = env["alarm.subscriber"].create(
            {"name": "Other site", "partner_id": customer.id, "company_id": company.id}
        )
        env["alarm.panel"].create(
            {
                "subscriber_id": subscriber.id,
                "account": "9001",
                "receiver_group_id": group.id,
            }
        )
        told = {entry["receiver_group"] for answer in self.pages() for entry in answer["accounts"]}
        self.assertTrue({"TEST", "TEST-B"} <= told)

    def test_the_argument_is_checked(self):
        with self.assertRaises(ValidationError):
            self.configuration(None)
