from odoo import api, fields, models


class AlarmPanelUser(models.Model):
    _name = "alarm.panel.user"
    _inherit = "alarm.panel.part"
    _description = "Holder of a Panel's User Code"
    _rec_names_search = ["name", "number"]
    _revision_person = ""
    _revision_personal = frozenset({"name"})

    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Who holds the code, if the contacts know this person.",
    )

    _number_panel_uniq = models.UniqueIndex(
        "(panel_id, number_key) WHERE active",
        "Another user of the panel has this number.",
    )

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.partner_id and not self.name:
            self.name = self.partner_id.name

    def _revision_person_of(self):
        # A code whose holder is a contact tells of that contact, wherever it was typed.
        if self.partner_id:
            return (self.partner_id._name, self.partner_id.id)
        return super()._revision_person_of()

    def _erase_name(self):
        """Forget who holds these codes; the numbers stay, as signals name them."""
        for number, users in self.grouped("number").items():
            users.write({"name": self.env._("User %s", number), "partner_id": False})
