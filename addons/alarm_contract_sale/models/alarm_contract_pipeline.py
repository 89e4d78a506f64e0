from odoo import fields, models
from odoo.tools import SQL


class AlarmContractPipeline(models.Model):
    """How far the fees of each confirmed order have come: signed, live, invoiced. What is live and
    not invoiced is money that nobody has asked for yet."""

    _name = "alarm.contract.pipeline"
    _description = "From Signature to Invoice"
    _auto = False
    _order = "signed_on desc, id desc"

    sale_order_id = fields.Many2one("sale.order", string="Order", readonly=True)
    contract_id = fields.Many2one("contract.contract", readonly=True)
    business_model_id = fields.Many2one("alarm.business.model", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    subscriber_id = fields.Many2one("alarm.subscriber", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    signed_on = fields.Date(readonly=True)
    live_on = fields.Date(string="Live Since", readonly=True)
    invoiced_on = fields.Date(string="First Invoice", readonly=True)
    monthly_revenue = fields.Monetary(string="Per Month", readonly=True)
    stage = fields.Selection(
        [
            ("signed", "Signed, Not Live"),
            ("live", "Live, Not Yet Invoiced"),
            ("invoiced", "Invoiced"),
        ],
        readonly=True,
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT sale.id,
                   sale.id AS sale_order_id,
                   sale.contract_id,
                   sale.business_model_id,
                   sale.partner_id,
                   sale.subscriber_id,
                   sale.user_id,
                   sale.company_id,
                   sale.currency_id,
                   (COALESCE(sale.signed_on, sale.date_order)
                    AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS signed_on,
                   sale.live_on,
                   first_invoice.day AS invoiced_on,
                   sale.monthly_revenue,
                   CASE WHEN first_invoice.day IS NOT NULL THEN 'invoiced'
                        WHEN sale.live_on IS NOT NULL THEN 'live'
                        ELSE 'signed' END AS stage
              FROM sale_order sale
         LEFT JOIN (
                    SELECT sold.order_id, min(charge.date_due) AS day
                      FROM sale_order_line sold
                      JOIN contract_line fee ON fee.sale_line_id = sold.id
                      JOIN alarm_charge charge ON charge.contract_line_id = fee.id
                     WHERE charge.move_id IS NOT NULL
                     GROUP BY sold.order_id
                   ) first_invoice ON first_invoice.order_id = sale.id
             WHERE sale.state = 'sale'
               AND sale.monthly_revenue > 0
            """,
            self.env.company._alarm_zone().key,
        )
