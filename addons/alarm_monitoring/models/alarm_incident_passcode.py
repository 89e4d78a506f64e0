from datetime import datetime

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.incident_states import TRANSITIONS
from ..tools.response import ALLOWED

PASSCODE_RESULTS = [
    ("ok", "Correct"),
    ("wrong", "Wrong"),
    ("duress", "Duress"),
    ("locked", "Locked after Wrong Words"),
    ("none", "Not Verified"),
]

# What a dispatcher may say without a word having been typed: never more than was heard.
SAID_BY_HAND = ("ok", "wrong", "duress", "none")

OUTCOME_OF = {
    "ok": "passcode_ok",
    "wrong": "passcode_wrong",
    "locked": "passcode_wrong",
    "duress": "duress",
}
_RESULT_OF = {"passcode_ok": "ok", "passcode_wrong": "wrong", "duress": "duress"}


class AlarmIncident(models.Model):
    """Whether who is on the telephone has given the passcode.

    That a word is right nobody claims: it is typed and checked. By hand it is said only that there
    was none, that it was wrong, or that somebody is being forced; and where no passcode is
    registered, why the person is believed.
    """

    _inherit = "alarm.incident"

    passcode_result = fields.Selection(PASSCODE_RESULTS, readonly=True)
    passcode_note = fields.Char(readonly=True)
    passcode_at = fields.Datetime(
        "Passcode Checked", readonly=True, help="When a word was typed and checked last."
    )
    passcode_by_id = fields.Many2one(
        "res.users", string="Passcode Checked By", readonly=True, ondelete="restrict"
    )
    passcode_contact_id = fields.Many2one(
        "alarm.contact",
        string="Word Of",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Whose word it was; empty where it is everybody's of the subscriber.",
    )

    def action_verify_passcode(self, word, contact_id=False, step_id=False):
        """Check the word that somebody on the telephone says. It is compared and forgotten.

        A right word and a duress word finish the step that asks for it; a wrong one does once no
        try is left. Every try stands in the log.

        :param word: text as heard
        :param contact_id: id of the contact who says it, where that is known
        :param step_id: id of the open step that it is said for; without it the current step, if
            that is one to verify the passcode
        :return: what `action_verify_passcode` of the subscriber returns, and `step_done`: whether
            a step is finished by it
        """
        self._check_dispatcher()
        self.ensure_one()
        word = self._required_text(word, self.env._("Type the word that the caller says."))
        self._locked()
        # Everything that may refuse does so before the word is checked: a try is never undone.
        self._check_transition(TRANSITIONS["passcode"])
        contact = self._contact_called(contact_id)
        step = self._step_to_verify(step_id)
        if not self._has_words():
            raise UserError(
                self.env._(
                    "No passcode is registered for %s: there is nothing to check. Say why the "
                    "person is believed, or that it was not verified.",
                    self.subscriber_id.display_name or self.name,
                )
            )
        # The record itself, which nobody can send from outside: the duress is this incident's.
        holder = (contact or self.subscriber_id).with_context(alarm_incident=self)
        answer = holder.action_verify_passcode(word)
        result = answer["result"]
        kept = self._checked_values(answer, contact)
        self._transition("passcode", self._verified_words(answer), **kept)
        over = result in ("ok", "duress") or not answer["tries_left"]
        if step and over:
            details = {"contact_id": kept["passcode_contact_id"]}
            outcome = OUTCOME_OF[result]
            self._finish_step(
                step, "done", outcome, "", **self._step_details(step, outcome, details)
            )
        return answer | {"step_done": bool(step and over)}

    def _checked_values(self, answer, contact):
        """What an incident keeps of a word that was checked. Duress is never taken back.

        :param answer: of the check
        :param contact: who said it, where that is known
        """
        values = {
            "passcode_at": fields.Datetime.now(),
            "passcode_by_id": self.env.uid,
            "passcode_contact_id": answer["contact_id"] or contact.id,
        }
        if self.passcode_result != "duress":
            values["passcode_result"] = answer["result"]
        return values

    def _step_to_verify(self, step_id):
        if step_id:
            step = self._open_step(step_id)
            if "passcode_ok" not in ALLOWED[step.kind]:
                raise UserError(
                    self.env._(
                        "Step %(number)s “%(step)s” asks for no passcode.",
                        number=step.number,
                        step=step.name,
                    )
                )
            self._check_transition(TRANSITIONS["step"])
            return step
        step = self.current_step_id
        mine = self.user_id == self.env.user and self.state in TRANSITIONS["step"].sources
        return step if mine and step.kind == "verify_passcode" else step.browse()

    def _verified_words(self, answer):
        """A try in words; who reads a log sees whose word it was, never the word."""
        result = dict(self._fields["passcode_result"]._description_selection(self.env))
        text = [result[answer["result"]], answer["contact"]]
        if answer["result"] == "wrong":
            text.append(self.env._("tries left: %s", answer["tries_left"]))
        if answer["locked_until"]:
            text.append(self.env._("locked until %s", self._locked_until(answer)))
        return ": ".join(filter(None, text))

    def _locked_until(self, answer):
        """When the next word is checked, by the dispatcher's clock, as the log writes times."""
        until = datetime.fromisoformat(answer["locked_until"].rstrip("Z"))
        return fields.Datetime.context_timestamp(self, until).strftime("%H:%M:%S")

    def _has_words(self):
        """Whether anybody of the subscriber has a passcode or a duress code."""
        holders = [self.subscriber_id, *self.subscriber_id.contact_ids]
        return any(holder.passcode_set or holder.duress_code_set for holder in holders)

    def _has_passcode(self):
        """Whether a passcode is registered that somebody could give."""
        return any(
            holder.passcode_set for holder in (self.subscriber_id, *self.subscriber_id.contact_ids)
        )

    def _passcode_is_proven(self, contact=None):
        """Whether the last word that was checked was right, and this contact's."""
        known = self.passcode_contact_id
        return (
            self.passcode_result == "ok"
            and bool(self.passcode_at)
            and not (contact and known and contact != known)
        )

    def _check_passcode_claim(self, note, contact=None):
        """That a passcode was right is said only of one that was checked; where none is registered
        a word on why the person is believed stands for it."""
        if self._passcode_is_proven(contact):
            return
        if self._has_passcode():
            raise UserError(
                self.env._(
                    "%s: no right passcode was checked. Type the word that was said; that it is "
                    "right cannot be ticked.",
                    self.name,
                )
            )
        if not note:
            raise UserError(
                self.env._(
                    "%s: no passcode is registered. Say why the person is believed.", self.name
                )
            )

    def action_passcode(self, result, note=""):
        """Say what became of the passcode, where no word was checked.

        :param result: wrong, duress, none with a reason why it was not verified; ok with a reason,
            and only where no passcode is registered
        """
        self._check_dispatcher()
        words = dict(self._fields["passcode_result"]._description_selection(self.env))
        if result not in SAID_BY_HAND:
            raise UserError(
                self.env._(
                    "“%(result)s” is no passcode result. Possible are: %(allowed)s.",
                    result=result,
                    allowed=", ".join(SAID_BY_HAND),
                )
            )
        note = note.strip() if isinstance(note, str) else ""
        if result == "none":
            note = self._required_text(note, self.env._("Say why the passcode was not verified."))
        for incident in self._locked():
            incident._check_passcode_said(result, note)
            incident._transition(
                "passcode",
                ": ".join(filter(None, (words[result], note))),
                passcode_note=note,
                **incident._passcode_values(OUTCOME_OF.get(result)) or {"passcode_result": result},
            )
            if result == "duress":
                incident._follow_duress()
        return True

    def _check_passcode_said(self, result, note):
        if self.passcode_result == "duress" and result != "duress":
            raise UserError(
                self.env._("%s: duress was recognised and is not taken back.", self.name)
            )
        if result == "ok":
            self._check_passcode_claim(note)
        elif result == "none" and (self.passcode_at or self.passcode_result == "wrong"):
            words = dict(self._fields["passcode_result"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(incident)s: a word was said: %(result)s. That stays.",
                    incident=self.name,
                    result=words[self.passcode_result],
                )
            )

    def _passcode_values(self, outcome):
        """What the outcome of a call or a step tells about the passcode. Duress is never taken
        back."""
        result = _RESULT_OF.get(outcome)
        if not result or self.passcode_result == "duress":
            return {}
        return self._duress_values() if result == "duress" else {"passcode_result": result}

    # -- in calls and steps -----------------------------------------------------------------------

    def _check_call(self, contact, outcome, note):
        result = super()._check_call(contact, outcome, note)
        if outcome == "passcode_ok":
            self._check_passcode_claim(note, contact)
        return result

    def _check_outcome(self, step, outcome, note, **details):
        result = super()._check_outcome(step, outcome, note, **details)
        if outcome == "passcode_ok" and step.kind == "verify_passcode":
            self._check_passcode_claim(note)
        return result

    def _add_call(self, contact, person, number, outcome, note, step=None):
        result = super()._add_call(contact, person, number, outcome, note, step)
        if not step:
            self._note_passcode(outcome)
        return result

    def _on_step_done(self, step, outcome, note, **details):
        result = super()._on_step_done(step, outcome, note, **details)
        self._note_passcode(outcome)
        if step.kind == "verify_passcode" and not self.passcode_result:
            self._write_private({"passcode_result": "none", "passcode_note": note})
        return result

    def _note_passcode(self, outcome):
        if values := self._passcode_values(outcome):
            self._write_private(values)
            if outcome == "duress":
                self._follow_duress()
