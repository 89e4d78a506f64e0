from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class AlarmSurvey(models.Model):
    """From the survey to the quotation."""

    _inherit = "alarm.survey"

    def action_quotation(self):
        """Make the quotation out of the rows of the survey."""
        self.ensure_one()
        self._check_not_agreed()
        if not self.line_ids:
            raise UserError(
                self.env._("%s has no rows yet: nothing is to be installed.", self.name)
            )
        order = self.env["sale.order"].create(self._prepare_order())
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": order.id,
            "views": [(False, "form")],
        }

    def _prepare_order(self):
        """Values of the quotation."""
        self.ensure_one()
        lead = self.lead_id
        if self.subscriber_id:
            customer, premises = self.subscriber_id.partner_id, self.subscriber_id.address_id
        else:
            customer, premises = lead._ensure_customer(), lead._ensure_premises()
        # The person who was talked to signs, for the company that pays.
        person = lead.partner_id if lead.partner_id.commercial_partner_id == customer else customer
        values = {
            "survey_id": self.id,
            "subscriber_id": self.subscriber_id.id,
            "opportunity_id": lead.id,
            "partner_id": person.id,
            "partner_invoice_id": customer.id,
            "partner_shipping_id": premises.id,
            "user_id": self.user_id.id,
            "company_id": self.company_id.id,
            "origin": self.name,
            "order_line": [Command.create(values) for values in self._prepare_order_lines()],
        }
        if lead.team_id:
            values["team_id"] = lead.team_id.id
        return values

    def _prepare_order_lines(self):
        """Values of the lines of the quotation: what is installed once, then the fees that come
        back, those of each period in a section of their own."""
        self.ensure_one()
        # Read by the customer.
        lang = self.partner_id.lang or self.company_id.partner_id.lang
        env = self.with_context(lang=lang or self.env.lang).env
        once = [
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "alarm_ownership": ownership,
            }
            for (product, ownership), quantity in self._sum_products().items()
        ]
        sections = [(env._("Equipment and Installation"), once)]
        fees = self._sum_fees()
        for recurrence, label in (
            env["product.template"]._fields["alarm_recurrence"]._description_selection(env)
        ):
            rows = [
                {"product_id": product.id, "product_uom_qty": quantity}
                for product, quantity in fees.items()
                if product.alarm_recurrence == recurrence
            ]
            sections.append((env._("Fees of the Service: %s", label), rows))
        lines = []
        for name, rows in sections:
            if rows:
                lines += [{"display_type": "line_section", "name": name}, *rows]
        return [dict(line, sequence=10 * place) for place, line in enumerate(lines, 1)]

    def _sum_products(self):
        """(product, ownership) -> quantity over all rooms, in their order."""
        sums = {}
        for line in self.line_ids:
            key = (line.product_id, line.ownership)
            sums[key] = sums.get(key, 0) + line.quantity
        return sums

    def _sum_fees(self):
        """Fee -> quantity: one of each fee of the service, one for each piece that has its own."""
        sums = dict.fromkeys(self.fee_ids, 1)
        for line in self.line_ids.filtered("fee_id"):
            sums[line.fee_id] = sums.get(line.fee_id, 0) + line.quantity
        return sums

    def _prepare_material(self):
        """Values of the bill of material: what comes out of the stock, summed up."""
        self.ensure_one()
        return [
            {"product_id": product.id, "ownership": ownership, "quantity": quantity}
            for (product, ownership), quantity in self._sum_products().items()
            if product.type == "consu"
        ]
