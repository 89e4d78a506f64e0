from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.retries import next_try


class AlarmCollection(models.Model):
    """Which invoices are to be collected, and what became of it."""

    _inherit = "alarm.collection"

    @api.model
    def _plan(self, moves):
        """Collect these invoices, as far as all that is on them is paid automatically by one stored
        payment method, which is their payer's. The others are paid as before; where only the owner
        is another one, that is said."""
        invoices = moves.filtered(lambda move: move.move_type == "out_invoice")
        rows = self._find_planned(invoices) if invoices else []
        if not rows:
            return
        known = {
            one.move_id.id: one for one in self.search([("move_id", "in", [r[0] for r in rows])])
        }
        values_list = []
        for move_id, token_id, contract_ids, owned in rows:
            values = self._prepare_planned(move_id, token_id, contract_ids, owned)
            if move_id not in known:
                values_list.append(values)
            elif known[move_id].state == "void":
                # It was reset, and is posted again.
                known[move_id].write(values)
        self.create(values_list)

    @api.model
    def _find_planned(self, moves):
        """``[(invoice, token, contracts, whether the token is of the payer of the invoice)]``"""
        self.env["alarm.charge"].flush_model(["contract_id", "move_id"])
        contracts = self.env["contract.contract"]
        contracts.flush_model(["autopay", "autopay_token_id"])
        moves.flush_recordset(["commercial_partner_id", "move_type", "state"])
        self.env["payment.token"].flush_model(["partner_id", "active"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return self.env.execute_query(
            SQL(
                """
                SELECT move.id, min(token.id), array_agg(DISTINCT contract.id),
                       bool_and(owner.id IS NOT NULL)
                  FROM account_move move
                  JOIN alarm_charge charge ON charge.move_id = move.id
                  JOIN contract_contract contract ON contract.id = charge.contract_id
                  LEFT JOIN payment_token token
                         ON token.id = contract.autopay_token_id AND token.active
                  LEFT JOIN res_partner owner
                         ON owner.id = token.partner_id
                        AND owner.commercial_partner_id = move.commercial_partner_id
                 WHERE move.id = ANY(%s) AND move.move_type = 'out_invoice'
                   AND move.state = 'posted'
                 GROUP BY move.id
                HAVING bool_and(contract.autopay IS TRUE AND token.id IS NOT NULL)
                   AND count(DISTINCT token.id) = 1
                """,
                list(moves.ids),
            )
        )

    @api.model
    def _prepare_planned(self, move_id, token_id, contract_ids, owned):
        move = self.env["account.move"].browse(move_id)
        token = self.env["payment.token"].browse(token_id)
        values = {
            "move_id": move_id,
            "company_id": move.company_id.id,
            "contract_ids": [fields.Command.set(contract_ids)],
            "token_id": token_id,
            "tries": 0,
            "reason": False,
            "state": "to_collect",
            "due_on": self._get_first_day(move),
        }
        if not owned:
            # Nothing was promised to anybody: it is paid and dunned like any other.
            reason = token._why_not_of(move.partner_id)
            values.update({"state": "failed", "due_on": False, "reason": reason})
        return values

    @api.model
    def _get_first_day(self, move):
        """When it is due, but not before the payer could know."""
        today = move.company_id._alarm_today()
        notice = fields.Date.add(today, days=move.company_id.alarm_autopay_notice_days)
        items = move.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable" and line.date_maturity
        )
        return max(notice, min(items.mapped("date_maturity"), default=notice))

    def _is_unclear(self):
        """A payment was sent that nobody has answered."""
        self.ensure_one()
        return self.transaction_id.operation == "offline" and self.transaction_id.state in (
            "draft",
            "pending",
            "authorized",
        )

    def _take_answer(self, transaction):
        """The provider has said what became of `transaction`, which was to pay these."""
        if transaction.state == "done" and transaction.operation != "refund":
            # Who pays a part of what was called off has not set it going again.
            called_off = self.filtered(lambda one: one.state == "void")
            called_off.write({"transaction_id": transaction.id})
            (self - called_off).write(
                {
                    "state": "collected",
                    "due_on": False,
                    "reason": False,
                    "transaction_id": transaction.id,
                }
            )
            return
        if transaction.state not in ("error", "cancel"):
            return
        for collection in self.filtered(
            lambda one: one.state == "on_way" and one.transaction_id == transaction
        ):
            if transaction.operation == "offline":
                collection._fail(
                    transaction.state_message or self.env._("The provider refused it.")
                )
            else:
                # The payer has tried himself in vain: it is collected as it was announced.
                collection.write({"state": "to_collect"})

    def _fail(self, reason, again=True):
        """It was not collected: the payer is told, and dunned like anybody else, though it is tried
        again for some time."""
        self.ensure_one()
        today = self.company_id._alarm_today()
        due = next_try(today, self.tries) if again else None
        self.write({"state": "failed", "due_on": due or False, "reason": reason})
        self._tell_failed()

    def _tell_failed(self):
        """The payer hears of it where he can be written to; that he cannot stops nothing."""
        payer = self.move_id.partner_id
        template = self.env.ref(
            "alarm_contract_payment.mail_template_collection_failed", raise_if_not_found=False
        )
        if not template or not payer.email_normalized:
            return
        lang = payer.lang or self.env.lang
        worded, mine = template.with_context(lang=lang), self.with_context(lang=lang)
        subject = worded._render_field("subject", mine.ids, set_lang=lang)[self.id]
        body = worded._render_field(
            "body_html", mine.ids, set_lang=lang, options={"post_process": True}
        )[self.id]
        self.move_id.message_post(
            subject=subject,
            body=body,
            message_type="auto_comment",
            subtype_xmlid="mail.mt_note",
            partner_ids=payer.ids,
            email_layout_xmlid="mail.mail_notification_light",
            force_send=False,
        )

    def _plan_rest(self):
        """Of an invoice that is paid in instalments the next one is collected when it is due."""
        for collection in self.filtered(lambda one: one.state == "collected"):
            days = collection._get_open_items().mapped("date_maturity")
            if days and not collection.currency_id.is_zero(collection.move_id.amount_residual):
                day = max(min(days), collection._get_first_day(collection.move_id))
                collection.write({"state": "to_collect", "tries": 0, "due_on": day})
