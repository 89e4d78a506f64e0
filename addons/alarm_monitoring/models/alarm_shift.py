from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

ENDS = [("ended", "Signed Off"), ("lost", "Lost from Sight")]


class AlarmShift(models.Model):
    """A dispatcher's time at the desk of a company, and what he hands over at its end.

    Begun and ended by verbs alone. While it lasts nothing of it changes but, once a minute, when a
    board of the dispatcher was heard last.
    """

    _name = "alarm.shift"
    _description = "Shift at the Alarm Desk"
    _order = "started_at desc, id desc"
    _rec_name = "user_id"
    _log_access = False

    user_id = fields.Many2one(
        "res.users", string="Dispatcher", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    started_at = fields.Datetime(string="Started", required=True, readonly=True)
    seen_at = fields.Datetime(
        string="Last Heard", required=True, readonly=True, help="A board of the dispatcher."
    )
    absent = fields.Boolean(readonly=True, help="No board of the dispatcher is heard any more.")
    ended_at = fields.Datetime(string="Ended", readonly=True)
    end_kind = fields.Selection(ENDS, string="How It Ended", readonly=True)
    was_last = fields.Boolean(
        string="Last at the Desk", readonly=True, help="Nobody else was there when it ended."
    )
    note = fields.Text(string="Hand-over Note", readonly=True)
    facts = fields.Json(
        readonly=True, help="What was open at its end, as found then; values without any language."
    )
    facts_words = fields.Text(string="As Found at the End", compute="_compute_facts_words")
    reading_ids = fields.One2many("alarm.shift.reading", "shift_id", string="Read By")
    state = fields.Selection(
        [("present", "At the Desk"), ("absent", "Not Heard"), ("over", "Over")],
        compute="_compute_state",
    )

    # One shift of a dispatcher in a company, however many boards are open.
    _open_uniq = models.UniqueIndex("(user_id, company_id) WHERE ended_at IS NULL")
    _ended_idx = models.Index("(company_id, ended_at) WHERE ended_at IS NOT NULL")

    @api.depends("ended_at", "absent")
    def _compute_state(self):
        for shift in self:
            shift.state = "over" if shift.ended_at else "absent" if shift.absent else "present"

    @api.depends("user_id", "started_at")
    @api.depends_context("tz", "lang")
    def _compute_display_name(self):
        for shift in self:
            shift.display_name = (
                f"{shift.user_id.name}, {format_datetime(self.env, shift.started_at)}"
            )

    @api.depends("facts")
    @api.depends_context("lang", "tz")
    def _compute_facts_words(self):
        for shift in self:
            shift.facts_words = "\n".join(shift._facts_lines(shift.facts or {}))

    @api.model
    def _facts_lines(self, facts):
        """What `_prepare_facts` found, a line each, in the reader's language and time zone."""
        lines = []
        if facts.get("open"):
            lines.append(
                self.env._(
                    "Open incidents: %s",
                    ", ".join(
                        self.env._("%(count)s of priority %(priority)s", count=count, priority=prio)
                        for prio, count in sorted(facts["open"].items())
                    ),
                )
            )
        for held in facts.get("held", ()):
            lines.append(
                self.env._(
                    "Held: %(incident)s %(subscriber)s until %(until)s – %(reason)s",
                    incident=held["name"],
                    subscriber=held["subscriber"],
                    until=self._moment_words(held["until"]),
                    reason=held["reason"] or "–",
                )
            )
        for test in facts.get("tests", ()):
            lines.append(
                self.env._(
                    "On test: %(subscriber)s until %(until)s",
                    subscriber=test["subscriber"],
                    until=self._moment_words(test["until"]),
                )
            )
        if facts.get("unrestored"):
            lines.append(self.env._("Not restored: %s", facts["unrestored"]))
        if facts.get("receivers"):
            lines.append(self.env._("Receivers down: %s", ", ".join(facts["receivers"])))
        return lines

    @api.model
    def _moment_words(self, text):
        """A moment that facts keep (text in UTC) by the reader's own clock."""
        moment = fields.Datetime.to_datetime(text)
        return format_datetime(self.env, moment, dt_format="MM-dd HH:mm") if moment else "–"

    # Never allowed, so there is nothing to hand on.
    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A shift changes only by beginning and ending it."))

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("Shifts and their notes are kept."))
        return super().unlink()


class AlarmShiftReading(models.Model):
    """Who has read the hand-over note of a shift. Only ever added."""

    _name = "alarm.shift.reading"
    _description = "Reading of a Hand-over Note"
    _order = "read_at, id"
    _rec_name = "user_id"
    _log_access = False

    shift_id = fields.Many2one("alarm.shift", required=True, readonly=True, ondelete="restrict")
    user_id = fields.Many2one(
        "res.users", string="Dispatcher", required=True, readonly=True, ondelete="restrict"
    )
    read_at = fields.Datetime(string="Read", required=True, readonly=True)

    _shift_user_uniq = models.UniqueIndex("(shift_id, user_id)")

    # Never allowed, so there is nothing to hand on.
    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("That a note was read stays as it is."))

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("That a note was read stays as it is."))
        return super().unlink()
