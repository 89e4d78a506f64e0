from odoo import fields, models

from ..tools import einvoice


class ResPartner(models.Model):
    """China: what an e-fapiao says of this buyer, where it is not what the contact says."""

    _inherit = "res.partner"

    einvoice_name = fields.Char(
        string="Name on the E-Fapiao", help="Empty: the name of the company or person."
    )
    einvoice_address = fields.Char(
        string="Address on the E-Fapiao", help="Empty: the address of the company or person."
    )
    einvoice_phone = fields.Char(
        string="Telephone on the E-Fapiao", help="Empty: the telephone of the company or person."
    )
    einvoice_bank_id = fields.Many2one(
        "res.partner.bank",
        string="Account on the E-Fapiao",
        domain="[('partner_id', 'child_of', commercial_partner_id)]",
        ondelete="set null",
        help="Empty: the first of the company's or person's accounts.",
    )

    def _get_einvoice_buyer(self):
        """Name, tax number, address and telephone, bank and account of the buyer: those of the
        company when this is a person or an address of it."""
        buyer = self.commercial_partner_id
        bank = buyer.einvoice_bank_id or buyer.bank_ids[:1]
        address = buyer.einvoice_address or " ".join(
            (buyer._display_address(without_company=True) or "").split()
        )
        return {
            "name": buyer.einvoice_name or buyer.name,
            "tax_number": buyer.vat,
            "address_phone": einvoice.joined(address, buyer.einvoice_phone or buyer.phone),
            "bank_account": einvoice.joined(bank.bank_id.name, bank.acc_number),
        }
