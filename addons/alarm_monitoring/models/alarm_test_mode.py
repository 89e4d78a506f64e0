from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.supervision import pack
from ..tools.test_mode import Coverage
from ..tools.triage import matter_key
from .alarm_event_code import EVENT_CLASSES

SCOPES = [
    ("subscriber", "Whole Subscriber"),
    ("area", "Area"),
    ("zone", "Zone"),
    ("class", "Event Class"),
]
PASSCODE_RESULTS = [
    ("not_asked", "Not Asked"),
    ("ok", "Correct"),
    ("duress", "Duress"),
    ("wrong", "Wrong"),
    ("overridden", "Allowed without It"),
]


class AlarmTestMode(models.Model):
    """A time in which signals of a subscriber, or of a part of it, are only logged.

    Made, extended and ended by verbs alone. Nothing has to happen for it to end: a signal is
    covered by the moment at which the bridge received it.
    """

    _name = "alarm.test.mode"
    _inherit = "alarm.own.defaults"
    _description = "Alarm Test Mode"
    _order = "ends_at desc, id desc"
    _rec_name = "subscriber_id"

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        related="subscriber_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    scope = fields.Selection(SCOPES, required=True, readonly=True, default="subscriber")
    area_id = fields.Many2one(
        "alarm.area", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    zone_id = fields.Many2one(
        "alarm.zone", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    event_class = fields.Selection(EVENT_CLASSES, readonly=True)
    with_exempt = fields.Boolean(
        string="Also Hold-Up and Duress",
        readonly=True,
        help="Also what the rules keep out of a test, as hold-up and duress alarms.",
    )
    starts_at = fields.Datetime(required=True, readonly=True)
    ends_at = fields.Datetime(required=True, readonly=True)
    reason = fields.Char(required=True, readonly=True)
    contact_id = fields.Many2one(
        "alarm.contact",
        string="Authorised By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    authorised_name = fields.Char(
        readonly=True, help="Who asked for it, as known when it was begun."
    )
    passcode_result = fields.Selection(
        PASSCODE_RESULTS, string="Passcode", required=True, readonly=True, default="not_asked"
    )
    override_reason = fields.Char(
        string="Allowed without Passcode",
        readonly=True,
        help="Why a supervisor allowed the test though nobody said the passcode.",
    )
    user_id = fields.Many2one(
        "res.users", string="Begun By", required=True, readonly=True, ondelete="restrict"
    )
    origin = fields.Reference(
        selection="_selection_origin", readonly=True, help="The work that the test is for."
    )
    end_logged = fields.Boolean(readonly=True, help="Its end is in its log.")
    state = fields.Selection(
        [("planned", "Planned"), ("active", "On Test"), ("ended", "Ended")],
        compute="_compute_state",
        search="_search_state",
    )
    age = fields.Char(compute="_compute_state", help="How long it has lasted.")
    scope_words = fields.Char(string="Covers", compute="_compute_scope_words")
    signal_count = fields.Integer(compute="_compute_signal_count")
    entry_ids = fields.One2many("alarm.test.mode.entry", "test_mode_id", string="Log")

    # What a batch of signals asks: the tests of its subscribers that had not ended.
    _subscriber_idx = models.Index("(subscriber_id, ends_at)")
    _open_idx = models.Index("(ends_at) WHERE end_logged IS NOT TRUE")
    _order_check = models.Constraint(
        "CHECK(ends_at >= starts_at)", "A test mode ends after it has begun."
    )

    @api.model
    def _selection_origin(self):
        """Hook: ``(model, label)`` of the work that a test may be for."""
        return []

    @api.depends("starts_at", "ends_at")
    @api.depends_context("lang")
    def _compute_state(self):
        now = fields.Datetime.now()
        for test in self:
            test.state = (
                "planned" if test.starts_at > now else "active" if test.ends_at > now else "ended"
            )
            lasted = max(min(now, test.ends_at) - test.starts_at, timedelta())
            hours, minutes = divmod(int(lasted.total_seconds()) // 60, 60)
            test.age = f"{hours}:{minutes:02d}"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        domains = {
            "planned": [("starts_at", ">", now)],
            "active": [("starts_at", "<=", now), ("ends_at", ">", now)],
            "ended": [("starts_at", "<=", now), ("ends_at", "<=", now)],
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("scope", "area_id", "zone_id", "event_class")
    @api.depends_context("lang")
    def _compute_scope_words(self):
        classes = dict(self._fields["event_class"]._description_selection(self.env))
        for test in self:
            match test.scope:
                case "area":
                    words = self.env._("area %s", test.area_id.display_name)
                case "zone":
                    words = self.env._("zone %s", test.zone_id.display_name)
                case "class":
                    words = self.env._("class “%s”", classes.get(test.event_class, ""))
                case _:
                    words = self.env._("whole subscriber")
            test.scope_words = words

    @api.depends("subscriber_id", "starts_at", "ends_at")
    def _compute_signal_count(self):
        """Signals of the subscriber that were only logged in its time."""
        self.env.cr.execute(
            """
            SELECT test.id, count(*)
              FROM alarm_test_mode test
              JOIN alarm_signal signal
                ON signal.subscriber_id = test.subscriber_id
               AND signal.received_at >= test.starts_at AND signal.received_at < test.ends_at
             WHERE test.id = ANY(%s) AND signal.decision = 'log_test'
             GROUP BY test.id
            """,
            [self.ids],
        )
        counts = dict(self.env.cr.fetchall())
        for test in self:
            test.signal_count = counts.get(test.id, 0)

    # Never by hand: who may do what, and for how long, is asked by the verbs.
    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise UserError(
                self.env._("A test mode is begun with “Put on Test” of the subscriber.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            raise UserError(self.env._("A test mode changes only by being extended or ended."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if self:
            raise UserError(
                self.env._("Test modes are kept: they say why signals were only logged.")
            )

    def action_extend(self, minutes, reason):
        """Let it end later: so many minutes after now, within what the user may allow.

        :param minutes: from now on
        :param reason: why; required
        """
        self._check_tester()
        ends_at = self._end_after(minutes)
        reason = self._required_reason(reason)
        for test in self._not_ended():
            if ends_at <= test.ends_at:
                raise UserError(
                    self.env._(
                        "The test of %(subscriber)s lasts until %(end)s already; it can only be "
                        "extended beyond that.",
                        subscriber=test.subscriber_id.display_name,
                        end=test._local(test.ends_at),
                    )
                )
            test.sudo().write({"ends_at": ends_at})
            test._tell("extended", f"{test._local(ends_at)}: {reason}")
        return True

    def action_end(self, reason=""):
        """End it now: signals make incidents again."""
        self._check_tester()
        now = fields.Datetime.now()
        for test in self._not_ended():
            planned = test.starts_at > now
            test.sudo().write({"ends_at": test.starts_at if planned else now, "end_logged": True})
            test._tell("ended_early", reason if isinstance(reason, str) else "")
        return True

    def action_view_signals(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_monitoring.alarm_signal_action"
        )
        return action | {
            "domain": [
                ("subscriber_id", "=", self.subscriber_id.id),
                ("decision", "=", "log_test"),
                ("received_at", ">=", fields.Datetime.to_string(self.starts_at)),
                ("received_at", "<", fields.Datetime.to_string(self.ends_at)),
            ]
        }

    @api.model
    def _begin(self, subscriber, values, proof=None):
        """Put a subscriber, or a part of it, on test; none when the word is wrong, which is no
        error, so that the try stays counted.

        :param values: ``minutes`` and ``reason``; who asked for it as ``contact_id`` or
            ``authorised_name``; the ``word`` that he says, or why a supervisor does without it, as
            ``override``; ``scope`` with ``area_id``, ``zone_id`` or ``event_class``;
            ``with_exempt``, ``starts_at`` and ``origin`` if wanted
        :param proof: what came of checking the word, where that was done before, see `_prove`
        """
        self._check_tester()
        subscriber.ensure_one()
        subscriber.check_access("read")
        proof = proof or self._prove(subscriber, values)
        if proof["passcode_result"] == "wrong":
            return self.browse()
        if proof["passcode_result"] in ("ok", "duress") and not values.get("authorised_name"):
            # The word of the premises names nobody.
            proof = {"authorised_name": subscriber.display_name, **proof}
        prepared = self._prepare_begin(subscriber, {**values, **proof}) | proof
        test = self.sudo().create(prepared).with_env(self.env)
        test._tell("begun", test._begun_words())
        if test.passcode_result == "duress":
            test._raise_duress()
        return test

    def _begun_words(self):
        words = f"{self.scope_words}, {self._local(self.ends_at)}: {self.reason}"
        if self.override_reason:
            words += " " + self.env._("(Without the passcode: %s)", self.override_reason)
        return words

    @api.model
    def _prove(self, subscriber, values):
        """What proves that a test is wanted, as values of it: the word that was said, or why a
        supervisor does without."""
        contact = self.env["alarm.contact"].browse(values.get("contact_id") or ())
        word, override = values.get("word"), values.get("override")
        if word and isinstance(word, str):
            return self._prove_by_word(contact or subscriber, word)
        if override and isinstance(override, str) and override.strip():
            if not self.env.user.has_group("alarm_monitoring.group_supervisor"):
                raise UserError(
                    self.env._("Only a supervisor may allow a test without the passcode.")
                )
            return {"passcode_result": "overridden", "override_reason": override.strip()}
        if self._passcode_needed(subscriber, values):
            raise UserError(
                self.env._(
                    "Whoever asks for the test must say the passcode; a supervisor may allow it "
                    "without and says why."
                )
            )
        return {"passcode_result": "not_asked"}

    @api.model
    def _prove_by_word(self, holder, word):
        return self._proof_of(holder.action_verify_passcode(word))

    @api.model
    def _proof_of(self, answer):
        """What the answer to a word proves, as values of the test."""
        if answer["result"] not in ("ok", "duress"):
            return {"passcode_result": "wrong"}
        proof = {"passcode_result": answer["result"]}
        if answer["contact_id"]:
            proof |= {"contact_id": answer["contact_id"], "authorised_name": answer["contact"]}
        return proof

    @api.model
    def _passcode_needed(self, subscriber, values):
        """Hook: whether somebody must say the passcode for this test. Not for whom the work that
        it is for (``origin``) authorises."""
        return not self.env.su and subscriber.company_id.sudo().alarm_test_passcode

    def _raise_duress(self):
        """Who is forced to ask for a test gets an alarm, and a test that covers nothing. As
        superuser: incidents are made by what happens only."""
        self.env["alarm.incident"].sudo()._raise_matter(
            matter_key("test_duress", str(self.id)),
            "test_duress",
            pack(self.authorised_name),
            priority="1",
            vals={
                "subscriber_id": self.subscriber_id.id,
                "company_id": self.company_id.id,
                "event_class": "panic",
            },
        )

    @api.model
    def _prepare_begin(self, subscriber, values):
        starts_at = fields.Datetime.to_datetime(values.get("starts_at"))
        starts_at = max(starts_at or fields.Datetime.now(), fields.Datetime.now())
        contact = self.env["alarm.contact"].browse(values.get("contact_id") or ())
        if contact and contact.subscriber_id != subscriber:
            raise ValidationError(
                self.env._(
                    "%(contact)s is not a contact of %(subscriber)s.",
                    contact=contact.display_name,
                    subscriber=subscriber.display_name,
                )
            )
        name = values.get("authorised_name") or contact.display_name
        if not name:
            raise UserError(self.env._("Say who asked for the test."))
        return {
            "subscriber_id": subscriber.id,
            "starts_at": starts_at,
            "ends_at": self._end_after(values.get("minutes"), starts_at),
            "reason": self._required_reason(values.get("reason")),
            "contact_id": contact.id,
            "authorised_name": name,
            "with_exempt": bool(values.get("with_exempt")),
            "user_id": self.env.uid,
            "origin": values.get("origin") or False,
            **self._prepare_scope(subscriber, values),
        }

    @api.model
    def _prepare_scope(self, subscriber, values):
        """The scope, and the one part or class that goes with it."""
        scope = values.get("scope") or "subscriber"
        part = {"area": "area_id", "zone": "zone_id", "class": "event_class"}.get(scope)
        prepared = {"scope": scope}
        if part:
            prepared[part] = values.get(part)
            if not prepared[part]:
                raise UserError(self.env._("Say which area, zone or class is on test."))
        if part in ("area_id", "zone_id"):
            record = self.env[self._fields[part].comodel_name].browse(prepared[part])
            if record.subscriber_id != subscriber:
                raise ValidationError(
                    self.env._(
                        "%(part)s does not belong to %(subscriber)s.",
                        part=record.display_name,
                        subscriber=subscriber.display_name,
                    )
                )
        return prepared

    @api.model
    def _end_after(self, minutes, start=None):
        """The end so many minutes after a moment (now), as far as the user may go."""
        if isinstance(minutes, bool) or not isinstance(minutes, int) or minutes < 1:
            raise ValidationError(self.env._("How long a test lasts must be a number of minutes."))
        limit = self._max_hours()
        if minutes > limit * 60:
            raise UserError(
                self.env._(
                    "A test of %(minutes)s minutes is too long: you may allow %(limit)s hours.",
                    minutes=minutes,
                    limit=limit,
                )
            )
        return (start or fields.Datetime.now()) + timedelta(minutes=minutes)

    @api.model
    def _max_hours(self):
        company = self.env.company.sudo()
        if self.env.user.has_group("alarm_monitoring.group_supervisor"):
            return company.alarm_test_hours_supervisor
        return company.alarm_test_hours

    @api.model
    def _may_test(self):
        """Hook: whether the user may put on test what he sees."""
        return self.env.user.has_group("alarm_monitoring.group_dispatcher")

    @api.model
    def _check_tester(self):
        if not self.env.su and not self._may_test():
            raise AccessError(self.env._("Only a dispatcher may put a subscriber on test."))

    @api.model
    def _required_reason(self, reason):
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say what the test is for."))
        return reason.strip()

    def _not_ended(self):
        """These, locked, when all of them last; what a user may not see is refused."""
        self.check_access("read")
        self.sudo().lock_for_update()
        self.invalidate_recordset()
        for test in self:
            if test.ends_at <= fields.Datetime.now():
                raise UserError(
                    self.env._(
                        "The test of %(subscriber)s ended at %(end)s.",
                        subscriber=test.subscriber_id.display_name,
                        end=test._local(test.ends_at),
                    )
                )
        return self

    def _local(self, moment):
        return fields.Datetime.context_timestamp(self, moment).strftime("%Y-%m-%d %H:%M")

    def _tell(self, kind, text):
        """Write it in the log of the test and on the open incidents of its subscriber."""
        self.env["alarm.test.mode.entry"]._log(self, kind, text)
        self.subscriber_id.invalidate_recordset(["on_test", "test_words"])
        labels = dict(
            self.env["alarm.test.mode.entry"]._fields["kind"]._description_selection(self.env)
        )
        # As superuser: the log of an incident is written by verbs only.
        self.env["alarm.incident"].sudo()._on_test_changed(
            self.subscriber_id, ": ".join(filter(None, (labels[kind], text)))
        )

    @api.model
    def _log_ends(self):
        """Note the end of those whose time is over. Nothing else waits for this."""
        self.flush_model(["ends_at", "end_logged"])
        # Written as the partial index is.
        self.env.cr.execute(
            """
            SELECT id FROM alarm_test_mode
             WHERE end_logged IS NOT TRUE AND ends_at <= %s ORDER BY ends_at LIMIT 1000
            """,
            [fields.Datetime.now()],
        )
        over = self.browse(id_ for [id_] in self.env.cr.fetchall())
        over.write({"end_logged": True})
        for test in over:
            test._tell("ended", "")

    @api.model
    def _coverages(self, subscriber_ids, since):
        """subscriber id -> tuple of `Coverage` of the tests that had not ended at ``since``."""
        if not subscriber_ids:
            return {}
        self.env.cr.execute(
            """
            SELECT subscriber_id, id, starts_at, ends_at, area_id, zone_id, event_class,
                   with_exempt
              FROM alarm_test_mode
             WHERE subscriber_id = ANY(%s) AND ends_at > %s AND passcode_result <> 'duress'
            """,
            [list(subscriber_ids), since],
        )
        coverages = {}
        for subscriber_id, id_, starts, ends, area, zone, klass, exempt in self.env.cr.fetchall():
            coverages.setdefault(subscriber_id, []).append(
                Coverage(id_, starts, ends, area or 0, zone or 0, klass or "", bool(exempt))
            )
        return {key: tuple(tests) for key, tests in coverages.items()}
