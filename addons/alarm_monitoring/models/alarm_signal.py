from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_datetime

from odoo.addons.alarm_subscriber.tools.append_only import refuse_changes
from odoo.addons.alarm_subscriber.tools.durations import duration_words

from ..tools.batch import parse_time
from ..tools.bridge_signals import coded, is_tick, tick_of
from .alarm_signal_named import NamedMany2one

# As received. Written once, by storing; then nobody changes them.
WIRE_FIELDS = (
    "uid",
    "digest",
    "bridge",
    "receiver_name",
    "format",
    "kind",
    "source",
    "received_at",
    "journaled_at",
    "stored_at",
    "occurred_at",
    "repeat_of",
    "wire_receiver",
    "line",
    "account",
    "code_system",
    "code",
    "qualifier",
    "area",
    "zone",
    "user",
    "address",
    "text",
    "extended",
    "raw_hex",
)

# So long signals of an unknown account are given to the panel that is registered with it; the
# parameter alarm_monitoring.sweep_days says otherwise.
SWEEP_DAYS = 30

# Percent of a page that storing fills: the rest is for the decisions, which come in a moment.
_FILL = 85

DECISIONS = [
    ("pending", "To Be Decided"),
    ("incident", "Incident"),
    ("restored", "Restored Something Open"),
    ("cancelled", "Cancelled Something Open"),
    ("repeat", "Repeated on the Link"),
    ("runaway", "Part of a Flood"),
    ("log_rule", "Logged: Rule"),
    ("log_test", "Logged: On Test"),
    ("log_state", "Logged: Subscriber Not Active"),
    ("log_commissioning", "Logged: Commissioning"),
    ("log_restore", "Logged: Nothing Open to Restore"),
    ("log_repeat", "Logged: Repeats a Logged One"),
    ("ticked", "Told to the Incident"),
    ("log_tick", "Logged: What Was Handled Made No Incident"),
    ("log_tick_unknown", "Logged: What Was Handled Is Not Known"),
    ("undecided", "Raised without Rules"),
]


class AlarmSignal(models.Model):
    """One received message: what came over the wire, and what it was found to belong to.

    Lean on purpose: hundreds are stored in a second, a hundred million are kept.
    """

    _name = "alarm.signal"
    _description = "Alarm Signal"
    # In step with two indexes, so that the newest rows of a period or of a subscriber are read off
    # without sorting, however many there are.
    _order = "received_at desc, id desc"
    _rec_name = "uid"
    _rec_names_search = ["account", "code", "uid"]
    _log_access = False

    uid = fields.Char(string="UID", required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True, help="Hash of the signal as sent.")
    bridge = fields.Char(required=True, readonly=True)
    receiver_name = fields.Char(required=True, readonly=True)
    format = fields.Char(readonly=True)
    kind = fields.Char(readonly=True)
    source = fields.Char(readonly=True)
    received_at = fields.Datetime(required=True, readonly=True)
    journaled_at = fields.Datetime(required=True, readonly=True)
    stored_at = fields.Datetime(required=True, readonly=True)
    occurred_at = fields.Datetime(readonly=True, help="The panel's own time of the event.")
    repeat_of = fields.Char(
        readonly=True, help="UID of the record that this one repeats on the link."
    )
    wire_receiver = fields.Char(readonly=True)
    line = fields.Char(readonly=True)
    account = fields.Char(readonly=True)
    code_system = fields.Char(readonly=True)
    code = fields.Char(readonly=True)
    qualifier = fields.Char(readonly=True)
    area = fields.Char(string="Area Number", readonly=True)
    zone = fields.Char(string="Zone Number", readonly=True)
    user = fields.Char(string="User Number", readonly=True)
    address = fields.Char(readonly=True)
    text = fields.Char(readonly=True)
    extended = fields.Char(readonly=True, help="Extended data as a JSON list of pairs.")
    raw_hex = fields.Char(string="Raw Bytes", readonly=True)

    receiver_id = NamedMany2one("alarm.receiver", readonly=True, ondelete="restrict")
    receiver_group_id = NamedMany2one("alarm.receiver.group", readonly=True, ondelete="restrict")
    account_key = fields.Char(readonly=True)
    # Indexed so that the signals of a part of the register are found.
    panel_id = NamedMany2one(
        "alarm.panel", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    subscriber_id = NamedMany2one("alarm.subscriber", readonly=True, ondelete="restrict")
    area_id = NamedMany2one(
        "alarm.area", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    zone_id = NamedMany2one(
        "alarm.zone", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    panel_user_id = NamedMany2one(
        "alarm.panel.user", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    event_code_id = NamedMany2one("alarm.event.code", readonly=True, ondelete="restrict")
    company_id = NamedMany2one("res.company", readonly=True, ondelete="restrict")
    late = fields.Boolean(
        readonly=True, help="Handed over long after it was received; the bridge was cut off."
    )
    decision = fields.Selection(DECISIONS, required=True, readonly=True)
    delay = fields.Integer(
        compute="_compute_delay", help="Seconds from the bridge's journal to here."
    )
    delay_words = fields.Char(string="Delivered Late", compute="_compute_delay")
    event_class = fields.Selection(related="event_code_id.event_class")
    event_name = fields.Char(compute="_compute_event_name")

    _uid_digest_uniq = models.UniqueIndex("(uid, digest)")
    _subscriber_idx = models.Index("(subscriber_id, received_at, id)")
    # Rows come in the order of time: a few pages find a day among a hundred million of them.
    _received_idx = models.Index("USING brin (received_at)")
    # A BRIN gives no order: with it alone the list of an old day sorts that day, or passes all that
    # is younger. New entries go to the last page, which is in memory.
    _received_order_idx = models.Index("(received_at, id)")
    _unknown_idx = models.Index("(receiver_group_id, account_key) WHERE panel_id IS NULL")
    # Not by the decision: an index that names it would make every decision a new entry in all of
    # them, while now it stays on its page (`_FILL`).
    _tick_idx = models.Index("(id) WHERE code_system = 'bridge' AND code = 'handled'")

    def init(self):
        refuse_changes(self.env.cr, self._table, WIRE_FIELDS)
        self.env.cr.execute(
            SQL("ALTER TABLE %s SET (fillfactor = %s)", SQL.identifier(self._table), _FILL)
        )

    @api.depends("event_code_id", "qualifier", "code", "text", "kind")
    @api.depends_context("lang")
    def _compute_event_name(self):
        for signal in self:
            code = signal.event_code_id
            signal.event_name = (
                code._name_as(signal._coded_qualifier())
                if code
                else " ".join(filter(None, (signal.code, signal.text))) or signal.kind
            )

    def _coded_qualifier(self):
        return coded(self.kind, self.code_system, self.code, self.qualifier, self.text)[2]

    @api.depends("late", "journaled_at", "stored_at")
    @api.depends_context("lang")
    def _compute_delay(self):
        for signal in self:
            under_way = signal.stored_at - signal.journaled_at if signal.late else timedelta()
            signal.delay = int(under_way.total_seconds())
            signal.delay_words = duration_words(self.env, signal.delay // 60 * 60)

    def _words(self):
        """What and where, in the language of the context: "Burglary · 5 Back door"."""
        self.ensure_one()
        if is_tick(self.code_system, self.code):
            return self._tick_words()
        zone, user = self.zone_id.display_name, self.panel_user_id.display_name
        if not zone and self.zone:
            zone = self.env._("zone %s", self.zone)
        if not user and self.user:
            user = self.env._("user %s", self.user)
        late = self.late and self.env._("delivered late, %s", self.delay_words)
        return " · ".join(filter(None, (self.event_name, zone or user, late)))

    def _tick_words(self):
        """Who handled what when at the display of the bridge, and what that leaves to do."""
        tick = tick_of(self.extended)
        try:
            at = format_datetime(self.env, parse_time(tick.at), dt_format="yyyy-MM-dd HH:mm:ss")
        except ValueError:
            at = tick.at
        handled = self.env._(
            "Handled at the bridge's display by %(by)s, %(at)s: %(note)s",
            by=tick.by or "?",
            at=at or "?",
            note=self.text or "–",
        )
        return "\n".join((handled, self.env._("It remains to be closed here by a dispatcher.")))

    @api.depends("account", "code", "event_code_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for signal in self:
            signal.display_name = " ".join(filter(None, (signal.account, signal.event_name)))

    def write(self, vals):
        wire = sorted(set(WIRE_FIELDS) & vals.keys())
        if wire:
            raise UserError(
                self.env._(
                    "A signal stays as it was received: %s cannot be changed.", ", ".join(wire)
                )
            )
        return super().write(vals)

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("Signals are evidence and are never deleted."))
        return super().unlink()

    @api.model
    def _match_panels(self, panel_ids):
        """Give signals of unknown accounts to the panels that have these accounts now: those of
        the last days only, as older ones are of whoever had the number before."""
        days = (
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("alarm_monitoring.sweep_days", str(SWEEP_DAYS))
        )
        since = fields.Datetime.now() - timedelta(
            days=int(days) if days.isdecimal() else SWEEP_DAYS
        )
        self.env.cr.execute(
            """
            UPDATE alarm_signal signal
               SET panel_id = panel.id,
                   subscriber_id = panel.subscriber_id,
                   company_id = panel.company_id
              FROM alarm_panel panel
             WHERE panel.id = ANY(%s)
               AND signal.panel_id IS NULL
               AND signal.receiver_group_id = panel.receiver_group_id
               AND signal.account_key = panel.account_key
               AND signal.received_at >= %s
            """,
            [list(panel_ids), since],
        )
        self.invalidate_model(["panel_id", "subscriber_id", "company_id"])
