from odoo import api, models


class ContractContract(models.Model):
    """Whose prices hold: those of who pays, be it a dealer, a bureau or the head office."""

    _inherit = "contract.contract"

    @api.model_create_multi
    def create(self, vals_list):
        contracts = super().create(vals_list)
        silent = contracts.browse(
            contract.id
            for contract, vals in zip(contracts, vals_list, strict=True)
            if contract.business_model_id and "pricelist_id" not in vals
        )
        silent._take_over_pricelist()
        return contracts

    def write(self, vals):
        if "invoice_partner_id" not in vals or "pricelist_id" in vals:
            return super().write(vals)
        # What somebody chose beside the payer's own list stays.
        followers = self.filtered(
            lambda contract: contract.business_model_id
            and contract.pricelist_id == contract._get_payer_pricelist()
        )
        result = super().write(vals)
        followers._take_over_pricelist()
        return result

    def copy_data(self, default=None):
        """Who takes a contract over pays his own prices."""
        result = super().copy_data(default=default)
        for contract, vals in zip(self, result, strict=True):
            payer = vals.get("invoice_partner_id")
            if contract.business_model_id and payer != contract.invoice_partner_id.id:
                if "pricelist_id" not in (default or {}):
                    vals.pop("pricelist_id", None)
        return result

    @api.onchange("partner_id", "company_id")
    def _onchange_partner_id(self):
        result = super()._onchange_partner_id()
        if self.invoice_partner_id and self._is_of_centre():
            self.pricelist_id = self._get_payer_pricelist()
        return result

    @api.onchange("invoice_partner_id")
    def _onchange_payer_pricelist(self):
        if self._is_of_centre():
            self.pricelist_id = self._get_payer_pricelist()

    def _is_of_centre(self):
        """Also while a new one is typed, before its business model is chosen."""
        return bool(self.business_model_id or self.env.context.get("alarm_contract"))

    def _take_over_pricelist(self):
        """The payer's list; not where a signed contract would change its currency by it, or the
        journal has another one."""
        lists = {}
        for contract in self:
            pricelist = contract._get_payer_pricelist()
            wanted = contract.journal_id.currency_id or (
                contract.alarm_state != "draft" and contract.currency_id
            )
            if (
                pricelist
                and pricelist != contract.pricelist_id
                and (not wanted or pricelist.currency_id == wanted)
            ):
                lists.setdefault(pricelist.id, []).append(contract.id)
        for pricelist_id, ids in lists.items():
            self.browse(ids)._write_by_verb({"pricelist_id": pricelist_id})

    def _get_payer_pricelist(self):
        self.ensure_one()
        return self._payer().with_company(self.company_id).property_product_pricelist

    def _get_pricelist(self):
        """The list by which its automatic prices go."""
        self.ensure_one()
        return self.pricelist_id or self._get_payer_pricelist()
