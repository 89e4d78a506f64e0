import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.response import CALL_KINDS, CALL_OUTCOMES, OUTCOMES

# Two calls to distinct numbers, as CS-V-01 wants before anybody is sent to a burglary alarm.
TWO_CALLS = 2

# Somebody answered, and it was somebody of the site.
_REACHED = ("reached", "passcode_ok", "passcode_wrong", "duress")


class AlarmIncidentCall(models.Model):
    """One call that was made for an incident, whether anybody answered or not."""

    _name = "alarm.incident.call"
    _inherit = "alarm.own.defaults"
    _description = "Call of an Alarm Incident"
    _order = "id desc"
    _rec_name = "person"
    _log_access = False

    incident_id = fields.Many2one(
        "alarm.incident", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="incident_id.company_id")
    contact_id = fields.Many2one(
        "alarm.contact", readonly=True, index="btree_not_null", ondelete="set null"
    )
    step_id = fields.Many2one(
        "alarm.incident.step",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The step of the plan that was done by this call.",
    )
    person = fields.Char(readonly=True, help="Who was called, whatever becomes of the contact.")
    phone = fields.Char(readonly=True)
    phone_key = fields.Char(readonly=True, help="The digits: one number however it is written.")
    outcome = fields.Selection(OUTCOMES, required=True, readonly=True)
    note = fields.Char(readonly=True)
    by_id = fields.Many2one(
        "res.users", string="By", required=True, readonly=True, ondelete="restrict"
    )
    at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("The calls of an incident are evidence and stay."))
        return super().unlink()


class AlarmIncident(models.Model):
    """Who is called in which order, and what became of it."""

    _inherit = "alarm.incident"

    call_ids = fields.One2many("alarm.incident.call", "incident_id", string="Calls")
    call_contact_ids = fields.Many2many(
        "alarm.contact", compute="_compute_call_contacts", string="Call List"
    )
    next_contact_id = fields.Many2one("alarm.contact", compute="_compute_call_contacts")
    numbers_called = fields.Integer(
        compute="_compute_numbers_called",
        help="Distinct numbers that were called; a wrong number does not count.",
    )

    @api.depends("subscriber_id", "call_ids")
    def _compute_call_contacts(self):
        for incident in self:
            contacts = incident._contacts_to_call(fields.Datetime.now())
            incident.call_contact_ids = contacts
            incident.next_contact_id = incident._next_contact(contacts)

    @api.depends("call_ids")
    def _compute_numbers_called(self):
        for incident in self:
            incident.numbers_called = len(
                {
                    call.phone_key
                    for call in incident.call_ids
                    if call.phone_key and call.outcome != "wrong_number"
                }
            )

    def _contacts_to_call(self, moment):
        """The contacts in the order in which they are called at a moment (UTC)."""
        self.ensure_one()
        entries = self.subscriber_id._call_list(moment).get(self.subscriber_id, ())
        # Who cannot be reached now comes last: an answer at the wrong hour is better than none.
        ordered = sorted(entries, key=lambda entry: not entry["available"])
        return self.env["alarm.contact"].union(*(entry["contact"] for entry in ordered))

    def _next_contact(self, contacts):
        """Whom to call now: first who was not called, then who could not be reached, the longest
        ago first; nobody once somebody was reached."""
        if any(call.outcome in _REACHED for call in self.call_ids):
            return contacts.browse()
        tries = {contact: self.call_ids.browse() for contact in contacts}
        for call in self.call_ids:
            if call.contact_id in tries:
                tries[call.contact_id] |= call
        usable = [
            contact
            for contact in contacts
            if not any(call.outcome in ("refused", "wrong_number") for call in tries[contact])
        ]
        return min(
            usable,
            key=lambda contact: (len(tries[contact]), contacts.ids.index(contact.id)),
            default=contacts.browse(),
        )

    def call_list(self):
        """The call list as a board shows it: who, which number, what became of it so far."""
        self.ensure_one()
        self._check_dispatcher()
        words = dict(self.call_ids._fields["outcome"]._description_selection(self.env))
        rows = []
        for contact in self.call_contact_ids:
            calls = self.call_ids.filtered(lambda call, contact=contact: call.contact_id == contact)
            rows.append(
                {
                    "contact_id": contact.id,
                    "name": contact.partner_id.name or "",
                    "phone": contact.phone or "",
                    "role": contact.role,
                    "available": contact.available or "",
                    "tries": len(calls),
                    "outcome": calls[:1].outcome or "",
                    "outcome_name": words.get(calls[:1].outcome, ""),
                    "next": contact == self.next_contact_id,
                }
            )
        return rows

    def action_log_call(self, contact_id=False, outcome="", note="", phone="", name=""):
        """Write down a call.

        :param contact_id: id of one of the subscriber's contacts; for anybody else the name and
            the phone
        :param outcome: see CALL_OUTCOMES in tools/response.py
        :param phone: the number that was dialled, where it is not the contact's
        """
        self._check_dispatcher()
        words = dict(self.call_ids._fields["outcome"]._description_selection(self.env))
        if outcome not in CALL_OUTCOMES:
            raise UserError(
                self.env._(
                    "A call cannot end with “%(outcome)s”. Possible are: %(allowed)s.",
                    outcome=words.get(outcome, outcome),
                    allowed=", ".join(words[allowed] for allowed in CALL_OUTCOMES),
                )
            )
        for incident in self._locked():
            contact = incident._contact_called(contact_id)
            number = (phone or contact.phone or "").strip()
            if not number:
                raise UserError(self.env._("Say which number was called."))
            person = (name or contact.partner_id.name or "").strip()
            incident._log_call(contact, person, number, outcome, (note or "").strip(), words)
        return True

    def _contact_called(self, contact_id):
        contact = self.env["alarm.contact"]
        if not contact_id:
            return contact
        contact = self.subscriber_id.with_context(active_test=False).contact_ids.filtered(
            lambda contact: contact.id == contact_id
        )
        if not contact:
            raise UserError(
                self.env._(
                    "Contact %(contact)s is not a contact of %(subscriber)s.",
                    contact=contact_id,
                    subscriber=self.subscriber_id.display_name or self.name,
                )
            )
        return contact

    def _log_call(self, contact, person, number, outcome, note, words):
        now = fields.Datetime.now()
        self._check_call(contact, outcome, note)
        self._transition(
            "call",
            ": ".join(filter(None, (f"{person} {number}".strip(), words[outcome], note))),
            first_call_at=self.first_call_at or now,
            first_action_at=self.first_action_at or now,
        )
        self._add_call(contact, person, number, outcome, note)

    def _check_call(self, contact, outcome, note):
        """Whether a call may be written down as having ended like this; others ask for more."""

    def _add_call(self, contact, person, number, outcome, note, step=None):
        # As superuser for the reason given in `_check_dispatcher`.
        self.env["alarm.incident.call"].sudo().create(
            {
                "incident_id": self.id,
                "contact_id": contact.id,
                "person": person,
                "phone": number,
                "phone_key": re.sub(r"\D", "", number) or number,
                "outcome": outcome,
                "note": note,
                "by_id": self.env.uid,
                "step_id": step.id if step else False,
            }
        )
        self.invalidate_recordset(["call_ids"])

    # -- steps that are calls ---------------------------------------------------------------------

    def _step_details(self, step, outcome, details):
        """Whom a step called: whoever is named, or else whom the plan means. A call that was
        written down before, by the same dispatcher and with the same end, is the step's."""
        given = super()._step_details(step, outcome, details)
        if step.kind not in CALL_KINDS or outcome not in CALL_OUTCOMES:
            return given
        named = details.get("contact_id") or details.get("phone") or details.get("name")
        call = self.call_ids.filtered(
            lambda call: (
                not call.step_id and call.outcome == outcome and call.by_id == self.env.user
            )
        )[:1]
        if call and not named:
            return given | {"call": call}
        contact = self._contact_called(details.get("contact_id"))
        if not named and step.kind == "call_contact":
            contact = self.next_contact_id
        number = details.get("phone") or contact.phone
        if not number and step.kind == "call_premises":
            number = self.subscriber_id.phone
        person = details.get("name") or contact.partner_id.name or ""
        return given | {"contact": contact, "number": (number or "").strip(), "person": person}

    def _step_words(self, details):
        words = [super()._step_words(details), details.get("person"), details.get("number")]
        return " ".join(filter(None, words))

    def _check_step_call(self, step, outcome, note, details):
        if step.kind in CALL_KINDS and outcome in CALL_OUTCOMES and "call" not in details:
            self._check_call(details.get("contact", self.env["alarm.contact"]), outcome, note)

    def _on_step_done(self, step, outcome, note, **details):
        """A step that is a call is kept as one; without a number it counts for none."""
        result = super()._on_step_done(step, outcome, note, **details)
        if call := details.get("call"):
            # As superuser for the reason given in `_check_dispatcher`.
            call.sudo().step_id = step
        elif details.get("number"):
            self._add_call(
                details["contact"], details["person"], details["number"], outcome, note, step
            )
            if not self.first_call_at:
                self._write_private({"first_call_at": fields.Datetime.now()})
        return result

    def _check_outcome(self, step, outcome, note, **details):
        super()._check_outcome(step, outcome, note, **details)
        self._check_step_call(step, outcome, note, details)
        if step.kind == "two_call" and outcome not in ("confirmed", "unavailable"):
            if outcome == "false_alarm" and self.passcode_result == "ok":
                return
            if self.numbers_called < TWO_CALLS:
                raise UserError(
                    self.env._(
                        "Two-call verification needs calls to %(needed)s distinct numbers; "
                        "%(called)s was called.",
                        needed=TWO_CALLS,
                        called=self.numbers_called,
                    )
                )
