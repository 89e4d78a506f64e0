from odoo import models
from odoo.tools import SQL

from ..tools.wall import QUEUED_BEFORE, SHARES, rounded


class AlarmWall(models.AbstractModel):
    """How fast alarms were taken and somebody was called."""

    _inherit = "alarm.wall"

    def _wall_figures(self, since):
        """Response times of what was taken since a moment: a line for each event class, and first
        of all one for all of them (class None).

        :return: list of ``{"class", "count", "mean", "p80", "p985": seconds from the queue to the
            first dispatcher, "target", "limit": seconds after which it is overdue, and supervisors
            are called, or None, "within": share within the target or None, "calls", "call_mean",
            "call_p80": seconds from the queue to the first call}``
        """
        taken = self.env["alarm.incident"]._search(
            [("taken_at", ">=", since), ("queued_at", ">=", since - QUEUED_BEFORE)]
        )
        return [
            self._prepare_figures(row)
            for row in self.env.execute_query_dict(
                SQL(
                    """
                    WITH measured AS (
                        SELECT incident.event_class, target.pickup_seconds,
                               target.escalate_seconds,
                               greatest(extract(epoch FROM taken_at - queued_at), 0) AS pickup,
                               -- Of nothing `greatest` would make a call at once.
                               CASE WHEN first_call_at IS NOT NULL THEN
                                    greatest(extract(epoch FROM first_call_at - queued_at), 0)
                               END AS call
                          FROM alarm_incident incident
                     LEFT JOIN LATERAL (
                                SELECT target.* FROM alarm_event_target target
                                 WHERE target.event_class = incident.event_class
                                   AND (target.company_id IS NULL
                                        OR target.company_id = incident.company_id)
                                 ORDER BY target.company_id NULLS LAST LIMIT 1
                               ) target ON true
                         WHERE incident.id IN %(taken)s
                    )
                    SELECT event_class, count(*), avg(pickup) AS mean,
                           percentile_cont(%(shares)s) WITHIN GROUP (ORDER BY pickup) AS shares,
                           CASE WHEN event_class IS NOT NULL THEN min(pickup_seconds) END AS target,
                           CASE WHEN event_class IS NOT NULL THEN min(escalate_seconds) END AS most,
                           count(pickup_seconds) AS judged,
                           count(*) FILTER (WHERE pickup <= pickup_seconds) AS within,
                           count(call) AS calls, avg(call) AS call_mean,
                           percentile_cont(0.8) WITHIN GROUP (ORDER BY call) AS call_p80
                      FROM measured
                     GROUP BY GROUPING SETS ((event_class), ())
                     ORDER BY event_class NULLS FIRST
                    """,
                    taken=taken.subselect(),
                    shares=list(SHARES),
                )
            )
        ]

    def _prepare_figures(self, row):
        p80, p985 = row["shares"] or (None, None)
        return {
            "class": row["event_class"],
            "count": row["count"],
            "mean": rounded(row["mean"]),
            "p80": rounded(p80),
            "p985": rounded(p985),
            "target": row["target"],
            "limit": row["most"],
            "within": row["within"] / row["judged"] if row["judged"] else None,
            "calls": row["calls"],
            "call_mean": rounded(row["call_mean"]),
            "call_p80": rounded(row["call_p80"]),
        }
