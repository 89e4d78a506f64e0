from pathlib import Path

from odoo import api, fields, models, tools

from ..tools.event_code_table import CLASSES, read_tables
from ..tools.rules import Rule, index_rules
from ..tools.triage import Code, RuleBook

EVENT_CLASSES = [
    ("fire", "Fire"),
    ("panic", "Panic"),
    ("medical", "Medical"),
    ("burglary", "Burglary"),
    ("tamper", "Tamper"),
    ("trouble", "Trouble"),
    ("supervisory", "Supervisory"),
    ("open_close", "Opening and Closing"),
    ("bypass", "Bypass"),
    ("test", "Test"),
    ("system", "System"),
    ("access", "Access"),
    ("other", "Other"),
]
PRIORITIES = [
    ("1", "1 Critical"),
    ("2", "2 High"),
    ("3", "3 Medium"),
    ("4", "4 Low"),
    ("5", "5 Information"),
]
MEANINGS = [
    ("alarm", "Raises"),
    ("restore", "Restores"),
    ("cancel", "Cancels"),
    ("report", "Reports"),
]

assert [value for value, _label in EVENT_CLASSES] == list(CLASSES)


class AlarmEventCode(models.Model):
    """What a panel's code says, from the published tables of Contact ID and SIA, or a
    receiver's own code."""

    _name = "alarm.event.code"
    _description = "Alarm Event Code"
    _order = "code_system, code, id"
    _rec_names_search = ["code", "name"]

    code_system = fields.Selection(
        [
            ("cid", "Contact ID"),
            ("sia", "SIA"),
            ("surgard", "Sur-Gard"),
            ("radionics", "Radionics"),
            ("ademco-hs", "Ademco High Speed"),
            ("mx8000", "Ademco MX8000"),
            ("bridge", "Receiver Bridge"),
        ],
        required=True,
    )
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    name_new = fields.Char(
        string="Name When New",
        translate=True,
        help="What the code means with the qualifier “new event or opening”, where its "
        "name does not say it.",
    )
    name_restore = fields.Char(
        string="Name When Restored",
        translate=True,
        help="What the code means with the qualifier “restore or closing”, where its "
        "name does not say it.",
    )
    event_class = fields.Selection(EVENT_CLASSES, required=True, index=True)
    meaning = fields.Selection(
        MEANINGS,
        required=True,
        default="alarm",
        help="A restore or a cancel never makes an incident; it joins an open one.",
    )
    priority = fields.Selection(PRIORITIES, required=True, default="3")
    handling = fields.Selection(
        [
            ("class", "As the Rule of Its Class Says"),
            ("incident", "Incident"),
            ("log", "Log Only"),
        ],
        required=True,
        default="class",
    )
    address_kind = fields.Selection(
        [("zone", "Zone"), ("user", "User"), ("area", "Area"), ("other", "Other")],
        required=True,
        default="zone",
        help="What the number after the code names.",
    )
    restores_ids = fields.Many2many(
        "alarm.event.code",
        "alarm_event_code_restores",
        "code_id",
        "restored_id",
        string="Restores",
    )
    active = fields.Boolean(default=True)

    _code_system_uniq = models.UniqueIndex(
        "(code_system, code)", "The code is already in the table of its system."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for event_code in self:
            event_code.display_name = f"{event_code.code or ''} {event_code.name or ''}".strip()

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _name_as(self, qualifier):
        """The name with the words of a Contact ID qualifier ("new", "restore"…)."""
        self.ensure_one()
        if qualifier == "restore":
            return self.name_restore or self.env._("%s restored", self.name)
        return (qualifier == "new" and self.name_new) or self.name

    @api.model
    def _load_tables(self):
        """Make a record for every code of the published tables that has none yet.

        Records are not updated: what a centre changed stays changed.
        """
        rows = read_tables(Path(__file__).parent.parent / "data")
        module = "alarm_monitoring"
        records = self._load_records(
            [
                {
                    "xml_id": f"{module}.{row.xml_id}",
                    "values": self._prepare_from_table(row),
                    "noupdate": True,
                }
                for row in rows
            ],
            update=True,
        )
        by_code = {(record.code_system, record.code): record for record in records}
        for record, row in zip(records, rows, strict=True):
            if row.restores and not record.restores_ids:
                record.restores_ids = self.browse(
                    by_code[row.code_system, code].id
                    for code in row.restores
                    if (row.code_system, code) in by_code
                )

    @api.model
    def _prepare_from_table(self, row):
        return {
            "code_system": row.code_system,
            "code": row.code,
            "name": row.name,
            "name_new": row.name_new,
            "name_restore": row.name_restore,
            "event_class": row.event_class,
            "meaning": row.meaning,
            "priority": row.priority,
            "handling": row.handling,
            "address_kind": row.address_kind,
        }

    @api.model
    @tools.ormcache()
    def _rule_book(self):
        """All codes and rules as plain values; kept until one of them changes."""
        codes = self.sudo().search_fetch(
            [], ["code_system", "code", "event_class", "meaning", "priority", "handling"]
        )
        shared = (
            self.env["alarm.event.rule"]
            .sudo()
            .search([("active", "=", True), ("scope", "in", ("all", "category"))])
        )
        rules = shared.filtered(lambda rule: rule._is_plain())
        return RuleBook(
            codes={
                (code.code_system, code.code): Code(
                    id=code.id,
                    event_class=code.event_class,
                    meaning=code.meaning,
                    priority=code.priority,
                    handling=code.handling,
                    address_kind=code.address_kind,
                    restores=frozenset(code.restores_ids.ids),
                )
                for code in codes
            },
            code_rules={
                rule.event_code_id.id: Rule(rule.handling, rule.priority or None)
                for rule in rules
                if rule.event_code_id
            },
            class_rules={
                rule.event_class: Rule(rule.handling, rule.priority or None)
                for rule in rules
                if not rule.event_code_id
            },
            rules=index_rules(rule._as_row() for rule in shared - rules),
            lines=self.env["alarm.subscriber.category"]._lines(),
        )
