from odoo import models


class AlarmBillingRun(models.Model):
    """A run that cannot go on says why, and somebody hears of it: once, though it is tried again
    and again."""

    _inherit = "alarm.billing.run"

    def _say_why_it_stands(self, error):
        self.ensure_one()
        reason, told = self._reason_of(error), self.problem
        if reason == told:
            return
        self._write_by_verb({"problem": reason})
        user = not told and self._get_who_hears()
        if user:
            mine = self.with_context(lang=user.lang or self.env.lang)
            mine.activity_schedule(
                "mail.mail_activity_data_warning",
                summary=mine.env._("A billing run stands still"),
                note=reason,
                user_id=user.id,
            )

    def _get_who_hears(self):
        """Whose run it is; where he may not see it any more, the first one who manages contracts
        in its company, or who bills there."""
        groups = self.env["res.groups"].union(
            self.env.ref("alarm_contract.group_contract_manager"),
            self.env.ref("alarm_contract.group_clerk"),
        )
        may_bill = groups.all_user_ids.filtered(
            lambda user: user.active and not user.share and self.company_id in user.company_ids
        )
        if self.user_id in may_bill:
            return self.user_id
        managers = may_bill.filtered(
            lambda user: user.has_group("alarm_contract.group_contract_manager")
        )
        return (managers or may_bill).sorted("id")[:1]
