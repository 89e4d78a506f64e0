from odoo import api, fields, models


class AlarmPasscodeCheck(models.TransientModel):
    """The small window in which a caller's word is checked. The word is nowhere stored.

    What a bystander reads is the same for a passcode and for a duress code but for its last
    letter: A for the one, B for the other.
    """

    _name = "alarm.passcode.check"
    _description = "Check of a Passcode"

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, readonly=True, ondelete="cascade"
    )
    contact_id = fields.Many2one(
        "alarm.contact",
        string="Caller",
        ondelete="cascade",
        domain="[('subscriber_id', '=', subscriber_id)]",
    )
    word = fields.Char(string="Passcode", compute="_compute_word", readonly=False)
    answer = fields.Char(readonly=True)
    accepted = fields.Boolean(readonly=True)

    def _compute_word(self):
        self.word = False

    @api.model_create_multi
    def create(self, vals_list):
        words = [vals.get("word") for vals in vals_list]
        checks = super().create([self._only_open(vals) for vals in vals_list])
        for check, word in zip(checks, words, strict=True):
            check._check(word)
        return checks

    def write(self, vals):
        res = super().write(self._only_open(vals))
        for check in self:
            check._check(vals.get("word"))
        return res

    def action_check(self):
        """The word was checked when the window was saved; show it again with the answer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check Passcode"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _only_open(self, vals):
        return {
            name: value
            for name, value in vals.items()
            if name not in ("word", "answer", "accepted")
        }

    def _check(self, word):
        if not word:
            return
        answer = (self.contact_id or self.subscriber_id).action_verify_passcode(word)
        words = {
            "ok": self.env._("Accepted. A"),
            "duress": self.env._("Accepted. B"),
            "wrong": self.env._("Not accepted. Tries left: %s", answer["tries_left"]),
            "locked": self.env._("Too many wrong words: nothing is checked for a while."),
        }
        super().write(
            {
                "answer": words[answer["result"]],
                "accepted": answer["result"] in ("ok", "duress"),
            }
        )
