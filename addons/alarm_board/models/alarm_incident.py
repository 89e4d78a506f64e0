import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.moments import iso_utc
from .ir_websocket import BOARD_CHANNEL

_logger = logging.getLogger(__name__)

BOARD_STATES = ("queued", "working", "held", "dispatched")


class AlarmIncident(models.Model):
    """The rows of the board's queue: fetched as a list, and sent over the bus when they change."""

    _inherit = "alarm.incident"

    board_revision = fields.Integer(
        required=True,
        readonly=True,
        default=0,
        help="Counts the changes of this record, so that no board returns to an older one.",
    )

    def init(self):
        # Neither the time of a change nor its transaction's number tells which version of a row is
        # the newer one: both are fixed when the transaction begins. A counter that the row itself
        # carries does, because changes of one row wait for each other.
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION alarm_incident_board_revision() RETURNS trigger AS $$
            BEGIN
                NEW.board_revision := OLD.board_revision + 1;
                RETURN NEW;
            END
            $$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS alarm_incident_board_revision ON alarm_incident;
            CREATE TRIGGER alarm_incident_board_revision BEFORE UPDATE ON alarm_incident
                FOR EACH ROW EXECUTE FUNCTION alarm_incident_board_revision();
            """
        )
        return super().init()

    @api.model
    def board_rows(self, limit=None):
        """Everything a board needs to show the queue.

        :param limit: rows at most, the first of the queue; for what is left `board_versions`
            tells what to ask for
        :return: `board_pulse` and besides ``{"company": name, "rows": [...], "events": {...},
            "thresholds": [...], "places": {...}}``; rows and events as `_pack_board_rows`
        :raises AccessError: the user is no dispatcher
        """
        incidents = self.search([("state", "in", BOARD_STATES)], limit=limit)
        return {
            **self.board_pulse(),
            **self._pack_board_rows(incidents._prepare_board_rows()),
            "company": ", ".join(self.env.companies.mapped("name")),
            "thresholds": self._board_thresholds(),
            "places": self._board_places(),
        }

    @api.model
    def board_pulse(self):
        """What a board asks every few seconds, to know that it is connected and shows the truth.

        :return: ``{"now": moment, "receivers": [...], "digest": [incidents open, sum of the
            counters of their changes, newest signal link], "lists": {"on_test": number,
            "unrestored": number}}``: a board whose own rows add up to something else has missed
            something. Moments as ISO text in UTC
        :raises AccessError: the user is no dispatcher
        """
        # All of them: a centre has a handful, and the board shows the state of each.
        receivers = self.env["alarm.receiver"].search([("name", "!=", False)])
        open_ = self._search([("state", "in", BOARD_STATES)])
        self.env["alarm.incident.signal"].flush_model()
        [(count, revisions)] = self.env.execute_query(
            SQL(
                "SELECT count(*), coalesce(sum(board_revision), 0)::bigint"
                " FROM alarm_incident WHERE id IN %s",
                open_.subselect(),
            )
        )
        [(newest,)] = self.env.execute_query(
            SQL(
                """
                SELECT coalesce(max(newest.id), 0) FROM alarm_incident incident
                 CROSS JOIN LATERAL (
                        SELECT max(link.id) AS id FROM alarm_incident_signal link
                         WHERE link.incident_id = incident.id
                       ) newest
                 WHERE incident.id IN %s
                """,
                open_.subselect(),
            )
        )
        return {
            "now": iso_utc(self.env.cr.now()),
            "receivers": [receiver._prepare_board_link() for receiver in receivers],
            "digest": [count, revisions, newest],
            "lists": {
                "on_test": self.env["alarm.test.mode"].search_count([("state", "=", "active")]),
                "unrestored": self.env["alarm.unrestored"].search_count([]),
            },
        }

    @api.model
    def board_versions(self):
        """What each row would tell, in numbers: by it a board finds the rows that it has missed,
        and asks for these alone.

        :return: ``[[incident id, counter of its changes, newest signal link, digest of its
            facts], ...]`` of the open incidents
        :raises AccessError: the user is no dispatcher
        """
        incidents = self.search([("state", "in", BOARD_STATES)])
        facts = incidents._board_facts()
        self.env["alarm.incident.signal"].flush_model()
        return [
            [id_, revision, newest, facts[id_]["digest"]]
            for id_, revision, newest in self.env.execute_query(
                SQL(
                    """
                    SELECT incident.id, incident.board_revision,
                           coalesce((SELECT max(link.id) FROM alarm_incident_signal link
                                      WHERE link.incident_id = incident.id), 0)
                      FROM alarm_incident incident WHERE incident.id = ANY(%s)
                    """,
                    incidents.ids,
                )
            )
        ]

    def board_row(self):
        """These incidents as rows, whatever their state: what a board asks for after a verb.

        :return: ``{"rows": [...], "events": {...}}`` as `_pack_board_rows`
        :raises AccessError: the user is no dispatcher, or of another company
        """
        self.check_access("read")
        return self._pack_board_rows(self._prepare_board_rows())

    @api.private
    def _on_incidents_changed(self):
        precommit = self.env.cr.precommit
        changed = precommit.data.get("alarm_board.incidents")
        if changed is None:
            changed = precommit.data["alarm_board.incidents"] = set()
            # At the end of the transaction: one message however many verbs it ran, and nothing of
            # it can still change.
            precommit.add(self.env["alarm.incident"].sudo()._send_board_rows)
        changed.update(self.ids)
        return super()._on_incidents_changed()

    @api.model
    def _send_board_rows(self):
        """Tell the boards of every company about what this transaction changed.

        As superuser, because the readers are not who made the change: a channel is joined only by
        dispatchers of its company, see `ir.websocket`. What was decided stands even if nobody can
        be told: boards learn of it with their next list.
        """
        changed = self.env.cr.precommit.data.pop("alarm_board.incidents")
        try:
            with self.env.cr.savepoint():
                self.browse(sorted(changed)).exists()._send_to_boards()
        except Exception:
            _logger.exception("The boards could not be told of incidents %s", sorted(changed))

    def _send_to_boards(self):
        by_company = defaultdict(list)
        for row in self._prepare_board_rows():
            by_company[row["company_id"]].append(row)
        for company, rows in self._board_audiences(by_company):
            self.env["bus.bus"]._sendone(
                (company, BOARD_CHANNEL), "alarm_board/incidents", self._pack_board_rows(rows)
            )

    @api.model
    def _board_audiences(self, by_company):
        """``(company, items)`` to send; what belongs to no company is everybody's.

        :param by_company: company id or False -> items
        """
        companies = self.env["res.company"]
        if by_company.get(False):
            companies = companies.search([("active", "=", True)])
        else:
            companies = companies.browse(by_company)
        for company in companies:
            yield company, by_company.get(company.id, []) + by_company.get(False, [])

    @api.model
    def _pack_board_rows(self, rows):
        """Rows for the wire: what many have in common is said once, and what is empty not at all.
        `unpackRows` of `incident_rows.js` is the other side.

        :return: ``{"rows": rows as `_prepare_board_rows`, with a key for the event, "events":
            {key: {class, code, names by language}}}``
        """
        events = {}
        packed = []
        for row in rows:
            event = row["event"]
            key = f"{event['class']}/{event['code']}/{event['names'].get('en_US')}"
            events.setdefault(key, event)
            packed.append({name: value for name, value in row.items() if value} | {"event": key})
        return {"rows": packed, "events": events}

    @api.model
    def _board_thresholds(self):
        """``[[event class, company id or False, take within (s), call supervisors after (s), idle
        after (s)], ...]``: how long what waits may wait."""
        return [
            [
                target.event_class,
                target.company_id.id,
                target.pickup_seconds,
                target.escalate_seconds,
                target.idle_minutes * 60,
            ]
            for target in self.env["alarm.event.target"].search([])
        ]

    @api.model
    def _board_places(self):
        """Names of what rows are filtered by: ``{"territories" | "categories" | "groups":
        [[id, name], ...]}``, in the user's language."""
        # Rows of an archived one may still be open.
        known = self.with_context(active_test=False).env
        return {
            name: [[one.id, one.display_name] for one in known[model].search([])]
            for name, model in (
                ("territories", "alarm.territory"),
                ("categories", "alarm.subscriber.category"),
                ("groups", "alarm.receiver.group"),
            )
        }
