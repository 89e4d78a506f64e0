from odoo import models

from odoo.addons.alarm_monitoring.tools.response import CALL_OUTCOMES

# Outcomes after which the next person is tried before a step is given up.
TRY_NEXT = ("no_answer", "busy", "refused", "wrong_number")


class AlarmIncident(models.Model):
    """One thing that a dispatcher does at the board, and the step that it may be."""

    _inherit = "alarm.incident"

    def board_call(self, call, outcome, note="", step_id=False):
        """Write down a call; when the present step asks for it, as that step.

        A step that calls a contact ends once somebody was reached, where the plan says what
        follows on this outcome, or when nobody is left to try.

        :param call: ``{"contact_id", "phone", "name"}``, see `action_log_call`
        :param step_id: the present step, False for none
        :return: ``{"ended": whether the step has ended}``
        """
        self.ensure_one()
        self._check_dispatcher()
        call = call if isinstance(call, dict) else {}
        said = {
            "contact_id": call.get("contact_id") or False,
            "phone": call.get("phone") or "",
            "name": call.get("name") or "",
        }
        step = self.step_ids.filtered(lambda step: step.id == step_id)
        if step and self._board_call_ends(step, said["contact_id"], outcome):
            self.action_step_done(step.id, outcome, note, **said)
            return {"ended": True}
        self.action_log_call(
            said["contact_id"], outcome, note, phone=said["phone"], name=said["name"]
        )
        return {"ended": False}

    def _board_call_ends(self, step, contact_id, outcome):
        if outcome not in CALL_OUTCOMES:
            return False
        if step.kind == "call_premises":
            return not contact_id
        if step.kind != "call_contact":
            return False
        if outcome not in TRY_NEXT or outcome in (step.branches or {}):
            return True
        tried = {*self.call_ids.contact_id.ids, contact_id}
        return set(self.call_contact_ids.ids) <= tried

    def board_begin_test(self, minutes, reason, values):
        """Put the premises, or a part of them, on test.

        :param values: ``scope`` with ``zone_id``; who asked for it as ``contact_id`` or
            ``authorised_name``; the ``word`` that he says, or why a supervisor does without it as
            ``override``; see `alarm.subscriber.action_begin_test`
        :return: ``{"begun": whether it was begun; it was not when the word is wrong}``
        """
        self.ensure_one()
        self._check_dispatcher()
        values = values if isinstance(values, dict) else {}
        known = ("scope", "zone_id", "contact_id", "authorised_name", "word", "override")
        begun = self.subscriber_id.action_begin_test(
            minutes, reason, {name: values[name] for name in known if values.get(name)}
        )
        return {"begun": bool(begun)}

    def board_end_test(self, test_id):
        """End a test of the premises now."""
        self.ensure_one()
        self._check_dispatcher()
        tests = self.env["alarm.test.mode"].search(
            [("subscriber_id", "=", self.subscriber_id.id), ("state", "=", "active")]
        )
        return tests.filtered(lambda test: test.id == test_id).action_end()

    def board_notify(self, party, note="", reference="", step_id=False):
        """Write down that a party was told; when the present step asks for it, as that step.

        :param party: see PARTIES of alarm_monitoring/tools/gates.py
        :param step_id: the present step, False for none
        """
        self.ensure_one()
        self._check_dispatcher()
        step = self.step_ids.filtered(lambda step: step.id == step_id)
        if step and self._party_of(step) == party:
            return self.action_step_done(step.id, "done", note, reference=reference)
        return self.action_notify(party, note, reference)
