import base64
import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)


class AlarmWorkOrder(models.Model):
    """The hand-over certificate: printed once when the order is accepted, kept, and mailed to the
    customer."""

    _inherit = "alarm.work.order"

    certificate_id = fields.Many2one(
        "ir.attachment",
        string="Hand-over Certificate",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )

    def _on_state(self, verb):
        result = super()._on_state(verb)
        if verb == "accept":
            # Printing takes a browser: whoever accepts does not wait for it, and is not refused
            # because there is none.
            self.env.ref("alarm_work_order.ir_cron_certificates").sudo()._trigger()
        elif verb == "rework":
            # Another one follows; this one stays in the order's log.
            self.sudo().certificate_id = False
        return result

    def action_print_certificate(self):
        """The kept certificate; as long as there is none, how it would look."""
        self.ensure_one()
        self.check_access("read")
        if self.certificate_id:
            return {
                "type": "ir.actions.act_url",
                "url": f"/web/content/{self.certificate_id.id}?download=true",
                "target": "self",
            }
        return self.env.ref("alarm_work_order.report_handover_certificate").report_action(self)

    def action_issue_certificate(self):
        """Make the certificate now, where the scheduled job could not."""
        self._check_actor("accept")
        for order in self._locked():
            if order.state not in ("accepted", "done"):
                raise UserError(self.env._("%s is not accepted yet.", order.display_name))
            order.sudo()._issue_certificate()
        return True

    @api.model
    def _issue_certificates(self):
        """Scheduled job: certificates of what was accepted; each by itself."""
        orders = self.search(
            [
                ("state", "in", ("accepted", "done")),
                ("accepted_at", "!=", False),
                ("certificate_id", "=", False),
            ],
            limit=200,
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(orders))
        for order in orders:
            try:
                with self.env.cr.savepoint():
                    order._issue_certificate()
            except Exception:
                _logger.exception("The certificate of %s could not be made", order.name)
            if not cron._commit_progress(1):
                break

    def _issue_certificate(self):
        """Print, keep and mail it. As superuser: who hands over need not read all it tells of."""
        self.ensure_one()
        if self.certificate_id:
            return
        lang = self._certificate_lang()
        report = self.env["ir.actions.report"].with_context(lang=lang)
        content, _type = report._render_qweb_pdf(
            "alarm_work_order.report_handover_certificate", self.ids
        )
        self.certificate_id = self.env["ir.attachment"].create(
            {
                "name": self.with_context(lang=lang)._certificate_name(),
                "datas": base64.b64encode(content),
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
                "alarm_signed": True,
            }
        )
        self._mail_certificate()

    def _mail_certificate(self):
        template = self.env.ref(
            "alarm_work_order.mail_template_certificate", raise_if_not_found=False
        )
        if not template or not self.partner_id.email:
            self.message_post(
                body=self.env._(
                    "The hand-over certificate was not mailed: %s has no e-mail address.",
                    self.partner_id.display_name,
                ),
                attachment_ids=self.certificate_id.ids,
            )
            return
        self.message_post_with_source(
            template,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            attachment_ids=self.certificate_id.ids,
            partner_ids=self.partner_id.ids,
        )

    def _certificate_lang(self):
        return self.partner_id.lang or self.company_id.partner_id.lang or self.env.lang or "en_US"

    def _certificate_name(self):
        name = self.env._("Hand-over Certificate %s", self.name).replace("/", "-")
        return f"{name}.pdf"

    # What the document asks.

    def _certificate_crew(self):
        names = [self.crew_id.name, *self.technician_ids.mapped("name")]
        return ", ".join(filter(None, names))

    def _certificate_devices(self):
        return self.subscriber_id.device_ids.sorted(
            lambda device: (device.kind, device.name or "", device.id)
        )

    def _certificate_waived(self):
        return self.walk_line_ids.filtered("waived_at")

    def _certificate_clock(self):
        return self.env._("Times in the time zone %s.", self.subscriber_id.tz or "UTC")
