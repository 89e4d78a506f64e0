from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.response import ALLOWED, NEEDS_NOTE, OUTBOUND, Step, advance, reopen


class AlarmIncident(models.Model):
    """Doing the steps of the plan.

    A step that is a call, a notice or an order is done by making one; whatever tells of it beyond
    outcome and note travels through the methods below as `details`.
    """

    _inherit = "alarm.incident"

    def action_step_done(self, step_id, outcome="done", note="", **details):
        """Say how a step ended, and let the plan go on.

        :param step_id: id of an `alarm.incident.step` that is not finished
        :param outcome: one that the kind of the step allows, see tools/response.py
        :param note: required where the outcome is that it was not possible
        :param details: of a call `contact_id`, `phone`, `name`; of a notice `reference`
        """
        self._check_dispatcher()
        for incident in self._locked():
            step = incident._open_step(step_id)
            note = note.strip() if isinstance(note, str) else ""
            given = incident._step_details(step, outcome, details)
            incident._check_outcome(step, outcome, note, **given)
            incident._finish_step(step, "done", outcome, note, **given)
        return True

    def action_step_skip(self, step_id, reason):
        """Leave a step out. Who leaves out a mandatory one must be a supervisor."""
        self._check_dispatcher()
        reason = self._required_text(reason, self.env._("Say why the step is left out."))
        for incident in self._locked():
            step = incident._open_step(step_id)
            if step.mandatory and not self._is_supervisor():
                raise UserError(
                    self.env._(
                        "Step %(number)s “%(step)s” is mandatory; only a supervisor may leave it "
                        "out.",
                        number=step.number,
                        step=step.name,
                    )
                )
            incident._finish_step(step, "skipped", False, reason)
        return True

    def _is_supervisor(self):
        return self.env.su or self.env.user.has_group("alarm_monitoring.group_supervisor")

    def _open_step(self, step_id):
        step = self.step_ids.filtered(lambda step: step.id == step_id)
        if not step:
            raise UserError(
                self.env._("%(incident)s has no step %(step)s.", incident=self.name, step=step_id)
            )
        if step.state not in ("pending", "current"):
            states = dict(step._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Step %(number)s “%(step)s” is already: %(state)s.",
                    number=step.number,
                    step=step.name,
                    state=states[step.state],
                )
            )
        return step

    def _step_details(self, step, outcome, details):
        """Of what a caller says about the step, checked, that which its kind knows."""
        return {}

    def _check_outcome(self, step, outcome, note, **details):
        """Whether a step may end like this; other modules ask for more."""
        words = dict(step._fields["outcome"]._description_selection(self.env))
        if outcome not in ALLOWED[step.kind]:
            raise UserError(
                self.env._(
                    "Step %(number)s “%(step)s” cannot end with “%(outcome)s”. Possible are: "
                    "%(allowed)s.",
                    number=step.number,
                    step=step.name,
                    outcome=words.get(outcome, outcome),
                    allowed=", ".join(words[allowed] for allowed in ALLOWED[step.kind]),
                )
            )
        if outcome in NEEDS_NOTE and not note:
            raise UserError(
                self.env._(
                    "Say why step %(number)s “%(step)s” was not possible.",
                    number=step.number,
                    step=step.name,
                )
            )

    def _finish_step(self, step, state, outcome, note, **details):
        now = fields.Datetime.now()
        course = advance(self._course_steps(), step.number, outcome, state)
        words = dict(step._fields["outcome"]._description_selection(self.env))
        text = [f"{step.number}. {step.name}", words.get(outcome), self._step_words(details), note]
        values = {}
        if course.resolution:
            values["suggested_resolution_id"] = course.resolution
        if state == "done" and step.kind in OUTBOUND:
            values["first_action_at"] = self.first_action_at or now
        self._transition(
            "step" if state == "done" else "step_skip", ": ".join(filter(None, text)), **values
        )
        # As superuser for the reason given in `_check_dispatcher`.
        steps = self.sudo().step_ids
        steps.browse(step.id).write(
            {"outcome": outcome, "note": note, "by_id": self.env.uid, "at": now}
        )
        self._set_step_states(course)
        if state == "done":
            self._on_step_done(step, outcome, note, **details)

    def _course_steps(self):
        return [Step(own.number, own.state, own.branches or {}) for own in self.step_ids]

    def _set_step_states(self, course):
        for own in self.sudo().step_ids:
            if own.number in course.states:
                own.write({"state": course.states[own.number]})

    def _step_words(self, details):
        """What the log says of the details."""
        return ""

    def _on_step_done(self, step, outcome, note, **details):
        """Hook: a step of a locked incident was done."""

    def _reopen_step(self, step, text):
        """What made a step done has come to nothing: it is to be done again.

        :param text: why; the step shows it, and the log keeps what was there before
        """
        self.ensure_one()
        self._set_step_states(reopen(self._course_steps(), step.number))
        # As superuser for the reason given in `_check_dispatcher`.
        step.sudo().write({"outcome": False, "note": text, "by_id": False, "at": False})
        self._log("step_reopened", f"{step.number}. {step.name}: {text}")
