from odoo import api, fields, models
from odoo.exceptions import UserError


class AlarmAutopaySwitch(models.TransientModel):
    """Asks by which of the payer's stored payment methods a contract is paid automatically, and who
    agreed to it."""

    _name = "alarm.autopay.switch"
    _description = "Automatic Payment of a Contract"

    contract_id = fields.Many2one("contract.contract", required=True, ondelete="cascade")
    payer_id = fields.Many2one("res.partner", compute="_compute_payer_id", string="Payer")
    token_id = fields.Many2one(
        "payment.token", string="Payment Method", required=True, ondelete="cascade"
    )
    consent = fields.Char(
        string="Agreed by",
        required=True,
        help="Who of the payer agreed, and how: a mandate that was signed, a letter, a call.",
    )

    @api.depends("contract_id")
    def _compute_payer_id(self):
        for wizard in self:
            wizard.payer_id = wizard.contract_id._payer().commercial_partner_id

    def action_apply(self):
        for wizard in self:
            contract = wizard.contract_id
            contract.check_access("write")
            wizard.token_id.check_access("read")
            if not (wizard.consent or "").strip():
                raise UserError(self.env._("Say who agreed, and how."))
            consent = f"{wizard.consent.strip()} ({self.env.user.name})"
            # Both are the user's; the token is checked to be the payer's.
            contract.sudo()._switch_autopay_on(wizard.token_id.sudo(), consent)
        return {"type": "ir.actions.act_window_close"}
