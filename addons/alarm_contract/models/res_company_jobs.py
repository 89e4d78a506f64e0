from odoo import api, models


class ResCompany(models.Model):
    """Scheduled jobs work for all companies at once, each of which has its own day."""

    _inherit = "res.company"

    @api.model
    @api.private
    def _alarm_days(self, date=None):
        """{day: the companies where it is that day now}.

        :param date: it is that day everywhere, for who works off another day than today
        """
        companies = self.sudo().search([("active", "in", (True, False))])
        return {date: companies} if date else companies.grouped(lambda one: one._alarm_today())
