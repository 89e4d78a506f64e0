from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    passcode_policy = fields.Selection(
        [
            ("hash", "As a Hash: Can Be Checked, Never Read"),
            ("reversible", "Encrypted too: Permitted Persons May Reveal Them"),
        ],
        string="How Passcodes Are Kept",
        required=True,
        default="hash",
        help="Whoever changes to the hash alone forgets the encrypted words at once.",
    )
    passcode_tries = fields.Integer(
        string="Wrong Passcodes", required=True, default=3, help="So many, then the user waits."
    )
    passcode_lock_minutes = fields.Integer(
        string="Wait after Wrong Passcodes (min)", required=True, default=15
    )

    _passcode_limits = models.Constraint(
        "CHECK(passcode_tries BETWEEN 1 AND 20 AND passcode_lock_minutes BETWEEN 1 AND 1440)",
        "Allowed are 1 to 20 wrong passcodes and a wait of 1 to 1440 minutes.",
    )

    def write(self, vals):
        res = super().write(vals)
        if vals.get("passcode_policy") == "hash":
            self.env["alarm.passcode"].sudo().search(
                [("company_id", "in", self.ids), ("encrypted", "!=", False)]
            ).write({"encrypted": False})
        return res
