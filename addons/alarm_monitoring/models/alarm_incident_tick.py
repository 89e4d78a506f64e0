import logging

from odoo import api, models

from ..tools.bridge_signals import tick_of

_logger = logging.getLogger(__name__)


class AlarmIncident(models.Model):
    """Ticks: while nobody could be reached here, a dispatcher handled a signal at the bridge's own
    display. The incident is told so, and stays for somebody to close here."""

    _inherit = "alarm.incident"

    @api.model
    def _decide_ticks(self, items, pending, plan):
        """Tell the incidents of the signals that these items tick; and those of the signals just
        decided, where a tick came before its signal.

        A tick whose signal is not decided yet is left pending, for the next time.

        :param items: the ticks among what is decided
        :param pending: ``(pending id, signal id, key)`` of all that is decided
        :param plan: what was decided about the others, see tools/plan.py
        :return: the incidents concerned
        """
        ticks = self.env["alarm.signal"].browse(item.facts.signal_id for item in items)
        decisions, incidents = self._apply_ticks(ticks | self._early_ticks(plan))
        self._settle(
            [
                row_id
                for row_id, signal_id, key in pending
                if signal_id in decisions and key.startswith("tick:")
            ],
            decisions,
        )
        return incidents

    @api.model
    def _early_ticks(self, plan):
        """Ticks that were stored before the signals of the plan which they name."""
        # By what the index of ticks knows: there are few of them.
        waiting = self.env["alarm.signal"].search(
            [
                ("code_system", "=", "bridge"),
                ("code", "=", "handled"),
                ("decision", "=", "log_tick_unknown"),
            ]
        )
        if not waiting:
            return waiting
        decided = self.env["alarm.signal"].browse(plan.decisions)
        uids = set(decided.mapped("uid"))
        return waiting.filtered(lambda tick: tick_of(tick.extended).uid in uids)

    @api.model
    def _apply_ticks(self, ticks):
        """``(signal id -> decision, incidents)`` of ticks; without the ones that have to wait."""
        decisions, incidents = {}, self.browse()
        if not ticks:
            return decisions, incidents
        found = self._ticked({tick_of(tick.extended).uid for tick in ticks})
        told = self._told_ticks({one for _decision, ids in found.values() for one in ids})
        links, entries = [], []
        for tick in ticks.sorted("id"):
            said = tick_of(tick.extended)
            decision, incident_ids = found.get(said.uid, ("", ()))
            if decision == "pending":
                continue
            if not decision:
                _logger.warning("Signal %s was handled and is not known here", said.uid)
            decisions[tick.id] = (
                "log_tick_unknown" if not decision else "log_tick" if not incident_ids else "ticked"
            )
            for incident in self.browse(incident_ids):
                content = (incident.id, said, tick.text)
                if content in told:
                    decisions[tick.id] = "repeat"
                    continue
                told.add(content)
                links.append((incident.id, tick.id, "tick", "5"))
                text = ": ".join(filter(None, (f"{said.by} {said.at}".strip(), tick.text)))
                entries.append((incident, "ticked", text, tick.id))
                incidents |= incident
        self.env["alarm.incident.signal"]._insert_links(links)
        self.env["alarm.incident.entry"]._log(entries)
        return decisions, incidents

    @api.model
    def _ticked(self, uids):
        """uid -> ``(decision, ids of its incidents)`` of the signals that are known."""
        self.env.cr.execute(
            """
            SELECT signal.uid, min(signal.decision) FILTER (WHERE signal.decision = 'pending'),
                   min(signal.decision), array_agg(DISTINCT link.incident_id)
              FROM alarm_signal signal
         LEFT JOIN alarm_incident_signal link
                ON link.signal_id = signal.id AND link.role <> 'tick'
             WHERE signal.uid = ANY(%s)
             GROUP BY signal.uid
            """,
            [list(uids)],
        )
        return {
            uid: (pending or decision, sorted(filter(None, incident_ids)))
            for uid, pending, decision, incident_ids in self.env.cr.fetchall()
        }

    @api.model
    def _told_ticks(self, incident_ids):
        """``(incident id, tick, note)`` of what incidents know already: a restored journal may send
        a tick again as another signal."""
        self.env.cr.execute(
            """
            SELECT link.incident_id, signal.extended, signal.text
              FROM alarm_incident_signal link JOIN alarm_signal signal ON signal.id = link.signal_id
             WHERE link.incident_id = ANY(%s) AND link.role = 'tick'
            """,
            [list(incident_ids)],
        )
        return {
            (incident_id, tick_of(extended), text)
            for incident_id, extended, text in self.env.cr.fetchall()
        }
