import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.work_states import CLOCKS, TRANSITIONS, next_verb, sources, test_of

# A colleague's tap takes milliseconds; who meets it waits that long rather than fail.
_LOCK_TRIES = 10
_LOCK_PAUSE = 0.05


class AlarmWorkOrder(models.Model):
    """The verbs of a work order. Each locks the order, checks who asks, the state and what is
    still missing, and says why when it may not run.

    Others join by two methods: `_missing` says what a verb still waits for, `_on_state` does what
    follows from it.
    """

    _inherit = "alarm.work.order"

    next_verb = fields.Char(compute="_compute_next_verb")
    test = fields.Selection(
        [("required", "Required"), ("possible", "Possible"), ("none", "None")],
        string="Test with the Centre",
        compute="_compute_next_verb",
    )
    missing = fields.Text(
        "Still Missing",
        compute="_compute_missing",
        help="What the next step of this order waits for.",
    )

    @api.depends("state", "kind")
    def _compute_next_verb(self):
        for order in self:
            order.test = order._test_of_kind()
            order.next_verb = next_verb(order.state, order.kind, order.test)

    @api.depends("state", "kind")
    def _compute_missing(self):
        for order in self:
            verb = order.next_verb
            order.missing = "\n".join(order._missing(verb)) if verb else False

    def action_schedule(self):
        """Fix crew and time, reserve the material: draft → scheduled."""
        return self._run_verb("schedule")

    def action_unschedule(self):
        """Plan it anew: scheduled → draft."""
        return self._run_verb("unschedule")

    def action_start(self):
        """The crew begins: scheduled → in progress."""
        return self._run_verb("start")

    def action_test(self):
        """The work is done and is tested with the centre: in progress → testing."""
        return self._run_verb("test")

    def action_accept(self):
        """The customer takes it over: testing → accepted."""
        return self._run_verb("accept")

    def action_finish(self):
        """Nothing is left to do: accepted, or in progress where nothing is tested → done."""
        return self._run_verb("finish")

    def action_rework(self):
        """The test has shown something to repair: testing or accepted → in progress."""
        return self._run_verb("rework")

    def action_cancel(self, reason):
        """Call it off (planners only).

        :param reason: required
        """
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why the work order is cancelled."))
        return self._run_verb("cancel", cancel_reason=reason.strip())

    def _missing(self, verb):
        """What the verb still waits for, as sentences for a person. Every file adds its own.

        :param verb: a key of `TRANSITIONS`
        :return: list of str; empty: the verb may run
        """
        self.ensure_one()
        return []

    def _on_state(self, verb):
        """What follows from a verb that has just run. Called for one order, as the user who ran
        it."""
        self.ensure_one()

    def _test_of_kind(self):
        """Whether the order is tested with the centre: "required", "possible" or "none"."""
        return test_of(self.kind)

    def _run_verb(self, verb, **values):
        self._check_actor(verb)
        for order in self._locked():
            order._check_transition(verb)
            missing = order._missing(verb)
            if missing:
                raise UserError("\n".join([order.name, *missing]))
            target = TRANSITIONS[verb].target
            clock = {CLOCKS[target]: fields.Datetime.now()} if target in CLOCKS else {}
            order._write_by_verb({"state": target, **clock, **values})
            order._on_state(verb)
        return True

    def _check_actor(self, verb):
        """Planners plan and cancel; the rest is done by who is on the order, or a planner for
        them. Neither has the right to write what the verbs write."""
        self.check_access("read")
        user = self.env.user
        if self.env.su or user.has_group("alarm_work_order.group_planner"):
            return
        if TRANSITIONS[verb].planner:
            raise AccessError(self.env._("Only a planner may schedule or cancel work orders."))
        if not user.has_group("alarm_work_order.group_technician"):
            raise AccessError(self.env._("Only its technicians and planners may act on an order."))
        for order in self:
            if user not in order.technician_ids:
                raise AccessError(self.env._("%s is an order of another crew.", order.name))

    def _check_transition(self, verb):
        allowed = sources(verb, self.kind, self._test_of_kind())
        if self.state in allowed:
            return
        labels = dict(self._fields["state"]._description_selection(self.env))
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        names = {"order": self.name, "state": labels[self.state], "kind": kinds[self.kind]}
        names["target"] = labels[TRANSITIONS[verb].target]
        if not allowed:
            raise UserError(
                self.env._(
                    "%(order)s is of the kind “%(kind)s”, which never becomes “%(target)s”.",
                    **names,
                )
            )
        raise UserError(
            self.env._(
                "%(order)s is “%(state)s” and cannot become “%(target)s”. "
                "Allowed from: %(sources)s.",
                sources=", ".join(label for state, label in labels.items() if state in allowed),
                **names,
            )
        )

    def _locked(self):
        """These orders, locked and read afresh."""
        orders = self.sorted("id")
        for attempt in range(_LOCK_TRIES):
            if attempt:
                time.sleep(_LOCK_PAUSE)
            if orders.sudo().try_lock_for_update(allow_referencing=True).ids == orders.ids:
                orders.invalidate_recordset()
                return orders
        raise UserError(
            self.env._(
                "Somebody else is acting on %s at this moment. Look again.",
                ", ".join(orders.mapped("name")),
            )
        )
