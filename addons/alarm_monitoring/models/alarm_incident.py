from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.incident_states import STATES
from .alarm_event_code import EVENT_CLASSES, PRIORITIES

REASONS = [
    ("rule_class", "Rule for the class"),
    ("rule_code", "Rule for the code"),
    ("rule_any", "Rule for any event"),
    ("code_table", "The code table asks for it"),
    ("condition", "Condition without a code"),
    ("unknown_code", "Unknown code"),
    ("unknown_account", "Unknown account"),
    ("unknown_receiver", "Unknown receiver"),
    ("unparsed", "Data that could not be decoded"),
    ("integrity", "Two different signals with one identity"),
    ("missing", "Missing signals"),
    ("rejected", "A bridge sent what is no signal"),
    ("bridge_silent", "A bridge is silent"),
    ("bridge_condition", "A bridge reports a condition"),
    ("undecided", "The rules failed"),
    ("opened_outside", "Opened outside its schedule"),
    ("left_open", "Opened outside its schedule and not closed again"),
    ("late_close", "Late to close"),
    ("late_open", "Late to open"),
    ("test_missed", "Test report missed"),
    ("trouble_stays", "Trouble that stays"),
    ("test_forgotten", "Test mode that somebody forgot"),
    ("closed_outside", "Closed outside its schedule"),
    ("test_duress", "Test asked for under duress"),
    ("evidence", "Evidence that does not hold"),
    ("duress", "Duress word"),
    ("phone", "Reported by phone"),
    ("desk_empty", "Nobody is at the desk"),
]

# Passed in the context by the verbs and the decider. Compared by identity, so nothing that arrives
# over RPC can be it.
_BY_VERB = object()


class AlarmIncident(models.Model):
    """What a dispatcher handles: the open matter of one subscriber, or of what no subscriber is
    known for."""

    _name = "alarm.incident"
    _inherit = "alarm.own.defaults"
    _description = "Alarm Incident"
    _order = "priority, queued_at, id"
    _rec_names_search = ["name", "subscriber_id", "account"]

    name = fields.Char(required=True, readonly=True, index=True)
    key = fields.Char(
        required=True,
        readonly=True,
        help="The matter: at most one incident of a key is open, and what belongs to it joins it.",
    )
    subscriber_id = fields.Many2one(
        "alarm.subscriber", readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="restrict")
    receiver_name = fields.Char(readonly=True)
    account = fields.Char(readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="queued", index=True)
    priority = fields.Selection(PRIORITIES, required=True, readonly=True, default="3")
    user_id = fields.Many2one(
        "res.users", string="Dispatcher", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    event_class = fields.Selection(EVENT_CLASSES, required=True, readonly=True, default="other")
    event_code_id = fields.Many2one("alarm.event.code", readonly=True, ondelete="restrict")
    reason_kind = fields.Selection(REASONS, readonly=True)
    reason_detail = fields.Char(readonly=True)
    cause_over = fields.Boolean(
        readonly=True, help="The trouble of a bridge that this was made for has ended."
    )
    reason = fields.Char(compute="_compute_reason", help="Why this incident was made.")
    queued_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    shown_at = fields.Datetime(readonly=True, help="When a board showed it first.")
    taken_at = fields.Datetime(readonly=True, help="When a dispatcher took it first.")
    held_until = fields.Datetime(readonly=True)
    # A note changes nothing else of the incident; whoever watches it must still see a change.
    action_count = fields.Integer("Actions", readonly=True, copy=False)
    resolved_at = fields.Datetime(readonly=True)
    closed_at = fields.Datetime(readonly=True)
    resolution_id = fields.Many2one("alarm.resolution", readonly=True, ondelete="restrict")
    resolution_note = fields.Text(readonly=True)
    link_ids = fields.One2many("alarm.incident.signal", "incident_id", string="Signal Links")
    signal_ids = fields.Many2many(
        "alarm.signal", compute="_compute_signals", search="_search_signal_ids", string="Signals"
    )
    signal_count = fields.Integer(compute="_compute_signals")
    entry_ids = fields.One2many("alarm.incident.entry", "incident_id", string="Log")
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _key_open_uniq = models.UniqueIndex(
        "(key) WHERE state IN ('delayed', 'queued', 'working', 'held', 'dispatched')",
        "There is already an open incident of this matter.",
    )
    _queue_idx = models.Index(
        "(priority, queued_at, id)"
        " WHERE state IN ('delayed', 'queued', 'working', 'held', 'dispatched')"
    )

    def init(self):
        # A plain sequence: taking a number waits for nobody, gaps do not matter.
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS alarm_incident_number")

    @api.depends("reason_kind", "reason_detail")
    @api.depends_context("lang")
    def _compute_reason(self):
        codes = self._reason_codes()
        for incident in self:
            incident.reason = incident._reason_sentence(codes.get(incident.reason_detail))

    def _reason_codes(self):
        """``"cid 130"`` -> event code, of the incidents whose reason is a code."""
        details = {
            incident.reason_detail
            for incident in self
            if incident.reason_kind in ("rule_class", "rule_code", "rule_any", "code_table")
        } - {False}
        if not details:
            return {}
        codes = (
            self.env["alarm.event.code"]
            .with_context(active_test=False)
            .search([("code", "in", [detail.partition(" ")[2] for detail in details])])
        )
        return {f"{code.code_system} {code.code}": code for code in codes}

    def _reason_sentence(self, code):
        """Why this incident was made, in the language of the context.

        :param code: the event code that the reason names; None where it names none
        """
        detail = self.reason_detail or ""
        if code:
            detail = f"{code.code} {code._name_as('new')}"
            labels = dict(code._fields["event_class"]._description_selection(self.env))
        match self.reason_kind:
            case "rule_class" if code:
                return self.env._(
                    "%(event)s: events of the class “%(event_class)s” are handled as incidents.",
                    event=detail,
                    event_class=labels[code.event_class],
                )
            case "rule_class":
                return self.env._("%s: the rule of its class makes it an incident.", detail)
            case "rule_code":
                return self.env._("%s: a rule for this code makes it an incident.", detail)
            case "code_table":
                return self.env._("%s: the code table makes it an incident.", detail)
            case "condition":
                return self.env._("%s: reported without a code.", detail)
            case "unknown_code":
                return self.env._("Code %s is not in the code table.", detail)
            case "unknown_account":
                return self.env._("Account %s is not registered.", detail)
            case "unknown_receiver":
                return self.env._("Receiver %s is not registered.", detail)
            case "unparsed":
                return self.env._("Receiver %s sent data that could not be decoded.", detail)
            case "integrity":
                return self.env._("Two different signals have one identity: %s", detail)
            case "missing":
                return self.env._("Signals are missing from receiver %s", detail)
            case "rejected":
                return self.env._("Bridge %s sent what is no signal.", detail)
            case "bridge_silent":
                bridge, _comma, heard = detail.partition(", ")
                return self.env._(
                    "Bridge %(bridge)s is silent. Last heard: %(heard)s", bridge=bridge, heard=heard
                )
            case "undecided":
                return self.env._("The rules failed, it is shown without them: %s", detail)
        return detail

    @api.depends("link_ids")
    def _compute_signals(self):
        for incident in self:
            incident.signal_ids = incident.link_ids.signal_id
            incident.signal_count = len(incident.link_ids)

    def _search_signal_ids(self, operator, value):
        return [("link_ids.signal_id", operator, value)]

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for incident in self:
            incident.is_mine = incident.user_id == self.env.user

    @api.model_create_multi
    def create(self, vals_list):
        names = self._next_names(len(vals_list))
        return super().create(
            [{"name": name, **vals} for name, vals in zip(names, vals_list, strict=True)]
        )

    def write(self, vals):
        if self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(
                self.env._(
                    "An incident changes only through its actions (take, hold, resolve…), not by "
                    "writing %s.",
                    ", ".join(sorted(vals)),
                )
            )
        return super().write(vals)

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("Incidents are evidence and are never deleted."))
        return super().unlink()

    @api.private
    def _on_incidents_changed(self):
        """Hook: these incidents are new or have changed; once for each batch or verb."""

    @api.model
    def _next_names(self, count):
        if not count:
            return []
        year = self.env.company._alarm_year()
        self.env.cr.execute(
            "SELECT nextval('alarm_incident_number') FROM generate_series(1, %s)", [count]
        )
        return [f"A{year}-{number:06d}" for [number] in self.env.cr.fetchall()]

    def _write_private(self, vals):
        """Write what only verbs and the decider may write.

        As superuser: nobody has the right to write incidents, so that their state cannot be set
        past the verbs. Whoever calls this has checked what the user may do.
        """
        return self.sudo().with_context(alarm_by_verb=_BY_VERB).write(vals)

    def _apply_priorities(self):
        """Raise the priority to that of the most urgent signal linked, and show that signal's code.

        An incident that somebody is changing at this moment is left out, so that nobody waits; the
        tick does it again.
        """
        self.flush_model(["priority", "event_code_id", "event_class"])
        self.env.cr.execute(
            """
            WITH urgent AS (
                SELECT DISTINCT ON (link.incident_id)
                       link.incident_id, link.priority, signal.event_code_id,
                       coalesce(code.event_class, 'other') AS event_class
                  FROM alarm_incident_signal link
                  JOIN alarm_signal signal ON signal.id = link.signal_id
             LEFT JOIN alarm_event_code code ON code.id = signal.event_code_id
                 WHERE link.incident_id = ANY(%s) AND link.role = 'alarm'
                 ORDER BY link.incident_id, link.priority, link.id
            ), free AS (
                SELECT incident.id, urgent.*
                  FROM alarm_incident incident
                  JOIN urgent ON urgent.incident_id = incident.id
                 WHERE urgent.priority < incident.priority
                   FOR NO KEY UPDATE OF incident SKIP LOCKED
            )
            UPDATE alarm_incident incident
               SET priority = free.priority,
                   event_code_id = free.event_code_id,
                   event_class = CASE WHEN incident.key LIKE 'subscriber:%%'
                                      THEN free.event_class ELSE incident.event_class END
              FROM free WHERE free.id = incident.id
         RETURNING incident.id
            """,
            [self.ids],
        )
        raised = self.browse(id_ for [id_] in self.env.cr.fetchall())
        raised.invalidate_recordset(["priority", "event_code_id", "event_class"])
        return raised
