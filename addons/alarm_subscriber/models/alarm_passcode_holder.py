from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class AlarmPasscodeHolder(models.AbstractModel):
    """What has a passcode and a duress code: the subscriber, and each of its contacts."""

    _name = "alarm.passcode.holder"
    _description = "Holder of a Passcode"

    passcode = fields.Char(
        compute="_compute_words",
        readonly=False,
        copy=False,
        help="The word by which a caller proves who he is. It can be set and replaced, not read. "
        "Blanks, capitals and full-width letters make no difference.",
    )
    duress_code = fields.Char(
        compute="_compute_words",
        readonly=False,
        copy=False,
        help="The word that a caller says instead of the passcode when he is being forced.",
    )
    passcode_set = fields.Boolean(compute="_compute_words_set", compute_sudo=True)
    duress_code_set = fields.Boolean(compute="_compute_words_set", compute_sudo=True)

    def _compute_words(self):
        self.passcode = False
        self.duress_code = False

    def _compute_words_set(self):
        codes = self._codes_by_holder()
        for holder in self:
            kinds = codes.get(holder.id, ())
            holder.passcode_set = "pass" in kinds
            holder.duress_code_set = "duress" in kinds

    @api.model_create_multi
    def create(self, vals_list):
        words = [self._words(vals) for vals in vals_list]
        holders = super().create([self._without_words(vals) for vals in vals_list])
        for holder, own in zip(holders, words, strict=True):
            holder._set_words(own)
        return holders

    def write(self, vals):
        res = super().write(self._without_words(vals))
        words = self._words(vals)
        if words:
            self.check_access("write")
            for holder in self:
                holder._set_words(words)
        return res

    def action_remove_passcodes(self):
        """Forget the passcode and the duress code."""
        self.check_access("write")
        for holder in self:
            subscriber, contact = holder._passcode_subject()
            holder._own_codes().unlink()
            self.env["alarm.passcode.try"].sudo()._log(subscriber, contact, "removed")
        self.invalidate_recordset(["passcode_set", "duress_code_set"])
        return True

    def action_verify_passcode(self, word):
        """Check the word that a caller says.

        A word is right when it is the holder's own or the one of the whole subscriber; of a
        subscriber, that of any of its contacts too. Wrong words are counted for each user and
        subscriber; after too many nothing is checked for a while. Every try is logged.

        :param word: text as heard
        :return: {"result": "ok" | "duress" | "wrong" | "locked", "contact_id": id or False,
            "contact": name or "", "tries_left": int, "locked_until": "" or ISO time in UTC}
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group("alarm_subscriber.group_verify"):
            raise AccessError(self.env._("You are not allowed to check passcodes."))
        return self._verify_passcode(word)

    def _verify_passcode(self, word):
        subscriber, contact = self._passcode_subject()
        company = subscriber.company_id.sudo()
        now = fields.Datetime.now()
        guard = self.env["alarm.passcode.guard"].sudo()._enter(subscriber)
        answer = {"contact_id": False, "contact": "", "tries_left": 0, "locked_until": ""}
        code = self.env["alarm.passcode"].sudo()
        if guard.locked_until and guard.locked_until > now:
            answer["result"] = "locked"
        else:
            code = self._right_code(self._acceptable_codes()._matching(word), contact)
            answer["tries_left"] = guard._count(bool(code), company, now)
            answer["result"] = {"pass": "ok", "duress": "duress"}.get(code.kind, "wrong")
        if guard.locked_until:
            answer["locked_until"] = f"{guard.locked_until.isoformat()}Z"
        who = code.contact_id or contact
        if code:
            answer |= {"contact_id": who.id, "contact": who.sudo().display_name or ""}
        self.env["alarm.passcode.try"].sudo()._log(subscriber, who, answer["result"])
        if answer["result"] == "duress":
            subscriber._on_duress(who)
        return answer

    def action_reveal_passcodes(self):
        """Show the words to a permitted person; the log keeps that he has seen them."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("alarm_subscriber.group_reveal"):
            raise AccessError(self.env._("You are not allowed to reveal passcodes."))
        subscriber, contact = self._passcode_subject()
        codes = self._own_codes()
        words = {code.kind: code.reveal() for code in codes}
        if not any(words.values()):
            raise UserError(
                self.env._(
                    "No word of %s can be revealed: none is set, or only its hash is kept. It can "
                    "be set anew.",
                    (contact or subscriber).display_name,
                )
            )
        self.env["alarm.passcode.try"].sudo()._log(subscriber, contact, "revealed")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": (contact or subscriber).display_name,
                "message": self.env._(
                    "Passcode: %(passcode)s – duress code: %(duress)s",
                    passcode=words.get("pass") or "–",
                    duress=words.get("duress") or "–",
                ),
                "type": "warning",
                "sticky": True,
            },
        }

    def action_check_passcode(self):
        """Open the small window in which the word of a caller is typed."""
        self.ensure_one()
        subscriber, contact = self._passcode_subject()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check Passcode"),
            "res_model": "alarm.passcode.check",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_subscriber_id": subscriber.id,
                "default_contact_id": contact.id,
            },
        }

    def _right_code(self, codes, contact):
        """The code that counts of those that match: forced comes before free, one's own before
        that of others."""
        return codes.sorted(
            lambda code: (code.kind != "duress", code.contact_id != contact, code.id)
        )[:1]

    def _set_words(self, words):
        """Keep the words {kind: text}; who may change the record may replace them."""
        subscriber, contact = self._passcode_subject()
        for kind, word in words.items():
            self.env["alarm.passcode"].sudo()._set(subscriber, contact, kind, word)
            self.env["alarm.passcode.try"].sudo()._log(subscriber, contact, "set")
        if words:
            self.invalidate_recordset(["passcode_set", "duress_code_set"])

    def _words(self, vals):
        words = {"pass": vals.get("passcode"), "duress": vals.get("duress_code")}
        return {kind: word for kind, word in words.items() if word}

    def _without_words(self, vals):
        return {
            name: value for name, value in vals.items() if name not in ("passcode", "duress_code")
        }

    def _own_codes(self):
        """The codes (sudo) of this holder alone."""
        subscriber, contact = self._passcode_subject()
        return (
            self.env["alarm.passcode"]
            .sudo()
            .search([("subscriber_id", "=", subscriber.id), ("contact_id", "=", contact.id)])
        )


class AlarmSubscriber(models.Model):
    _name = "alarm.subscriber"
    _inherit = ["alarm.subscriber", "alarm.passcode.holder"]

    def _passcode_subject(self):
        """Whose words they are: (subscriber, contact or none)."""
        return self, self.env["alarm.contact"]

    def _codes_by_holder(self):
        groups = (
            self.env["alarm.passcode"]
            .sudo()
            ._read_group(
                [("subscriber_id", "in", self.ids), ("contact_id", "=", False)],
                ["subscriber_id", "kind"],
            )
        )
        kinds = {}
        for subscriber, kind in groups:
            kinds.setdefault(subscriber.id, set()).add(kind)
        return kinds

    def _acceptable_codes(self):
        """Codes (sudo) of the subscriber and of all its contacts who are still called."""
        codes = self.env["alarm.passcode"].sudo().search([("subscriber_id", "=", self.id)])
        return codes.filtered(lambda code: not code.contact_id or code.contact_id.active)

    def _on_duress(self, contact):
        """Somebody is being forced: extended by those who raise alarms. Nothing is shown here."""

    @api.ondelete(at_uninstall=False)
    def _unlink_codes(self):
        for model in ("alarm.passcode", "alarm.passcode.guard"):
            self.env[model].sudo().search([("subscriber_id", "in", self.ids)]).unlink()


class AlarmContact(models.Model):
    _name = "alarm.contact"
    _inherit = ["alarm.contact", "alarm.passcode.holder"]

    def _passcode_subject(self):
        return self.subscriber_id, self

    def _codes_by_holder(self):
        groups = (
            self.env["alarm.passcode"]
            .sudo()
            ._read_group([("contact_id", "in", self.ids)], ["contact_id", "kind"])
        )
        kinds = {}
        for contact, kind in groups:
            kinds.setdefault(contact.id, set()).add(kind)
        return kinds

    def _acceptable_codes(self):
        """The contact's own, those of the whole subscriber, and whatever means being forced."""
        codes = self.subscriber_id._acceptable_codes()
        return codes.filtered(
            lambda code: code.contact_id in (self, self.browse()) or code.kind == "duress"
        )

    def write(self, vals):
        res = super().write(vals)
        if vals.get("subscriber_id"):
            # The word moves with the person.
            self.env["alarm.passcode"].sudo().search([("contact_id", "in", self.ids)]).write(
                {"subscriber_id": vals["subscriber_id"]}
            )
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_codes(self):
        self.env["alarm.passcode"].sudo().search([("contact_id", "in", self.ids)]).unlink()
