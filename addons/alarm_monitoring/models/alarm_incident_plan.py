from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .alarm_response_plan import SCOPES


class AlarmIncident(models.Model):
    """The response plan of an incident: which one and why, and the copies of its steps."""

    _inherit = "alarm.incident"

    plan_id = fields.Many2one("alarm.response.plan", readonly=True, ondelete="restrict")
    plan_scope = fields.Selection([*SCOPES, ("manual", "Chosen by Hand")], readonly=True)
    plan_detail = fields.Char(readonly=True)
    plan_reason = fields.Char(compute="_compute_plan_reason", help="Why it has this plan.")
    offered_plan_id = fields.Many2one(
        "alarm.response.plan",
        readonly=True,
        ondelete="set null",
        help="What came later asks for this plan. The present step is finished first.",
    )
    step_ids = fields.One2many("alarm.incident.step", "incident_id", string="Steps")
    current_step_id = fields.Many2one("alarm.incident.step", compute="_compute_current_step")
    suggested_resolution_id = fields.Many2one(
        "alarm.resolution", readonly=True, ondelete="restrict", help="What the plan leads to."
    )

    @api.depends("plan_scope", "plan_detail", "event_class")
    @api.depends_context("lang")
    def _compute_plan_reason(self):
        reasons = dict(self._fields["reason_kind"]._description_selection(self.env))
        classes = dict(self._fields["event_class"]._description_selection(self.env))
        for incident in self:
            detail = incident.plan_detail or ""
            match incident.plan_scope:
                case "zone":
                    reason = self.env._("It is the plan of zone %s.", detail)
                case "subscriber":
                    reason = self.env._("It is the plan of subscriber %s.", detail)
                case "category":
                    # Kept in one language; read in the reader's as long as it is that kind still.
                    kind = incident.subscriber_id.category_id
                    # Its own, or one that it is a kind of.
                    while kind and kind.with_context(lang="en_US").name != detail:
                        kind = kind.parent_id
                    detail = kind.name or detail
                    reason = self.env._("It is the plan of subscribers of the kind %s.", detail)
                case "reason":
                    reason = self.env._(
                        "It is the plan of incidents that were made for: %s.",
                        reasons.get(detail, detail),
                    )
                case "event_class":
                    reason = self.env._(
                        "It is the plan of events of the class “%s”.", classes.get(detail, detail)
                    )
                case "manual":
                    reason = self.env._("%s chose it.", detail)
                case _:
                    reason = self.env._("No plan fits.")
            incident.plan_reason = reason

    @api.depends("step_ids.state")
    def _compute_current_step(self):
        for incident in self:
            incident.current_step_id = incident.step_ids.filtered(
                lambda step: step.state == "current"
            )[:1]

    # -- choosing ---------------------------------------------------------------------------------

    def _choose_plans(self):
        """Give these incidents the plan that fits best, in a constant number of queries.

        Who has no plan, or whose plan nobody has begun, gets it; to who is at work it is offered.
        """
        if not self:
            return
        self.flush_model()
        self.env["alarm.incident.step"].flush_model()
        best = self._best_plans(
            SQL(
                """
                SELECT incident.id, incident.subscriber_id, incident.company_id,
                       incident.event_class, incident.reason_kind, (
                           SELECT signal.zone_id FROM alarm_incident_signal link
                             JOIN alarm_signal signal ON signal.id = link.signal_id
                            WHERE link.incident_id = incident.id AND link.role = 'alarm'
                            ORDER BY link.priority, link.id LIMIT 1) AS zone_id
                  FROM alarm_incident incident WHERE incident.id = ANY(%s)
                """,
                self.ids,
            )
        )
        begun = {
            step.incident_id.id
            for step in self.env["alarm.incident.step"].search(
                [("incident_id", "in", self.ids), ("state", "in", ("done", "skipped"))]
            )
        }
        fresh, offers = [], []
        for incident in self:
            row = best.get(incident.id)
            if not row or row[0] == incident.plan_id.id:
                continue
            at_work = incident.state not in ("delayed", "queued") or incident.id in begun
            if incident.plan_id and at_work:
                offers.append((incident.id, row[0]))
            else:
                fresh.append((incident.id, *row))
        self._set_plans(fresh)
        self._offer_plans(offers)

    @api.model
    def _best_plans(self, matters):
        """id -> ``(plan id, scope, detail)``: zone before subscriber before kind before reason
        before class (an account that has been registered meanwhile is not unknown), and the
        subscriber's own kind before what that is a kind of; at the same rank a scope that names
        reason or class before one for all of them, and the company's own before everybody's.

        :param matters: SQL of rows ``id, subscriber_id, company_id, event_class, reason_kind,
            zone_id``
        """
        self.env["alarm.response.scope"].flush_model()
        self.env["alarm.response.plan"].flush_model()
        self.env["alarm.subscriber"].flush_model(["category_id"])
        self.env["alarm.subscriber.category"].flush_model(["name", "parent_id"])
        rows = self.env.execute_query(
            SQL(
                """
            SELECT DISTINCT ON (matter.id) matter.id, scope.plan_id, scope.scope, scope.detail
              FROM (%s) matter
         LEFT JOIN alarm_subscriber subscriber ON subscriber.id = matter.subscriber_id
        CROSS JOIN LATERAL (
                SELECT 1 AS rank, 0 AS above, 'zone' AS scope,
                       zone.number || ' ' || zone.name AS detail,
                       scope.plan_id, scope.event_class, scope.reason_kind, scope.id
                  FROM alarm_response_scope scope JOIN alarm_zone zone ON zone.id = scope.zone_id
                 WHERE scope.zone_id = matter.zone_id
             UNION ALL
                SELECT 2, 0, 'subscriber', subscriber.name,
                       scope.plan_id, scope.event_class, scope.reason_kind, scope.id
                  FROM alarm_response_scope scope
                 WHERE scope.subscriber_id = matter.subscriber_id
             UNION ALL
                SELECT 3, -line.depth, 'category', category.name ->> 'en_US',
                       scope.plan_id, scope.event_class, scope.reason_kind, scope.id
                  FROM alarm_subscriber_category own
            CROSS JOIN unnest(string_to_array(trim('/' FROM own.parent_path), '/')::int[])
                       WITH ORDINALITY AS line (id, depth)
                  JOIN alarm_subscriber_category category ON category.id = line.id
                  JOIN alarm_response_scope scope ON scope.category_id = category.id
                 WHERE own.id = subscriber.category_id
             UNION ALL
                SELECT 4, 0, 'reason', scope.reason_kind,
                       scope.plan_id, scope.event_class, scope.reason_kind, scope.id
                  FROM alarm_response_scope scope
                 WHERE scope.reason_kind = matter.reason_kind AND scope.zone_id IS NULL
                   AND scope.subscriber_id IS NULL AND scope.category_id IS NULL
                   AND NOT (scope.reason_kind = 'unknown_account'
                            AND matter.subscriber_id IS NOT NULL)
             UNION ALL
                SELECT 5, 0, 'event_class', scope.event_class,
                       scope.plan_id, scope.event_class, scope.reason_kind, scope.id
                  FROM alarm_response_scope scope
                 WHERE scope.event_class = matter.event_class AND scope.reason_kind IS NULL
                   AND scope.zone_id IS NULL
                   AND scope.subscriber_id IS NULL AND scope.category_id IS NULL
              ) scope
              JOIN alarm_response_plan plan ON plan.id = scope.plan_id AND plan.active
             WHERE (scope.event_class IS NULL OR scope.event_class = matter.event_class)
               AND (scope.reason_kind IS NULL OR scope.reason_kind = matter.reason_kind)
               AND (plan.company_id IS NULL OR plan.company_id = matter.company_id)
             ORDER BY matter.id, scope.rank, scope.above, scope.reason_kind IS NULL,
                      scope.event_class IS NULL, plan.company_id IS NULL, plan.sequence, scope.id
                """,
                matters,
            )
        )
        return {id_: tuple(row) for id_, *row in rows}

    @api.model
    def _prepare_incidents(self, matters):
        """Values of the incidents that are made of these matters (see tools/plan.py); what has to
        be looked up for all of them is looked up once."""
        vals_list = [self._prepare_incident(matter) for matter in matters]
        if not vals_list:
            return vals_list
        columns = [
            [vals[name] or None for vals in vals_list]
            for name in ("subscriber_id", "company_id", "event_class", "reason_kind")
        ]
        best = self._best_plans(
            SQL(
                """
                SELECT signal.id, matter.subscriber_id, matter.company_id, matter.event_class,
                       matter.reason_kind, signal.zone_id
                  FROM unnest(%s::int[], %s::int[], %s::int[], %s::text[], %s::text[])
                       AS matter (id, subscriber_id, company_id, event_class, reason_kind)
                  JOIN alarm_signal signal ON signal.id = matter.id
                """,
                [matter.first.facts.signal_id for matter in matters],
                *columns,
            )
        )
        for matter, vals in zip(matters, vals_list, strict=True):
            if row := best.get(matter.first.facts.signal_id):
                vals["plan_id"], vals["plan_scope"], vals["plan_detail"] = row
        return vals_list

    def _after_made(self, raised):
        """What follows when signals have made these incidents, and raised the priority of those;
        the signals are linked. In a constant number of queries."""
        planned = self.filtered("plan_id")
        self._copy_steps(planned.ids, [incident.plan_id.id for incident in planned])
        raised._choose_plans()

    @api.model
    def _set_plans(self, rows):
        """Give incidents a plan and copies of its steps, in place of what nobody has begun.

        :param rows: ``(incident id, plan id, scope, detail)``
        """
        if not rows:
            return
        cr = self.env.cr
        ids, plans, scopes, details = (list(column) for column in zip(*rows, strict=True))
        self.env["alarm.incident.step"].flush_model()
        cr.execute(
            """
            UPDATE alarm_incident incident
               SET plan_id = chosen.plan_id, plan_scope = chosen.scope,
                   plan_detail = chosen.detail, offered_plan_id = NULL
              FROM unnest(%s::int[], %s::int[], %s::text[], %s::text[])
                   AS chosen (id, plan_id, scope, detail)
             WHERE incident.id = chosen.id
            """,
            [ids, plans, scopes, details],
        )
        cr.execute(
            """
            DELETE FROM alarm_incident_step
             WHERE incident_id = ANY(%s) AND state IN ('pending', 'current')
            """,
            [ids],
        )
        self._copy_steps(ids, plans)
        self.browse(ids).invalidate_recordset(
            ["plan_id", "plan_scope", "plan_detail", "offered_plan_id"]
        )

    @api.model
    def _copy_steps(self, ids, plans):
        """Copy the steps of plans, all translations included, behind what the incidents have.

        :param plans: the plan of each incident
        """
        if not ids:
            return
        self.env["alarm.response.step"].flush_model()
        self.env["alarm.response.branch"].flush_model()
        self.env.cr.execute(
            """
            WITH step AS (
                SELECT step.id, step.plan_id, step.kind, step.name, step.mandatory,
                       row_number() OVER (PARTITION BY step.plan_id ORDER BY sequence, id) AS number
                  FROM alarm_response_step step WHERE step.plan_id = ANY(%(plans)s)
            ), chosen AS (
                SELECT chosen.id, chosen.plan_id, coalesce((
                           SELECT max(own.number) FROM alarm_incident_step own
                            WHERE own.incident_id = chosen.id), 0) AS start
                  FROM unnest(%(ids)s::int[], %(plans)s::int[]) AS chosen (id, plan_id)
            ), branching AS MATERIALIZED (
                -- Once for a step, however many incidents get a copy of it.
                SELECT branch.step_id, beginning.start,
                       jsonb_object_agg(branch.outcome,
                           CASE WHEN branch.resolution_id IS NULL
                                THEN jsonb_build_object('goto', beginning.start + target.number)
                                ELSE jsonb_build_object('resolution', branch.resolution_id)
                                END) AS branches
                  FROM (SELECT DISTINCT plan_id, start FROM chosen) beginning
                  JOIN step ON step.plan_id = beginning.plan_id
                  JOIN alarm_response_branch branch ON branch.step_id = step.id
             LEFT JOIN step target ON target.id = branch.next_step_id
                 GROUP BY branch.step_id, beginning.start
            )
            INSERT INTO alarm_incident_step
                        (incident_id, plan_id, number, kind, name, mandatory, state, branches)
            SELECT chosen.id, step.plan_id, chosen.start + step.number, step.kind, step.name,
                   coalesce(step.mandatory, false),
                   CASE WHEN step.number = 1 THEN 'current' ELSE 'pending' END,
                   branching.branches
              FROM chosen JOIN step ON step.plan_id = chosen.plan_id
         LEFT JOIN branching
                ON branching.step_id = step.id AND branching.start = chosen.start
            """,
            {"ids": list(ids), "plans": list(plans)},
        )
        self.env["alarm.incident.step"].invalidate_model()
        self.browse(ids).invalidate_recordset(["step_ids"])

    @api.model
    def _offer_plans(self, rows):
        """Offer plans to who is at work.

        :param rows: ``(incident id, plan id)``; whoever changes an incident at this moment is not
            waited for: the next signal offers again
        """
        if not rows:
            return
        ids, plans = (list(column) for column in zip(*rows, strict=True))
        self.env.cr.execute(
            """
            UPDATE alarm_incident incident SET offered_plan_id = offered.plan_id
              FROM unnest(%s::int[], %s::int[]) AS offered (id, plan_id)
             WHERE incident.id IN (SELECT id FROM alarm_incident WHERE id = ANY(%s)
                                      FOR NO KEY UPDATE SKIP LOCKED)
               AND incident.id = offered.id
               AND incident.offered_plan_id IS DISTINCT FROM offered.plan_id
         RETURNING incident.id
            """,
            [ids, plans, ids],
        )
        told = self.browse(id_ for [id_] in self.env.cr.fetchall())
        told.invalidate_recordset(["offered_plan_id"])
        self.env["alarm.incident.entry"]._log(
            [(incident, "plan_offered", incident.offered_plan_id.name, 0) for incident in told]
        )

    def action_change_plan(self, plan_id=False):
        """Go on by another plan: the one that is offered, unless another is named.

        What is done stays; what was not begun is dropped; the steps of the new plan follow.
        """
        self._check_dispatcher()
        for incident in self._locked():
            plan = self.env["alarm.response.plan"].browse(plan_id or incident.offered_plan_id.id)
            plan = plan.exists()
            if not plan:
                raise UserError(self.env._("%s: no other plan is offered.", incident.name))
            plan.check_access("read")
            if plan.company_id and plan.company_id != incident.company_id:
                raise UserError(
                    self.env._(
                        "Plan %(plan)s is of %(company)s; %(incident)s is not.",
                        plan=plan.name,
                        company=plan.company_id.name,
                        incident=incident.name,
                    )
                )
            former = incident.plan_id
            incident._transition("change_plan", " → ".join(filter(None, (former.name, plan.name))))
            incident._set_plans([(incident.id, plan.id, "manual", self.env.user.name)])
        return True
