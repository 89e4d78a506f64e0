import logging

from odoo import api, fields, models

from ..tools import conditions
from ..tools.locks import matters_locked
from ..tools.transaction import own_transaction
from ..tools.triage import matter_key

_logger = logging.getLogger(__name__)


class AlarmBridgeCondition(models.Model):
    """Something that is wrong with a bridge, for as long as its heartbeat says so."""

    _name = "alarm.bridge.condition"
    _description = "Condition of a Receiver Bridge"
    _order = "since, id"
    _rec_name = "code"
    _log_access = False

    bridge_status_id = fields.Many2one(
        "alarm.bridge.status", string="Bridge", required=True, readonly=True, ondelete="cascade"
    )
    code = fields.Char(required=True, readonly=True)
    detail = fields.Char(readonly=True)
    since = fields.Datetime(required=True, readonly=True)
    words = fields.Char(string="Condition", compute="_compute_words")

    _code_uniq = models.UniqueIndex("(bridge_status_id, code)")

    @api.depends("code")
    @api.depends_context("lang")
    def _compute_words(self):
        for condition in self:
            condition.words = self._words_of(condition.code)

    @api.model
    def _words_of(self, code):
        """What a code means, in the language of the context; the code where nobody knows it."""
        match code:
            case "journal_failing":
                return self.env._("The journal cannot be written: nothing is acknowledged")
            case "disk_low":
                return self.env._("The disk is almost full")
            case "quarantined":
                return self.env._("A damaged journal was set aside")
            case "clock_jump":
                return self.env._("The clock has jumped")
            case "configuration_stale":
                return self.env._("Works with an old configuration")
            case "keys_unreadable":
                return self.env._("Keys of panels cannot be decrypted")
            case "configuration_refused":
                return self.env._("Its changed settings are wrong: works with the former ones")
            case "journal_log":
                return self.env._("The journal's log file has grown large")
            case "accounts_lost":
                return self.env._("Many panels were lost at once")
        if code.startswith("door_closed_"):
            return self.env._("Receiver %s: its connection cannot be opened", code[12:])
        return self.env._("Condition “%s”", code)

    @api.model
    def _sentence(self, bridge, code, detail):
        """Which bridge says what, for a person."""
        sentence = self.env._(
            "Bridge %(bridge)s: %(condition)s", bridge=bridge, condition=self._words_of(code)
        )
        return f"{sentence} ({detail})" if detail else sentence

    @api.model
    def _report(self, status):
        """Keep what a heartbeat (tools/heartbeat.py) says is wrong; raise what is new and note what
        is over, at once. Only this bridge's heartbeats write its rows.

        What goes wrong here is logged and done again with the next heartbeat.
        """
        bridge = self.env["alarm.bridge.status"].search([("name", "=", status.bridge)])
        said = {condition.code: condition for condition in status.conditions}
        known = {condition.code: condition for condition in self._of(bridge)}
        if said.keys() == known.keys() and all(
            known[code].detail == (one.detail or False) for code, one in said.items()
        ):
            return
        keys = {
            code: matter_key("condition", status.bridge, code)
            for code in said.keys() ^ known.keys()
        }
        over = {
            code: conditions.reason_detail(status.bridge, condition)
            for code, condition in known.items()
            if code not in said
        }
        try:
            with matters_locked(self.env, set(keys.values())), own_transaction(self.env):
                self._keep(bridge, said)
                for code, key in sorted(keys.items()):
                    if code in said:
                        self._raise(key, status.bridge, said[code])
                    else:
                        self.env["alarm.incident"]._note_restored(key, over[code])
        except Exception:
            _logger.exception("Conditions of bridge %s could not be raised", status.bridge)

    @api.model
    def _of(self, bridge):
        return self.search([("bridge_status_id", "=", bridge.id)])

    @api.model
    def _keep(self, bridge, said):
        known = {condition.code: condition for condition in self._of(bridge)}
        for code, condition in known.items():
            if code not in said:
                condition.unlink()
            else:
                condition.detail = said[code].detail
        self.create(
            [
                {
                    "bridge_status_id": bridge.id,
                    "code": code,
                    "detail": condition.detail,
                    "since": fields.Datetime.now(),
                }
                for code, condition in said.items()
                if code not in known
            ]
        )

    @api.model
    def _raise(self, key, bridge, condition):
        detail = conditions.reason_detail(bridge, condition)
        incident, new = self.env["alarm.incident"]._raise_matter(
            key,
            "bridge_condition",
            detail,
            priority=conditions.PRIORITIES.get(condition.code, conditions.PRIORITY_UNKNOWN),
        )
        if not new:
            incident._log("note", self._sentence(bridge, condition.code, condition.detail))
            incident._on_incidents_changed()
