from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

STATES = [
    ("to_collect", "To Collect"),
    ("on_way", "On Its Way"),
    ("collected", "Collected"),
    ("failed", "Failed"),
    ("void", "Not Needed Any More"),
]

# Dunning waits for a collection that is due, so long and no longer: a job that does not run must
# not keep debts quiet.
DUNNING_WAITS_DAYS = 5


class AlarmCollection(models.Model):
    """That an invoice is collected through the stored payment method of its payer: one record for
    an invoice, whatever number of tries it takes. Made and changed by the machinery alone. What it
    does is in `alarm_collection_work.py`, what becomes of it in `alarm_collection_outcome.py`."""

    _name = "alarm.collection"
    _description = "Automatic Payment"
    _inherit = ["alarm.own.defaults"]
    _order = "id desc"
    _rec_name = "move_id"

    move_id = fields.Many2one(
        "account.move", string="Invoice", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="move_id.partner_id", string="Payer")
    contract_ids = fields.Many2many(
        "contract.contract",
        "alarm_collection_contract_rel",
        "collection_id",
        "contract_id",
        string="Contracts",
        readonly=True,
    )
    token_id = fields.Many2one(
        "payment.token",
        string="Payment Method",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="to_collect", index=True)
    due_on = fields.Date(
        string="Next Try", readonly=True, help="Empty: it is not tried again by itself."
    )
    reason = fields.Text(string="Why It Failed", readonly=True)
    tries = fields.Integer(readonly=True)
    amount = fields.Monetary(readonly=True, help="What the last try was to collect.")
    currency_id = fields.Many2one(related="move_id.currency_id")
    transaction_id = fields.Many2one(
        "payment.transaction",
        string="Transaction",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The last one by which it was, or is being, paid.",
    )
    transaction_state = fields.Selection(related="transaction_id.state", string="Answer")
    payment_state = fields.Selection(related="move_id.payment_state")

    _move_uniq = models.UniqueIndex("(move_id)", "An invoice is collected once.")
    _due_idx = models.Index("(due_on, id) WHERE due_on IS NOT NULL")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("What was collected, or was not, stays on record."))

    def action_retry(self):
        """Try it with the next run: the payer has money again, or another payment method."""
        self._check_clerk()
        if any(collection.state != "failed" for collection in self):
            raise UserError(self.env._("Only what failed is tried again."))
        # Which invoice and by what is not chosen by the user.
        for collection in self.sudo():
            collection.due_on = collection.company_id._alarm_today()
        self.env.ref("alarm_contract_payment.ir_cron_collections").sudo()._trigger()
        return True

    def action_void(self):
        """The payer pays this one himself."""
        self._check_clerk()
        if any(collection.state not in ("to_collect", "failed") for collection in self):
            raise UserError(self.env._("What is on its way or collected cannot be stopped."))
        self.sudo()._void(self.env._("By %s.", self.env.user.name))
        return True

    def _check_clerk(self):
        """Collections themselves nobody writes; who changes contracts says what becomes of them."""
        self.check_access("read")
        self.env["contract.contract"].check_access("write")

    def _void(self, reason):
        """Nothing more is collected here."""
        waiting = self.filtered(lambda collection: collection.state in ("to_collect", "failed"))
        waiting.write({"state": "void", "due_on": False, "reason": reason})

    def _retry_by(self, token):
        """The payer has stored something new: what failed is tried again by it."""
        failed = self.filtered(
            lambda collection: (
                collection.state == "failed"
                and collection.move_id.payment_state in ("not_paid", "partial")
                and not collection._is_unclear()
            )
        )
        for company, of_company in failed.grouped("company_id").items():
            today = company._alarm_today()
            of_company.write({"token_id": token.id, "due_on": today, "tries": 0})

    def _get_announcement(self):
        """The sentence by which the payer knows that he need not do anything; empty: he must."""
        self.ensure_one()
        if self.state == "on_way":
            return self.env._("It is being collected by %s.", self.token_id.display_name)
        if self.state != "to_collect":
            return ""
        return self.env._(
            "It will be collected on %(date)s by %(token)s; there is nothing to do for you.",
            date=self._format_due(),
            token=self.token_id.display_name,
        )

    def _format_due(self):
        lang = self.env.context.get("lang") or self.move_id.partner_id.lang
        return format_date(self.env, self.due_on, lang_code=lang) if self.due_on else ""
