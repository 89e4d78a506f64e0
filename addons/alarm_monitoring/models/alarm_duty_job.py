from odoo import api, fields, models


class AlarmDutyJob(models.Model):
    """One job of the due work: when it was done last, how long it took, what went wrong."""

    _name = "alarm.duty.job"
    _description = "Job of the Due Work"
    _order = "name"
    _log_access = False

    name = fields.Char(string="Technical Name", required=True, readonly=True)
    label = fields.Char(string="Job", compute="_compute_label")
    last_run_at = fields.Datetime(string="Last Done", readonly=True)
    age = fields.Integer(
        string="Age (s)", compute="_compute_age", help="Seconds since it was done last."
    )
    duration_ms = fields.Integer(string="Took (ms)", readonly=True)
    last_error = fields.Text(readonly=True)
    last_error_at = fields.Datetime(readonly=True)
    failures = fields.Integer(
        string="Failures in a Row", readonly=True, help="0: it was done the last time."
    )

    _name_uniq = models.UniqueIndex("(name)")

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_label(self):
        labels = self._labels()
        for job in self:
            job.label = labels.get(job.name, job.name)

    @api.model
    def _labels(self):
        """Technical name -> what a person calls the job. Modules with jobs of their own add."""
        return {
            "alarm.duty._watch_bridges": self.env._("Silent bridges"),
            "alarm.duty._watch_gaps": self.env._("Missing signals"),
            "alarm.incident._return_held": self.env._("Held incidents return"),
            "alarm.incident._raise_priorities": self.env._("Priorities that a lock kept low"),
            "alarm.incident._decide_overdue": self.env._("Signals left undecided"),
            "alarm.incident._queue_delayed": self.env._("Delayed incidents are shown"),
            "alarm.incident._escalate_waiting": self.env._("Incidents that wait too long"),
            "alarm.test.mode._log_ends": self.env._("Tests that have ended"),
            "alarm.flood._forget": self.env._("Floods that are over"),
            "alarm.signal.day._fold": self.env._("Counts by day"),
            "alarm.signal.follow._follow": self.env._("Openings, closings, tests and troubles"),
            "alarm.watch._plan_requested": self.env._("What is watched, after changes"),
            "alarm.watch._plan_test_modes": self.env._("Test modes that are watched"),
            "alarm.watch._run_due(late_open)": self.env._("Openings that do not come in time"),
            "alarm.watch._run_due(late_close)": self.env._("Closings that do not come in time"),
            "alarm.watch._run_due(left_open)": self.env._(
                "Sites opened outside the schedule and not closed again"
            ),
            "alarm.watch._run_due(test_missed)": self.env._("Test reports that do not come"),
            "alarm.watch._run_due(trouble_stays)": self.env._("Troubles that are not restored"),
            "alarm.watch._run_due(test_forgotten)": self.env._("Test modes that were forgotten"),
        }

    @api.depends("last_run_at")
    def _compute_age(self):
        now = fields.Datetime.now()
        for job in self:
            job.age = (now - job.last_run_at).total_seconds() if job.last_run_at else 0

    @api.model
    def _done(self, name, seconds):
        self.env.cr.execute(
            """
            INSERT INTO alarm_duty_job (name, last_run_at, duration_ms, failures)
                 VALUES (%s, clock_timestamp() AT TIME ZONE 'UTC', %s, 0)
            ON CONFLICT (name) DO UPDATE
                    SET last_run_at = excluded.last_run_at,
                        duration_ms = excluded.duration_ms,
                        failures = 0
            """,
            [name, round(seconds * 1000)],
        )
        self.invalidate_model()

    @api.model
    def _failed(self, name, error):
        self.env.cr.execute(
            """
            INSERT INTO alarm_duty_job AS known (name, last_error, last_error_at, failures)
                 VALUES (%s, %s, clock_timestamp() AT TIME ZONE 'UTC', 1)
            ON CONFLICT (name) DO UPDATE
                    SET last_error = excluded.last_error,
                        last_error_at = excluded.last_error_at,
                        failures = coalesce(known.failures, 0) + 1
            """,
            [name, f"{type(error).__name__}: {error}"[:2000]],
        )
        self.invalidate_model()
