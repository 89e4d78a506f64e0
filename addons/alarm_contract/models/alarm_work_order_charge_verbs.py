from odoo import Command, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..tools.field_charges import OPEN


class AlarmWorkOrderCharge(models.Model):
    """What becomes of it: charged under the contract of the site, invoiced to the customer without
    one, or waived. Each line once, whoever asks and how often."""

    _inherit = "alarm.work.order.charge"

    def action_charge(self):
        """Charge under the contract what waits: the one that was picked, or the only one."""
        self._check_clerk()
        self._check_waiting()
        self._charge()
        waiting = self.filtered(lambda line: line.state == "to_charge")
        if waiting == self:
            reasons = dict(self._fields["wait_reason"]._description_selection(self.env))
            raise UserError(
                "\n".join(
                    f"{line.display_name}: {reasons.get(line.wait_reason, '')}" for line in waiting
                )
            )
        return True

    def action_invoice(self):
        """Invoice what waits to the customer of the site, by a draft of Odoo's own."""
        self._check_clerk()
        self._check_waiting()
        moves = self.env["account.move"]
        for (company, _partner, _currency), lines in self.grouped(
            lambda line: (line.company_id, line.partner_id, line.currency_id)
        ).items():
            moves |= lines.with_company(company)._invoice_customer().with_env(self.env)
        return self.env["contract.contract"]._action_view_moves(moves)

    def action_waive(self):
        """Ask for the reason, and charge this to nobody."""
        self._check_clerk()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract.alarm_work_order_charge_waive_action"
        )
        return action | {"context": {"default_line_ids": self.ids}}

    def action_charge_again(self):
        """The invoice came to nothing: it waits anew."""
        self._check_clerk()
        for line in self:
            move = line.move_line_id.move_id
            if not move or move.state != "cancel" and not move._is_given_back():
                raise UserError(
                    self.env._(
                        "%s: only what was invoiced without a contract, and whose invoice was "
                        "cancelled or given back, waits anew. Under a contract, charge the charge "
                        "again.",
                        line.display_name,
                    )
                )
            line._write_by_verb({"former_line_ids": [Command.link(line.move_line_id.id)]})
        self._wait_anew()
        return True

    def _check_clerk(self):
        self.check_access("write")
        if not self._is_clerk():
            raise AccessError(self.env._("Only a contract clerk decides what becomes of charges."))

    def _check_waiting(self):
        if not self or any(line.state != "to_charge" for line in self):
            raise UserError(
                self.env._("Only what is to charge, of work that is done, can be charged.")
            )

    def _charge(self):
        """Charge under its contract what is open; what cannot be says why it waits. Called by who
        has checked that the work is done."""
        # As superuser: the technician who finishes his work knows of no contract. Which one it is,
        # and at which price, does not come from him.
        lines = self.sudo().filtered(lambda line: line.state in OPEN)
        lines._take_contracts()
        refs = {line._get_source_ref(): line for line in lines if not line._get_wait_reason()}
        if refs:
            charges = self.env["alarm.charge"].sudo()
            charges._add([line._prepare_charge() for line in refs.values()])
            # Also what was charged before.
            for charge in charges.search(
                [("source_ref", "in", list(refs)), ("state", "!=", "credited")]
            ):
                refs.pop(charge.source_ref)._write_by_verb(
                    {"state": "charged", "wait_reason": False, "charge_id": charge.id}
                )
        for reason, waiting in (
            lines.filtered(lambda line: line.state in OPEN)
            .grouped(lambda line: line._get_wait_reason())
            .items()
        ):
            waiting._write_by_verb({"state": "to_charge", "wait_reason": reason})

    def _take_contracts(self):
        """The only contract of the site, where the clerk has picked none."""
        free = self.filtered(lambda line: not line.contract_id)
        by_site = free._get_contracts_by_site()
        for found, lines in free.grouped(lambda line: by_site.get(line._get_site())).items():
            if found and len(found) == 1:
                lines._write_by_verb({"contract_id": found.id})
            else:
                # Said here, since the contracts are at hand.
                lines._write_by_verb({"wait_reason": "several" if found else "no_contract"})

    def _get_wait_reason(self):
        """Why it cannot be charged, after `_take_contracts`; False: it can."""
        self.ensure_one()
        if not self.contract_id:
            return self.wait_reason
        if not self.contract_id._is_chargeable_once():
            return "no_contract"
        return False if self.amount > 0 else "no_price"

    def _get_source_ref(self):
        return f"work_order_charge:{self.id}"

    def _prepare_charge(self):
        self.ensure_one()
        contract = self.contract_id
        return contract._prepare_charge_once(
            product=self.product_id,
            text=self._get_invoice_text(contract._payer()),
            quantity=self.quantity,
            unit_price=self.unit_price,
            site=self.subscriber_id,
            source_ref=self._get_source_ref(),
        )

    def _get_invoice_text(self, payer):
        """What it was, and of which visit, in the language of who pays."""
        lang, order = payer.lang or self.env.lang, self.work_order_id.sudo()
        # The day of the visit is that of the site.
        tz = order.subscriber_id.tz or self.env.context.get("tz")
        worded = self.with_context(lang=lang, tz=tz).env
        return worded._(
            "%(what)s\nWork order %(order)s, %(day)s",
            what=self.name.strip(),
            order=order.name,
            day=format_date(worded, order.done_at or self.company_id._alarm_today(), lang),
        )

    def _invoice_customer(self):
        """A draft invoice of these, which have the customer in common."""
        customer = self.partner_id
        if not customer:
            raise UserError(
                self.env._(
                    "Nobody to invoice: %s names no customer.",
                    ", ".join(self.work_order_id.sudo().mapped("name")),
                )
            )
        free = self.filtered(lambda line: line.amount <= 0)
        if free:
            raise UserError(
                self.env._(
                    "Without a price: %s. Agree on one, or waive it.",
                    ", ".join(free.mapped("display_name")),
                )
            )
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "currency_id": self.currency_id.id,
                "invoice_origin": ", ".join(self.work_order_id.sudo().mapped("name")),
                "invoice_line_ids": [
                    Command.create(line._prepare_invoice_line(customer)) for line in self
                ],
            }
        )
        for line, invoiced in zip(self, move.invoice_line_ids.sorted("id"), strict=True):
            line._write_by_verb(
                {"state": "charged", "wait_reason": False, "move_line_id": invoiced.id}
            )
        return move

    def _prepare_invoice_line(self, customer):
        return {
            "product_id": self.product_id.id,
            "name": self._get_invoice_text(customer),
            "quantity": self.quantity,
            "price_unit": self.unit_price,
        }

    def _wait_anew(self):
        return self._write_by_verb(
            {"state": "to_charge", "wait_reason": "decide", "move_line_id": False}
        )

    def _waive(self, reason):
        """Nobody will pay this; the reason stays with it."""
        if any(line.state not in OPEN for line in self):
            raise UserError(self.env._("Only what is still to charge can be waived."))
        return self._write_by_verb(
            {"state": "waived", "wait_reason": False, "waive_reason": reason}
        )


class AlarmCharge(models.Model):
    _inherit = "alarm.charge"

    def _repeat(self):
        """What was said from the field is charged by the one that takes the place of another."""
        repeats = super()._repeat()
        again = dict(zip(self.ids, repeats.ids, strict=True))
        # As superuser: what becomes of it follows from the charge, whoever repeats that.
        lines = self.env["alarm.work.order.charge"].sudo().search([("charge_id", "in", self.ids)])
        for line in lines:
            line._write_by_verb({"charge_id": again[line.charge_id.id]})
        return repeats
