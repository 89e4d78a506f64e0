from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.response import ALLOWED, KINDS, OUTCOMES
from .alarm_event_code import EVENT_CLASSES
from .alarm_incident import REASONS

# In the order of their precedence.
SCOPES = [
    ("zone", "Zone"),
    ("subscriber", "Subscriber"),
    ("category", "Kind of Subscriber"),
    ("reason", "Reason"),
    ("event_class", "Event Class"),
]


class AlarmResponsePlan(models.Model):
    """What a dispatcher does, step by step. Which incident gets it, its scopes say."""

    _name = "alarm.response.plan"
    _inherit = "alarm.company.bound"
    _description = "Alarm Response Plan"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=100)
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", ondelete="restrict", help="Empty: of all companies."
    )
    step_ids = fields.One2many("alarm.response.step", "plan_id", string="Steps", copy=True)
    scope_ids = fields.One2many("alarm.response.scope", "plan_id", string="Used For")
    note = fields.Text(translate=True)
    step_count = fields.Integer(compute="_compute_step_count")
    active = fields.Boolean(default=True)

    @api.depends("step_ids")
    def _compute_step_count(self):
        for plan in self:
            plan.step_count = len(plan.step_ids)

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", plan.name))
            for plan, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def copy(self, default=None):
        """Branches lead to steps of the copy, not of the original."""
        copies = super().copy(default)
        for plan, made in zip(self, copies, strict=True):
            same = dict(zip(plan.step_ids, made.step_ids, strict=True))
            self.env["alarm.response.branch"].create(
                [
                    {
                        "step_id": same[branch.step_id].id,
                        "outcome": branch.outcome,
                        "next_step_id": same[branch.next_step_id].id
                        if branch.next_step_id
                        else False,
                        "resolution_id": branch.resolution_id.id,
                    }
                    for branch in plan.step_ids.branch_ids
                ]
            )
        return copies


class AlarmResponseStep(models.Model):
    _name = "alarm.response.step"
    _inherit = "alarm.company.bound"
    _description = "Step of an Alarm Response Plan"
    _order = "plan_id, sequence, id"

    plan_id = fields.Many2one("alarm.response.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="plan_id.company_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, default="call_premises")
    name = fields.Char(
        "Instruction", required=True, translate=True, help="What the dispatcher is to do."
    )
    mandatory = fields.Boolean(
        help="An incident is not closed before this is done, unless the plan leads past it."
    )
    # Copied by the plan, once all its steps are there.
    branch_ids = fields.One2many("alarm.response.branch", "step_id", string="Branches")

    @api.constrains("kind")
    def _check_kind(self):
        self.branch_ids._check_outcome()

    @api.constrains("plan_id")
    def _check_plan(self):
        self.branch_ids._check_target()


class AlarmResponseBranch(models.Model):
    """What an outcome of a step leads to, where that is not the next step."""

    _name = "alarm.response.branch"
    _inherit = "alarm.company.bound"
    _description = "Branch of an Alarm Response Plan"
    _order = "step_id, id"

    step_id = fields.Many2one("alarm.response.step", required=True, index=True, ondelete="cascade")
    plan_id = fields.Many2one(related="step_id.plan_id")
    outcome = fields.Selection(OUTCOMES, required=True)
    next_step_id = fields.Many2one(
        "alarm.response.step", string="Go To", index="btree_not_null", ondelete="cascade"
    )
    resolution_id = fields.Many2one(
        "alarm.resolution",
        string="End With",
        ondelete="restrict",
        help="The steps that are left are passed over, and this resolution is suggested.",
    )

    _outcome_uniq = models.UniqueIndex(
        "(step_id, outcome)", "A step has one branch for an outcome."
    )
    _one_target = models.Constraint(
        "CHECK((next_step_id IS NULL) <> (resolution_id IS NULL))",
        "A branch leads either to a step or to a resolution.",
    )

    @api.depends("outcome", "next_step_id.kind", "resolution_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        words = dict(self._fields["outcome"]._description_selection(self.env))
        kinds = dict(self.next_step_id._fields["kind"]._description_selection(self.env))
        for branch in self:
            target = kinds.get(branch.next_step_id.kind) or branch.resolution_id.display_name
            branch.display_name = f"{words.get(branch.outcome, '')} → {target or ''}"

    @api.constrains("outcome", "step_id")
    def _check_outcome(self):
        words = dict(self._fields["outcome"]._description_selection(self.env))
        kinds = dict(self.step_id._fields["kind"]._description_selection(self.env))
        for branch in self:
            kind = branch.step_id.kind
            if branch.outcome not in ALLOWED[kind]:
                raise ValidationError(
                    self.env._(
                        "A step “%(kind)s” cannot end with “%(outcome)s”. Possible are: "
                        "%(allowed)s.",
                        kind=kinds[kind],
                        outcome=words[branch.outcome],
                        allowed=", ".join(words[outcome] for outcome in ALLOWED[kind]),
                    )
                )

    @api.constrains("next_step_id", "step_id")
    def _check_target(self):
        for branch in self:
            if branch.next_step_id and branch.next_step_id.plan_id != branch.step_id.plan_id:
                raise ValidationError(
                    self.env._(
                        "“%(step)s” leads to “%(target)s”, a step of another plan.",
                        step=branch.step_id.name,
                        target=branch.next_step_id.name,
                    )
                )


class AlarmResponseScope(models.Model):
    """For whom and for what a plan is used: the most particular scope that fits wins."""

    _name = "alarm.response.scope"
    _inherit = "alarm.company.bound"
    _description = "Scope of an Alarm Response Plan"
    _order = "plan_id, id"

    plan_id = fields.Many2one("alarm.response.plan", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(
        "res.company", related="plan_id.company_id", store=True, ondelete="restrict"
    )
    zone_id = fields.Many2one("alarm.zone", index="btree_not_null", ondelete="restrict")
    subscriber_id = fields.Many2one("alarm.subscriber", index="btree_not_null", ondelete="restrict")
    category_id = fields.Many2one(
        "alarm.subscriber.category",
        string="Kind of Subscriber",
        index="btree_not_null",
        ondelete="restrict",
        help="The kinds below it are included, unless they have a plan of their own.",
    )
    event_class = fields.Selection(
        EVENT_CLASSES, help="With a zone, a subscriber or a kind: empty means every class."
    )
    reason_kind = fields.Selection(
        REASONS,
        "Reason",
        help="Why the incident was made: what no subscriber is known for has no other subject.",
    )
    scope = fields.Selection(SCOPES, compute="_compute_scope")

    _class_idx = models.Index(
        "(event_class) WHERE zone_id IS NULL AND subscriber_id IS NULL AND category_id IS NULL"
    )
    _reason_idx = models.Index("(reason_kind) WHERE reason_kind IS NOT NULL")
    _scope_uniq = models.UniqueIndex(
        "(coalesce(company_id, 0), coalesce(zone_id, 0), coalesce(subscriber_id, 0),"
        " coalesce(category_id, 0), coalesce(event_class, ''), coalesce(reason_kind, ''), plan_id)",
        "The plan has this scope already.",
    )
    _one_subject = models.Constraint(
        "CHECK(num_nonnulls(zone_id, subscriber_id, category_id) <= 1)",
        "A scope is for a zone, for a subscriber or for a kind of subscriber: for one of them.",
    )
    _some_subject = models.Constraint(
        "CHECK(num_nonnulls(zone_id, subscriber_id, category_id, event_class, reason_kind) > 0)",
        "A scope needs a zone, a subscriber, a kind of subscriber, a reason or an event class.",
    )

    @api.depends("zone_id", "subscriber_id", "category_id", "reason_kind")
    def _compute_scope(self):
        for scope in self:
            scope.scope = (
                "zone"
                if scope.zone_id
                else "subscriber"
                if scope.subscriber_id
                else "category"
                if scope.category_id
                else "reason"
                if scope.reason_kind
                else "event_class"
            )

    @api.depends("zone_id", "subscriber_id", "category_id", "event_class", "reason_kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        classes = dict(self._fields["event_class"]._description_selection(self.env))
        reasons = dict(self._fields["reason_kind"]._description_selection(self.env))
        for scope in self:
            subject = scope.zone_id or scope.subscriber_id or scope.category_id
            scope.display_name = ", ".join(
                filter(
                    None,
                    (
                        subject.display_name,
                        reasons.get(scope.reason_kind),
                        classes.get(scope.event_class),
                    ),
                )
            )

    @api.constrains("plan_id", "zone_id", "subscriber_id")
    def _check_company(self):
        for scope in self:
            subject = scope.zone_id.panel_id.subscriber_id or scope.subscriber_id
            company = scope.plan_id.company_id
            if subject and company and subject.company_id != company:
                raise ValidationError(
                    self.env._(
                        "Plan %(plan)s is of %(company)s, but %(subscriber)s is not.",
                        plan=scope.plan_id.display_name,
                        company=company.name,
                        subscriber=subject.display_name,
                    )
                )
