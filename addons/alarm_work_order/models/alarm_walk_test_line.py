from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.alarm_monitoring.models.alarm_event_code import EVENT_CLASSES
from odoo.addons.alarm_subscriber.models.alarm_zone import DETECTOR_TYPES
from odoo.addons.alarm_subscriber.tools.numbers import number_key

from ..tools.walk_test import Line, expected_classes, passed, restores

STATES = [
    ("pending", "To Be Tested"),
    ("seen", "Seen"),
    ("restored", "Seen and Restored"),
    ("missing_restore", "Restore Is Missing"),
    ("wrong", "Wrong"),
    ("waived", "Waived"),
]


class AlarmWalkTestLine(models.Model):
    """One line of the matrix: what is expected of a zone, or of the panel as a whole, and what the
    centre has seen of it. Ticked by signals alone; people may only waive it, and say why."""

    _name = "alarm.walk.test.line"
    _inherit = ["alarm.work.order.part", "alarm.own.defaults"]
    _description = "Line of a Walk Test"
    _order = "work_order_id, panel_id, sequence, id"
    _rec_name = "name"

    sequence = fields.Integer(readonly=True)
    panel_id = fields.Many2one(
        "alarm.panel", required=True, readonly=True, index=True, ondelete="restrict"
    )
    zone_id = fields.Many2one(
        "alarm.zone", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    # By value: what was tested stays what it was, whatever the register says later.
    number = fields.Char("Zone Number", readonly=True)
    name = fields.Char(required=True, readonly=True)
    area = fields.Char(readonly=True)
    area_key = fields.Char(readonly=True)
    detector_type = fields.Selection(DETECTOR_TYPES, readonly=True)
    position = fields.Char(readonly=True)
    event_class = fields.Selection(
        EVENT_CLASSES, string="Expected Event", readonly=True, help="Empty: any event will do."
    )
    restore_expected = fields.Boolean(readonly=True)
    mandatory = fields.Boolean(readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True, default="pending")
    is_open = fields.Boolean(
        string="Blocks Acceptance", compute="_compute_is_open", store=True, precompute=True
    )
    seen_at = fields.Datetime(readonly=True)
    signal_uid = fields.Char("Signal", readonly=True)
    signal_text = fields.Char("Wire Text", readonly=True, help="What came, in the wire's words.")
    raw_hex = fields.Char("Raw Bytes", readonly=True)
    restored_at = fields.Datetime(readonly=True)
    restore_uid = fields.Char("Restore Signal", readonly=True)
    restore_text = fields.Char("Restore Wire Text", readonly=True)
    corrections = fields.Text("Corrected", readonly=True)
    waived_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    waived_at = fields.Datetime(readonly=True)
    waive_reason = fields.Char("Waived, Because", readonly=True)
    finding_ids = fields.One2many("alarm.walk.test.finding", "line_id", string="Findings")

    _late_idx = models.Index("(seen_at) WHERE state = 'seen' AND restore_expected")
    _once = models.UniqueIndex(
        "(work_order_id, panel_id, coalesce(zone_id, 0), coalesce(event_class, ''))"
    )

    @api.depends("state", "mandatory", "restore_expected")
    def _compute_is_open(self):
        for line in self:
            line.is_open = line.mandatory and not passed(line.state, line.restore_expected)

    def action_expect(self):
        """Say that this one is tried next: what arrives instead is then a mistake."""
        self.ensure_one()
        self._check_tester()
        self.work_order_id.sudo().write(
            {"awaited_line_id": self.id, "awaited_since": fields.Datetime.now()}
        )
        self.work_order_id._walk_changed(self)
        return True

    def action_retest(self):
        """Begin anew with these lines: what was seen so far no longer counts."""
        self._check_tester()
        for line in self:
            if line.state == "waived":
                line.work_order_id.message_post(
                    body=self.env._("Walk test of %s: the waiver was taken back.", line.name)
                )
        self._begin_anew()
        self.work_order_id._walk_changed(self)
        return True

    def _begin_anew(self):
        self.sudo().write(
            {
                "state": "pending",
                **dict.fromkeys(
                    (
                        "seen_at",
                        "signal_uid",
                        "signal_text",
                        "raw_hex",
                        "restored_at",
                        "restore_uid",
                        "restore_text",
                        "waived_by_id",
                        "waived_at",
                        "waive_reason",
                    ),
                    False,
                ),
            }
        )

    def action_waive(self, reason):
        """Do without the test of these lines, on record.

        :param reason: required
        """
        self.check_access("read")
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say why the test of a zone is waived."))
        for order in self.work_order_id:
            order._check_waiver()
        self.work_order_id._locked()
        for line in self:
            if passed(line.state, line.restore_expected):
                raise UserError(self.env._("%s is tested; there is nothing to waive.", line.name))
        self.sudo().write(
            {
                "state": "waived",
                "waived_by_id": self.env.uid,
                "waived_at": fields.Datetime.now(),
                "waive_reason": reason.strip(),
            }
        )
        # What was found of it is waived with it.
        self.sudo().finding_ids._settle("waived", reason.strip())
        for order, lines in self.grouped("work_order_id").items():
            order.sudo().message_post(
                author_id=self.env.user.partner_id.id,
                body=self.env._(
                    "Walk test waived: %(zones)s. Reason: %(reason)s",
                    zones=", ".join(lines.mapped("name")),
                    reason=reason.strip(),
                ),
            )
            order._walk_changed(lines)
        return True

    def action_correct(self, values):
        """Put the zone right where the drawing was wrong: its name, its number, its area, what
        detects there and where. Before the approval this is what is approved.

        :param values: of ``name``, ``number``, ``area_id``, ``detector_type``, ``position``
        """
        self.ensure_one()
        self._check_tester()
        zone = self.zone_id
        if not zone:
            raise UserError(self.env._("%s is of no zone.", self.name))
        values = self._read_correction(values)
        editor = zone
        if self.work_order_id.sudo().subscriber_id.state in ("draft", "commissioning"):
            # The register is not approved yet, and the crew is there to find out what is true.
            editor = zone.sudo()
        elif not zone.has_access("write"):
            raise AccessError(
                self.env._(
                    "%s is in service: only the back office changes what is approved. "
                    "Propose the change there.",
                    self.work_order_id.sudo().subscriber_id.display_name,
                )
            )
        before = self._zone_words()
        tried = {line: line._tried_as() for line in self.work_order_id.walk_line_ids}
        lines = self | self._swap_number(editor, values)
        editor.write(values)
        for line in lines.sudo():
            line.write(line._prepare_from_zone(line.zone_id))
        # What was seen was of another number, or another event, than what is expected now.
        lines.filtered(
            lambda line: line.state in ("seen", "restored", "missing_restore")
            and line._tried_as() != tried[line]
        )._begin_anew()
        said = f"{before} → {self._zone_words()} ({self.env.user.name})"
        self.sudo().corrections = "\n".join(filter(None, (self.corrections, said)))
        self.work_order_id.sudo().message_post(
            author_id=self.env.user.partner_id.id,
            body=self.env._("Corrected by the walk test: %s", said),
        )
        self.work_order_id.sudo()._walk_again(lines.sudo())
        self.work_order_id._walk_changed(lines)
        return True

    def _read_correction(self, values):
        """The values as far as a crew may correct them."""
        if not isinstance(values, dict) or not values:
            raise UserError(self.env._("Say what is to be corrected."))
        allowed = {"name", "number", "area_id", "detector_type", "position"}
        other = set(values) - allowed
        if other:
            raise UserError(
                self.env._("A walk test does not correct %s.", ", ".join(sorted(map(str, other))))
            )
        for name, value in values.items():
            wanted = int if name == "area_id" else str
            if value and (isinstance(value, bool) or not isinstance(value, wanted)):
                raise UserError(self.env._("“%s” is not as it should be.", name))
            if name in ("name", "number") and not (value or "").strip():
                raise UserError(self.env._("A zone has a number and a name."))
        if values.get("area_id"):
            area = self.env["alarm.area"].browse(values["area_id"]).exists()
            area.check_access("read")
            if area.panel_id != self.panel_id:
                raise UserError(self.env._("This area is of another panel."))
        return dict(values)

    def _swap_number(self, editor, values):
        """Two zones that were mixed up change their numbers. Returns the line of the other one."""
        number = values.get("number")
        if not number:
            return self.browse()
        other = self.work_order_id.walk_line_ids.filtered(
            lambda line: line.panel_id == self.panel_id
            and line.zone_id
            and line != self
            and number_key(line.zone_id.number) == number_key(number)
        )
        if other:
            former = editor.number
            theirs = other[0].zone_id.with_env(editor.env)
            # No two zones may have one number, not even for a moment.
            for zone, given in ((theirs, f"~{theirs.id}"), (editor, number), (theirs, former)):
                zone.number = given
                zone.flush_recordset()
            note = self.env._("its number is now %s", former)
            other.sudo().corrections = "\n".join(filter(None, (other[0].corrections, note)))
        return other

    def _tried_as(self):
        """What a signal must say to be of this line."""
        return (number_key(self.number) if self.number else "", self.event_class)

    def _zone_words(self):
        """The zone in one line, in the language of the company: it stays as it is written."""
        zone = self.zone_id.with_context(lang=self.company_id.sudo().partner_id.lang)
        labels = dict(zone._fields["detector_type"]._description_selection(self.env))
        return ", ".join(
            filter(
                None,
                (
                    zone.display_name,
                    zone.area_id.display_name,
                    labels.get(zone.detector_type),
                    zone.position,
                ),
            )
        )

    def _check_tester(self):
        self.check_access("read")
        for order in self.work_order_id:
            order._check_walking()
        self.work_order_id._locked()

    @api.model
    def _prepare_of_zone(self, order, zone, mandatory):
        return {
            "work_order_id": order.id,
            "panel_id": zone.panel_id.id,
            "zone_id": zone.id,
            "sequence": int(zone.number_sort) if zone.number_sort.isdecimal() else 0,
            "mandatory": mandatory,
            **self._prepare_from_zone(zone),
        }

    @api.model
    def _prepare_from_zone(self, zone):
        """What the line takes over from the zone as it is now."""
        classes = expected_classes(zone.detector_type)
        return {
            "event_class": classes[0] if classes else False,
            "restore_expected": restores(zone.detector_type),
            "number": zone.number,
            "name": zone.name,
            "area": zone.area_id.display_name or False,
            "area_key": zone.area_id.number_key or False,
            "detector_type": zone.detector_type,
            "position": zone.position,
        }

    def _shown_name(self):
        """The name in the reader's language, where it is not the zone's own."""
        self.ensure_one()
        if self.zone_id:
            return self.name
        panel = self.panel_id.display_name
        names = {
            "test": self.env._("Test report of panel %s", panel),
            "trouble": self.env._("Mains failure of panel %s", panel),
        }
        return names.get(self.event_class) or self.name

    def _as_line(self):
        """The line as `tools/walk_test.py` knows it."""
        self.ensure_one()
        classes = expected_classes(self.detector_type) if self.zone_id else ()
        if self.event_class and self.event_class not in classes:
            classes = (self.event_class,)
        return Line(
            self.id,
            self.panel_id.id,
            zone_id=self.zone_id.id or 0,
            area_key=self.area_key or "",
            classes=classes,
            restore_expected=self.restore_expected,
            state=self.state,
            seen_at=self.seen_at or None,
        )
