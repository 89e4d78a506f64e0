from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.gates import PARTIES


class AlarmIncidentNotice(models.Model):
    """Who outside the centre was told of an incident; or why somebody need not be."""

    _name = "alarm.incident.notice"
    _inherit = "alarm.own.defaults"
    _description = "Notice of an Alarm Incident"
    _order = "id desc"
    _rec_name = "party"
    _log_access = False

    incident_id = fields.Many2one(
        "alarm.incident", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="incident_id.company_id")
    party = fields.Selection(PARTIES, required=True, readonly=True)
    needless = fields.Boolean(
        "Not Needed", readonly=True, help="Nobody was told, for the reason in the note."
    )
    reference = fields.Char(
        readonly=True, help="Number under which the police, the brigade or the insurer has it."
    )
    note = fields.Char(readonly=True)
    by_id = fields.Many2one(
        "res.users", string="By", required=True, readonly=True, ondelete="restrict"
    )
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("The notices of an incident are evidence and stay."))
        return super().unlink()


class AlarmIncident(models.Model):
    """The real alarm: who is told, and what was lost."""

    _inherit = "alarm.incident"

    notice_ids = fields.One2many("alarm.incident.notice", "incident_id", string="Notices")
    loss_note = fields.Text("Loss", readonly=True)
    loss_amount = fields.Monetary("Estimated Loss", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    told = fields.Char(compute="_compute_told", help="Who outside the centre was told so far.")

    @api.depends("notice_ids")
    @api.depends_context("lang")
    def _compute_told(self):
        words = dict(self.notice_ids._fields["party"]._description_selection(self.env))
        for incident in self:
            told = set(incident.notice_ids.filtered(lambda one: not one.needless).mapped("party"))
            incident.told = ", ".join(word for party, word in words.items() if party in told)

    def action_notify(self, party, note="", reference="", needless=False):
        """Write down that somebody was told: the customer was called to the site, the police has
        it under this number…

        :param party: one of PARTIES in tools/gates.py
        :param needless: nobody need be told, for the reason in the note (no insurance)
        """
        self._check_dispatcher()
        words = dict(self.notice_ids._fields["party"]._description_selection(self.env))
        if party not in words:
            raise UserError(
                self.env._(
                    "“%(party)s” cannot be notified. Possible are: %(allowed)s.",
                    party=party,
                    allowed=", ".join(dict(PARTIES)),
                )
            )
        note = (note or "").strip()
        if needless:
            note = self._required_text(
                note, self.env._("Say why %s need not be told.", words[party])
            )
        for incident in self._locked():
            incident._notify(party, note, (reference or "").strip(), bool(needless), words[party])
        return True

    def _notify(self, party, note, reference, needless, word):
        now = fields.Datetime.now()
        text = [word, self.env._("not needed") if needless else "", reference, note]
        values = {} if needless else {"first_action_at": self.first_action_at or now}
        self._transition("notify", ": ".join(filter(None, text)), **values)
        self._add_notice(party, note, reference, needless)

    def _add_notice(self, party, note="", reference="", needless=False):
        # As superuser for the reason given in `_check_dispatcher`.
        self.env["alarm.incident.notice"].sudo().create(
            {
                "incident_id": self.id,
                "party": party,
                "note": note,
                "reference": reference,
                "needless": needless,
                "by_id": self.env.uid,
            }
        )
        self.invalidate_recordset(["notice_ids"])

    def action_loss(self, note, amount=0.0):
        """Note what was lost or damaged, or that nothing was."""
        self._check_dispatcher()
        note = self._required_text(note, self.env._("Say what was lost, or that nothing was."))
        if isinstance(amount, bool) or not isinstance(amount, int | float) or amount < 0:
            raise UserError(self.env._("A loss is an amount of money, zero or more."))
        for incident in self._locked():
            incident._transition(
                "loss",
                ": ".join(filter(None, (f"{amount:.2f}" if amount else "", note))),
                loss_note=note,
                loss_amount=amount,
            )
        return True

    # -- steps that are notices -------------------------------------------------------------------

    def _party_of(self, step):
        """Whom a step tells; "" where it tells nobody."""
        if step.kind == "notify":
            return "customer" if self.subscriber_id else "other"
        return step.kind if step.kind in ("police", "fire", "medical") else ""

    def _told(self, party):
        return self.notice_ids.filtered(
            lambda notice: notice.party == party and not notice.needless
        )

    def _step_details(self, step, outcome, details):
        given = super()._step_details(step, outcome, details)
        reference = details.get("reference")
        if self._party_of(step) and isinstance(reference, str) and reference.strip():
            given["reference"] = reference.strip()
        return given

    def _step_words(self, details):
        return " ".join(filter(None, (super()._step_words(details), details.get("reference"))))

    def _check_outcome(self, step, outcome, note, **details):
        """Somebody is told by telling him something: a bare tick proves nothing."""
        super()._check_outcome(step, outcome, note, **details)
        party = self._party_of(step)
        if not party or outcome != "done" or note or details.get("reference"):
            return
        if not self._told(party):
            raise UserError(
                self.env._(
                    "Say who took the call, what was said, or the number under which step "
                    "%(number)s “%(step)s” is known there.",
                    number=step.number,
                    step=step.name,
                )
            )

    def _on_step_done(self, step, outcome, note, **details):
        result = super()._on_step_done(step, outcome, note, **details)
        party = self._party_of(step)
        if party and outcome == "done" and (note or details.get("reference")):
            self._add_notice(party, note, details.get("reference", ""))
        return result
