from odoo import models
from odoo.tools import SQL

from ..tools.moments import iso_utc


class AlarmIncident(models.Model):
    """One row of the board's queue, made for thousands at once: the number of queries does not
    depend on how many they are."""

    _inherit = "alarm.incident"

    def _prepare_board_rows(self):
        """The incidents as rows of the queue, in the order of this recordset.

        :return: list of dicts: id, version (see `incident_rows.js`), company_id, name, state,
            priority, over (the trouble of a bridge has ended), user ({id, name} or None),
            queued_at, returned_at, held_until, acted_at, shown, subscriber_id, subscriber, ref,
            customer_id, customer, category_id, territory_id, city, address, account, receiver,
            pickup (seconds that the subscriber's service level promises, or None),
            two_knock, runaway, exit_error (seconds), duress, injected (made up as a test),
            caller and place (as told by telephone),
            event ({class, code, names by language}),
            and of the signals: signal_uid (of the newest), signal_count, delay (seconds that the
            latest of those delivered late was under way; 0 without), ticked (handled at a
            bridge's display), restored, cancelled, zone; and ``facts`` as `_board_facts`
        """
        self.flush_recordset()
        found = {row["id"]: row for row in self._board_columns()}
        signals = self._board_signals()
        facts = self._board_facts()
        names = self._board_event_names(found)
        addresses = self._board_addresses(found)
        [(snapshot,)] = self.env.execute_query(
            # How many transactions had ended when this one began to look: who has seen more of
            # them knows better.
            SQL(
                """
                SELECT pg_snapshot_xmax(seen)::text::bigint
                       - (SELECT count(*) FROM pg_snapshot_xip(seen))
                  FROM pg_current_snapshot() seen
                """
            )
        )
        return [
            {
                **self._prepare_board_row(found[id_]),
                **signals[id_]["values"],
                "address": addresses.get(found[id_]["address_id"]) or found[id_]["place"],
                "event": {
                    "class": found[id_]["event_class"],
                    "code": found[id_]["event_code"],
                    "names": names[_event_key(found[id_])],
                },
                "facts": facts[id_]["values"],
                "facts_digest": facts[id_]["digest"],
                "version": [found[id_]["revision"], signals[id_]["newest"], snapshot],
            }
            for id_ in self.ids
        ]

    def _board_columns(self):
        """What the tables know of the incidents and their subscribers: one query, as the field by
        field of records is too slow for a storm."""
        for model, names in (
            ("alarm.subscriber", ["name", "ref", "category_id", "territory_id", "partner_id"]),
            ("alarm.service.level", ["pickup_seconds"]),
            ("res.partner", ["name", "city"]),
            ("res.users", ["partner_id"]),
        ):
            self.env[model].flush_model(names)
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT incident.id, incident.board_revision AS revision, incident.company_id,
                       incident.name, incident.state, incident.priority, incident.user_id,
                       holder.name AS holder, incident.queued_at, incident.returned_at,
                       incident.held_until, incident.write_date AS acted_at,
                       incident.shown_at IS NOT NULL AS shown, incident.account,
                       incident.receiver_name, incident.cause_over, incident.two_knock,
                       incident.runaway, incident.exit_error_seconds,
                       incident.passcode_result = 'duress' AS duress,
                       coalesce(code.event_class, incident.event_class) AS event_class,
                       code.code AS event_code, incident.event_code_id,
                       incident.reason_kind, incident.reason_detail,
                       incident.injected, incident.caller, incident.place,
                       subscriber.id AS subscriber_id, subscriber.name AS subscriber,
                       subscriber.ref, subscriber.category_id, subscriber.territory_id,
                       subscriber.address_id, site.city,
                       customer.id AS customer_id, customer.name AS customer,
                       level.pickup_seconds AS pickup
                  FROM alarm_incident incident
             LEFT JOIN alarm_event_code code ON code.id = incident.event_code_id
             LEFT JOIN alarm_subscriber subscriber ON subscriber.id = incident.subscriber_id
             LEFT JOIN res_partner site ON site.id = subscriber.address_id
             LEFT JOIN res_partner customer ON customer.id = subscriber.partner_id
             LEFT JOIN alarm_service_level level ON level.id = subscriber.service_level_id
             LEFT JOIN res_users "user" ON "user".id = incident.user_id
             LEFT JOIN res_partner holder ON holder.id = "user".partner_id
                 WHERE incident.id = ANY(%s)
                """,
                self.ids,
            )
        )

    def _prepare_board_row(self, found):
        """The part of a row that is the incident's own.

        :param found: its row of `_board_columns`
        """
        return {
            "id": found["id"],
            "company_id": found["company_id"] or False,
            "name": found["name"],
            "state": found["state"],
            "priority": found["priority"],
            "user": (
                {"id": found["user_id"], "name": found["holder"]} if found["user_id"] else None
            ),
            "queued_at": iso_utc(found["queued_at"]),
            "returned_at": iso_utc(found["returned_at"]),
            "held_until": iso_utc(found["held_until"]),
            "acted_at": iso_utc(found["acted_at"]),
            "shown": found["shown"],
            "subscriber_id": found["subscriber_id"],
            "subscriber": found["subscriber"],
            "ref": found["ref"],
            "customer_id": found["customer_id"],
            "customer": found["customer"],
            "category_id": found["category_id"],
            "territory_id": found["territory_id"],
            "city": found["city"] or None,
            "account": found["account"] or None,
            "receiver": found["receiver_name"] or None,
            "pickup": found["pickup"],
            "over": bool(found["cause_over"]),
            "two_knock": bool(found["two_knock"]),
            "runaway": bool(found["runaway"]),
            "exit_error": found["exit_error_seconds"] or 0,
            "duress": bool(found["duress"]),
            "injected": bool(found["injected"]),
            # Who telephoned and where it is, where no subscriber says so.
            "caller": found["caller"] or None,
            "place": found["place"] or None,
        }

    def _board_addresses(self, found):
        """Id of the premises' address -> the address in one line."""
        partners = self.env["res.partner"].browse(
            sorted({row["address_id"] for row in found.values()} - {None})
        )
        # As superuser: the address of premises is told to whoever handles their alarms, who
        # passed the rules of the incident.
        return {partner.id: partner._one_line_address() for partner in partners.sudo()}

    def _board_event_names(self, found):
        """Event key -> {language: event in words}. Every installed language, because a
        notification is one text for all dispatchers."""
        codes = self.env["alarm.event.code"].browse(
            {row["event_code_id"] for row in found.values()} - {None}
        )
        # Without a code the words are the reason's; any incident of that reason tells them.
        reasons = {_event_key(row): row["id"] for row in found.values() if not row["event_code_id"]}
        incidents = self.browse(reasons.values())
        names = {key: {} for key in (*codes.ids, *reasons)}
        for lang, _name in self.env["res.lang"].get_installed():
            for code in codes.with_context(lang=lang):
                names[code.id][lang] = code._name_as("new")
            for key, incident in zip(reasons, incidents.with_context(lang=lang), strict=True):
                names[key][lang] = incident.reason
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
                    SELECT told.*, signal.uid AS signal_uid, alarm.zone, alarm.zone_id
                      FROM (
                            SELECT link.incident_id,
                                   max(link.id) AS newest,
                                   count(*) FILTER (WHERE link.role <> 'tick') AS signal_count,
                                   max(extract(epoch FROM signal.stored_at - signal.journaled_at))
                                       FILTER (WHERE signal.late AND link.role <> 'tick') AS delay,
                                   bool_or(link.role = 'tick') AS ticked,
                                   bool_or(link.role = 'restore') AS restored,
                                   bool_or(link.role = 'cancel') AS cancelled,
                                   max(link.id) FILTER (WHERE link.role <> 'tick') AS signal_link,
                                   max(link.id) FILTER (WHERE link.role = 'alarm') AS alarm_link
                              FROM alarm_incident_signal link
                              JOIN alarm_signal signal ON signal.id = link.signal_id
                             WHERE link.incident_id = ANY(%s)
                             GROUP BY link.incident_id
                           ) told
                 LEFT JOIN alarm_incident_signal last ON last.id = told.signal_link
                 LEFT JOIN alarm_signal signal ON signal.id = last.signal_id
                 LEFT JOIN alarm_incident_signal raising ON raising.id = told.alarm_link
                 LEFT JOIN alarm_signal alarm ON alarm.id = raising.signal_id
                    """,
                    self.ids,
                )
            )
        }
        zones = self.env["alarm.zone"].browse(
            sorted({row["zone_id"] for row in found.values()} - {None})
        )
        # As superuser for the reason given in `_board_addresses`.
        words = {zone.id: zone.display_name for zone in zones.sudo()}
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
                    "zone": words.get(row.get("zone_id")) or row.get("zone") or None,
                },
            }
            for incident_id, row in ((id_, found.get(id_, {})) for id_ in self.ids)
        }


def _event_key(found):
    """What decides the words of an event."""
    return found["event_code_id"] or (found["reason_kind"], found["reason_detail"])
