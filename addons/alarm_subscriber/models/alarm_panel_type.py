from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.numbers import number_key
from ..tools.template_values import nearest_numbers

# What a type says for its panels.
PANEL_VALUES = (
    "panel_model",
    "supervision_interval",
    "test_interval",
    "test_margin",
    "test_counts",
    "dc09_clear",
    "dc09_timestamps",
    "dc09_tolerate_crc",
    "dc09_tolerate_length",
)


class AlarmPanelType(models.Model):
    """A make and model of panel, or a family of them: what all of its panels have in common."""

    _name = "alarm.panel.type"
    _inherit = ["alarm.panel.transmission", "alarm.panel.test", "alarm.template"]
    _description = "Panel Type"
    _order = "complete_name, id"
    _rec_names_search = ["complete_name", "panel_model"]
    _check_company_auto = True
    _template_values = PANEL_VALUES

    name = fields.Char(required=True)
    complete_name = fields.Char(
        string="Type", compute="_compute_complete_name", store=True, recursive=True
    )
    parent_id = fields.Many2one(
        "alarm.panel.type",
        string="Inherits from",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="What the type does not say itself it takes from there.",
    )
    child_ids = fields.One2many("alarm.panel.type", "parent_id", string="Types Below")
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", ondelete="restrict", help="Empty: all companies."
    )
    manufacturer = fields.Char()
    model_name = fields.Char(string="Model Number")
    panel_model = fields.Char(string="Make and Model", readonly=True)
    area_ids = fields.One2many("alarm.panel.type.area", "type_id", string="Areas", copy=True)
    zone_ids = fields.One2many("alarm.panel.type.zone", "type_id", string="Zones", copy=True)
    zone_total = fields.Integer(
        string="Zones in All", compute="_compute_zone_total", help="With those that are inherited."
    )
    panel_ids = fields.One2many("alarm.panel", "type_id", string="Panels")
    panel_count = fields.Integer(compute="_compute_panel_count")
    note = fields.Text()
    active = fields.Boolean(default=True)

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A panel type cannot inherit from itself."))

    @api.depends("name", "parent_id.complete_name")
    def _compute_complete_name(self):
        for kind in self:
            above = kind.parent_id.complete_name
            kind.complete_name = f"{above} / {kind.name}" if above else kind.name

    @api.depends("complete_name")
    @api.depends_context("hierarchical_naming")
    def _compute_display_name(self):
        for kind in self:
            kind.display_name = kind.complete_name

    @api.depends("zone_ids.number", "parent_id")
    def _compute_zone_total(self):
        for kind in self:
            kind.zone_total = len(kind._all_zones())

    def _compute_panel_count(self):
        counts = dict(
            self.env["alarm.panel"]._read_group(
                [("type_id", "in", self.ids)], ["type_id"], ["__count"]
            )
        )
        for kind in self:
            kind.panel_count = counts.get(kind, 0)

    @api.onchange("parent_id", "own_values")
    def _onchange_parent_id(self):
        self._onchange_followed()

    @api.onchange(*PANEL_VALUES)
    def _onchange_values(self):
        self._onchange_said()

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", kind.name))
            for kind, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def action_view_panels(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_subscriber.alarm_panel_action"
        )
        return action | {
            "domain": [("type_id", "=", self.id)],
            "context": {"default_type_id": self.id},
        }

    @api.model
    def _template_followers(self):
        return [*super()._template_followers(), "alarm.panel"]

    def write(self, vals):
        if len(self) > 1 and {"manufacturer", "model_name"} & vals.keys():
            # Each has a make and model of its own.
            for kind in self:
                kind.write(vals)
            return True
        return super().write(vals)

    def _with_said(self, vals):
        # The make and model of its panels is what the two are together.
        if not {"manufacturer", "model_name"} & vals.keys():
            return vals
        words = [vals.get(name, self[:1][name]) for name in ("manufacturer", "model_name")]
        return vals | {"panel_model": " ".join(filter(None, words)) or False}

    def _template_value_words(self, name, value):
        return _interval_words(self.env, name, value) or super()._template_value_words(name, value)

    def _words_from(self):
        return self.env._("from panel type %s", self.name)

    def _words_same(self):
        return self.env._("own value; the type %s says the same", self.name)

    def _words_other(self, value):
        return self.env._(
            "own value; the type %(name)s says %(value)s", name=self.name, value=value
        )

    def _all_areas(self):
        return nearest_numbers([level.area_ids for level in self._levels()])

    def _all_zones(self):
        return nearest_numbers([level.zone_ids for level in self._levels()])

    def _type_areas(self):
        """``(number, name)`` of the areas that a panel of this type has: those that it says, and
        those that it does not name but puts zones into."""
        areas = {number_key(area.number): (area.number, area.name) for area in self._all_areas()}
        for zone in self._all_zones():
            if zone.area_number:
                number = zone.area_number
                name = self.env._("Area %s", number)
                areas.setdefault(number_key(number), (number, name))
        return list(areas.values())


class AlarmPanel(models.Model):
    """What a panel takes from its type."""

    _inherit = "alarm.panel"
    _template_field = "type_id"
    _template_values = PANEL_VALUES
    # Every value of the record has its own place in the history.
    _revision_skip = frozenset({"own_values"})

    type_id = fields.Many2one(
        "alarm.panel.type",
        string="Panel Type",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Says what nobody said of the panel itself.",
    )
    type_zones_wanted = fields.Boolean(
        string="Add the Zones of the Type",
        store=False,
        help="When the panel is saved, the areas and zones of its type that it does not have are "
        "added.",
    )
    type_zone_count = fields.Integer(string="Zones of the Type", compute="_compute_type_zone_count")

    # Not of the type's zones: a change there is nothing that panels have to be told.
    @api.depends("type_id")
    def _compute_type_zone_count(self):
        for panel in self:
            panel.type_zone_count = panel.type_id.zone_total

    def _template_value_words(self, name, value):
        return _interval_words(self.env, name, value) or super()._template_value_words(name, value)

    @api.onchange("type_id")
    def _onchange_type_id(self):
        self._onchange_followed()
        # A new panel is filled in with its type; of one that is there, somebody asks for it.
        self.type_zones_wanted = not self._origin and bool(self.type_zone_count)

    @api.onchange("own_values")
    def _onchange_own_values(self):
        self._onchange_followed()

    @api.onchange(*PANEL_VALUES)
    def _onchange_values(self):
        self._onchange_said()

    @api.model_create_multi
    def create(self, vals_list):
        wanted = [vals.get("type_zones_wanted") for vals in vals_list]
        panels = super().create(vals_list)
        self.browse(
            panel.id for panel, fill in zip(panels, wanted, strict=True) if fill
        )._add_type_zones()
        return panels

    def write(self, vals):
        res = super().write(vals)
        if vals.get("type_zones_wanted"):
            self._add_type_zones()
        return res

    def action_add_type_zones(self):
        """Add the areas and zones of the type that the panel does not have."""
        self.check_access("write")
        self._add_type_zones()
        return True

    def _add_type_zones(self):
        """A number that the panel has, or had, stays as it is: it was archived for a reason."""
        panels = self.with_context(active_test=False)
        areas = {kind: kind._type_areas() for kind in self.type_id}
        zones = {kind: kind._all_zones() for kind in self.type_id}
        new_areas = []
        for panel in panels.filtered("type_id"):
            known = set(panel.area_ids.mapped("number_key"))
            new_areas += [
                {"panel_id": panel.id, "number": number, "name": name}
                for number, name in areas[panel.type_id]
                if number_key(number) not in known
            ]
        self.env["alarm.area"].create(new_areas)
        panels.invalidate_recordset(["area_ids"])
        new_zones = []
        for panel in panels.filtered("type_id"):
            known = set(panel.zone_ids.mapped("number_key"))
            new_zones += [
                panel._prepare_type_zone(zone)
                for zone in zones[panel.type_id]
                if number_key(zone.number) not in known
            ]
        self.env["alarm.zone"].create(new_zones)

    def _prepare_type_zone(self, zone):
        """Values of a zone of this panel as its type has it."""
        areas = self.area_ids.filtered(
            lambda area: area.active and area.number_key == number_key(zone.area_number or "")
        )
        return {
            "panel_id": self.id,
            "number": zone.number,
            "name": zone.name,
            "detector_type": zone.detector_type,
            "area_id": areas[:1].id,
            "position": zone.position,
            "billable": zone.billable,
        }


def _interval_words(env, name, value):
    """A length of time with its unit; None of other values."""
    match name:
        case "supervision_interval":
            return env._("%s s", value or 0)
        case "test_interval":
            return env._("%s h", value or 0)
        case "test_margin":
            return env._("%s min", value or 0)
    return None
