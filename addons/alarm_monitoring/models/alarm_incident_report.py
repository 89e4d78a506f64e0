import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.incident_states import OPEN_STATES
from ..tools.locks import lock_until_commit
from ..tools.report import CLASSES, MAX_TEXT, short
from ..tools.text import storable
from ..tools.transaction import own_transaction


class AlarmIncident(models.Model):
    """Incidents that somebody reports by telephone: a customer, the police, a passer-by."""

    _inherit = "alarm.incident"

    caller = fields.Char(readonly=True, help="Who reported it by telephone.")
    caller_phone = fields.Char(string="Caller's Number", readonly=True)
    place = fields.Char(readonly=True, help="Where it is, as a caller told it.")

    @api.model
    def action_report(self, report):
        """Put into the queue what somebody reports by telephone, or take it at once.

        What a subscriber has open already is not doubled: the report joins it.

        :param report: dict of ``event_class`` and ``text``, and as far as known ``subscriber_id``,
            ``contact_id`` (who calls), ``caller`` and ``phone`` (when that is nobody on file),
            ``place`` (when it is no subscriber's), ``passcode`` (as said), ``plan_id``,
            ``take`` (at once)
        :return: ``{"id", "name", "joined", "passcode": result or False, "taken", "message"}``
        """
        self._check_dispatcher()
        vals = self._read_report(report)
        subscriber = vals["subscriber"]
        # Its tries are counted whatever becomes of the report.
        answer = self._check_caller(vals)
        said = answer and answer["result"]
        key = f"subscriber:{subscriber.id}" if subscriber else f"phone:{uuid.uuid4().hex}"
        with own_transaction(self.env):
            # No signal of the subscriber makes an incident at this moment.
            lock_until_commit(self.env.cr, {key})
            incident = self.search([("key", "=", key), ("state", "in", OPEN_STATES)], limit=1)
            joined = bool(incident)
            if joined:
                incident = incident._locked()
            else:
                # As superuser for the reason given in `_check_dispatcher`.
                incident = self.sudo().create(self._prepare_report(key, vals)).sudo(False)
                self.env["alarm.incident.entry"]._log(
                    [(incident.sudo(), "created", incident.reason_detail, 0)]
                )
            incident._write_report(vals, answer, joined)
            incident._choose_plans()
            if vals["plan"]:
                self._set_plans([(incident.id, vals["plan"].id, "manual", self.env.user.name)])
            incident._on_incidents_changed()
            taken = False
            if vals["take"] and incident.user_id in (self.browse().user_id, self.env.user):
                incident.action_take()
                taken = True
        return {
            "id": incident.id,
            "name": incident.name,
            "joined": joined,
            "taken": taken,
            "passcode": said,
            "message": incident._report_message(joined, taken),
        }

    def _report_message(self, joined, taken):
        if not joined:
            return self.env._("%s was made from the call.", self.name)
        if self.user_id and not taken:
            return self.env._(
                "The call was added to %(incident)s, which %(holder)s is handling.",
                incident=self.name,
                holder=self.user_id.name,
            )
        return self.env._("The call was added to %s, which was open already.", self.name)

    @api.model
    def _read_report(self, report):
        """The report with records that the user may read, and texts of a decent length."""
        if not isinstance(report, dict):
            raise ValidationError(self.env._("A report must say what happened."))
        event_class = report.get("event_class")
        if event_class not in CLASSES:
            raise UserError(self.env._("Choose what happened."))
        text = report.get("text")
        text = storable(text).strip()[:MAX_TEXT] if isinstance(text, str) else ""
        subscriber = self._reported(report, "subscriber_id", "alarm.subscriber")
        contact = self._reported(report, "contact_id", "alarm.contact")
        if contact and contact.subscriber_id != subscriber:
            raise UserError(
                self.env._(
                    "%(contact)s is no contact of %(subscriber)s.",
                    contact=contact.display_name,
                    subscriber=subscriber.display_name or "–",
                )
            )
        plan = self._reported(report, "plan_id", "alarm.response.plan")
        company = subscriber.company_id or self.env.company
        if plan.company_id and plan.company_id != company:
            raise UserError(
                self.env._(
                    "Plan %(plan)s is of %(company)s.", plan=plan.name, company=plan.company_id.name
                )
            )
        caller = contact.partner_id.name or storable(short(report.get("caller")))
        place = storable(short(report.get("place")))
        if not caller:
            raise UserError(self.env._("Say who calls."))
        if not subscriber and not place:
            raise UserError(self.env._("Choose the subscriber, or say where it is."))
        return {
            "subscriber": subscriber,
            "contact": contact,
            "plan": plan,
            "company": company,
            "event_class": event_class,
            "text": text,
            "caller": caller,
            "phone": storable(short(report.get("phone"))) or contact.phone or "",
            "place": place,
            "passcode": report.get("passcode") or "",
            "take": bool(report.get("take")),
        }

    @api.model
    def _reported(self, report, name, model):
        """The record that a report names, which the user may read; none where it names none."""
        id_ = report.get(name)
        if not id_:
            return self.env[model]
        if isinstance(id_, bool) or not isinstance(id_, int):
            raise ValidationError(self.env._("“%s” must be the id of a record.", name))
        record = self.env[model].browse(id_).exists()
        if not record:
            raise UserError(self.env._("What the report names is not on file any more."))
        record.check_access("read")
        return record

    @api.model
    def _check_caller(self, vals):
        """What `action_verify_passcode` says to the caller's word; False where he said none."""
        holder = vals["contact"] or vals["subscriber"]
        word = vals.pop("passcode")
        if not holder or not isinstance(word, str) or not word.strip():
            return False
        return holder.action_verify_passcode(word)

    @api.model
    def _prepare_report(self, key, vals):
        subscriber = vals["subscriber"]
        return {
            "key": key,
            "subscriber_id": subscriber.id,
            "company_id": vals["company"].id,
            "account": subscriber.panel_ids[:1].account,
            "priority": CLASSES[vals["event_class"]],
            "event_class": vals["event_class"],
            "reason_kind": "phone",
            "reason_detail": vals["event_class"],
            "received_at": fields.Datetime.now(),
            "caller": vals["caller"],
            "caller_phone": vals["phone"],
            "place": vals["place"],
        }

    def _write_report(self, vals, answer, joined):
        """Log the call on the incident, which is locked or new; make it as urgent as the call."""
        words = dict(self._fields["passcode_result"]._description_selection(self.env))
        classes = dict(self._fields["event_class"]._description_selection(self.env))
        said = answer and answer["result"]
        values = {"action_count": self.action_count + 1}
        priority = "1" if said == "duress" else CLASSES[vals["event_class"]]
        if priority < self.priority:
            values["priority"] = priority
        if answer:
            values |= self._checked_values(answer, vals["contact"])
        if joined:
            values["caller"] = self.caller or vals["caller"]
            values["caller_phone"] = self.caller_phone or vals["phone"]
            values |= self._brought_back_values()
        self._write_private(values)
        passcode = ""
        if said:
            passcode = self.env._("passcode: %s", words[said])
        self._log(
            "reported",
            " · ".join(
                filter(
                    None,
                    (
                        f"{vals['caller']} {vals['phone']}".strip(),
                        passcode,
                        classes[vals["event_class"]],
                        vals["place"],
                        vals["text"],
                    ),
                )
            ),
        )

    def _reason_sentence(self, code):
        if self.reason_kind != "phone":
            return super()._reason_sentence(code)
        classes = dict(self._fields["event_class"]._description_selection(self.env))
        return self.env._(
            "%s, reported by phone", classes.get(self.reason_detail, self.reason_detail or "")
        )
