from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.avs import Known, Score, score
from .alarm_incident_passcode import OUTCOME_OF

LEVELS = [("0", "0"), ("1", "1"), ("2", "2"), ("3", "3"), ("4", "4")]


class AlarmIncident(models.Model):
    """The alarm score: how sure it is that somebody, or something, is in danger."""

    _inherit = "alarm.incident"

    score = fields.Selection(
        LEVELS,
        "Alarm Score",
        compute="_compute_score",
        help="AVS-01, 0 to 4. Empty for events that the standard does not score.",
    )
    score_sentence = fields.Char("Score in Words", compute="_compute_score")
    score_set = fields.Selection(LEVELS, "Score Set by Hand", readonly=True)
    score_reason = fields.Char(readonly=True)

    @api.depends(
        "event_class",
        "link_ids",
        "step_ids.outcome",
        "call_ids",
        "passcode_result",
        "finding",
        "score_set",
    )
    @api.depends_context("lang")
    def _compute_score(self):
        signals = self._score_signals()
        for incident in self:
            found = (
                Score(int(incident.score_set), "set")
                if incident.score_set
                else score(incident._score_known(*signals.get(incident.id, ((), False))))
            )
            incident.score = str(found.level) if found else False
            incident.score_sentence = incident._score_words(found) if found else False

    def _score_signals(self):
        """incident id -> ``(zones that raised it with their detectors, whether it was called
        off)``, of all incidents in one query."""
        if not self.ids:
            return {}
        self.env.cr.execute(
            """
            SELECT link.incident_id,
                   array_agg(DISTINCT ARRAY[
                       coalesce(signal.panel_id::text, '') || ':' || signal.zone,
                       coalesce(zone.detector_type, '')
                   ]) FILTER (WHERE link.role = 'alarm' AND signal.zone <> ''),
                   bool_or(link.role = 'cancel')
              FROM alarm_incident_signal link
              JOIN alarm_signal signal ON signal.id = link.signal_id
         LEFT JOIN alarm_zone zone ON zone.id = signal.zone_id
             WHERE link.incident_id = ANY(%s) AND link.role IN ('alarm', 'cancel')
             GROUP BY link.incident_id
            """,
            [self.ids],
        )
        return {
            id_: (tuple(map(tuple, zones or ())), called_off)
            for id_, zones, called_off in self.env.cr.fetchall()
        }

    def _score_known(self, zones, called_off):
        return Known(
            event_class=self.event_class,
            zones=frozenset(zones),
            outcomes=frozenset(
                {
                    *self.step_ids.mapped("outcome"),
                    *self.call_ids.mapped("outcome"),
                    OUTCOME_OF.get(self.passcode_result),
                }
            )
            - {False, None},
            finding=self.finding or "",
            called_off=called_off,
        )

    def _score_words(self, found):
        levels = {
            0: self.env._("No call for service."),
            1: self.env._("An alarm, and little or nothing else is known."),
            2: self.env._("Somebody is there; with what intent is not known."),
            3: self.env._("Threat to property: a crime is likely."),
            4: self.env._("Threat to life."),
        }
        reasons = {
            "found_false": self.env._("The responder found a false alarm."),
            "found_real": self.env._("The responder found it real."),
            "life_threat": self.env._("A threat to life was seen or heard."),
            "property_threat": self.env._("A threat to property was seen or heard."),
            "duress": self.env._("A duress word was given."),
            "verified_false": self.env._("It was verified as false."),
            "verified_real": self.env._("It was verified as real."),
            "person_seen": self.env._("Somebody was seen or heard."),
            "passcode_wrong": self.env._("Somebody answered with a wrong passcode."),
            "button": self.env._("A hold-up button was pressed."),
            "two_zones": self.env._("More than one zone was tripped."),
            "called_off": self.env._("The panel cancelled it."),
            "alarm_only": "",
            "set": self.score_reason or "",
        }
        return " ".join(filter(None, (levels[found.level], reasons[found.why])))

    def action_set_score(self, level, reason):
        """Set the score by hand, with a reason; it then stays.

        :param level: 0 to 4
        """
        self._check_dispatcher()
        reason = self._required_text(reason, self.env._("Say what the score rests on."))
        if str(level) not in dict(LEVELS):
            raise UserError(self.env._("%s is no alarm score: 0 to 4 are.", level))
        for incident in self._locked():
            incident._transition(
                "score", f"{level}: {reason}", score_set=str(level), score_reason=reason
            )
        return True
