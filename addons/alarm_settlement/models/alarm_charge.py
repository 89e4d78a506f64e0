from odoo import Command, api, fields, models


class AlarmCharge(models.Model):
    """Charges that somebody else than the contract's payer owes, and those that wait for the word
    of the carrier who collects them."""

    _inherit = "alarm.charge"

    kind = fields.Selection(
        selection_add=[("capacity", "Leased-Out Capacity")], ondelete={"capacity": "cascade"}
    )
    payer_id = fields.Many2one(
        "res.partner",
        string="Invoiced To",
        index="btree_not_null",
        ondelete="restrict",
        help="Empty: whoever pays the contract.",
    )
    settlement_id = fields.Many2one(
        "alarm.settlement", index="btree_not_null", ondelete="restrict", readonly=True
    )
    capacity_lease_id = fields.Many2one(
        "alarm.capacity.lease", index="btree_not_null", ondelete="restrict", readonly=True
    )
    milestone_id = fields.Many2one(
        "alarm.contract.milestone", index="btree_not_null", ondelete="restrict", readonly=True
    )
    carrier_file_id = fields.Many2one(
        "alarm.carrier.file",
        string="Carrier's File",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        help="In which the carrier said that it was collected.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        contracts = self.env["contract.contract"]
        for vals in vals_list:
            # A carrier collects fees; what leaving early costs the customer owes himself.
            if vals.get("kind") == "exit_fee" and not vals.get("payer_id"):
                contract = contracts.browse(vals["contract_id"])
                if contract.biller == "carrier":
                    vals["payer_id"] = contract.partner_id.id
        return super().create(vals_list)

    def _invoice(self, date):
        # What a carrier collects is invoiced to it when it has said what it collected.
        return super(
            AlarmCharge, self.filtered(lambda charge: not charge._waits_for_carrier())
        )._invoice(date)

    def _waits_for_carrier(self):
        self.ensure_one()
        return bool(self._get_wait_of(self._prepare_preview_values()))

    def _prepare_preview_values(self):
        return {
            **super()._prepare_preview_values(),
            "payer_id": self.payer_id.id,
            "carrier_file_id": self.carrier_file_id.id,
        }

    @api.model
    def _get_payer_of(self, values):
        file = self.env["alarm.carrier.file"].browse(values.get("carrier_file_id"))
        payer = self.env["res.partner"].browse(values.get("payer_id"))
        return file.partner_id or payer or super()._get_payer_of(values)

    @api.model
    def _get_wait_of(self, values):
        contract = self.env["contract.contract"].browse(values["contract_id"])
        if (
            contract.biller == "carrier"
            and values["kind"] == "recurring"
            and not values.get("carrier_file_id")
            and not values.get("payer_id")
        ):
            return self.env._("Waits for the carrier's file")
        return super()._get_wait_of(values)

    def _invoice_key(self):
        key = super()._invoice_key()
        if self.carrier_file_id:
            company_id, journal_id, _payer_id, currency_id = key[:4]
            # Whoever else pays the contract: this was collected by the carrier.
            payer_id = self.carrier_file_id.partner_id.id
            return (company_id, journal_id, payer_id, currency_id, "file", self.carrier_file_id.id)
        if self.payer_id:
            return (*key[:4], "payer", self.payer_id.id, self.contract_id.id)
        return key

    def _prepare_invoice_values(self, date):
        values = super()._prepare_invoice_values(date)
        file = self.carrier_file_id
        payer = file.partner_id or self.payer_id
        if payer and not (file and values["partner_id"] == payer.id):
            values["partner_id"] = payer.id
            values["invoice_user_id"] = values.get("invoice_user_id") or False
            # These follow from who pays.
            for name in (
                "fiscal_position_id",
                "invoice_payment_term_id",
                "partner_bank_id",
                "partner_shipping_id",
            ):
                values.pop(name, None)
        if file:
            values["ref"] = file.name
            values["invoice_origin"] = file.name
        return values

    def _prepare_invoice_line(self):
        values = super()._prepare_invoice_line()
        if self.kind == "capacity":
            # Collected for the government: no income of ours.
            values["account_id"] = self.company_id._get_alarm_held_account().id
        elif self.kind == "settlement" and self.settlement_id.kind == "share":
            values["account_id"] = self.company_id._get_alarm_share_income_account().id
            values["tax_ids"] = values.get("tax_ids") or [Command.clear()]
        return values

    def _get_fixed_by(self):
        # What both sides have agreed to.
        return self.settlement_id.display_name if self.settlement_id else super()._get_fixed_by()

    def _repeat(self):
        """The statement is invoiced by the charge that takes the place of another one."""
        repeats = super()._repeat()
        settlements = self.env["alarm.settlement"].sudo().search([("charge_id", "in", self.ids)])
        again = dict(zip(self.ids, repeats.ids, strict=True))
        for settlement in settlements:
            settlement._write_by_verb({"charge_id": again[settlement.charge_id.id]})
        return repeats
