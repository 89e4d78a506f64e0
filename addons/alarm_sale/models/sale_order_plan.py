from odoo import models


class SaleOrder(models.Model):
    """The protection plan that is signed with the quotation."""

    _inherit = "sale.order"

    def _keep_signed_plan(self):
        """Keep the plan as it was signed, as a file of the order."""
        for order in self.filtered(lambda order: order.survey_id and order.signature):
            pdf, _kind = self.env["ir.actions.report"]._render_qweb_pdf(
                "alarm_sale.report_protection_plan", order.ids
            )
            message = order.message_post(
                body=self.env._("Protection plan as signed by %s", order.signed_by),
                attachments=[(f"{order._plan_file_name()}.pdf", pdf)],
            )
            message.sudo().attachment_ids.alarm_signed = True

    def _plan_file_name(self):
        self.ensure_one()
        return self.env._("Protection Plan %s", self.name).replace("/", "-")

    def _plan_rooms(self):
        """What the plan lists room by room: (room, rows of the survey), in their order."""
        self.ensure_one()
        rooms = {}
        for line in self.survey_id.line_ids:
            rooms.setdefault(line.room or "", self.env["alarm.survey.line"])
            rooms[line.room or ""] |= line
        return list(rooms.items())

    def _plan_terms(self):
        """Rows ``(label, text)`` of who owns, runs and pays what. The contract module says it;
        until then what the order itself knows."""
        self.ensure_one()
        leased = self.order_line.filtered(lambda line: line.alarm_ownership == "leased")
        sold = self.order_line.filtered(
            lambda line: line.product_id.alarm_device_kind and line.alarm_ownership == "sold"
        )
        terms = []
        if sold:
            terms.append(
                (
                    self.env._("Sold equipment"),
                    self.env._("It is the customer's from the hand-over on."),
                )
            )
        if leased:
            terms.append(
                (
                    self.env._("Leased equipment"),
                    self.env._(
                        "It stays the property of %s and is maintained by it.",
                        self.company_id.name,
                    ),
                )
            )
        return terms
