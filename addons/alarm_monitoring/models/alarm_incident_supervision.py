from odoo import api, models

from ..tools.incident_states import OPEN_STATES
from ..tools.supervision import MATTERS, unpack


class AlarmIncident(models.Model):
    """Incidents that the clock makes: what did not come in time, or came when it should not."""

    _inherit = "alarm.incident"

    def _reason_sentence(self, code):
        if self.reason_kind not in MATTERS:
            return super()._reason_sentence(code)
        return self._supervision_words(self.reason_kind, self.reason_detail)

    @api.model
    def _supervision_words(self, kind, detail):
        """A reason in the words of a dispatcher; times are by the clock of the premises."""
        first, second, third, fourth = (part or "?" for part in unpack(detail, 4))
        match kind:
            case "opened_outside":
                return self.env._(
                    "Opened at %(at)s outside its schedule: %(by)s", at=first, by=second
                )
            case "closed_outside":
                return self.env._(
                    "Closed at %(at)s outside its schedule: %(by)s", at=first, by=second
                )
            case "test_duress":
                return self.env._("Asked for a test under duress: %s", first)
            case "test_forgotten" if first == "total":
                return self.env._(
                    "On test since %(begun)s, longer than a test may last, until %(end)s: "
                    "%(who)s. Forgotten?",
                    begun=second,
                    end=third,
                    who=fourth,
                )
            case "test_forgotten":
                return self.env._(
                    "On test since %(begun)s until %(end)s (%(who)s), and nothing is received. "
                    "Forgotten?",
                    begun=second,
                    end=third,
                    who=fourth,
                )
            case "left_open":
                return self.env._(
                    "Opened at %(opened)s outside its schedule and still not closed at %(due)s.",
                    opened=first,
                    due=second,
                )
            case "late_close" if second == "?":
                return self.env._("Not closed by %(due)s: no closing has arrived.", due=first)
            case "late_close":
                return self.env._(
                    "Not closed by %(due)s: open since %(opened)s.", due=first, opened=second
                )
            case "late_open":
                return self.env._("Not opened by %(due)s: no opening has arrived.", due=first)
            case "test_missed":
                return self.env._(
                    "No test report from panel %(panel)s: last heard %(heard)s, expected by "
                    "%(due)s.",
                    panel=first,
                    heard=second,
                    due=third,
                )
            case "trouble_stays":
                return self.env._(
                    "%(trouble)s since %(since)s, and not restored yet.",
                    trouble=self._trouble_words(first),
                    since=second,
                )
        return detail

    @api.model
    def _trouble_words(self, trouble):
        """``"cid 301 1001 5"`` (system, code, account, address) in words."""
        system, code, account, address = [*trouble.split(" "), "", "", "", ""][:4]
        event = (
            self.env["alarm.event.code"]
            .with_context(active_test=False)
            .search([("code_system", "=", system), ("code", "=", code)], limit=1)
        )
        place = self.env._("panel %s", account) if account else ""
        if address.strip("0"):
            place = self.env._("panel %(panel)s, %(address)s", panel=account, address=address)
        return f"{event._name_as('new') if event else trouble} ({place or '?'})"

    @api.model
    def _raise_matters(self, matters):
        """Make the incidents of matters that the clock found, or find the open ones; in as many
        queries whether there is one or a thousand.

        To be called by due work alone, which one process at a time does for a matter.

        :param matters: values of incidents, with `key`, `reason_kind` and `reason_detail`
        :return: key -> ``(incident, whether it is new)``
        """
        by_key = {vals["key"]: vals for vals in matters}
        found = {incident.key: (incident, False) for incident in self._open_of(by_key)}
        known = self.union(*(incident for incident, _new in found.values()))
        over = known.filtered("cause_over")
        if over:
            over._write_private({"cause_over": False})
        missing = [vals for key, vals in by_key.items() if key not in found]
        incidents = self.create([self._prepare_matter(vals) for vals in missing])
        self.env["alarm.incident.entry"]._log(
            [(incident, "created", incident.reason_detail, 0) for incident in incidents]
            + [
                (incident, "reminded", by_key[incident.key]["reason_detail"], 0)
                for incident in known
            ]
        )
        if known or incidents:
            (known | incidents)._on_incidents_changed()
        return found | {incident.key: (incident, True) for incident in incidents}

    @api.model
    def _open_of(self, keys):
        return self.search([("key", "in", list(keys)), ("state", "in", OPEN_STATES)])

    @api.model
    def _prepare_matter(self, vals):
        priority, event_class = MATTERS.get(vals["reason_kind"], ("3", "other"))
        return {"priority": priority, "event_class": event_class, **vals}

    @api.model
    def _note_all_restored(self, signals):
        """Note on the open incidents of matters that their cause is gone.

        :param signals: key -> id of the signal that says so, 0 where none does
        """
        incidents = self._open_of(signals) if signals else self.browse()
        incidents = incidents.filtered(lambda incident: not incident.cause_over)
        if incidents:
            incidents._write_private({"cause_over": True})
            self.env["alarm.incident.entry"]._log(
                [(incident, "restored", "", signals[incident.key]) for incident in incidents]
            )
            incidents._on_incidents_changed()


class AlarmIncidentEntry(models.Model):
    _inherit = "alarm.incident.entry"

    def _compute_description(self):
        result = super()._compute_description()
        reminded = self.filtered(lambda entry: entry.kind == "reminded")
        incidents = {
            incident.id: incident
            for incident in self.env["alarm.incident"].search(
                [("id", "in", reminded.mapped("incident_id"))]
            )
        }
        for entry in reminded:
            if incident := incidents.get(entry.incident_id):
                entry.description = incident._supervision_words(incident.reason_kind, entry.text)
        return result
