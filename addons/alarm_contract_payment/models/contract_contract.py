from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .alarm_collection import DUNNING_WAITS_DAYS

_BY_VERB_FIELDS = frozenset({"autopay", "autopay_token_id", "autopay_since", "autopay_consent"})


class ContractContract(models.Model):
    """Whether the invoices of a contract are collected through what its payer has stored."""

    _inherit = "contract.contract"

    autopay = fields.Boolean(
        string="Automatic Payment", readonly=True, copy=False, index="btree_not_null", tracking=True
    )
    autopay_token_id = fields.Many2one(
        "payment.token",
        string="Payment Method",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Of the payer of this contract; of nobody else.",
    )
    autopay_since = fields.Date(string="Automatic Payment Since", readonly=True, copy=False)
    autopay_consent = fields.Char(
        string="Agreed by",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Who agreed to automatic payment, and how.",
    )

    _autopay_by_something = models.Constraint(
        "CHECK(autopay IS NOT TRUE OR autopay_token_id IS NOT NULL)",
        "Automatic payment needs a stored payment method.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_autopay_by_verb(set().union(*vals_list))
            # Nor by a default of the context.
            vals_list = [{**vals, **dict.fromkeys(_BY_VERB_FIELDS, False)} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_autopay_by_verb(vals)
        result = super().write(vals)
        if {"invoice_partner_id", "partner_id"}.intersection(vals):
            self._end_autopay_of_others()
        return result

    @api.model
    def _check_autopay_by_verb(self, names):
        if _BY_VERB_FIELDS.intersection(names):
            raise UserError(
                self.env._("Automatic payment is switched on and off by its buttons only.")
            )

    def _end_autopay_of_others(self):
        """Who does not pay this contract any more has not agreed to pay it."""
        # As superuser: what the change of the payer brings about by itself.
        others = self.sudo().filtered(
            lambda contract: (
                contract.autopay_token_id
                and contract.autopay_token_id._why_not_of(contract._payer())
            )
        )
        others._switch_autopay_off(self.env._("Somebody else pays the contract now."))

    def action_autopay(self):
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract_payment.alarm_autopay_switch_action"
        )
        return action | {"context": {"default_contract_id": self.id}}

    def action_autopay_off(self):
        self.check_access("write")
        self.sudo()._switch_autopay_off(self.env._("By %s.", self.env.user.name))
        return True

    def _switch_autopay_on(self, token, consent):
        """From the next invoice on. What is open and failed is tried again by the new token."""
        today = self.company_id._alarm_today()
        for contract in self:
            if contract.alarm_state in ("draft", "ended"):
                raise UserError(
                    self.env._("%s is not in force: nothing is collected.", contract.display_name)
                )
            if obstacle := contract._why_not_autopay(token):
                raise UserError(obstacle)
        self.write(
            {
                "autopay": True,
                "autopay_token_id": token.id,
                "autopay_since": today,
                "autopay_consent": consent,
            }
        )
        for contract in self:
            contract.message_post(
                body=self.env._(
                    "Automatic payment by %(token)s. %(consent)s",
                    token=token.display_name,
                    consent=consent,
                )
            )
        self._get_collections()._retry_by(token)

    def _why_not_autopay(self, token):
        """Why `token` cannot pay this contract; None: it can."""
        self.ensure_one()
        if not token.active:
            return self.env._("%s is deleted.", token.display_name)
        if token.company_id not in self.company_id.parent_ids:
            return self.env._("%s is stored with another company.", token.display_name)
        return token._why_not_of(self._payer())

    def _switch_autopay_off(self, reason):
        """From now on: what is not collected yet is paid by the payer himself."""
        on = self.filtered(lambda contract: contract.autopay or contract.autopay_token_id)
        if not on:
            return
        on.write(
            {
                "autopay": False,
                "autopay_token_id": False,
                "autopay_since": False,
                "autopay_consent": False,
            }
        )
        for contract in on:
            contract.message_post(body=self.env._("Automatic payment has ended. %s", reason))
        on._get_collections()._void(reason)

    def _get_collections(self):
        """The collections of the invoices of these contracts, whatever became of them."""
        return self.env["alarm.collection"].search([("contract_ids", "in", self.ids)])

    @api.model
    def _get_overdue_condition(self, date):
        """Nobody is reminded of what we are about to collect ourselves."""
        self.env["alarm.collection"].flush_model(["move_id", "state", "due_on", "transaction_id"])
        self.env["payment.transaction"].flush_model(["last_state_change"])
        return SQL(
            """
            %s AND NOT EXISTS (
                SELECT FROM alarm_collection collection
                  LEFT JOIN payment_transaction sent ON sent.id = collection.transaction_id
                 WHERE collection.move_id = move.id
                   AND collection.state IN ('to_collect', 'on_way')
                   AND COALESCE(collection.due_on, sent.last_state_change::date, %s) >= %s)
            """,
            super()._get_overdue_condition(date),
            date,
            fields.Date.subtract(date, days=DUNNING_WAITS_DAYS),
        )
