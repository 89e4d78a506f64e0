import json
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from odoo import api, fields, models

from odoo.addons.alarm_subscriber.tools.numbers import number_key

from ..tools.bridge_signals import coded
from ..tools.triage import MONITORED, Facts, matter_key, subscriber_key, triage
from .alarm_signal import WIRE_FIELDS

_logger = logging.getLogger(__name__)

# Longer under way than this, a signal was held up by an outage and the dispatcher must know.
LATE_AFTER = timedelta(seconds=60)

# An account longer than this is garbage and cannot be on file; the index stays small.
_MAX_ACCOUNT_KEY = 32

_COLUMNS = (
    *WIRE_FIELDS,
    "receiver_id",
    "receiver_group_id",
    "account_key",
    "panel_id",
    "subscriber_id",
    "area_id",
    "zone_id",
    "panel_user_id",
    "event_code_id",
    "company_id",
    "late",
    "decision",
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What storing a batch came to. ``undecided``: ids of signals that wait for a decision;
    ``attended``: of new ones at whose premises somebody is working, see `_on_attended`."""

    stored: int
    duplicates: int
    undecided: tuple[int, ...]
    attended: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """What a signal was found to belong to; 0 where nothing was found."""

    receiver_id: int = 0
    group_id: int = 0
    account_key: str = ""
    panel_id: int = 0
    subscriber_id: int = 0
    subscriber_state: str = ""
    company_id: int = 0
    area_id: int = 0
    zone_id: int = 0
    panel_user_id: int = 0
    category_id: int = 0


class AlarmSignal(models.Model):
    _inherit = "alarm.signal"

    @api.model
    def _store(self, batch):
        """Store the signals of a batch (tools/batch.py) and note what is to be decided.

        The number of queries does not depend on the number of signals, and no row that anybody
        else writes is written. A signal that a rule only logs needs no decision and gets none.
        """
        known = self._known_digests([signal.uid for signal in batch.signals])
        self._add_archived_digests(known, batch.signals)
        new, altered, duplicates = [], set(), []
        for signal in batch.signals:
            digests = known.setdefault(signal.uid, {})
            if signal.digest in digests:
                duplicates.append(signal)
                continue
            if digests:
                altered.add((signal.uid, signal.digest))
            digests[signal.digest] = 0
            new.append(signal)
        places = self._places(new)
        context = self._rule_context(new, places)
        book = self._book()
        verdicts = [
            self._verdict(self._facts(batch.bridge, signal, place, context), book)
            for signal, place in zip(new, places, strict=True)
        ]
        ids = self._insert_signals(batch.bridge, new, places, verdicts)
        pending = self._pending_of(batch.bridge, new, places, verdicts, ids, altered)
        self._insert_pending(pending)
        self.env["alarm.signal.range"]._add(
            batch.bridge,
            [signal.uid for signal in new] + [rejected.uid for rejected in batch.rejected],
        )
        # A batch that is sent again was perhaps stored by a process that died before deciding.
        again = [known[signal.uid][signal.digest] for signal in duplicates]
        stored = sum(signal_id is not None for signal_id in ids)
        undecided = {*(signal_id for signal_id, _key in pending), *filter(None, again)}
        return Outcome(
            stored=stored,
            duplicates=len(batch.signals) - stored,
            undecided=tuple(sorted(undecided)),
            attended=self._attended(places, ids, context),
        )

    @api.model
    def _attended(self, places, ids, context):
        """Ids of new signals of premises that are not in service yet, or are on test. Known from
        what storing has asked anyway: all the others cost nothing."""
        tests, _rules = context
        return tuple(
            signal_id
            for place, signal_id in zip(places, ids, strict=True)
            if signal_id
            and place.panel_id
            and (place.subscriber_state != MONITORED or place.subscriber_id in tests)
        )

    @api.model
    def _on_attended(self, signal_ids):
        """Hook: a bridge has handed over these signals of premises that are being put into
        operation or are on test, and they are decided. In no transaction; it must not raise, as
        the bridge would send all of them again."""

    @api.model
    def _known_digests(self, uids):
        """uid -> {digest: signal id} of what is stored already."""
        if not uids:
            return {}
        self.env.cr.execute(
            "SELECT uid, digest, id FROM alarm_signal WHERE uid = ANY(%s)", [list(uids)]
        )
        known = {}
        for uid, digest, signal_id in self.env.cr.fetchall():
            known.setdefault(uid, {})[digest] = signal_id
        return known

    @api.model
    def _places(self, signals):
        """What each signal belongs to, as a list of `_Place`, in three queries at most."""
        receivers = self._receivers({signal.receiver for signal in signals})
        codes = self._book().codes
        accounts = set()
        for signal in signals:
            _receiver_id, group_id, _company_id = receivers.get(signal.receiver, (0, 0, 0))
            if group_id and signal.account:
                accounts.add((group_id, self._account_key(signal.account)))
        panels = self._panels(accounts)
        wanted = {"alarm_area": set(), "alarm_zone": set(), "alarm_panel_user": set()}
        keys = []
        for signal in signals:
            receiver_id, group_id, group_company_id = receivers.get(signal.receiver, (0, 0, 0))
            account_key = self._account_key(signal.account)
            panel = panels.get((group_id, account_key))
            numbers = self._part_numbers(signal, codes) if panel else {}
            for table, number in numbers.items():
                wanted[table].add((panel[0], number))
            # What no panel is found for is its receiver group's company's.
            owner = panel or (0, 0, "", group_company_id, 0)
            keys.append((receiver_id, group_id, account_key, owner, numbers))
        parts = self._parts(wanted)
        places = []
        for receiver_id, group_id, account_key, owner, numbers in keys:
            panel_id, subscriber_id, state, company_id, category_id = owner
            found = {
                table: parts[table].get((panel_id, number), (0, 0))
                for table, number in numbers.items()
            }
            zone_id, zone_area_id = found.get("alarm_zone", (0, 0))
            places.append(
                _Place(
                    receiver_id=receiver_id,
                    group_id=group_id,
                    account_key=account_key,
                    panel_id=panel_id,
                    subscriber_id=subscriber_id,
                    subscriber_state=state,
                    company_id=company_id,
                    # The zone says where it is when the panel does not.
                    area_id=found.get("alarm_area", (0, 0))[0] or zone_area_id,
                    zone_id=zone_id,
                    panel_user_id=found.get("alarm_panel_user", (0, 0))[0],
                    category_id=category_id or 0,
                )
            )
        return places

    @api.model
    def _account_key(self, account):
        return number_key(account)[:_MAX_ACCOUNT_KEY]

    @api.model
    def _part_numbers(self, signal, codes):
        """Table -> number of the part of the panel that the signal names."""
        code = codes.get((signal.code_system, signal.code))
        zone, user = signal.zone, signal.user
        if signal.address and not zone and not user and code:
            zone = signal.address if code.address_kind == "zone" else None
            user = signal.address if code.address_kind == "user" else None
        numbers = {"alarm_area": signal.area, "alarm_zone": zone, "alarm_panel_user": user}
        return {table: number_key(number) for table, number in numbers.items() if number}

    @api.model
    def _book(self):
        return self.env["alarm.event.code"]._rule_book()

    @api.model
    def _receivers(self, names):
        """name -> (receiver id, group id, company id of the group)."""
        self.env.cr.execute(
            """
            SELECT receiver.name, receiver.id, receiver_group.id, receiver_group.company_id
              FROM alarm_receiver receiver
              JOIN alarm_receiver_group receiver_group
                ON receiver_group.id = receiver.receiver_group_id
             WHERE receiver.name = ANY(%s)
            """,
            [list(names)],
        )
        return {name: (*ids, company or 0) for name, *ids, company in self.env.cr.fetchall()}

    @api.model
    def _panels(self, accounts):
        """(group id, account key) -> (panel id, subscriber id, state, company id, category id)."""
        if not accounts:
            return {}
        groups, keys = zip(*accounts, strict=True)
        self.env.cr.execute(
            """
            SELECT panel.receiver_group_id, panel.account_key, panel.id,
                   subscriber.id, subscriber.state, subscriber.company_id,
                   subscriber.category_id
              FROM unnest(%s::int[], %s::text[]) AS wanted (group_id, account_key)
              JOIN alarm_panel panel
                ON panel.receiver_group_id = wanted.group_id
               AND panel.account_key = wanted.account_key
              JOIN alarm_subscriber subscriber ON subscriber.id = panel.subscriber_id
            """,
            [list(groups), list(keys)],
        )
        return {(group, key): tuple(found) for group, key, *found in self.env.cr.fetchall()}

    @api.model
    def _parts(self, wanted):
        """The parts of panels that signals name, in one query.

        :param wanted: table -> set of ``(panel id, number key)``
        :return: table -> ``(panel id, number key)`` -> ``(id, id of its area)``; only zones have an
            area
        """
        parts = {table: {} for table in wanted}
        asked = {table: numbers for table, numbers in wanted.items() if numbers}
        if not asked:
            return parts
        selects, params = [], []
        for table, numbers in asked.items():
            area = "part.area_id" if table == "alarm_zone" else "NULL::int"
            selects.append(
                f"""
                SELECT '{table}', part.panel_id, part.number_key, part.id, {area}
                  FROM unnest(%s::int[], %s::text[]) AS wanted (panel_id, number_key)
                  JOIN {table} part
                    ON part.panel_id = wanted.panel_id AND part.number_key = wanted.number_key
                 WHERE part.active
                """
            )
            panels, keys = zip(*numbers, strict=True)
            params += [list(panels), list(keys)]
        # pylint: disable-next=sql-injection; the tables are the three named in `_places`
        self.env.cr.execute(" UNION ALL ".join(selects), params)
        for table, panel, key, part_id, area_id in self.env.cr.fetchall():
            parts[table][panel, key] = (part_id, area_id or 0)
        return parts

    @api.model
    def _rule_context(self, signals, places):
        """What the monitored subscribers of these signals have of their own: ``(subscriber id ->
        coverages of tests, subscriber id -> rules)``."""
        if not signals:
            return {}, {}
        subscribers = {
            place.subscriber_id for place in places if place.subscriber_state == MONITORED
        }
        since = min(signal.received_at for signal in signals)
        return (
            self.env["alarm.test.mode"]._coverages(subscribers, since),
            self.env["alarm.event.rule"]._rules_of(subscribers),
        )

    @api.model
    def _facts(self, bridge, signal, place, context=({}, {})):
        tests, rules = context
        code_system, code, qualifier = self._coded(signal)
        return Facts(
            signal_id=0,
            uid=signal.uid,
            kind=signal.kind,
            bridge=bridge,
            receiver=signal.receiver,
            receiver_id=place.receiver_id,
            group_id=place.group_id,
            account=signal.account or "",
            account_key=place.account_key,
            code_system=code_system,
            code=code,
            qualifier=qualifier,
            address=number_key(signal.zone or signal.user or signal.address),
            repeat_of=signal.repeat_of or "",
            panel_id=place.panel_id,
            subscriber_id=place.subscriber_id,
            subscriber_state=place.subscriber_state,
            company_id=place.company_id,
            extended=signal.extended or "",
            received_at=signal.received_at,
            area_id=place.area_id,
            zone_id=place.zone_id,
            category_id=place.category_id,
            tests=tests.get(place.subscriber_id, ()),
            rules=rules.get(place.subscriber_id, {}),
        )

    @api.model
    def _coded(self, signal):
        return coded(signal.kind, signal.code_system, signal.code, signal.qualifier, signal.text)

    @api.model
    def _insert_signals(self, bridge, signals, places, verdicts):
        """Insert; return the id of each signal, in order: None for one that another process has
        stored in this moment, which then decides it, too."""
        if not signals:
            return []
        now = fields.Datetime.now()
        codes = self._book().codes
        rows = []
        for signal, place, verdict in zip(signals, places, verdicts, strict=True):
            code = codes.get(self._coded(signal)[:2])
            rows.append(
                {
                    "uid": signal.uid,
                    "digest": signal.digest,
                    "bridge": bridge,
                    "receiver_name": signal.receiver,
                    "format": signal.format,
                    "kind": signal.kind,
                    "source": signal.source,
                    "received_at": signal.received_at,
                    "journaled_at": signal.journaled_at,
                    "occurred_at": signal.occurred_at,
                    "repeat_of": signal.repeat_of,
                    "wire_receiver": signal.wire_receiver,
                    "line": signal.line,
                    "account": signal.account,
                    "code_system": signal.code_system,
                    "code": signal.code,
                    "qualifier": signal.qualifier,
                    "area": signal.area,
                    "zone": signal.zone,
                    "user": signal.user,
                    "address": signal.address,
                    "text": signal.text,
                    "extended": signal.extended,
                    "raw_hex": signal.raw_hex,
                    "receiver_id": place.receiver_id or None,
                    "receiver_group_id": place.group_id or None,
                    "account_key": place.account_key or None,
                    "panel_id": place.panel_id or None,
                    "subscriber_id": place.subscriber_id or None,
                    "area_id": place.area_id or None,
                    "zone_id": place.zone_id or None,
                    "panel_user_id": place.panel_user_id or None,
                    "event_code_id": code.id if code else None,
                    "company_id": place.company_id or None,
                    "late": now - signal.journaled_at > LATE_AFTER,
                    "decision": verdict.decision if verdict else "pending",
                }
            )
        # Quoted, because "user" is a word of SQL.
        columns = [f'"{name}"' for name in _COLUMNS]
        values = [
            "clock_timestamp() AT TIME ZONE 'UTC'" if name == '"stored_at"' else name
            for name in columns
        ]
        # One text: thousands of values in the statement would take the server longer to read than
        # to write. What is not said is NULL.
        rows = [{name: value for name, value in row.items() if value is not None} for row in rows]
        self.env.cr.execute(
            f"INSERT INTO alarm_signal ({', '.join(columns)}) SELECT {', '.join(values)}"
            " FROM json_populate_recordset(NULL::alarm_signal, %s::json)"
            " ON CONFLICT (uid, digest) DO NOTHING RETURNING uid, digest, id",
            [json.dumps(rows, ensure_ascii=False, default=datetime.isoformat)],
        )
        inserted = self.env.cr.fetchall()
        by_identity = {(uid, digest): signal_id for uid, digest, signal_id in inserted}
        return [by_identity.get((signal.uid, signal.digest)) for signal in signals]

    @api.model
    def _verdict(self, facts, book):
        """The verdict, or None when the rules fail on this signal: then it is to be decided, and
        deciding sees to it that it is on the board all the same."""
        try:
            return triage(facts, book)
        except Exception:
            _logger.exception("Signal %s cannot be judged", facts.uid)
            return None

    @api.model
    def _pending_of(self, bridge, signals, places, verdicts, ids, altered):
        """(signal id, key) of every matter that a decision is needed for."""
        pending = []
        rows = zip(signals, places, verdicts, ids, strict=True)
        for signal, place, verdict, signal_id in rows:
            if signal_id is None:
                continue
            if not verdict:
                subscriber = subscriber_key(place.subscriber_id, signal.uid)
                pending.append((signal_id, subscriber if place.panel_id else f"signal:{signal_id}"))
            elif verdict.decision == "pending":
                pending.append((signal_id, verdict.key))
            if (signal.uid, signal.digest) in altered:
                pending.append((signal_id, matter_key("integrity", bridge, signal.receiver)))
        return pending

    @api.model
    def _insert_pending(self, pending):
        if pending:
            self.env.cr.execute_values(
                "INSERT INTO alarm_signal_pending (signal_id, key, since, attempts) VALUES %s",
                pending,
                template="(%s, %s, clock_timestamp() AT TIME ZONE 'UTC', 0)",
                page_size=len(pending),
            )
