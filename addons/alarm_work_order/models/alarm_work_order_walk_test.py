from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.alarm_monitoring.tools.injection import PREFIX
from odoo.addons.alarm_monitoring.tools.transaction import own_transaction
from odoo.addons.alarm_subscriber.tools.numbers import number_key

from ..tools.walk_test import Awaited, overdue, passed, walk
from ..tools.wire import Wired

# How long a batch of signals waits for somebody who is acting on the order at this moment. What it
# then leaves is walked with the next one, or when somebody looks.
_LOCK_TIMEOUT = "2s"


class AlarmWorkOrder(models.Model):
    """The walk test of an order: the signals that the centre receives tick the matrix."""

    _inherit = "alarm.work.order"

    walk_line_ids = fields.One2many(
        "alarm.walk.test.line", "work_order_id", string="Walk Test", readonly=True, copy=False
    )
    walk_finding_ids = fields.One2many(
        "alarm.walk.test.finding", "work_order_id", string="Findings", readonly=True, copy=False
    )
    walk_signal_ids = fields.Many2many(
        "alarm.signal",
        "alarm_work_order_walk_signal_rel",
        "work_order_id",
        "signal_id",
        string="Signals of the Test",
        readonly=True,
        copy=False,
        groups="alarm_monitoring.group_dispatcher",
    )
    awaited_line_id = fields.Many2one(
        "alarm.walk.test.line",
        string="Tried Next",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
    )
    awaited_since = fields.Datetime(readonly=True, copy=False)
    walk_count = fields.Integer(
        "Lines of the Matrix", compute="_compute_walk_counts", compute_sudo=True
    )
    walk_passed_count = fields.Integer("Passed", compute="_compute_walk_counts", compute_sudo=True)
    walk_open_count = fields.Integer(
        "Still to Be Tested", compute="_compute_walk_counts", compute_sudo=True
    )
    walk_open_finding_count = fields.Integer(
        "Open Findings", compute="_compute_walk_counts", compute_sudo=True
    )

    # What a batch of signals asks.
    _testing_idx = models.Index("(subscriber_id) WHERE state = 'testing'")

    @api.depends("walk_line_ids.state", "walk_line_ids.is_open", "walk_finding_ids.resolution")
    def _compute_walk_counts(self):
        for order in self:
            lines = order.walk_line_ids
            order.walk_count = len(lines)
            order.walk_passed_count = sum(
                passed(line.state, line.restore_expected) for line in lines
            )
            order.walk_open_count = len(lines.filtered("is_open"))
            order.walk_open_finding_count = len(
                order.walk_finding_ids.filtered(lambda finding: not finding.resolution)
            )

    def _missing(self, verb):
        missing = super()._missing(verb)
        if verb == "accept" and self.state == "testing":
            # Whoever reads the order may read what it waits for.
            order = self.sudo()
            open_lines = order.walk_line_ids.filtered("is_open")
            if open_lines:
                missing.append(
                    self.env._(
                        "%(count)s lines of the walk test are open: %(zones)s.",
                        count=len(open_lines),
                        zones=", ".join(open_lines[:5].mapped("name"))
                        + ("…" if len(open_lines) > 5 else ""),
                    )
                )
            unsettled = order.walk_finding_ids.filtered(lambda finding: not finding.resolution)
            if unsettled:
                missing.append(
                    self.env._(
                        "%(count)s findings of the walk test are not settled: %(findings)s.",
                        count=len(unsettled),
                        findings="; ".join(unsettled[:3].mapped("display_name")),
                    )
                )
        return missing

    def _on_state(self, verb):
        result = super()._on_state(verb)
        if verb == "test":
            self.sudo()._make_walk_lines()
        return result

    @api.model
    def _walk_of_signals(self, signal_ids):
        """The orders under test whose premises sent these signals: one query for a batch."""
        self.flush_model(["subscriber_id", "state"])
        self.env.cr.execute(
            """
            SELECT DISTINCT work_order.id
              FROM alarm_signal signal
              JOIN alarm_work_order work_order
                ON work_order.subscriber_id = signal.subscriber_id
               AND work_order.state = 'testing'
             WHERE signal.id = ANY(%s)
             ORDER BY work_order.id
            """,
            [list(signal_ids)],
        )
        return self.browse(id_ for [id_] in self.env.cr.fetchall())

    def _walk_arrived_each(self):
        """Walk what has arrived for these orders, each in a transaction of its own: as a batch of
        signals does it, as superuser. One that fails does not hold up the others."""
        failure = None
        for order in self:
            try:
                with own_transaction(self.env):
                    self.env.cr.execute(
                        "SELECT set_config('lock_timeout', %s, TRUE)", [_LOCK_TIMEOUT]
                    )
                    self.env.cr.execute(
                        "SELECT state FROM alarm_work_order WHERE id = %s FOR NO KEY UPDATE",
                        [order.id],
                    )
                    order.invalidate_recordset()
                    order._walk_arrived()
            except Exception as error:
                failure = error
        if failure:
            raise failure

    def _walk_arrived(self):
        """Walk the signals of this order that were not walked yet."""
        self.ensure_one()
        if self.state != "testing":
            return
        arrived = self._walk_signals()
        if arrived:
            self._note_walked(arrived)
            self._walk(arrived)
            self._note_paths(arrived)
        self._flag_late_restores()

    def _walk(self, signals, awaited=None):
        """Tick the lines that these signals are of.

        :param signals: `Wired`, oldest first
        :return: Walked
        """
        lines = {line.id: line for line in self.walk_line_ids}
        by_id = {wired.sighting.id: wired for wired in signals}
        if awaited is None:
            awaited = Awaited(self.awaited_line_id.id or 0, self.awaited_since or None)
        walked = walk(
            [line._as_line() for line in lines.values()],
            [wired.sighting for wired in signals if wired.walks],
            awaited,
        )
        for line_id, now in walked.lines.items():
            lines[line_id].write(
                {
                    "state": now.state,
                    **_alarm_values(by_id, walked.alarms.get(line_id)),
                    **_restore_values(by_id, walked.ends.get(line_id)),
                }
            )
        healed = self.walk_finding_ids.filtered(lambda finding: finding.line_id.id in walked.healed)
        healed._settle("seen")
        self._add_findings(walked.findings, by_id)
        self._add_findings(walked.settled, by_id)._settle("seen")
        if walked.awaited != awaited:
            self.write(
                {
                    "awaited_line_id": walked.awaited.line_id,
                    "awaited_since": walked.awaited.since,
                }
            )
        if walked.lines or walked.findings or walked.settled or walked.awaited != awaited:
            self._walk_changed(self.walk_line_ids.browse(walked.lines))
        return walked

    def _walk_again(self, lines):
        """Look anew at what was found of these lines, now that the register says otherwise."""
        keys = {
            (line.panel_id.id, number_key(line.zone_id.number)): line
            for line in lines
            if line.zone_id
        }
        findings = self.walk_finding_ids.filtered(
            lambda finding: not finding.resolution
            and finding.signal_key
            and (line := keys.get((finding.panel_id.id, number_key(finding.number))))
            and (finding.kind != "wrong_number" or finding.line_id == line)
        )
        if not findings:
            return
        # Their restores were of no line then.
        found, zones = set(findings.mapped("signal_key")), set(lines.zone_id.ids)
        since = min(findings.mapped("at"))
        signals = [
            wired
            for wired in self._walk_signals(self.walk_signal_ids.ids)
            if wired.sighting.id in found
            or wired.sighting.role == "restore"
            and wired.sighting.zone_id in zones
            and wired.sighting.at >= since
        ]
        walked = self._walk(signals, Awaited())
        found = walked.findings + walked.settled
        again = {(one.kind, one.sighting.id) for one in found}
        findings.filtered(lambda finding: (finding.kind, finding.signal_key) not in again)._settle(
            "corrected"
        )

    def _walk_signals(self, signal_ids=None):
        """Signals of the premises as `Wired`, oldest first: these, or all that were received since
        the test began and not walked yet. What somebody injected is no proof of anything."""
        self.env.cr.execute(
            """
            SELECT signal.id, signal.uid, signal.panel_id, signal.account, signal.code_system,
                   signal.code, signal.qualifier, signal.area, signal.zone, signal."user",
                   signal.address, signal.text, signal.extended, signal.raw_hex,
                   signal.receiver_name, signal.line, signal.format, signal.source,
                   signal.received_at, signal.occurred_at, signal.stored_at,
                   code.event_class, code.meaning, code.address_kind
              FROM alarm_signal signal
         LEFT JOIN alarm_event_code code ON code.id = signal.event_code_id
             WHERE signal.subscriber_id = %(subscriber)s
               AND signal.received_at >= %(since)s
               AND signal.panel_id IS NOT NULL
               AND coalesce(signal.repeat_of, '') = ''
               AND NOT starts_with(signal.uid, %(injected)s)
               AND CASE WHEN %(ids)s::int[] IS NULL
                        THEN NOT EXISTS (
                             SELECT FROM alarm_work_order_walk_signal_rel walked
                              WHERE walked.signal_id = signal.id
                                AND walked.work_order_id = %(order)s)
                        ELSE signal.id = ANY(%(ids)s) END
             ORDER BY signal.received_at, signal.id
            """,
            {
                "subscriber": self.subscriber_id.id,
                "since": self.tested_at,
                "injected": PREFIX,
                "ids": signal_ids,
                "order": self.id,
            },
        )
        rows = self.env.cr.dictfetchall()
        zones = {}
        if rows:
            found = self.env["alarm.zone"].search_fetch(
                [("panel_id", "in", list({row["panel_id"] for row in rows}))],
                ["panel_id", "number_key"],
            )
            # As the register is now: what was corrected counts.
            zones = {(zone.panel_id.id, zone.number_key): zone.id for zone in found}
        return [Wired.from_row(row, zones) for row in rows]

    def _note_walked(self, signals):
        self.env.cr.execute(
            """
            INSERT INTO alarm_work_order_walk_signal_rel (work_order_id, signal_id)
            SELECT %s, signal.id FROM unnest(%s::int[]) AS signal (id) ON CONFLICT DO NOTHING
            """,
            [self.id, [wired.sighting.id for wired in signals]],
        )
        self.invalidate_recordset(["walk_signal_ids"])

    def _add_findings(self, findings, by_id):
        """Write them down; what stands already and is said again is one finding, not two."""
        known = {
            (one.kind, one.line_id.id or 0, one.panel_id.id, one.number or "", one.area or "")
            for one in self.walk_finding_ids
            if not one.resolution
        }
        values = []
        for finding in findings:
            wired = by_id[finding.sighting.id]
            panel_id = finding.sighting.panel_id
            key = (finding.kind, finding.line_id, panel_id, wired.number, wired.area)
            if key in known:
                continue
            known.add(key)
            values.append(
                {
                    "work_order_id": self.id,
                    "kind": finding.kind,
                    "line_id": finding.line_id,
                    "panel_id": panel_id,
                    "signal_key": finding.sighting.id,
                    "signal_uid": wired.uid,
                    "signal_text": wired.words,
                    "raw_hex": wired.raw_hex,
                    "number": wired.number,
                    "area": wired.area,
                    "at": finding.sighting.at,
                }
            )
        return self.env["alarm.walk.test.finding"].create(values)

    def _flag_late_restores(self):
        """Flag lines whose restore has not come in time."""
        now = fields.Datetime.now()
        lines = {line.id: line for line in self.walk_line_ids}
        late = [lines[one.id] for one in overdue([line._as_line() for line in lines.values()], now)]
        if not late:
            return
        late = self.walk_line_ids.browse(line.id for line in late)
        late.write({"state": "missing_restore"})
        self.env["alarm.walk.test.finding"].create(
            [
                {
                    "work_order_id": line.work_order_id.id,
                    "kind": "missing_restore",
                    "line_id": line.id,
                    "panel_id": line.panel_id.id,
                    "signal_uid": line.signal_uid,
                    "signal_text": line.signal_text,
                    "at": now,
                }
                for line in late
            ]
        )
        for order, lines in late.grouped("work_order_id").items():
            order._walk_changed(lines)

    @api.model
    def _walk_late_restores(self):
        """Due work: orders under test with a line whose restore is late."""
        orders = self.search(
            [
                ("state", "=", "testing"),
                ("walk_line_ids", "any", [("state", "=", "seen"), ("restore_expected", "=", True)]),
            ]
        )
        for order in orders:
            order._flag_late_restores()

    def _make_walk_lines(self):
        """The matrix, from the zones as they are; what an earlier test has shown stays."""
        Line = self.env["alarm.walk.test.line"]
        values = []
        for order in self:
            known = {line.zone_id.id for line in order.walk_line_ids}
            values += [
                Line._prepare_of_zone(order, zone, order._walk_mandatory(zone))
                for zone in order.subscriber_id.zone_ids
                if zone.id not in known
            ]
            panels = order.walk_line_ids.filtered(lambda line: not line.zone_id).panel_id
            for panel in order.subscriber_id.panel_ids - panels:
                values += order._prepare_panel_lines(panel)
        lines = Line.create(values)
        self._refresh_walk_lines(self.walk_line_ids)
        return lines

    def _walk_mandatory(self, zone):
        """Whether a zone must be seen before the order is accepted: what an extension has not
        touched was seen before."""
        return self.kind != "extension" or zone.create_date >= self.create_date

    def _prepare_panel_lines(self, panel):
        common = {"work_order_id": self.id, "panel_id": panel.id}
        # Kept as it is written, so in the language of the company.
        lang = self.company_id.partner_id.lang or self.env.lang
        self = self.with_context(lang=lang)
        return [
            {
                **common,
                "sequence": 100_000,
                "name": self.env._("Test report of panel %s", panel.display_name),
                "event_class": "test",
                "restore_expected": False,
                "mandatory": bool(panel.test_interval),
            },
            {
                **common,
                "sequence": 100_001,
                "name": self.env._("Mains failure of panel %s", panel.display_name),
                "event_class": "trouble",
                "restore_expected": True,
                "mandatory": False,
            },
        ]

    @api.model
    def _refresh_walk_lines(self, lines):
        for line in lines:
            if line.zone_id and not passed(line.state, line.restore_expected):
                line.write(line._prepare_from_zone(line.zone_id))

    def _check_walking(self):
        """Only who is on the order, and only while it is tested."""
        self._check_actor("test")
        for order in self:
            if order.state != "testing":
                raise UserError(
                    self.env._("%s is not being tested at this moment.", order.display_name)
                )

    def _may_waive(self):
        user = self.env.user
        return (
            self.env.su
            or user.has_group("alarm_monitoring.group_supervisor")
            or user.has_group("alarm_work_order.group_planner")
        ) and user not in self.sudo().technician_ids

    def _check_waiver(self):
        if self.state != "testing":
            raise UserError(self.env._("%s is not being tested at this moment.", self.display_name))
        if not self._may_waive():
            raise AccessError(
                self.env._("Only a supervisor or planner who is not of the crew may waive a test.")
            )

    def _walk_changed(self, lines):
        """Tell the pages that show this order."""
        for order in self:
            page = order.sudo()
            order.env["bus.bus"]._sendone(
                (order.sudo(False), "alarm_walk_test"),
                "alarm_work_order/walk_test",
                {
                    "id": order.id,
                    "lines": [line._walk_row() for line in lines.sudo()],
                    "findings": [one._walk_row() for one in page.walk_finding_ids],
                    **page._walk_summary(),
                },
            )


def _alarm_values(by_id, sighting):
    if not sighting:
        return {}
    wired = by_id[sighting.id]
    return {
        "seen_at": sighting.at,
        "signal_uid": wired.uid,
        "signal_text": wired.words,
        "raw_hex": wired.raw_hex,
        "restored_at": False,
        "restore_uid": False,
        "restore_text": False,
    }


def _restore_values(by_id, sighting):
    if not sighting:
        return {}
    wired = by_id[sighting.id]
    return {
        "restored_at": sighting.at,
        "restore_uid": wired.uid,
        "restore_text": wired.words,
    }
