from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..tools.rules import Rule, index_rules
from .alarm_event_code import EVENT_CLASSES, PRIORITIES

KINDS = [
    ("handling", "Handling"),
    ("delay", "Delay"),
    ("two_knock", "Two Knocks"),
    ("runaway", "Runaway"),
    ("exit_error", "Exit Error"),
    ("test", "Test Mode"),
]
SCOPES = [
    ("all", "All Subscribers"),
    ("category", "Kind of Premises"),
    ("subscriber", "Subscriber"),
    ("zone", "Zone"),
]
_SCOPE_FIELDS = {"category": "category_id", "subscriber": "subscriber_id", "zone": "zone_id"}


class AlarmEventRule(models.Model):
    """What is done with signals of one class, of one code or of any: whether they make an incident,
    and how it goes on. A rule of a zone comes before one of its subscriber, that before one of the
    kind of premises, and that before what holds for all."""

    _name = "alarm.event.rule"
    _inherit = "alarm.company.bound"
    _description = "Alarm Event Rule"
    _order = "kind, scope, event_class, event_code_id, id"

    kind = fields.Selection(
        KINDS,
        required=True,
        default="handling",
        help="Handling: incident or log only, and the priority.\n"
        "Delay: the incident waits before it is shown; a restore within that time completes it.\n"
        "Two Knocks: so many zones within so many seconds raise the priority.\n"
        "Runaway: a source that sends more than this is one flood, and one incident.\n"
        "Exit Error: an alarm so soon after closing is marked as a likely mistake on leaving.\n"
        "Test Mode: whether a test leaves such signals out.",
    )
    scope = fields.Selection(SCOPES, string="For", required=True, default="all")
    category_id = fields.Many2one(
        "alarm.subscriber.category",
        string="Kind of Premises",
        index="btree_not_null",
        ondelete="cascade",
        help="The kinds below it are included, unless they have a rule of their own.",
    )
    subscriber_id = fields.Many2one("alarm.subscriber", index="btree_not_null", ondelete="restrict")
    zone_id = fields.Many2one("alarm.zone", index="btree_not_null", ondelete="restrict")
    company_id = fields.Many2one(related="subscriber_id.company_id")
    event_class = fields.Selection(EVENT_CLASSES)
    event_code_id = fields.Many2one("alarm.event.code", index="btree_not_null", ondelete="cascade")
    handling = fields.Selection(
        [("incident", "Incident"), ("log", "Log Only")], required=True, default="incident"
    )
    priority = fields.Selection(
        PRIORITIES,
        help="Of an incident; left empty, the priority of the code. Of two knocks: what it is "
        "raised to; left empty, critical.",
    )
    seconds = fields.Integer(help="0: not at all.")
    count = fields.Integer(
        string="Number of Zones", default=2, help="Different zones within the time."
    )
    rate = fields.Integer(
        string="A Minute", default=6, help="What a source may send for ever without being a flood."
    )
    burst = fields.Integer(help="What it may send at once; 0: never a flood.")
    exempt = fields.Boolean(
        string="Left Out of Tests", help="Made into incidents although the whole site is on test."
    )
    active = fields.Boolean(default=True)
    value_words = fields.Char(string="Rule", compute="_compute_value_words")

    _subject_uniq = models.UniqueIndex(
        "(kind, coalesce(category_id, 0), coalesce(subscriber_id, 0), coalesce(zone_id, 0),"
        " coalesce(event_class, ''), coalesce(event_code_id, 0)) WHERE active",
        "There is already a rule of this kind for the same events and the same scope.",
    )
    _figures_check = models.Constraint(
        "CHECK(seconds >= 0 AND count >= 0 AND rate >= 0 AND burst >= 0)",
        "The figures of a rule are zero or more.",
    )

    @api.constrains("kind", "scope", "event_class", "event_code_id")
    def _check_one_subject(self):
        for rule in self:
            if rule.event_class and rule.event_code_id:
                raise ValidationError(
                    self.env._("A rule is for one event class or for one event code, not for both.")
                )
            if rule._is_plain() and not rule.event_class and not rule.event_code_id:
                raise ValidationError(
                    self.env._(
                        "What is done with signals of all subscribers is said for one event class "
                        "or for one event code."
                    )
                )

    def _is_plain(self):
        return self.kind == "handling" and self.scope == "all"

    @api.constrains("scope", "category_id", "subscriber_id", "zone_id")
    def _check_scope(self):
        for rule in self:
            wanted = _SCOPE_FIELDS.get(rule.scope)
            for name in _SCOPE_FIELDS.values():
                # The subscriber of a zone goes with it.
                implied = name == "subscriber_id" and rule.scope == "zone"
                if not implied and bool(rule[name]) != (name == wanted):
                    raise ValidationError(
                        self.env._(
                            "A rule for “%(scope)s” names just that: %(field)s does not fit.",
                            scope=dict(self._fields["scope"]._description_selection(self.env))[
                                rule.scope
                            ],
                            field=self._fields[name]._description_string(self.env),
                        )
                    )
            if rule.zone_id and rule.zone_id.subscriber_id != rule.subscriber_id:
                raise ValidationError(
                    self.env._(
                        "Zone %(zone)s is not of %(subscriber)s.",
                        zone=rule.zone_id.display_name,
                        subscriber=rule.subscriber_id.display_name,
                    )
                )

    @api.constrains("kind", "seconds", "count", "rate", "burst")
    def _check_figures(self):
        for rule in self:
            if rule.kind == "two_knock" and rule.seconds and rule.count < 2:
                raise ValidationError(self.env._("Two knocks take two zones or more."))
            if rule.kind == "runaway" and rule.burst and not rule.rate:
                raise ValidationError(self.env._("A runaway rule needs a rate of one or more."))

    @api.depends("event_class", "event_code_id", "kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["event_class"]._description_selection(self.env))
        for rule in self:
            rule.display_name = (
                rule.event_code_id.display_name
                or labels.get(rule.event_class)
                or self.env._("Any event")
            )

    @api.depends("kind", "handling", "priority", "seconds", "count", "rate", "burst", "exempt")
    @api.depends_context("lang")
    def _compute_value_words(self):
        for rule in self:
            rule.value_words = rule._in_words()

    def _in_words(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("handling", "priority")
        }
        match self.kind:
            case "handling":
                priority = self.handling == "incident" and labels["priority"].get(self.priority)
                return ", ".join(filter(None, (labels["handling"][self.handling], priority)))
            case "delay" if self.seconds:
                return self.env._("shown after %s s", self.seconds)
            case "two_knock" if self.seconds:
                return self.env._(
                    "%(count)s zones within %(seconds)s s: priority %(priority)s",
                    count=self.count,
                    seconds=self.seconds,
                    priority=self.priority or "1",
                )
            case "runaway" if self.burst:
                return self.env._(
                    "more than %(burst)s at once and %(rate)s a minute",
                    burst=self.burst,
                    rate=self.rate,
                )
            case "exit_error" if self.seconds:
                return self.env._("within %s s of closing", self.seconds)
            case "test" if self.exempt:
                return self.env._("left out of tests")
            case "test":
                return self.env._("part of tests")
        return self.env._("not at all")

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create([self._with_subscriber(vals) for vals in vals_list])

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(self._with_subscriber(vals))

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _with_subscriber(self, vals):
        """Values in which a zone brings its subscriber: rules are looked up by subscriber."""
        if vals.get("zone_id"):
            zone = self.env["alarm.zone"].browse(vals["zone_id"])
            return {**vals, "subscriber_id": zone.subscriber_id.id}
        return vals

    def _as_row(self):
        """``(kind, code id, event class, Rule)`` as tools/rules.py takes it."""
        self.ensure_one()
        return _row(
            self.kind,
            self.scope,
            self.category_id.id,
            self.subscriber_id.id,
            self.zone_id.id,
            self.event_class,
            self.event_code_id.id,
            self.handling,
            self.priority,
            self.seconds,
            self.count,
            self.rate,
            self.burst,
            self.exempt,
        )

    @api.model
    @tools.ormcache()
    def _has_own_rules(self):
        """Whether any subscriber or zone has rules of its own: most centres have none."""
        return bool(
            self.sudo().search_count(
                [("active", "=", True), ("scope", "in", ("subscriber", "zone"))], limit=1
            )
        )

    @api.model
    def _rules_of(self, subscriber_ids):
        """subscriber id -> its own rules and those of its zones, as `index_rules` makes them."""
        if not subscriber_ids or not self._has_own_rules():
            return {}
        self.env.cr.execute(
            """
            SELECT subscriber_id, kind, scope, category_id, subscriber_id, zone_id, event_class,
                   event_code_id, handling, priority, seconds, count, rate, burst, exempt
              FROM alarm_event_rule
             WHERE active AND subscriber_id = ANY(%s)
            """,
            [list(subscriber_ids)],
        )
        rows = {}
        for subscriber_id, *values in self.env.cr.fetchall():
            rows.setdefault(subscriber_id, []).append(_row(*values))
        return {subscriber_id: index_rules(found) for subscriber_id, found in rows.items()}


def _row(
    kind, scope, category, subscriber, zone, event_class, code_id,
    handling, priority, seconds, count, rate, burst, exempt,
):  # fmt: skip
    scope_ids = {"category": category, "subscriber": subscriber, "zone": zone}
    rule = Rule(
        handling=handling,
        priority=priority or None,
        seconds=seconds or 0,
        count=count or 0,
        rate=rate or 0,
        burst=burst or 0,
        exempt=bool(exempt),
        scope=scope,
        scope_id=scope_ids.get(scope) or 0,
        subject="code" if code_id else "class" if event_class else "any",
    )
    return kind, code_id or 0, event_class or "", rule
