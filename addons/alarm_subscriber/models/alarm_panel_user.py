from odoo import models


class AlarmPanelUser(models.Model):
    _name = "alarm.panel.user"
    _inherit = "alarm.panel.part"
    _description = "Holder of a Panel's User Code"
    _rec_names_search = ["name", "number"]
    _revision_person = ""
    _revision_personal = frozenset({"name"})

    _number_panel_uniq = models.UniqueIndex(
        "(panel_id, number_key) WHERE active",
        "Another user of the panel has this number.",
    )
