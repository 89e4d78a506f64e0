import logging
import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from cryptography.fernet import Fernet

from odoo.exceptions import AccessError, UserError
from odoo.service.model import get_public_method
from odoo.tests import Form, new_test_user, tagged

from ..tools import secrets
from .common import RegisterCase

KEY = "00112233445566778899AABBCCDDEEFF"


@tagged("post_install", "-at_install")
class TestKeys(RegisterCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "alarm-secret.key"
        self.path.write_bytes(Fernet.generate_key())
        self.path.chmod(0o600)
        self.configure(str(self.path))

    def configure(self, path):
        """Name `path` as the key file, whatever the server was started with."""
        environ = patch.dict(os.environ, {secrets.VARIABLE: path})
        environ.start()
        self.addCleanup(environ.stop)
        options = patch("odoo.addons.alarm_subscriber.models.alarm_secret.tools.config", {})
        options.start()
        self.addCleanup(options.stop)

    def test_key_is_set_and_used_but_never_read_back(self):
        panel = self.panel.with_user(self.back_office)
        panel.write({"dc09_key": KEY})
        self.assertFalse(panel.dc09_key, "the typed key must not even stay in the cache")
        self.assertTrue(panel.dc09_key_set)
        self.assertEqual(panel._get_dc09_key(), KEY)
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM alarm_panel WHERE id = %s", [panel.id])
        self.assertNotIn(KEY, str(self.env.cr.fetchall()))

    def test_key_is_set_on_the_form(self):
        form = Form(self.panel.with_user(self.back_office))
        form.dc09_key = KEY
        form.save()
        self.assertEqual(self.panel._get_dc09_key(), KEY)
        form = Form(self.panel.with_user(self.back_office))
        form.name = "Renamed"
        form.save()
        self.assertEqual(self.panel._get_dc09_key(), KEY, "a blank field keeps the key")

    def test_key_is_set_at_creation_and_removed(self):
        values = dict(self.panel_values(self.subscriber, "T09"), dc09_key=KEY)
        panel = self.env["alarm.panel"].with_user(self.back_office).create(values)
        self.assertEqual(panel._get_dc09_key(), KEY)
        panel.action_remove_dc09_key()
        self.assertFalse(panel.dc09_key_set)
        self.assertFalse(panel._get_dc09_key())

    def test_nobody_gets_at_the_key_over_rpc(self):
        self.panel.dc09_key = KEY
        token = self.panel.dc09_key_encrypted
        self.assertTrue(token)
        exporter = new_test_user(
            self.env, "t-exporter", "alarm_subscriber.group_approver,base.group_allow_export"
        )
        for user in (self.reader, self.approver, exporter):
            panel = self.panel.with_user(user)
            with self.subTest(user=user.login):
                self.assertNotIn("dc09_key_encrypted", panel.fields_get())
                self.assertNotIn(token, str(panel.read()))
                self.assertNotIn(KEY, str(panel.read()))
                for attempt in (
                    lambda panel=panel: panel.read(["dc09_key_encrypted"]),
                    lambda panel=panel: panel.write({"dc09_key_encrypted": "x"}),
                    lambda panel=panel: panel.search([("dc09_key_encrypted", "=", token)]),
                ):
                    with self.assertRaises(AccessError):
                        attempt()
        panel = self.panel.with_user(exporter)
        self.assertNotIn(KEY, str(panel.export_data(["account", "dc09_key"])))
        with self.assertRaises(AccessError):
            panel.export_data(["dc09_key_encrypted"])
        for model, method in (
            ("alarm.panel", "_get_dc09_key"),
            ("alarm.secret", "decrypt"),
            ("alarm.secret", "encrypt"),
        ):
            with self.subTest(method=method), self.assertRaises(AccessError):
                get_public_method(self.env[model], method)

    def test_key_is_not_copied(self):
        self.panel.dc09_key = KEY
        copy = self.panel.copy(self.panel_values(self.subscriber, "T10"))
        self.assertFalse(copy.dc09_key_set)

    def test_key_stays_out_of_the_log(self):
        with self.assertLogs("odoo", level="DEBUG") as logs:
            # The assertion wants at least one line; at most levels Odoo itself writes none here.
            logging.getLogger("odoo.addons.alarm_subscriber").debug("a key is set")
            self.panel.dc09_key = KEY
            self.env.flush_all()
            with self.assertRaises(UserError) as caught:
                self.panel.dc09_key = KEY + "00"
        self.assertNotIn(KEY, "\n".join(logs.output))
        self.assertNotIn(KEY, str(caught.exception))
        self.assertIsNone(caught.exception.__cause__)

    def test_missing_key_file_is_an_error_that_tells_how_to_make_one(self):
        self.configure("")
        with self.assertRaisesRegex(UserError, "Fernet.generate_key") as caught:
            self.panel.dc09_key = KEY
        self.assertIn(secrets.OPTION, str(caught.exception))
        self.assertIn(secrets.VARIABLE, str(caught.exception))
        self.assertIn("No key file", self.env["alarm.secret"].get_key_state())

    def test_state_of_the_key_file_in_words(self):
        self.assertFalse(self.env["alarm.secret"].get_key_state())
        self.path.chmod(0o644)
        self.assertIn("chmod 600", self.env["alarm.secret"].get_key_state())
        self.path.unlink()
        self.assertIn(str(self.path), self.env["alarm.secret"].get_key_state())

    def test_foreign_key_file_is_named_as_the_cause(self):
        self.panel.dc09_key = KEY
        self.path.write_bytes(Fernet.generate_key())
        with self.assertRaisesRegex(UserError, "not in the key file"):
            self.panel._get_dc09_key()
