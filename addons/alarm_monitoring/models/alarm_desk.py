from zoneinfo import ZoneInfo

from odoo import SUPERUSER_ID, api, fields, models

from ..tools.desk import (
    ABSENT_AFTER,
    LOOKED_WITHIN,
    LOST_AFTER,
    Desk,
    is_absent,
    is_manned_time,
    judge,
)
from ..tools.locks import lock_until_commit
from ..tools.supervision import local_words, pack, unpack

POLICIES = [
    ("always", "Around the Clock"),
    ("hours", "During Certain Hours"),
    ("never", "Not Watched"),
]


class AlarmDesk(models.Model):
    """What is known of the desk of a company: whether its being empty has been told. One row for
    each company that keeps shifts, changed under its lock only when there is news."""

    _name = "alarm.desk"
    _description = "Alarm Desk"
    _rec_name = "company_id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    told = fields.Boolean(readonly=True, help="The supervisors know that nobody is there.")
    watched_since = fields.Datetime(
        readonly=True, help="Since when due work has been looking without a pause."
    )

    _company_uniq = models.UniqueIndex("(company_id)")

    @api.model
    def _lock(self, companies):
        """Let nobody else begin, end or judge at these desks until this is committed."""
        lock_until_commit(self.env.cr, {self._matter(company) for company in companies})

    @api.model
    def _matter(self, company):
        return f"desk:{company.id}"

    @api.model
    def _look(self, companies):
        """Judge these desks, whose locks are held, and tell what is new."""
        present = self._present(companies)
        desks = {
            desk.company_id: desk for desk in self.search([("company_id", "in", companies.ids)])
        }
        for company in companies:
            desk = desks.get(company)
            known = Desk(used=bool(desk), told=bool(desk and desk.told))
            after, news = judge(known, present.get(company, 0), self._is_wanted(company))
            if not desk and after.used:
                self.create({"company_id": company.id, "watched_since": fields.Datetime.now()})
            elif desk and desk.told != after.told:
                desk.told = after.told
            if news:
                self._tell(company, news)

    @api.model
    def _present(self, companies):
        """Company -> number of dispatchers at its desk."""
        return dict(
            self.env["alarm.shift"]._read_group(
                [
                    ("company_id", "in", companies.ids),
                    ("ended_at", "=", False),
                    ("absent", "=", False),
                ],
                ["company_id"],
                ["__count"],
            )
        )

    @api.model
    def _is_wanted(self, company):
        now = fields.Datetime.now().replace(tzinfo=ZoneInfo("UTC"))
        local = now.astimezone(ZoneInfo(company.partner_id.tz or "UTC"))
        return is_manned_time(
            company.alarm_desk_manned,
            company.alarm_desk_from,
            company.alarm_desk_until,
            local.hour + local.minute / 60,
        )

    @api.model
    def _left_empty_by(self, shifts):
        """Companies whose desk is to be manned and is empty once these shifts have ended."""
        companies = shifts.company_id
        others = self.env["alarm.shift"].search(
            [
                ("company_id", "in", companies.ids),
                ("id", "not in", shifts.ids),
                ("ended_at", "=", False),
                ("absent", "=", False),
            ]
        )
        return (companies - others.company_id).filtered(self._is_wanted)

    @api.model
    def _tell(self, company, news):
        # In nobody's name: people write their part of an incident's log under another lock.
        incidents = self.env(user=SUPERUSER_ID, su=True)["alarm.incident"]
        key = self._matter(company)
        if news != "empty":
            incidents._note_restored(key, "")
            return
        last = self.env["alarm.shift"].search(
            [("company_id", "=", company.id)], order="seen_at desc", limit=1
        )
        detail = pack(last.user_id.name, local_words(last.seen_at, company.partner_id.tz))
        incident, new = incidents._raise_matter(
            key, "desk_empty", detail, priority="1", vals={"company_id": company.id}
        )
        if not new:
            incident._log("reminded", detail)
            incident._on_incidents_changed()
        for user in self.env.ref("alarm_monitoring.group_supervisor").all_user_ids:
            if user.active and company in user.company_ids:
                user._bus_send(
                    "simple_notification",
                    {
                        "type": "danger",
                        "sticky": True,
                        "message": self.with_context(lang=user.lang).env._(
                            "Nobody is at the alarm desk of %s.", company.name
                        ),
                    },
                )

    # -- due work ----------------------------------------------------------------------------------

    @api.model
    def _watch(self):
        """Notice boards that are not heard any more, and desks that are empty."""
        desks = self.search([("company_id", "!=", False)])
        if not desks:
            return
        self._lock(desks.company_id)
        self.env.invalidate_all()
        now = fields.Datetime.now()
        self._note_pause(desks, now)
        watched = {desk.company_id.id: desk.watched_since for desk in desks}
        shifts = self.env["alarm.shift"].search([("ended_at", "=", False)])
        absent = shifts.filtered(
            lambda shift: not shift.absent
            and is_absent(shift.seen_at, watched.get(shift.company_id.id), now)
        )
        lost = (shifts - absent).filtered(
            lambda shift: shift.absent and now - shift.seen_at >= LOST_AFTER
        )
        self.env.cr.execute(
            """
            UPDATE alarm_shift SET absent = TRUE
             WHERE id IN (SELECT id FROM alarm_shift WHERE id = ANY(%s) AND seen_at <= %s
                             FOR NO KEY UPDATE SKIP LOCKED)
            """,
            [absent.ids, now - ABSENT_AFTER],
        )
        self.env.cr.execute(
            """
            UPDATE alarm_shift SET ended_at = seen_at, end_kind = 'lost'
             WHERE id IN (SELECT id FROM alarm_shift WHERE id = ANY(%s) AND absent
                             FOR NO KEY UPDATE SKIP LOCKED)
            """,
            [lost.ids],
        )
        self.env["alarm.shift"].invalidate_model()
        self._look(desks.company_id)

    @api.model
    def _note_pause(self, desks, now):
        """Begin to watch anew when due work has not run for a while."""
        job = self.env["alarm.duty.job"].search([("name", "=", "alarm.desk._watch")])
        if not job.last_run_at or now - job.last_run_at > LOOKED_WITHIN:
            desks.write({"watched_since": now})


class AlarmDuty(models.Model):
    _inherit = "alarm.duty"

    @api.model
    def _due_jobs(self):
        return [*super()._due_jobs(), self.env["alarm.desk"]._watch]


class AlarmDutyJob(models.Model):
    _inherit = "alarm.duty.job"

    @api.model
    def _labels(self):
        return {**super()._labels(), "alarm.desk._watch": self.env._("Who is at the desk")}


class ResCompany(models.Model):
    _inherit = "res.company"

    alarm_desk_manned = fields.Selection(
        POLICIES,
        default="always",
        required=True,
        help="While it should be manned and nobody is there, the supervisors are told.",
    )
    alarm_desk_from = fields.Float(default=8)
    alarm_desk_until = fields.Float(default=20)

    _alarm_desk_hours = models.Constraint(
        "CHECK(alarm_desk_from >= 0 AND alarm_desk_from < 24"
        " AND alarm_desk_until >= 0 AND alarm_desk_until <= 24)",
        "Hours of a day are from 0 to 24.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_desk_manned = fields.Selection(
        related="company_id.alarm_desk_manned", readonly=False, required=True
    )
    alarm_desk_from = fields.Float(related="company_id.alarm_desk_from", readonly=False)
    alarm_desk_until = fields.Float(related="company_id.alarm_desk_until", readonly=False)


class AlarmIncident(models.Model):
    _inherit = "alarm.incident"

    def _reason_sentence(self, code):
        if self.reason_kind != "desk_empty":
            return super()._reason_sentence(code)
        return self._desk_words(self.reason_detail)

    @api.model
    def _supervision_words(self, kind, detail):
        if kind != "desk_empty":
            return super()._supervision_words(kind, detail)
        return self._desk_words(detail)

    @api.model
    def _desk_words(self, detail):
        who, at = unpack(detail, 2)
        return self.env._(
            "Nobody is at the alarm desk; last there: %(who)s, %(at)s.",
            who=who or "?",
            at=at or "?",
        )
