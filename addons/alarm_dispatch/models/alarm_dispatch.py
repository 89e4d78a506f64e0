from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.dispatch_states import CLOCKS, LIMITS, STATES

# Passed in the context by the verbs. Compared by identity, so nothing that arrives over RPC can be
# it.
_BY_VERB = object()

# So many zones a responder reads on his way; an incident may have all of them.
_ZONES_SHOWN = 5


class AlarmDispatch(models.Model):
    """Responders sent to one incident, and the record of what they found there."""

    _name = "alarm.dispatch"
    _description = "Dispatch Order"
    _inherit = ["mail.thread", "alarm.own.defaults"]
    _order = "id desc"
    _rec_names_search = ["name", "site_name"]
    _mail_post_access = "read"

    name = fields.Char(required=True, readonly=True, index=True)
    incident_id = fields.Many2one(
        "alarm.incident",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups="alarm_monitoring.group_dispatcher",
    )
    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        groups="alarm_subscriber.group_reader",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    policy_id = fields.Many2one(
        "alarm.dispatch.policy",
        readonly=True,
        ondelete="restrict",
        groups="alarm_monitoring.group_dispatcher",
    )
    step_id = fields.Many2one(
        "alarm.incident.step",
        string="Step of the Plan",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="alarm_monitoring.group_dispatcher",
        help="The step that was done by this order.",
    )
    crew_size = fields.Integer("Responders Needed", required=True, readonly=True, default=1)
    # As it was when they were sent, whatever the register says later.
    incident_name = fields.Char("Incident Number", readonly=True)
    site_name = fields.Char("Premises", required=True, readonly=True)
    address = fields.Char(readonly=True)
    latitude = fields.Float(digits=(10, 7), readonly=True)
    longitude = fields.Float(digits=(10, 7), readonly=True)
    event = fields.Char(compute="_compute_event", compute_sudo=True)
    zones = fields.Char(
        compute="_compute_zones",
        compute_sudo=True,
        help="Where on the premises, as far as the panel has told until now.",
    )
    site_note = fields.Text("Notes for Responders", readonly=True)
    note = fields.Text("Instruction", readonly=True)
    dispatcher_id = fields.Many2one(
        "res.users", string="Dispatcher", readonly=True, ondelete="restrict"
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="proposed", index=True)
    member_ids = fields.One2many("alarm.dispatch.member", "dispatch_id", string="Responders")
    crew = fields.Char(compute="_compute_crew", help="Who has accepted.")
    proposed_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    accepted_at = fields.Datetime(readonly=True)
    en_route_at = fields.Datetime("On the Way Since", readonly=True)
    on_site_at = fields.Datetime("On Site Since", readonly=True)
    finished_at = fields.Datetime(readonly=True)
    ended_at = fields.Datetime("Declined or Cancelled", readonly=True)
    end_reason = fields.Char("Reason for the End", readonly=True)
    due_at = fields.Datetime("Next Step Due", readonly=True)
    overdue = fields.Boolean(readonly=True)

    _due_idx = models.Index(
        "(due_at) WHERE due_at IS NOT NULL AND NOT overdue"
        " AND state IN ('proposed', 'accepted', 'en_route', 'on_site')"
    )
    _open_idx = models.Index(
        "(company_id, id) WHERE state IN ('proposed', 'accepted', 'en_route', 'on_site')"
    )

    def init(self):
        # A plain sequence: taking a number waits for nobody, gaps do not matter.
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS alarm_dispatch_number")

    @api.depends("incident_id.event_code_id", "incident_id.event_class")
    @api.depends_context("lang")
    def _compute_event(self):
        for order in self:
            order.event = order.incident_id._dispatch_event()

    @api.depends("incident_id.link_ids")
    def _compute_zones(self):
        for order in self:
            alarms = order.incident_id.link_ids.filtered(lambda link: link.role == "alarm")
            zones = alarms.sorted("id").signal_id.zone_id
            shown = zones[:_ZONES_SHOWN].mapped("display_name")
            order.zones = "; ".join([*shown, *(["…"] if len(zones) > len(shown) else [])])

    @api.depends("member_ids.state", "member_ids.name")
    def _compute_crew(self):
        for order in self:
            order.crew = ", ".join(order._crew().mapped("name"))

    def _crew(self):
        """The members who have accepted."""
        return self.member_ids.filtered(lambda member: member.state == "accepted")

    @api.model_create_multi
    def create(self, vals_list):
        names = self._next_names(len(vals_list))
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        return super(AlarmDispatch, quiet).create(
            [{"name": name, **vals} for name, vals in zip(names, vals_list, strict=True)]
        )

    def write(self, vals):
        if self.env.context.get("alarm_by_verb") is not _BY_VERB:
            self._check_writable(vals)
        return super().write(vals)

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("Dispatch orders are evidence and are never deleted."))
        return super().unlink()

    def _check_writable(self, vals):
        """Only what the responder reports is written, and only while he is on site."""
        other = sorted(set(vals) - self._report_fields())
        if other:
            raise UserError(
                self.env._(
                    "A dispatch order changes only through its actions (accept, on the way, on "
                    "site…), not by writing %s.",
                    ", ".join(other),
                )
            )
        self._check_reportable()

    @api.model
    def _report_fields(self):
        """Names of the fields that a responder fills in on site."""
        return set()

    def _check_reportable(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for order in self:
            if order.state != "on_site":
                raise UserError(
                    self.env._(
                        "%(order)s is %(state)s; its report is written while it is %(on_site)s.",
                        order=order.name,
                        state=labels[order.state],
                        on_site=labels["on_site"],
                    )
                )

    def _write_private(self, vals):
        """Write what only verbs may write; whoever calls this has checked what the user may do."""
        return self.sudo().with_context(alarm_by_verb=_BY_VERB).write(vals)

    def _enter(self, state, **values):
        """Values of an order that comes to a state now: clock, and when the next step is due."""
        self.ensure_one()
        now = fields.Datetime.now()
        clock = CLOCKS[state]
        minutes = self.sudo().policy_id[LIMITS[state]] if state in LIMITS else 0
        values.update(
            state=state,
            overdue=False,
            due_at=now + timedelta(minutes=minutes) if minutes else False,
        )
        values[clock] = now
        return values

    @api.model
    def _next_names(self, count):
        if not count:
            return []
        year = self.env.company._alarm_year()
        self.env.cr.execute(
            "SELECT nextval('alarm_dispatch_number') FROM generate_series(1, %s)", [count]
        )
        return [f"D{year}-{number:06d}" for [number] in self.env.cr.fetchall()]

    @api.model
    def _mark_overdue(self):
        """Mark the orders whose next step is overdue and tell their incidents. An order that
        somebody acts on at this moment is left for the next time."""
        self.flush_model(["due_at", "overdue", "state"])
        self.env.cr.execute(
            """
            UPDATE alarm_dispatch SET overdue = TRUE
             WHERE id IN (SELECT id FROM alarm_dispatch
                           WHERE due_at <= %s AND NOT overdue
                             AND state IN ('proposed', 'accepted', 'en_route', 'on_site')
                             FOR NO KEY UPDATE SKIP LOCKED)
         RETURNING id
            """,
            [fields.Datetime.now()],
        )
        late = self.browse(id_ for [id_] in self.env.cr.fetchall())
        late.invalidate_recordset(["overdue"])
        if late:
            labels = dict(self._fields["state"]._description_selection(self.env))
            self.env["alarm.incident.entry"]._log(
                [
                    (
                        order.incident_id,
                        "dispatch_overdue",
                        f"{order.name}: {labels[order.state]}",
                        0,
                    )
                    for order in late
                ]
            )
            late.incident_id._on_incidents_changed()
            for order in late:
                order._tell_dispatcher(
                    self.env._(
                        "%(order)s is overdue: %(state)s since %(minutes)s min.",
                        order=order.name,
                        state=labels[order.state],
                        minutes=order._minutes_in_state(),
                    ),
                    sticky=True,
                )
        return late

    def _minutes_in_state(self):
        since = self[CLOCKS[self.state]]
        return int((fields.Datetime.now() - since).total_seconds() // 60)

    def _tell_dispatcher(self, message, sticky=False):
        """Tell who holds the incident, on his screen."""
        self.ensure_one()
        holder = self.sudo().incident_id.user_id
        if holder and holder != self.env.user:
            holder._bus_send(
                "simple_notification",
                {"type": "warning" if sticky else "info", "sticky": sticky, "message": message},
            )
