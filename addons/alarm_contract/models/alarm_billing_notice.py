from odoo import api, fields, models

# Passed in the context by a run, which tells customers itself, or is not to tell them. Compared by
# identity, so nothing that arrives over RPC can be it.
BY_RUN = object()

CHANNELS = [("mail", "E-mail"), ("sms", "SMS")]

STATES = [
    ("queued", "Waiting"),
    ("sent", "Sent"),
    ("failed", "Failed"),
    ("skipped", "Not Wanted"),
]


class AlarmBillingNotice(models.Model):
    """That a customer is told of one invoice by one channel: once, or why not. How it is sent is in
    `alarm_billing_notice_send.py`."""

    _name = "alarm.billing.notice"
    _description = "Notice of an Invoice"
    _order = "id"
    _rec_name = "move_id"
    _check_company_auto = True

    run_id = fields.Many2one(
        "alarm.billing.run", index="btree_not_null", ondelete="set null", readonly=True
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict", readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Payer", required=True, ondelete="restrict", readonly=True
    )
    channel = fields.Selection(CHANNELS, required=True, default="mail", readonly=True)
    state = fields.Selection(STATES, required=True, default="queued", index=True, readonly=True)
    reason = fields.Text(readonly=True)
    sent_at = fields.Datetime(readonly=True)
    message_id = fields.Many2one("mail.message", ondelete="set null", readonly=True)

    _move_channel_uniq = models.UniqueIndex(
        "(move_id, channel)", "A customer is told of an invoice once."
    )
    _queued_idx = models.Index("(company_id, id) WHERE state = 'queued'")

    def action_retry(self):
        """Send those again that failed: the address is right now, or the server is back."""
        self._check_may_bill()
        self._set("queued", of=("failed",))
        self.env.ref("alarm_contract.ir_cron_billing_notices").sudo()._trigger()
        return True

    def action_skip(self):
        """This customer need not be told."""
        self._check_may_bill()
        return self._set("skipped", of=("queued", "failed"))

    def _check_may_bill(self):
        """Who may bill may have customers told again; notices themselves nobody writes by hand."""
        self.check_access("read")
        self.env["alarm.billing.run"].check_access("write")

    def _set(self, state, of):
        return (
            self.filtered(lambda notice: notice.state in of)
            # Its values are fixed here.
            .sudo()
            .write({"state": state, "reason": False})
        )

    @api.model
    def _queue(self, moves, run=None):
        """Customers will be told of these invoices, each once, in the ways of their company.

        :param run: the billing run that made them; None: something else did
        """
        # Kept by the machinery; nobody makes or changes one by hand.
        notices = self.sudo()
        told = {
            (notice.move_id.id, notice.channel)
            for notice in notices.search_fetch([("move_id", "in", moves.ids)], ["channel"])
        }
        return notices.create(
            [
                {
                    "run_id": run and run.id,
                    "move_id": move.id,
                    "company_id": move.company_id.id,
                    "partner_id": move.partner_id.id,
                    "channel": channel,
                }
                for move in moves
                for channel in move.company_id._get_invoice_channels()
                if (move.id, channel) not in told
            ]
        )
