from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _board_address(self):
        """The postal address in one line, without the company's name; None when there is none."""
        lines = self._display_address(without_company=True).splitlines()
        return ", ".join(line.strip() for line in lines if line.strip()) or None
