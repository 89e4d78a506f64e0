from odoo import api, fields, models
from odoo.tools import format_date


class ContractContract(models.Model):
    """What is overdue and what follows, and that dunning rests, in whole sentences: what is pieced
    together of fields has the order of one language."""

    _inherit = "contract.contract"

    overdue_notice = fields.Char(compute="_compute_overdue_notice", groups="base.group_user")
    dunning_pause_notice = fields.Char(
        compute="_compute_dunning_pause_notice", groups="base.group_user"
    )

    @api.depends("overdue_amount", "overdue_since", "fee_state", "log_only_on")
    @api.depends_context("lang")
    def _compute_overdue_notice(self):
        labels = dict(self._fields["fee_state"]._description_selection(self.env))
        for contract in self:
            contract.overdue_notice = bool(contract.overdue_since) and contract._get_overdue_notice(
                {
                    "amount": contract.currency_id.format(contract.overdue_amount),
                    "since": format_date(self.env, contract.overdue_since),
                    "state": labels[contract.fee_state],
                    "day": format_date(self.env, contract.log_only_on),
                }
            )

    def _get_overdue_notice(self, words):
        self.ensure_one()
        if self.fee_state == "log_only":
            return self.env._(
                "%(amount)s overdue since %(since)s: signals are only logged, except of the sites "
                "that stay monitored (see Overdue).",
                **words,
            )
        if self.log_only_on:
            return self.env._(
                "%(amount)s overdue since %(since)s: %(state)s; log-only monitoring from %(day)s.",
                **words,
            )
        if self.fee_state == "ok":
            return self.env._("%(amount)s overdue since %(since)s.", **words)
        return self.env._("%(amount)s overdue since %(since)s: %(state)s.", **words)

    @api.depends("dunning_paused_until", "dunning_pause_reason")
    @api.depends_context("lang")
    def _compute_dunning_pause_notice(self):
        for contract in self:
            contract.dunning_pause_notice = bool(contract.dunning_paused_until) and self.env._(
                "Dunning is paused until %(day)s: %(reason)s",
                day=format_date(self.env, contract.dunning_paused_until),
                reason=contract.dunning_pause_reason,
            )
