import os

from odoo import api, models, tools
from odoo.exceptions import UserError

from ..tools import secrets


class AlarmSecret(models.AbstractModel):
    """Encrypts and decrypts for the models that keep secrets."""

    _name = "alarm.secret"
    _description = "Secrets Encrypted with a Key outside the Database"

    @api.private
    def encrypt(self, secret):
        """Token of the bytes `secret`; a UserError says how to make a missing key."""
        try:
            return secrets.encrypt(self._get_cipher(), secret)
        except secrets.SecretKeyError as error:
            raise UserError(self._get_key_problem(error)) from error

    @api.private
    def decrypt(self, token):
        """Bytes of a token made by `encrypt`; a UserError names what is wrong with the key."""
        try:
            return secrets.decrypt(self._get_cipher(), token)
        except secrets.SecretKeyError as error:
            raise UserError(self._get_key_problem(error)) from error

    @api.private
    def get_key_state(self):
        """What is wrong with the key file, in words; False when nothing is."""
        try:
            self._get_cipher()
        except secrets.SecretKeyError as error:
            return self._get_key_problem(error)
        return False

    def _derive_keys(self, purpose):
        """Keys for one purpose, newest first; a UserError names what is wrong with the key file.

        Never log what it returns.
        """
        try:
            return secrets.derive_keys(secrets.key_file(tools.config, os.environ), purpose)
        except secrets.SecretKeyError as error:
            raise UserError(self._get_key_problem(error)) from error

    def _get_cipher(self):
        path = secrets.key_file(tools.config, os.environ)
        return secrets.load_cipher(path)

    def _get_key_problem(self, error):
        make_one = self.env._(
            "Make one on the server, readable by the user that runs Odoo alone:\n"
            'python3 -c "from cryptography.fernet import Fernet; '
            'print(Fernet.generate_key().decode())" > alarm-secret.key; '
            "chmod 600 alarm-secret.key\n"
            "and name it in odoo.conf (%(option)s = /path/alarm-secret.key) or in the "
            "environment variable %(variable)s. Keep a copy apart from the database: "
            "without it the secrets are lost.",
            option=secrets.OPTION,
            variable=secrets.VARIABLE,
        )
        problems = {
            "not_configured": self.env._("No key file for secrets is configured."),
            "missing": self.env._("The key file for secrets %s does not exist.", error.detail),
            "unreadable": self.env._(
                "The key file for secrets %s cannot be read by the user that runs Odoo.",
                error.detail,
            ),
            "exposed": self.env._(
                "The key file for secrets %s is readable by every user of the server; "
                "protect it with chmod 600.",
                error.detail,
            ),
            "malformed": self.env._(
                "The key file for secrets %s does not hold Fernet keys, one a line.",
                error.detail,
            ),
            "wrong": self.env._(
                "The secret was encrypted with a key that is not in the key file. Add the "
                "former key as a further line of it, or type the secret anew."
            ),
        }
        problem = problems[error.reason]
        if error.reason in ("not_configured", "missing", "malformed"):
            return f"{problem}\n{make_one}"
        return problem
