from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class AlarmDunningStep(models.Model):
    """What a person does of a step: the call, and whatever no e-mail can say."""

    _inherit = "alarm.dunning.step"

    def _carry_out_call(self, date):
        self._ask_clerk(date)
        return "waiting"

    def _ask_clerk(self, date):
        """A task of the clerk, in his language; one at a time. It is his to have done it: the step
        follows it."""
        self.ensure_one()
        if self.activity_id.active:
            return
        clerk = self._clerk()
        mine = self.with_context(lang=clerk.lang)
        kind = "todo" if self.action == "notice" else "call"
        self.activity_id = mine.contract_id.activity_schedule(
            f"mail.mail_activity_data_{kind}",
            date_deadline=date,
            user_id=clerk.id,
            summary=mine._task_summary(),
            note=mine._call_note(),
        )

    def _task_summary(self):
        if self.action == "remind":
            return self.env._("The reminder cannot be mailed: call the payer")
        if self.action == "notice":
            return self.env._(
                "The notice cannot be mailed: have it posted, and note when it was delivered"
            )
        return self.env._("Fees are overdue: call the payer")

    def _call_note(self):
        return self.env._(
            "%(payer)s (%(phone)s) owes %(amount)s since %(since)s.",
            payer=self.payer_id.display_name,
            phone=self.payer_id.phone or self.env._("no number"),
            amount=self.currency_id.format(self.amount),
            since=format_date(self.env, min(self.item_ids.mapped("date_maturity"))),
        )

    def _ask_where_no_mail_goes(self, date):
        """What cannot be mailed becomes a task. Nobody who could do it: that is said too."""
        for step in self:
            if step.action not in ("remind", "notice"):
                continue
            try:
                step._ask_clerk(date)
            except UserError as error:
                step.error = "\n".join(filter(None, (step.error, str(error))))

    def _check_tasks(self, date):
        """A task that somebody has deleted is not done: it is given again."""
        for step in self:
            if step.action == "call" and step.state == "waiting" and not step.activity_id:
                step._ask_clerk(date)

    def _end_task(self, feedback):
        """The person need not do it any more."""
        for step in self:
            if step.activity_id.active:
                step.activity_id.sudo().action_feedback(feedback=feedback)

    @api.model
    def _note_tasks_done(self, activities, feedback):
        """These were done: who was called is reminded. A notice counts from the day on which it was
        delivered, which is noted on the notice itself."""
        steps = self.search(
            [
                ("activity_id", "in", activities.ids),
                ("action", "in", ("remind", "call")),
                ("state", "in", ("waiting", "failed")),
                ("closed_on", "=", False),
            ]
        )
        if steps:
            steps.write(
                {"state": "done", "error": False, "delivery_note": feedback or self.env.user.name}
            )
            steps.contract_id._dun_show_today()


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        of_contracts = self.filtered(lambda one: one.res_model == "contract.contract")
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if of_contracts:
            # As superuser: whose task it was need not keep the contract; only that it is done.
            self.env["alarm.dunning.step"].sudo()._note_tasks_done(of_contracts, feedback)
        return result
