import json
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.http import request

from ..tools.evidence_chain import Break, ChainKey
from ..tools.lifecycle import APPROVED
from ..tools.revision_values import Value, changes, encode

OPERATIONS = [
    ("baseline", "Approved State"),
    ("create", "Added"),
    ("write", "Changed"),
    ("unlink", "Deleted"),
    ("erase", "Erased"),
]


class Noted(NamedTuple):
    """One thing that happened to one record of a subscriber, before it is written down.

    `old` and `new` are a Value of `field`; without a field mappings of name -> Value.
    """

    subscriber: Any
    model: str
    record_id: int
    name: Value
    operation: str
    field: str | None = None
    old: Any = None
    new: Any = None


class Authority:
    """Passed in the context by a verb that carries out what somebody else asked for. Nothing that
    arrives over RPC can be one."""

    def __init__(self, user):
        self.user = user


class AlarmRevision(models.Model):
    """The history of what is monitored: one row for each change of a field of an approved
    subscriber and of everything below it, one for each record added or deleted, and at the approval
    one for each record as it was."""

    _name = "alarm.revision"
    _inherit = "alarm.evidence"
    _description = "Revision of a Subscriber"
    _order = "id desc"
    _rec_name = "model"
    _log_access = False
    _evidence_chain = "subscriber_key"

    subscriber_key = fields.Integer(string="Subscriber's Id", required=True, readonly=True)
    subscriber_ref = fields.Char(string="Subscriber", readonly=True, index=True)
    user_key = fields.Integer(string="User's Id", required=True, readonly=True)
    user_name = fields.Char(string="By", required=True, readonly=True)
    authoriser_key = fields.Integer(string="Authoriser's Id", readonly=True)
    authoriser_name = fields.Char(
        string="Authorised By", readonly=True, help="When somebody else asked for the change."
    )
    origin = fields.Char(
        string="From Where",
        required=True,
        readonly=True,
        help="Network address, or the server itself.",
    )
    model = fields.Char(required=True, readonly=True)
    record_key = fields.Integer(string="Record's Id", required=True, readonly=True)
    record_json = fields.Text(readonly=True)
    operation = fields.Selection(OPERATIONS, required=True, readonly=True)
    field_name = fields.Char(string="Field's Name", readonly=True)
    field_label = fields.Char(
        string="Label as It Was", readonly=True, help="The field's English label at the time."
    )
    old_json = fields.Text(string="Old Value (JSON)", readonly=True)
    new_json = fields.Text(string="New Value (JSON)", readonly=True)

    _place_uniq = models.UniqueIndex("(subscriber_key, strand, seq)")

    @api.model
    def _note(self, noted):
        """Write down what happened, in a number of statements that does not depend on how much.

        :param noted: list of Noted
        """
        if not noted:
            return
        values = [
            value
            for entry in noted
            for side in (entry.name, entry.old, entry.new)
            for value in (side.values() if isinstance(side, dict) else (side,))
            if value is not None
        ]
        keys = self.env["alarm.person.key"]._keys_of(
            {value.person for value in values if value.person and value}
        )
        # One person at many sites is encrypted once.
        encoded = {}

        def kept(side):
            if side is None:
                return None
            if id(side) not in encoded:
                encoded[id(side)] = json.dumps(
                    {name: encode(value, keys) for name, value in side.items() if value}
                    if isinstance(side, dict)
                    else encode(side, keys),
                    sort_keys=True,
                    ensure_ascii=False,
                )
            return encoded[id(side)]

        who = self._prepare_who()
        self._append(
            [
                {
                    "subscriber_key": entry.subscriber.id,
                    "subscriber_ref": entry.subscriber.ref or None,
                    "company_key": entry.subscriber.company_id.id,
                    **who,
                    "model": entry.model,
                    "record_key": entry.record_id,
                    "record_json": kept(entry.name),
                    "operation": entry.operation,
                    "field_name": entry.field,
                    "field_label": entry.field and self._english_label(entry.model, entry.field),
                    "old_json": kept(entry.old),
                    "new_json": kept(entry.new),
                }
                for entry in noted
            ]
        )

    @api.model
    def _note_changes(self, subscribers, model, record_id, name, old, new):
        """Noted of the fields that differ, for each of the subscribers."""
        return [
            Noted(subscriber, model, record_id, name, "write", field, old_value, new_value)
            for field, old_value, new_value in changes(old, new)
            for subscriber in subscribers
        ]

    @api.model
    def _prepare_who(self):
        """Who did it, who answers for it, and from where."""
        user, authoriser = self.env.user, self.env["res.users"]
        authority = self.env.context.get("alarm_authority")
        if isinstance(authority, Authority) and authority.user != user:
            user, authoriser = authority.user, user
        # A test or a job of the server itself has no request.
        origin = request.httprequest.remote_addr if request else "server"
        if self.env.context.get("import_file"):
            origin = f"import {origin}"
        return {
            "user_key": user.id,
            "user_name": user.sudo().name,
            "authoriser_key": authoriser.id or None,
            "authoriser_name": authoriser.sudo().name or None,
            "origin": origin or "server",
        }

    @api.model
    def _english_label(self, model, field):
        return self.env[model]._fields[field].string

    @api.model
    def _absent_chains(self, lower, upper, known):
        """Every approved subscriber has a history."""
        self.env.cr.execute(
            """
            SELECT id FROM alarm_subscriber
             WHERE id BETWEEN %s AND %s AND state = ANY(%s) AND id <> ALL(%s)
            """,
            [lower, upper, list(APPROVED), [key.chain for key in known]],
        )
        return [
            Break(ChainKey(self._name, subscriber_id), 1, "absent")
            for [subscriber_id] in self.env.cr.fetchall()
        ]

    @api.model
    def _chain_name(self, chain):
        # Nothing personal, and nothing of another company's.
        return f"{self.env['alarm.subscriber'].browse(chain).exists().ref or '?'} (#{chain})"

    @api.model
    def _chain_company(self, chain):
        return self.env["alarm.subscriber"].browse(chain).exists().company_id.id or 0
