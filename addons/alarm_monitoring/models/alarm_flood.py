from datetime import timedelta

from odoo import api, fields, models

from ..tools.incident_states import OPEN_STATES
from ..tools.plan import Flood, Matter, source_of
from ..tools.runaway import Bucket, seconds_to_fill

# A flood that lasts is raised anew when its incident was dealt with so long ago.
_REMIND = timedelta(hours=1)

# What has been silent for longer than any bucket takes to fill is forgotten.
_FORGET = timedelta(days=1)


class AlarmFlood(models.Model):
    """How much each source of alarms may still send before it is a flood, see tools/runaway.py.
    Kept by the decider under the lock of the matter, so that nobody waits for a row."""

    _name = "alarm.flood"
    _description = "Flood of Alarms"
    _rec_name = "panel_id"
    _order = "id"
    _log_access = False

    panel_id = fields.Many2one("alarm.panel", required=True, readonly=True, ondelete="cascade")
    address = fields.Char(required=True, readonly=True)
    code_key = fields.Integer(required=True, readonly=True, help="Id of the code; 0: unknown.")
    tokens = fields.Float(required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True)
    flooding = fields.Boolean(readonly=True)
    incident_id = fields.Many2one("alarm.incident", readonly=True, ondelete="set null")

    _source_uniq = models.UniqueIndex("(panel_id, address, code_key)")
    _at_idx = models.Index("(at)")

    @api.model
    def _floods(self, items, matters):
        """source -> `Flood` of the sources of these items that have been heard of.

        :param matters: id -> Matter of what is open
        """
        sources = {
            source_of(item)
            for item in items
            if item.verdict.runaway and item.facts.panel_id and item.verdict.role == "alarm"
        }
        if not sources:
            return {}
        panels, addresses, codes = zip(*sources, strict=True)
        self.env.cr.execute(
            """
            SELECT flood.panel_id, flood.address, flood.code_key, flood.tokens, flood.at,
                   flood.flooding, incident.id, incident.key, incident.priority, incident.state,
                   coalesce(incident.closed_at, incident.resolved_at, incident.write_date)
              FROM unnest(%s::int[], %s::text[], %s::int[]) AS source (panel_id, address, code_key)
              JOIN alarm_flood flood
                ON flood.panel_id = source.panel_id AND flood.address = source.address
               AND flood.code_key = source.code_key
         LEFT JOIN alarm_incident incident ON incident.id = flood.incident_id
            """,
            [list(panels), list(addresses), list(codes)],
        )
        remind = fields.Datetime.now() - _REMIND
        floods = {}
        for panel, address, code, tokens, at, flooding, *incident in self.env.cr.fetchall():
            flood = Flood(Bucket(tokens, at, bool(flooding)))
            id_, key, priority, state, ended_at = incident
            if id_ and state in OPEN_STATES:
                flood.matter = matters.get(id_)
            elif id_ and ended_at >= remind:
                flood.matter = Matter(key, id_, closed=True, priority=priority)
            floods[panel, address, code] = flood
        return floods

    @api.model
    def _keep(self, floods):
        """Write what a plan has made of the sources."""
        rows = [
            (
                *source,
                flood.bucket.tokens,
                flood.bucket.at,
                flood.bucket.flooding,
                (flood.matter and flood.matter.id) or None,
            )
            for source, flood in floods.items()
        ]
        if rows:
            self.env.cr.execute_values(
                """
                INSERT INTO alarm_flood
                            (panel_id, address, code_key, tokens, at, flooding, incident_id)
                VALUES %s
                ON CONFLICT (panel_id, address, code_key) DO UPDATE
                   SET tokens = excluded.tokens, at = excluded.at, flooding = excluded.flooding,
                       incident_id = excluded.incident_id
                """,
                rows,
                page_size=len(rows),
            )
            self.invalidate_model()

    @api.model
    def _forget(self):
        """Delete the sources that have been silent long enough."""
        longest = max(
            (
                seconds_to_fill(rule.rate, rule.burst)
                for rule in self.env["alarm.event.rule"]
                .sudo()
                .search([("kind", "=", "runaway"), ("burst", ">", 0), ("rate", ">", 0)])
            ),
            default=0,
        )
        silent = max(timedelta(seconds=longest), _FORGET)
        self.env.cr.execute(
            """
            DELETE FROM alarm_flood WHERE id IN (
                SELECT id FROM alarm_flood WHERE at < %s ORDER BY at LIMIT 10000
            )
            """,
            [fields.Datetime.now() - silent],
        )
