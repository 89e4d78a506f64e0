from odoo import fields, models


class AlarmContractChange(models.Model):
    """A take-over of what is suspended: it stays so with the new customer, and resumes when it was
    to resume. What was suspended stays where it was until then, and goes on under the new
    contract."""

    _inherit = "alarm.contract.change"

    def _plan_take_over(self, plan):
        super()._plan_take_over(plan)
        for suspension in self._get_open_suspensions():
            if suspension.resume_on:
                plan.notes.append(
                    self.env._(
                        "What is suspended stays suspended, and resumes on %s.",
                        self._day(suspension.resume_on),
                    )
                )
            else:
                plan.notes.append(
                    self.env._(
                        "What is suspended stays suspended until somebody reactivates the contract."
                    )
                )

    def _get_open_suspensions(self):
        """Suspensions of the contract of which something has not gone on yet."""
        return self.contract_id.change_ids.filtered(
            lambda change: change.kind == "suspend"
            and change.state == "done"
            and change._get_suspended_by_it()
        )

    def _do_take_over(self, plan):
        contract = self.contract_id
        suspended = contract.alarm_state == "suspended"
        suspensions = self._get_open_suspensions()
        heirs = self._get_heirs()
        super()._do_take_over(plan)
        new = self.new_contract_id
        if suspended:
            new._transition("suspend")
        handed_on = self.create(
            [
                {
                    "contract_id": new.id,
                    "kind": "suspend",
                    "date": change.date,
                    "resume_on": change.resume_on,
                    "extend_term": change.extend_term,
                    "reason_id": change.reason_id.id,
                    "note": change.note,
                    "subscriber_id": heirs[change.subscriber_id].id
                    if change.subscriber_id
                    else False,
                }
                for change in suspensions
            ]
        )
        for change, before in zip(handed_on, suspensions, strict=True):
            change._write_by_verb(
                {
                    "state": "done",
                    "outcome": before.outcome,
                    "done_on": fields.Date.context_today(self),
                    "done_by_id": self.env.uid,
                }
            )

    def _prepare_return(self, line):
        """What is different about a line that goes on under the contract of this change: nothing,
        unless it was suspended under the one before."""
        contract = self.contract_id
        if line.contract_id == contract:
            return {}
        values = {"contract_id": contract.id}
        if line.subscriber_id:
            values["subscriber_id"] = self._get_heir(line.subscriber_id).id
        return values

    def _get_heir(self, site):
        """The subscriber of the present customer at the premises of a former one."""
        for heir in self.contract_id.subscriber_ids:
            before = heir
            while before and before != site:
                before = before.predecessor_id
            if before:
                return heir
        return site.browse()
