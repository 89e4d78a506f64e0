from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.alarm_revision import Noted
from ..tools.lifecycle import APPROVED
from ..tools.revision_values import Value

SERVED = ("active", "suspended")


class AlarmPersonErase(models.TransientModel):
    """Erases what the histories say of a person, by destroying the key it is encrypted with.

    Of a contact with all user codes that name it; or of the holders of user codes whom the contacts
    do not know.
    """

    _name = "alarm.person.erase"
    _description = "Erase a Person from the History"

    partner_id = fields.Many2one("res.partner", string="Person", ondelete="cascade")
    panel_user_ids = fields.Many2many(
        "alarm.panel.user",
        "alarm_person_erase_panel_user_rel",
        "erase_id",
        "panel_user_id",
        string="User Codes",
        context={"active_test": False},
        help="Their names are erased, too; the numbers stay.",
    )
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        partner = self.env["res.partner"].browse(values.get("partner_id") or ())
        if partner and "panel_user_ids" in fields:
            # To read; what is erased is looked up again.
            users = self.env["alarm.panel.user"].with_context(active_test=False)
            values["panel_user_ids"] = users.search([("partner_id", "=", partner.id)]).ids
        return values

    def action_erase(self):
        self.ensure_one()
        if not self.env.user.has_group("alarm_subscriber.group_approver"):
            raise AccessError(self.env._("Only an approver may erase a person."))
        partner, users = self.partner_id, self.panel_user_ids
        if not partner and not users:
            raise UserError(
                self.env._("Say whom to erase: a person, or the holder of a user code.")
            )
        partner.check_access("write")
        users.check_access("write")
        # As superuser: a person is one person in all companies.
        users = users.sudo().with_context(active_test=False)
        if partner:
            users |= users.search([("partner_id", "=", partner.id)])
        # A holder whom the contacts know is erased as a whole, or not at all.
        if others := users.partner_id - partner:
            raise UserError(
                self.env._(
                    "A code of %s is among them: erase this person from the contact.",
                    ", ".join(others.mapped("display_name")),
                )
            )
        self._check_no_longer_needed(users)
        persons = [(record._name, record.id) for record in (*partner, *users)]
        names = {record: Value(f"#{record.id}") for record in (*partner, *users)}
        sites = [
            *((partner, site) for site in partner._revision_sites().get(partner.id, [])),
            *((user, user.subscriber_id) for user in users if user.subscriber_id.state in APPROVED),
        ]
        users._erase_name()
        destroyed = self.env["alarm.person.key"]._destroy(persons)
        self.env["alarm.revision"]._note(
            [
                Noted(
                    subscriber,
                    record._name,
                    record.id,
                    names[record],
                    "erase",
                    new={"reason": Value(self.reason)},
                )
                for record, subscriber in sites
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

    def _check_no_longer_needed(self, users):
        """Who is still called, still opens, or whose premises are still monitored, cannot be
        erased."""
        partner = self.partner_id
        if partner:
            contacts = (
                self.env["alarm.contact"]
                .sudo()
                .search([("partner_id", "=", partner.id), ("subscriber_id.state", "in", SERVED)])
            )
            subscribers = contacts.subscriber_id | self.env["alarm.subscriber"].sudo().search(
                [
                    ("state", "in", SERVED),
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
        held = users.filtered(lambda user: user.active and user.subscriber_id.state in SERVED)
        if held:
            raise UserError(
                self.env._(
                    "A user code is still held at %s. Archive the panel's user first.",
                    ", ".join(sorted(set(held.subscriber_id.mapped("ref")))),
                )
            )
