import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

from odoo.tests import BaseCase, tagged

from ..tools import secrets


@tagged("post_install", "-at_install")
class TestSecrets(BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "alarm-secret.key"

    def write_keys(self, *lines, mode=0o600):
        self.path.write_text("\n".join(lines) + "\n", encoding="ascii")
        self.path.chmod(mode)

    def assertReason(self, reason, function, *args):
        with self.assertRaises(secrets.SecretKeyError) as caught:
            function(*args)
        self.assertEqual(caught.exception.reason, reason)
        self.assertIn(reason, secrets.SecretKeyError.REASONS)

    def test_option_comes_before_the_environment(self):
        environ = {secrets.VARIABLE: "/from/environment"}
        self.assertEqual(
            secrets.key_file({secrets.OPTION: "/from/option"}, environ), Path("/from/option")
        )
        self.assertEqual(secrets.key_file({}, environ), Path("/from/environment"))
        self.assertReason("not_configured", secrets.key_file, {}, {})

    def test_round_trip(self):
        self.write_keys(Fernet.generate_key().decode())
        cipher = secrets.load_cipher(self.path)
        token = secrets.encrypt(cipher, b"\x00secret\xff")
        self.assertNotIn("secret", token)
        self.assertEqual(secrets.decrypt(cipher, token), b"\x00secret\xff")

    def test_new_key_on_top_reads_what_the_old_one_wrote(self):
        old, new = (Fernet.generate_key().decode() for _ in range(2))
        self.write_keys(old)
        token = secrets.encrypt(secrets.load_cipher(self.path), b"secret")
        self.write_keys(new, "", old)
        self.assertEqual(secrets.decrypt(secrets.load_cipher(self.path), token), b"secret")
        self.write_keys(new)
        self.assertReason("wrong", secrets.decrypt, secrets.load_cipher(self.path), token)

    def test_every_fault_of_the_file_has_its_reason(self):
        self.assertReason("missing", secrets.load_cipher, self.path)
        self.write_keys("not a key")
        self.assertReason("malformed", secrets.load_cipher, self.path)
        self.write_keys("")
        self.assertReason("malformed", secrets.load_cipher, self.path)
        self.path.write_bytes(b"\xff\xfe")
        self.assertReason("malformed", secrets.load_cipher, self.path)
        self.write_keys(Fernet.generate_key().decode(), mode=0o604)
        self.assertReason("exposed", secrets.load_cipher, self.path)
        os.remove(self.path)
        self.path.mkdir()
        self.assertReason("unreadable", secrets.load_cipher, self.path)

    def test_aes_key_as_panels_show_it(self):
        for text, key in {
            "00112233445566778899aabbccddeeff": bytes.fromhex("00112233445566778899aabbccddeeff"),
            "0011 2233 4455 6677 8899 AABB CCDD EEFF": bytes.fromhex(
                "00112233445566778899aabbccddeeff"
            ),
            "0A" * 24: b"\x0a" * 24,
            "0A" * 32: b"\x0a" * 32,
            "sixteen letters!": b"sixteen letters!",
            "k" * 24: b"k" * 24,
            "k" * 32: b"k" * 32,
        }.items():
            with self.subTest(text=text):
                self.assertEqual(secrets.parse_aes_key(text), key)

    def test_what_is_no_aes_key_is_refused(self):
        for text in ("", "0A", "0A" * 17, "k" * 31, "密" * 16, "\x00" * 16):
            with self.subTest(text=text), self.assertRaises(ValueError):
                secrets.parse_aes_key(text)
