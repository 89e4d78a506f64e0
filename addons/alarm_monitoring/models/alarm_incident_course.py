from datetime import UTC
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

FINDINGS = [("false", "False"), ("undecided", "Cannot Tell"), ("real", "Real")]

# In the order in which they mostly come.
TIMES = (
    "received_at",
    "journaled_at",
    "queued_at",
    "shown_at",
    "taken_at",
    "first_action_at",
    "first_call_at",
    "preprocessed_at",
    "dispatched_at",
    "accepted_at",
    "on_site_at",
    "finding_at",
    "resolved_at",
    "closed_at",
)


class AlarmIncident(models.Model):
    """The course of an incident outside the centre, and the time of each step of it."""

    _inherit = "alarm.incident"

    received_at = fields.Datetime(
        "First Signal Received", readonly=True, help="When the receiver got its first signal."
    )
    journaled_at = fields.Datetime("First Signal Journaled", readonly=True)
    first_call_at = fields.Datetime("First Call", readonly=True)
    first_action_at = fields.Datetime(
        "First Action Outwards",
        readonly=True,
        help="The first call, order or notice. To take an incident or to put it on hold is none.",
    )
    preprocessed_at = fields.Datetime("Pre-processed", readonly=True)
    dispatched_at = fields.Datetime("Dispatched", readonly=True)
    sent_outside = fields.Boolean(
        "Sent without an Order",
        readonly=True,
        help="Somebody was sent by telephone, or the police came by themselves.",
    )
    accepted_at = fields.Datetime("Order Accepted", readonly=True)
    on_site_at = fields.Datetime("On Site", readonly=True)
    finding = fields.Selection(FINDINGS, "Finding on Site", readonly=True)
    finding_note = fields.Text(readonly=True)
    finding_at = fields.Datetime("Finding Reported", readonly=True)
    seconds_to_pickup = fields.Integer(
        compute="_compute_seconds", help="From the queue to the first dispatcher who took it."
    )
    seconds_to_action = fields.Integer(
        "Seconds to First Action",
        compute="_compute_seconds",
        help="From the queue to the first call, order or notice.",
    )
    timeline = fields.Html(compute="_compute_timeline", sanitize=False)

    @api.depends("queued_at", "taken_at", "first_action_at")
    def _compute_seconds(self):
        for incident in self:
            incident.seconds_to_pickup = incident._seconds_since_queued("taken_at")
            incident.seconds_to_action = incident._seconds_since_queued("first_action_at")

    def _seconds_since_queued(self, name):
        if not self[name] or not self.queued_at:
            return 0
        return max(0, round((self[name] - self.queued_at).total_seconds()))

    @api.depends(*TIMES, "subscriber_id.tz")
    @api.depends_context("lang", "tz")
    def _compute_timeline(self):
        names = self.fields_get(TIMES, ["string"])
        for incident in self:
            start = incident.received_at or incident.queued_at
            # As the rows are: what was received and journaled at once took no second.
            start = start and start.replace(microsecond=0)
            clock, whose = incident._clock()
            rows = sorted(
                (incident[name].replace(microsecond=0), place, name)
                for place, name in enumerate(TIMES)
                if incident[name]
            )
            shown, day = [], None
            for at, _place, name in rows:
                local = at.replace(tzinfo=UTC).astimezone(clock)
                # The day stands where it changes: most incidents have one.
                date = "" if local.date() == day else format_date(self.env, local.date())
                day = local.date()
                shown.append(
                    Markup(
                        "<tr><td>%s</td><td class='text-end text-nowrap text-muted'>%s</td>"
                        "<td class='text-end'>%s</td>"
                        "<td class='text-end text-muted'>%s</td></tr>"
                    )
                    % (
                        names[name]["string"],
                        date,
                        local.strftime("%H:%M:%S"),
                        escape(self._elapsed(at - start)) if start else "",
                    )
                )
            incident.timeline = Markup(
                '<table class="table table-sm w-auto mb-0">'
                '<caption class="caption-top pt-0 text-nowrap">%s</caption>'
                "<tbody>%s</tbody></table>"
            ) % (whose, Markup("").join(shown))

    def _clock(self):
        """By which clock times are told: that of the premises, else the reader's; and the words
        that say so."""
        name = self.subscriber_id.tz
        if name:
            clock = ZoneInfo(name)
            words = self.env._("Time at the premises: %s", self._zone_words(name, clock))
        else:
            name = self.env.context.get("tz") or self.env.user.tz or "UTC"
            clock = ZoneInfo(name)
            words = self.env._("Your time: %s", self._zone_words(name, clock))
        return clock, words

    def _zone_words(self, name, clock):
        moment = (self.received_at or self.queued_at).replace(tzinfo=UTC).astimezone(clock)
        offset = moment.strftime("%z")
        return f"{name} (UTC{offset[:3]}:{offset[3:]})"

    @api.model
    def _elapsed(self, delta):
        seconds = round(delta.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("+", seconds)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        return (
            f"{sign}{hours}:{minutes:02}:{seconds:02}" if hours else f"{sign}{minutes}:{seconds:02}"
        )

    # -- what happens outside ---------------------------------------------------------------------

    def action_preprocess(self, note):
        """Undecided: say what is done from here already, while a responder is sent to look."""
        self._check_dispatcher()
        note = self._required_text(note, self.env._("Say what was done before somebody is there."))
        for incident in self._locked():
            incident._transition(
                "preprocess",
                note,
                preprocessed_at=incident.preprocessed_at or fields.Datetime.now(),
            )
        return True

    def action_report_dispatched(self, note):
        """Somebody was sent without an order of this system: by telephone, the police's own car."""
        self._check_dispatcher()
        note = self._required_text(note, self.env._("Say who was sent."))
        self._locked()._report_dispatched(note)
        return True

    def action_report_accepted(self, note=""):
        """Who was sent has said that he comes."""
        self._check_dispatcher()
        self._locked()._report_accepted(note)
        return True

    def action_report_on_site(self, note=""):
        """Who was sent has arrived."""
        self._check_dispatcher()
        self._locked()._report_on_site(note)
        return True

    def action_report_finding(self, finding, note):
        """What was found at the site.

        :param finding: false, undecided or real
        """
        self._check_dispatcher()
        note = self._required_text(note, self.env._("Say what was found at the site."))
        self._locked()._report_finding(finding, note)
        return True

    # For the verbs above, and for the orders of a module that has them: the incidents are locked,
    # the caller has checked who may.

    def _report_dispatched(self, text=""):
        now = fields.Datetime.now()
        for incident in self:
            incident._transition(
                "dispatch",
                text,
                dispatched_at=incident.dispatched_at or now,
                first_action_at=incident.first_action_at or now,
                sent_outside=True,
                held_until=False,
            )

    def _report_accepted(self, text=""):
        for incident in self:
            incident._check_dispatched()
            incident._transition(
                "accept", text, accepted_at=incident.accepted_at or fields.Datetime.now()
            )

    def _report_on_site(self, text=""):
        for incident in self:
            incident._check_dispatched()
            incident._transition(
                "arrive", text, on_site_at=incident.on_site_at or fields.Datetime.now()
            )

    def _report_finding(self, finding, text=""):
        words = dict(self._fields["finding"]._description_selection(self.env))
        if finding not in words:
            raise UserError(
                self.env._(
                    "“%(finding)s” is no finding. Possible are: %(allowed)s.",
                    finding=finding,
                    allowed=", ".join(dict(FINDINGS)),
                )
            )
        for incident in self:
            incident._check_dispatched()
            incident._transition(
                "find",
                ": ".join(filter(None, (words[finding], text))),
                finding=finding,
                finding_note=text,
                finding_at=fields.Datetime.now(),
            )

    def _check_dispatched(self):
        if not self.dispatched_at:
            raise UserError(self.env._("Nobody was sent to the site of %s.", self.name))

    def _check_outcome(self, step, outcome, note, **details):
        result = super()._check_outcome(step, outcome, note, **details)
        if step.kind == "dispatch" and outcome == "sent" and not note:
            raise UserError(self.env._("Say who was sent."))
        return result

    def _on_step_done(self, step, outcome, note, **details):
        result = super()._on_step_done(step, outcome, note, **details)
        if step.kind == "dispatch" and outcome == "sent" and not self.dispatched_at:
            self._report_dispatched(note)
        return result
