from odoo import models


class AlarmDispatch(models.Model):
    """Who is asked, and how they hear of it."""

    _inherit = "alarm.dispatch"

    def _add_members(self, responders):
        """Ask these responders; what is known of their way is kept with them."""
        self.ensure_one()
        ways = {way.key: way for way in self.sudo().incident_id._propose_responders(responders)}
        return (
            self.env["alarm.dispatch.member"]
            .sudo()
            .create([self._prepare_member(one, ways[one.id]) for one in responders])
        )

    def _prepare_member(self, responder, way):
        return {
            "dispatch_id": self.id,
            "responder_id": responder.id,
            "name": responder.name,
            "phone": responder.phone,
            "user_id": responder.sudo().user_id.id,
            "distance_km": way.distance_km,
            "minutes": way.minutes,
        }

    def _notify_responders(self, members):
        """Tell the responders asked: on their screens, and by e-mail and SMS where the policy wants
        it. Messages are queued: a gateway that is down delays no order."""
        self.ensure_one()
        order = self.sudo()
        for member in members:
            reader = order.with_context(lang=member.user_id.lang or self.env.lang)
            if member.user_id and member.user_id != self.env.user:
                member.user_id._bus_send(
                    "simple_notification",
                    {
                        "type": "warning",
                        "sticky": True,
                        "message": f"{order.name}: {reader.event}, {order.site_name}",
                    },
                )
            if order.policy_id.notify_mail and member.responder_id.email:
                reader._mail_responder(member)
            if order.policy_id.notify_sms and member.phone:
                reader._text_responder(member)

    def _mail_responder(self, member):
        template = self.env.ref("alarm_dispatch.mail_template_order", raise_if_not_found=False)
        if template:
            template.send_mail(
                self.id,
                email_values={"email_to": member.responder_id.email, "recipient_ids": []},
            )

    def _text_responder(self, member):
        template = self.env.ref("alarm_dispatch.sms_template_order", raise_if_not_found=False)
        if template:
            self._message_sms_with_template(
                template=template, sms_numbers=[member.phone], put_in_queue=True
            )

    def _page_url(self):
        """Where a responder finds this order on his phone."""
        self.ensure_one()
        return f"{self.get_base_url()}/my/dispatch/{self.id}"
