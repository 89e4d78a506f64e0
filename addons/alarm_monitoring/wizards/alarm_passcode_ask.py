from odoo import api, fields, models


class AlarmPasscodeAsk(models.AbstractModel):
    """A window of an incident in which the word of a caller is typed. The word is nowhere stored.

    What a bystander reads is the same for a passcode and for a duress code but for its last
    letter, as in the window of the register: A for the one, B for the other.
    """

    _name = "alarm.passcode.ask"
    _description = "Passcode Asked for an Incident"

    contact_id = fields.Many2one(
        "alarm.contact",
        string="Person",
        domain="[('subscriber_id', '=', subscriber_id)]",
        ondelete="cascade",
        help="Empty for somebody who is not on the call list.",
    )
    word = fields.Char(string="Passcode", compute="_compute_word", readonly=False)
    answer = fields.Char(readonly=True)
    accepted = fields.Boolean(readonly=True)

    def _compute_word(self):
        self.word = False

    @api.model_create_multi
    def create(self, vals_list):
        words = [vals.get("word") for vals in vals_list]
        asked = super().create([self._only_open(vals) for vals in vals_list])
        for wizard, word in zip(asked, words, strict=True):
            wizard._check_word(word)
        return asked

    def write(self, vals):
        res = super().write(self._only_open(vals))
        for wizard in self:
            wizard._check_word(vals.get("word"))
        return res

    def action_check(self):
        """The word was checked when the window was saved; show it again with the answer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self._window_name(),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _window_name(self):
        return self.env._("Passcode")

    def _only_open(self, vals):
        return {
            name: value
            for name, value in vals.items()
            if name not in ("word", "answer", "accepted")
        }

    def _check_word(self, word):
        if not word:
            return
        answer = self._verify(word)
        words = {
            "ok": self.env._("Accepted. A"),
            "duress": self.env._("Accepted. B"),
            "wrong": self.env._("Not accepted. Tries left: %s", answer["tries_left"]),
            "locked": self.env._("Too many wrong words: nothing is checked."),
        }
        text = [words[answer["result"]]]
        if answer["locked_until"]:
            until = self._incident()._locked_until(answer)
            text.append(self.env._("Locked until %s", until))
        super().write(
            {
                "answer": " ".join(text),
                "accepted": answer["result"] in ("ok", "duress"),
            }
        )

    def _incident(self):
        return self.incident_id

    def _verify(self, word):
        return self._incident().action_verify_passcode(word, self.contact_id.id)
