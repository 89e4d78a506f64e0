from odoo import api, fields, models


class AlarmContact(models.Model):
    _name = "alarm.contact"
    _inherit = "alarm.subscriber.part"
    _description = "Person to Call"
    _order = "subscriber_id, sequence, id"
    _check_company_auto = True
    _revision_person = "partner_id"
    _revision_personal = frozenset({"available", "note"})

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        related="subscriber_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    phone = fields.Char(related="partner_id.phone", readonly=False)
    sequence = fields.Integer(default=10, help="Called in this order.")
    role = fields.Selection(
        [
            ("owner", "Owner"),
            ("manager", "Manager"),
            ("keyholder", "Keyholder"),
            ("guard", "Guard on Site"),
            ("neighbour", "Neighbour"),
            ("other", "Other"),
        ],
        default="keyholder",
        required=True,
    )
    available = fields.Char(help="When this person can be reached, in words.")
    note = fields.Char()
    active = fields.Boolean(default=True)

    @api.depends("partner_id")
    def _compute_display_name(self):
        for contact in self:
            contact.display_name = contact.partner_id.display_name

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        for contact in self:
            contact.subscriber_id._check_deletable(contact.display_name)
