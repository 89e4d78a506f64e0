from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.storm import is_calm, is_storm

ENDS = [("by_hand", "By Hand"), ("calm", "It Became Calm")]


class AlarmStorm(models.Model):
    """A time in which so much comes at once that boards show it collapsed and supervisors close it
    in bulk. Begun by a supervisor alone, with a reason; over when a supervisor says so or when
    little comes any more. What was done is in its log, which is evidence."""

    _name = "alarm.storm"
    _description = "Storm of Incidents"
    _order = "started_at desc, id desc"
    _log_access = False

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    reason = fields.Char(required=True, readonly=True)
    started_at = fields.Datetime("Began", required=True, readonly=True)
    started_by_id = fields.Many2one(
        "res.users", string="Begun By", required=True, readonly=True, ondelete="restrict"
    )
    inflow = fields.Integer(
        "Incidents at Its Beginning", readonly=True, help="New ones within the window."
    )
    ended_at = fields.Datetime("Ended", readonly=True)
    ended_by_id = fields.Many2one(
        "res.users", string="Ended By", readonly=True, ondelete="restrict"
    )
    end_kind = fields.Selection(ENDS, "How It Ended", readonly=True)
    entry_ids = fields.One2many("alarm.storm.entry", "storm_id", string="Log")

    _open_uniq = models.UniqueIndex(
        "(company_id) WHERE ended_at IS NULL", "Storm mode is on already."
    )

    @api.depends("reason", "started_at")
    def _compute_display_name(self):
        for storm in self:
            storm.display_name = storm.reason

    # Never by hand: who may do what is asked by the verbs.
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(self.env._("Storm mode is switched on by a supervisor, on the board."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise UserError(self.env._("A storm changes only by being ended."))
        return super().write(vals)

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("Storms are kept: they say why much was closed at once."))
        return super().unlink()

    @api.model
    def action_begin(self, reason, company_id=False):
        """Switch storm mode on for a company (supervisors only).

        :param reason: why; required
        :param company_id: one of the companies that the user looks at; the current one unless told
        :return: id of the storm
        """
        incidents = self.env["alarm.incident"]
        incidents._check_supervisor()
        reason = incidents._required_text(reason, self.env._("Say what makes it a storm."))
        company = self.env.company
        if company_id:
            company = self.env.companies.filtered(lambda one: one.id == company_id)
        if not company:
            raise AccessError(self.env._("This is not one of the companies that you look at."))
        going_on = self._current(company)
        if going_on:
            raise UserError(
                self.env._(
                    "Storm mode is on since %(since)s, by %(user)s: %(reason)s",
                    since=fields.Datetime.context_timestamp(self, going_on.started_at).strftime(
                        "%H:%M"
                    ),
                    user=going_on.started_by_id.name,
                    reason=going_on.reason,
                )
            )
        # As superuser, because nobody may write storms past the verbs.
        storm = self.sudo().create(
            {
                "company_id": company.id,
                "reason": reason,
                "started_at": fields.Datetime.now(),
                "started_by_id": self.env.uid,
                "inflow": self._inflows(company)[company],
            }
        )
        storm.with_env(self.env)._log("begun", reason)
        storm._on_storms_changed()
        return storm.id

    def action_end(self, note=""):
        """Switch it off (supervisors only)."""
        self.env["alarm.incident"]._check_supervisor()
        self.check_access("read")
        self._end("by_hand", note if isinstance(note, str) else "", self.env.user)
        return True

    def _end(self, kind, text, user):
        storms = self.sudo().try_lock_for_update(allow_referencing=True)
        storms.invalidate_recordset()
        storms = storms.filtered(lambda storm: not storm.ended_at)
        if not storms:
            if kind == "calm":
                return
            raise UserError(self.env._("This storm is over already."))
        storms.write({"ended_at": fields.Datetime.now(), "ended_by_id": user.id, "end_kind": kind})
        storms.with_env(self.env)._log("ended" if kind == "by_hand" else "calm", text)
        storms._on_storms_changed()

    def _log(self, kind, text):
        self.env["alarm.storm.entry"]._log(self.sudo(), kind, text)

    @api.private
    def _on_storms_changed(self):
        """Hook: these storms have begun or ended."""

    @api.private
    def _on_inflow(self, inflows):
        """Hook: so many incidents come that a storm is likely; told with each due work while so.

        :param inflows: company -> number of new incidents within its window
        """

    @api.model
    def _current(self, companies):
        return self.search([("company_id", "in", companies.ids), ("ended_at", "=", False)])

    @api.model
    def _inflows(self, companies, minutes=None):
        """Company -> new incidents of it, or of nobody, within the last minutes.

        :param minutes: field of the company with the minutes; those of the storm's window
            unless told
        """
        minutes = minutes or "alarm_storm_minutes"
        self.env["alarm.incident"].flush_model(["queued_at", "company_id"])
        companies.flush_recordset([minutes])
        self.env.cr.execute(
            """
            SELECT company.id, (
                     SELECT count(*) FROM alarm_incident incident
                      WHERE incident.queued_at > now() AT TIME ZONE 'UTC'
                                                 - make_interval(mins => company.minutes)
                        AND (incident.company_id = company.id OR incident.company_id IS NULL)
                   )
              FROM unnest(%s::int[], %s::int[]) AS company (id, minutes)
            """,
            [companies.ids, [company[minutes] for company in companies]],
        )
        found = dict(self.env.cr.fetchall())
        return {company: found[company.id] for company in companies}

    # -- due work ----------------------------------------------------------------------------------

    @api.model
    def _watch_inflow(self):
        """Tell of a storm that comes, and end those that are over."""
        companies = self.env["res.company"].search([("alarm_storm_incidents", ">", 0)])
        storms = self._current(companies)
        inflows = self._inflows(companies)
        likely = {
            company: count
            for company, count in inflows.items()
            if is_storm(count, company.alarm_storm_incidents)
        }
        if likely:
            self._on_inflow(likely)
        now = fields.Datetime.now()
        lasting = storms.filtered(
            lambda storm: now - storm.started_at
            >= timedelta(minutes=storm.company_id.alarm_storm_calm_minutes)
        )
        quiet = self._inflows(lasting.company_id, "alarm_storm_calm_minutes")
        for storm in lasting:
            company = storm.company_id
            count = quiet[company]
            if is_calm(
                count,
                company.alarm_storm_calm_minutes,
                company.alarm_storm_incidents,
                company.alarm_storm_minutes,
            ):
                text = f"{count} / {company.alarm_storm_calm_minutes} min"
                storm._end("calm", text, self.env["res.users"])


class AlarmDuty(models.Model):
    _inherit = "alarm.duty"

    @api.model
    def _due_jobs(self):
        return [*super()._due_jobs(), self.env["alarm.storm"]._watch_inflow]


class AlarmDutyJob(models.Model):
    _inherit = "alarm.duty.job"

    @api.model
    def _labels(self):
        return {
            **super()._labels(),
            "alarm.storm._watch_inflow": self.env._("Storms that come and go"),
        }


class ResCompany(models.Model):
    _inherit = "res.company"

    alarm_storm_incidents = fields.Integer(
        "Incidents of a Storm",
        default=30,
        required=True,
        help="So many new incidents within the time make the boards offer storm mode; 0: never.",
    )
    alarm_storm_minutes = fields.Integer("Within (min)", default=5, required=True)
    alarm_storm_calm_minutes = fields.Integer(
        "Storm Ends after (min)",
        default=15,
        required=True,
        help="Storm mode ends by itself when for so long fewer than half as many have come as "
        "would begin one.",
    )

    _alarm_storm_numbers = models.Constraint(
        "CHECK(alarm_storm_incidents >= 0 AND alarm_storm_minutes BETWEEN 1 AND 1440"
        " AND alarm_storm_calm_minutes BETWEEN 1 AND 1440)",
        "A storm is 0 incidents or more, within 1 to 1440 minutes.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    alarm_storm_incidents = fields.Integer(
        related="company_id.alarm_storm_incidents", readonly=False
    )
    alarm_storm_minutes = fields.Integer(related="company_id.alarm_storm_minutes", readonly=False)
    alarm_storm_calm_minutes = fields.Integer(
        related="company_id.alarm_storm_calm_minutes", readonly=False
    )
