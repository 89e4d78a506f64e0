from datetime import datetime

from odoo import api, fields, models


class AlarmPasscodeAsk(models.AbstractModel):
    """A window in which the word of a caller is typed. It is checked when the window is saved, and
    nowhere stored.

    What a bystander reads is the same for a passcode and for a duress code but for its last
    letter: A for the one, B for the other.
    """

    _name = "alarm.passcode.ask"
    _description = "Window That Asks for a Passcode"

    # What the check alone writes.
    _closed = ("word", "answer", "accepted")

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
        windows = super().create([self._only_open(vals) for vals in vals_list])
        for window, word in zip(windows, words, strict=True):
            window._check_word(word)
        return windows

    def write(self, vals):
        res = super().write(self._only_open(vals))
        self._before_check(vals)
        for window in self:
            window._check_word(vals.get("word"))
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
        return self.env._("Check Passcode")

    def _only_open(self, vals):
        return {name: value for name, value in vals.items() if name not in self._closed}

    def _before_check(self, vals):
        """Hook: `vals` were written, their word is not checked yet."""

    def _check_word(self, word):
        if word:
            self._write_closed(self._prepare_outcome(self._verify(word)))

    def _write_closed(self, vals):
        return super().write(vals)

    def _verify(self, word):
        """Have the word checked.

        :return: as `action_verify_passcode` of a subscriber
        """
        return (self.contact_id or self.subscriber_id).action_verify_passcode(word)

    def _prepare_outcome(self, answer):
        words = {
            "ok": self.env._("Accepted. A"),
            "duress": self.env._("Accepted. B"),
            "wrong": self.env._("Not accepted. Tries left: %s", answer["tries_left"]),
            "locked": self.env._("Too many wrong words: nothing is checked."),
        }
        text = [words[answer["result"]]]
        if answer["locked_until"]:
            until = datetime.fromisoformat(answer["locked_until"].rstrip("Z"))
            clock = fields.Datetime.context_timestamp(self, until).strftime("%H:%M:%S")
            text.append(self.env._("Locked until %s", clock))
        return {"answer": " ".join(text), "accepted": answer["result"] in ("ok", "duress")}
