from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..models.alarm_revision import Noted
from ..tools.revision_values import Value


class AlarmPersonErase(models.TransientModel):
    """Erases what the histories say of a person, by destroying the key it is encrypted with."""

    _name = "alarm.person.erase"
    _description = "Erase a Person from the History"

    partner_id = fields.Many2one("res.partner", string="Person", required=True, ondelete="cascade")
    reason = fields.Char(required=True)

    def action_erase(self):
        self.ensure_one()
        if not self.env.user.has_group("alarm_subscriber.group_approver"):
            raise AccessError(self.env._("Only an approver may erase a person."))
        self.partner_id.check_access("write")
        self._check_no_longer_needed()
        person = (self.partner_id._name, self.partner_id.id)
        destroyed = self.env["alarm.person.key"]._destroy([person])
        sites = self.partner_id._revision_sites().get(self.partner_id.id, [])
        self.env["alarm.revision"]._note(
            [
                Noted(
                    subscriber,
                    *person,
                    Value(f"#{self.partner_id.id}"),
                    "erase",
                    new={"reason": Value(self.reason)},
                )
                for subscriber in sites
            ]
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "What the history said of this person is erased (%s keys).", len(destroyed)
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_no_longer_needed(self):
        """Who is still called, or whose premises are still monitored, cannot be erased."""
        partner = self.partner_id
        served = ("active", "suspended")
        contacts = (
            self.env["alarm.contact"]
            .sudo()
            .search([("partner_id", "=", partner.id), ("subscriber_id.state", "in", served)])
        )
        subscribers = contacts.subscriber_id | self.env["alarm.subscriber"].sudo().search(
            [
                ("state", "in", served),
                "|",
                ("partner_id", "=", partner.id),
                ("address_id", "=", partner.id),
            ]
        )
        if subscribers:
            raise UserError(
                self.env._(
                    "%(person)s is still named by %(subscribers)s. Archive the contact or "
                    "terminate the subscriber first.",
                    person=partner.display_name,
                    subscribers=", ".join(subscribers.mapped("ref")),
                )
            )
