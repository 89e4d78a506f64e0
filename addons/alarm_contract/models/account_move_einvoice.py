from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import einvoice


class AccountMove(models.Model):
    """China: the number of the e-fapiao that the tax platform gave, and what it says of the
    buyer."""

    _inherit = "account.move"

    einvoice_number = fields.Char(
        string="E-Fapiao Number",
        copy=False,
        tracking=True,
        help="20 digits, as the electronic tax bureau gave them. A credit note has its own (red "
        "e-fapiao).",
    )
    buyer_name = fields.Char(compute="_compute_buyer", compute_sudo=False)
    buyer_tax_number = fields.Char(compute="_compute_buyer", compute_sudo=False)
    buyer_address_phone = fields.Char(
        string="Buyer: Address and Telephone", compute="_compute_buyer", compute_sudo=False
    )
    buyer_bank_account = fields.Char(
        string="Buyer: Bank and Account", compute="_compute_buyer", compute_sudo=False
    )

    _einvoice_uniq = models.UniqueIndex(
        "(company_id, einvoice_number) WHERE einvoice_number IS NOT NULL",
        "This e-fapiao number is on another invoice already.",
    )

    @api.constrains("einvoice_number")
    def _check_einvoice_number(self):
        for move in self:
            number = move.einvoice_number
            if number and not einvoice.is_number(number):
                raise ValidationError(
                    self.env._(
                        "%(invoice)s: an e-fapiao number has 20 digits, “%(number)s” has "
                        "%(length)s characters.",
                        invoice=move.display_name,
                        number=number,
                        length=len(number),
                    )
                )

    @api.depends("partner_id")
    def _compute_buyer(self):
        for move in self:
            buyer = move.partner_id._get_einvoice_buyer()
            for name, value in buyer.items():
                move[f"buyer_{name}"] = value

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("einvoice_number"):
                vals["einvoice_number"] = einvoice.normalised(vals["einvoice_number"])
        return super().create(vals_list)

    def write(self, vals):
        if "einvoice_number" not in vals:
            return super().write(vals)
        number = einvoice.normalised(vals["einvoice_number"])
        others = self.filtered(lambda move: move.einvoice_number != (number or False))
        result = super().write({**vals, "einvoice_number": number})
        others._print_anew()
        return result

    def _print_anew(self):
        """What was printed without the number stays among the attachments; what is printed and sent
        from now on bears it."""
        printed = self.invoice_pdf_report_id
        if printed:
            # The file was made by the machinery; whoever may write the number may do this to it.
            printed.sudo().write({"res_field": False})
            self.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
            self.env.ref("alarm_contract.ir_cron_billing_notices").sudo()._trigger()
