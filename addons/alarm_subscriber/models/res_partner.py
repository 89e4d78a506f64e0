from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _one_line_address(self):
        """Where to go, in one line: the address without company, postal code and country, in the
        order usual in its country. None when there is none."""
        address_format, parts = self._prepare_display_address(without_company=True)
        parts.update(zip="", country_name="", country_code="")
        lines = (line.strip(" ,") for line in (address_format % parts).splitlines())
        return ", ".join(filter(None, lines)) or None
