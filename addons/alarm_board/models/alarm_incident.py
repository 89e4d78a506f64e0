import logging
from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.moments import iso_utc
from .ir_websocket import BOARD_CHANNEL

_logger = logging.getLogger(__name__)

BOARD_STATES = ("queued", "working", "held", "dispatched")

# Seconds without a dispatcher after which an alarm's age is a warning, a danger.
AGE_THRESHOLDS = {
    "1": (30, 60),
    "2": (60, 120),
    "3": (120, 300),
    "4": (300, 600),
    "5": (600, 900),
}


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
    def board_rows(self):
        """Everything a board needs to show the queue.

        :return: ``{"now": moment, "company": name, "rows": [...], "receivers": [...],
            "thresholds": {priority: [warning, danger] in seconds}}``; rows as
            `_prepare_board_rows`, moments as ISO text in UTC
        :raises AccessError: the user is no dispatcher
        """
        incidents = self.search([("state", "in", BOARD_STATES)])
        # All of them: a centre has a handful, and the board shows the state of each.
        receivers = self.env["alarm.receiver"].search([("name", "!=", False)])
        return {
            "now": iso_utc(self.env.cr.now()),
            "company": ", ".join(self.env.companies.mapped("name")),
            "rows": incidents._prepare_board_rows(),
            "receivers": [receiver._prepare_board_link() for receiver in receivers],
            "thresholds": AGE_THRESHOLDS,
        }

    def board_row(self):
        """These incidents as rows, whatever their state: what a board asks for after a verb.

        :return: list as `_prepare_board_rows`
        :raises AccessError: the user is no dispatcher, or of another company
        """
        self.check_access("read")
        return self._prepare_board_rows()

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
                (company, BOARD_CHANNEL), "alarm_board/incidents", {"rows": rows}
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

    def _prepare_board_rows(self):
        """The incidents as rows of the queue, in the order of this recordset.

        :return: list of dicts: id, version (two counters, see `incident_rows.js`), company_id,
            name, state, priority, over (the trouble of a bridge has ended), user ({id, name} or
            None), queued_at, held_until, shown, subscriber, ref, account, receiver, address,
            event ({class, code, names by language}),
            and of the signals: signal_uid (of the newest), signal_count, delay (seconds that the
            latest of those delivered late was under way; 0 without), ticked (handled at a
            bridge's display), restored, cancelled, zone
        """
        self.flush_recordset()
        signals = self._board_signals()
        revisions = dict(
            self.env.execute_query(
                SQL("SELECT id, board_revision FROM alarm_incident WHERE id = ANY(%s)", self.ids)
            )
        )
        names = self._board_event_names()
        facts = self._prepare_board_facts()
        addresses = {
            partner: partner._one_line_address() for partner in self.subscriber_id.address_id
        }
        return [
            {
                **incident._prepare_board_row(addresses),
                **signals[incident.id]["values"],
                **facts.get(incident.id, {}),
                "event": {
                    "class": incident.event_code_id.event_class or incident.event_class,
                    "code": incident.event_code_id.code or None,
                    "names": names[incident._board_event_key()],
                },
                "version": [revisions[incident.id], signals[incident.id]["newest"]],
            }
            for incident in self
        ]

    def _prepare_board_facts(self):
        """Hook: what a row tells beside the incident's own fields and its signals.

        For all at once, with a number of queries that does not depend on how many they are. What
        a module adds is plain and may be seen by every dispatcher of the incident's company;
        whatever changes it calls `_on_incidents_changed`.

        :return: ``{incident id: {key of the row: value}}``
        """
        return {}

    def _prepare_board_row(self, addresses):
        subscriber = self.subscriber_id
        user = self.user_id
        return {
            "id": self.id,
            "company_id": self.company_id.id or False,
            "name": self.name,
            "state": self.state,
            "priority": self.priority,
            "user": {"id": user.id, "name": user.name} if user else None,
            "queued_at": iso_utc(self.queued_at),
            "held_until": iso_utc(self.held_until),
            "shown": bool(self.shown_at),
            "subscriber": subscriber.name or None,
            "ref": subscriber.ref or None,
            "account": self.account or None,
            "over": self.cause_over,
            "receiver": self.receiver_name or None,
            "address": addresses.get(subscriber.address_id),
        }

    def _board_event_key(self):
        if self.event_code_id:
            return self.event_code_id.id
        return self.reason_kind, self.reason_detail

    def _board_event_names(self):
        """Event key -> {language: event in words}. Every installed language, because a
        notification is one text for all dispatchers."""
        names = defaultdict(dict)
        for lang, _name in self.env["res.lang"].get_installed():
            for incident in self.with_context(lang=lang):
                key = incident._board_event_key()
                if lang not in names[key]:
                    names[key][lang] = incident._board_event_name()
        return names

    def _board_event_name(self):
        """The event in words, in the language of the context."""
        code = self.event_code_id
        return code._name_as("new") if code else self.reason

    def _board_signals(self):
        """Incident id -> {"newest": id of the newest link, "values": fields of the row}."""
        self.env["alarm.incident.signal"].flush_model()
        found = {
            row["incident_id"]: row
            for row in self.env.execute_query_dict(
                SQL(
                    """
                    SELECT link.incident_id,
                           max(link.id) AS newest,
                           count(*) FILTER (WHERE link.role <> 'tick') AS signal_count,
                           max(extract(epoch FROM signal.stored_at - signal.journaled_at))
                               FILTER (WHERE signal.late AND link.role <> 'tick') AS delay,
                           bool_or(link.role = 'tick') AS ticked,
                           bool_or(link.role = 'restore') AS restored,
                           bool_or(link.role = 'cancel') AS cancelled,
                           (array_agg(signal.uid ORDER BY link.id DESC)
                               FILTER (WHERE link.role <> 'tick'))[1] AS signal_uid,
                           (array_agg(signal.id ORDER BY link.id DESC)
                               FILTER (WHERE link.role = 'alarm'))[1] AS alarm_id
                      FROM alarm_incident_signal link
                      JOIN alarm_signal signal ON signal.id = link.signal_id
                     WHERE link.incident_id = ANY(%s)
                     GROUP BY link.incident_id
                    """,
                    self.ids,
                )
            )
        }
        alarms = self.env["alarm.signal"].browse(
            row["alarm_id"] for row in found.values() if row["alarm_id"]
        )
        zones = {alarm.id: alarm._board_zone() for alarm in alarms}
        return {
            incident_id: {
                "newest": row.get("newest", 0),
                "values": {
                    "signal_uid": row.get("signal_uid"),
                    "signal_count": row.get("signal_count", 0),
                    "delay": int(row.get("delay") or 0),
                    "ticked": bool(row.get("ticked")),
                    "restored": bool(row.get("restored")),
                    "cancelled": bool(row.get("cancelled")),
                    "zone": zones.get(row.get("alarm_id")),
                },
            }
            for incident_id, row in ((id_, found.get(id_, {})) for id_ in self.ids)
        }
