from odoo import api, fields, models

from odoo.addons.alarm_monitoring.tools.gates import PARTIES, missing
from odoo.addons.alarm_monitoring.tools.response import ALLOWED, CALL_OUTCOMES, NEEDS_NOTE

from ..tools.labels import label, labels
from ..tools.moments import iso_utc

UNCLOSED_SHOWN = 99


class AlarmIncident(models.Model):
    """What is to be done about an incident, as the board's panel shows it: the steps of its plan,
    whom to call, and what is missing to close it."""

    _inherit = "alarm.incident"

    def _prepare_board_detail(self):
        outcomes = labels(self.env["alarm.incident.call"], "outcome")
        return super()._prepare_board_detail() | {
            "plan": self._prepare_board_plan(outcomes),
            "calls": self._prepare_board_calls(outcomes),
            "passcode": self._prepare_board_passcode(),
            "notices": self._prepare_board_notices(),
            "finding": {
                "value": self.finding or "",
                "label": label(self, "finding"),
                "note": self.finding_note or "",
                "choices": _choices(labels(self, "finding")),
            },
            "loss": {
                "note": self.loss_note or "",
                "amount": self.loss_amount,
                "currency": self.currency_id.symbol or "",
            },
            "preprocessed": bool(self.preprocessed_at),
            "closing": self._prepare_board_closing(),
            "resolutions": self._prepare_board_resolutions(),
            "supervisor": self._is_supervisor(),
            "templates": self.env["alarm.note.template"]._texts_for(self),
        }

    @api.model
    def board_unclosed(self):
        """The user's own incidents that are resolved and not closed, the oldest first.

        :return: ``[{"id", "name", "subscriber"}]``
        """
        self._check_dispatcher()
        found = self.search(
            [("state", "=", "resolved"), ("user_id", "=", self.env.uid)],
            order="resolved_at, id",
            limit=UNCLOSED_SHOWN,
        )
        return [
            {
                "id": incident.id,
                "name": incident.name,
                "subscriber": incident.subscriber_id.name
                or incident.place
                or incident.account
                or "",
            }
            for incident in found
        ]

    def _prepare_board_plan(self, outcomes):
        steps = self.step_ids
        if not self.plan_id and not steps:
            return None
        kinds, states = labels(steps, "kind"), labels(steps, "state")
        resolutions = {
            resolution.id: resolution
            for resolution in self.env["alarm.resolution"]
            .with_context(active_test=False)
            .search([])
        }
        return {
            "name": self.plan_id.name or "",
            "reason": self.plan_reason or "",
            "offered": self.offered_plan_id.name or "",
            "steps": [
                {
                    "id": step.id,
                    "number": step.number,
                    "kind": step.kind,
                    "kind_label": kinds[step.kind],
                    "name": step.name,
                    "mandatory": step.mandatory,
                    "state": step.state,
                    "state_label": states[step.state],
                    "outcome_label": outcomes.get(step.outcome, ""),
                    "note": step.note or "",
                    "by": step.by_id.name or "",
                    "at": iso_utc(step.at),
                    "outcomes": [
                        {
                            "value": value,
                            "label": outcomes[value],
                            "needs_note": value in NEEDS_NOTE,
                            **_leads_to((step.branches or {}).get(value), resolutions),
                        }
                        for value in ALLOWED.get(step.kind, ())
                    ],
                }
                for step in steps
            ],
        }

    def _prepare_board_calls(self, outcomes):
        """Whom to call, the next one marked, with what became of the calls so far."""
        now = fields.Datetime.now()
        contacts = self._contacts_to_call(now)
        following = self._next_contact(contacts)
        roles = labels(contacts, "role")
        tries = self.call_ids.grouped("contact_id")
        persons = []
        for contact in contacts:
            calls = tries.get(contact, self.call_ids.browse())
            reached = contact._reached_from(now)
            persons.append(
                {
                    "contact_id": contact.id,
                    "name": contact.partner_id.name or "",
                    "role": roles.get(contact.role, ""),
                    "phone": contact.phone or "",
                    "hours": contact.available or "",
                    "note": contact.note or "",
                    "available": reached == now,
                    "available_from": iso_utc(reached) if reached and reached != now else None,
                    "next": contact == following,
                    **_last_call(calls, outcomes),
                }
            )
        premises = []
        if phone := self.subscriber_id.phone:
            calls = self.call_ids.filtered(lambda call: not call.contact_id and call.phone == phone)
            premises.append(
                {
                    "contact_id": False,
                    "name": self.env._("Premises"),
                    "role": "",
                    "phone": phone,
                    "hours": "",
                    "note": "",
                    "available": True,
                    "available_from": None,
                    "next": False,
                    **_last_call(calls, outcomes),
                }
            )
        return {
            "persons": premises + persons,
            "outcomes": [{"value": value, "label": outcomes[value]} for value in CALL_OUTCOMES],
            "numbers_called": self.numbers_called,
        }

    def _prepare_board_passcode(self):
        result = self.passcode_result or ""
        words = labels(self, "passcode_result")
        silent = result == "duress"
        return {
            # Never in words on a screen that somebody else may see.
            "result": "ok" if silent else result,
            "label": words["ok" if silent else result] if result else "",
            "silent": silent,
            "note": self.passcode_note or "",
            # Without a word on file there is nothing to check; by hand it is said why not.
            "registered": self._has_words(),
            "checked": bool(self.passcode_at),
        }

    def _prepare_board_notices(self):
        """The parties that can be told, with their numbers and what they were told already."""
        subscriber = self.subscriber_id
        words = labels(self.env["alarm.incident.notice"], "party")
        numbers = {
            "police": (subscriber.police_partner_id.name, subscriber.police_phone),
            "fire": (subscriber.fire_partner_id.name, subscriber.fire_phone),
            "customer": (subscriber.partner_id.name, subscriber.partner_id.phone),
        }
        by_party = self.notice_ids.grouped("party")
        return [
            {
                "party": party,
                "label": words[party],
                "name": numbers.get(party, ("", ""))[0] or "",
                "phone": numbers.get(party, ("", ""))[1] or "",
                "told": [
                    {
                        "id": notice.id,
                        "at": iso_utc(notice.at),
                        "reference": notice.reference or "",
                        "note": notice.note or "",
                        "needless": notice.needless,
                        "by": notice.by_id.name,
                    }
                    for notice in by_party.get(party, ())
                ],
            }
            for party, _label in PARTIES
        ]

    def _prepare_board_closing(self):
        """What is missing to close, one item for each gate; those of other modules without a
        name."""
        facts = self._gate_facts()
        named = {self._gate_sentence(name, facts): name for name in missing(facts)}
        return {
            "missing": [
                {"gate": named.get(sentence, ""), "sentence": sentence}
                for sentence in self._check_gates()
            ],
            "suggested": self.suggested_resolution_id.code or "",
            "resolution": self.resolution_id.name or "",
            "resolution_note": self.resolution_note or "",
        }

    def _prepare_board_resolutions(self):
        parties = labels(self.env["alarm.incident.notice"], "party")
        resolutions = self.env["alarm.resolution"].search([("active", "=", True)])
        kinds = labels(resolutions, "kind")
        return [
            {
                "code": resolution.code,
                "name": resolution.name,
                "kind": resolution.kind,
                "kind_label": kinds[resolution.kind],
                "note_required": resolution.note_required,
                # What closing with it will ask for.
                "tells": [parties[party] for party in resolution._parties_to_tell()],
                "loss": resolution.loss_required,
            }
            for resolution in resolutions
        ]


def _choices(words):
    return [{"value": value, "label": word} for value, word in words.items()]


def _leads_to(branch, resolutions):
    """Where an outcome leads: the number of a step, or the name of a resolution."""
    branch = branch or {}
    resolution = resolutions.get(branch.get("resolution"))
    return {
        "goto": branch.get("goto") or None,
        "resolution": resolution.name if resolution else "",
    }


def _last_call(calls, outcomes):
    last = calls[:1]
    return {
        "tries": len(calls),
        "outcome": last.outcome or "",
        "outcome_label": outcomes.get(last.outcome, ""),
        "called_at": iso_utc(last.at),
    }
