from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..tools.kinds import KINDS, OWNERSHIPS, STATE_BY_USAGE, STATES


class AlarmDevice(models.Model):
    """The technical card of one piece of equipment: what it is, which serial number it bears, where
    it stands and what it does there, and whose it is. A piece with a serial number of ours gets its
    card when it is first delivered, and follows the stock from then on; others are typed."""

    _name = "alarm.device"
    _inherit = "alarm.subscriber.part"
    _description = "Piece of Equipment"
    _order = "subscriber_id, kind, name, id"
    _rec_names_search = ["name", "serial", "product_id.name"]
    _check_company_auto = True
    # The subscriber says where it stands.
    _revision_skip = frozenset({"location_id"})
    # Half of the field has one supplier, and all that is leased one owner: what becomes of their
    # address is no change of a subscriber.
    _revision_unfollowed = frozenset({"owner_id", "supplier_id"})

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        help="Left empty, it is called by its product and serial number.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        KINDS,
        compute="_compute_kind",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    product_id = fields.Many2one(
        "product.product", index="btree_not_null", ondelete="restrict", check_company=True
    )
    product_tmpl_id = fields.Many2one(related="product_id.product_tmpl_id")
    lot_id = fields.Many2one(
        "stock.lot",
        string="Serial Number in Stock",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        domain="[('product_id', '=', product_id)]",
    )
    serial = fields.Char(
        string="Serial Number",
        compute="_compute_serial",
        store=True,
        readonly=False,
        precompute=True,
        index="trigram",
        copy=False,
        help="What is written on it.",
    )
    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="At whose premises it stands. Empty: in stock, or elsewhere.",
    )
    panel_id = fields.Many2one(
        "alarm.panel",
        string="Is Panel",
        ondelete="restrict",
        check_company=True,
        copy=False,
        domain="[('subscriber_id', '=', subscriber_id)]",
        help="The panel of the register that this piece of equipment is.",
    )
    zone_ids = fields.Many2many(
        "alarm.zone",
        "alarm_device_alarm_zone_rel",
        "device_id",
        "zone_id",
        string="Zones",
        check_company=True,
        copy=False,
        ondelete="restrict",
        domain="[('subscriber_id', '=', subscriber_id)]",
        help="Which zones it serves: several detectors may be one zone.",
    )
    ownership = fields.Selection(
        OWNERSHIPS, index=True, help="Empty as long as it is in our own stock."
    )
    owner_id = fields.Many2one(
        "res.partner",
        string="Owner",
        compute="_compute_owner_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    supplier_id = fields.Many2one(
        "res.partner",
        string="Supplier",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="Whom we have it from.",
    )
    location_id = fields.Many2one(
        "stock.location",
        string="Location in Stock",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        readonly=True,
        copy=False,
        help="Where the stock has its serial number. Empty for what is not in our books.",
    )
    state = fields.Selection(
        STATES,
        compute="_compute_state",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    installed_on = fields.Date(string="Since", copy=False, index=True)
    removed_on = fields.Date(copy=False)
    warranty_end = fields.Date(string="Warranty Until", copy=False)
    replaces_id = fields.Many2one(
        "alarm.device",
        string="Replaces",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        readonly=True,
        copy=False,
    )
    replaced_by_id = fields.Many2one(
        "alarm.device",
        string="Replaced By",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        readonly=True,
        copy=False,
    )
    note = fields.Text()

    _lot_uniq = models.UniqueIndex(
        "(lot_id) WHERE lot_id IS NOT NULL", "This serial number has a card already."
    )
    _panel_uniq = models.UniqueIndex(
        "(panel_id) WHERE panel_id IS NOT NULL AND active",
        "Another piece of equipment is this panel already.",
    )

    @api.constrains("subscriber_id", "panel_id", "zone_ids")
    def _check_place(self):
        """What it is and serves is at the premises where it stands."""
        for device in self:
            for part in (*device.panel_id, *device.with_context(active_test=False).zone_ids):
                if part.subscriber_id != device.subscriber_id:
                    raise ValidationError(
                        self.env._(
                            "%(part)s is not of %(subscriber)s, where %(device)s stands.",
                            part=part.display_name,
                            subscriber=device.subscriber_id.display_name
                            or self.env._("any subscriber"),
                            device=device.display_name,
                        )
                    )

    @api.constrains("lot_id", "product_id")
    def _check_lot(self):
        for device in self:
            if device.lot_id and device.lot_id.product_id != device.product_id:
                raise ValidationError(
                    self.env._(
                        "Serial number %(lot)s is of %(lot_product)s, not of %(product)s.",
                        lot=device.lot_id.name,
                        lot_product=device.lot_id.product_id.display_name,
                        product=device.product_id.display_name or self.env._("no product"),
                    )
                )

    @api.depends("product_id", "serial")
    def _compute_name(self):
        for device in self:
            if device.product_id or device.serial:
                name = device._default_name()
                # What is only known in part while it is typed is no name that somebody gave.
                device.name = name if name.startswith(device.name or "") else device.name

    @api.depends("product_id")
    def _compute_kind(self):
        for device in self:
            device.kind = device.product_id.alarm_device_kind or device.kind or "other"

    @api.depends("lot_id")
    def _compute_serial(self):
        for device in self:
            device.serial = device.lot_id.name or device.serial

    @api.depends("ownership", "subscriber_id")
    def _compute_owner_id(self):
        for device in self:
            if device.ownership == "sold":
                device.owner_id = device.subscriber_id.partner_id
            elif device.ownership == "foreign":
                device.owner_id = device.owner_id or device.subscriber_id.partner_id
            else:
                device.owner_id = device.company_id.partner_id

    @api.depends("subscriber_id", "location_id")
    def _compute_state(self):
        for device in self:
            if device.subscriber_id or device.location_id or device.state in (False, "at_site"):
                device.state = device._state_by_place()

    @api.depends("name", "serial")
    def _compute_display_name(self):
        for device in self:
            name, serial = device.name or "", device.serial or ""
            device.display_name = name if serial in name else f"{name} ({serial})"

    @api.model_create_multi
    def create(self, vals_list):
        devices = super().create(vals_list)
        for device in devices:
            if not device.name:
                device.name = device._default_name()
        return devices

    def write(self, vals):
        self._check_not_past_stock(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        for device in self:
            if device.lot_id:
                raise UserError(
                    self.env._(
                        "%s bears a serial number of the stock; archive its card instead.",
                        device.display_name,
                    )
                )
            if device.subscriber_id:
                device.subscriber_id._check_deletable(device.display_name)

    def action_lose(self):
        """Nobody finds it any more, wherever it was last."""
        self.write({"state": "lost"})
        return True

    def action_find(self):
        """Lost no more: it is where it was."""
        for device in self:
            device.state = device._state_by_place()
        return True

    def _state_by_place(self):
        self.ensure_one()
        if self.subscriber_id:
            return "at_site"
        # Who reads cards need not see all locations.
        usage = self.sudo().location_id.usage
        return STATE_BY_USAGE[usage] if usage else "elsewhere"

    def _default_name(self):
        """What it is called when nobody gave it a name."""
        self.ensure_one()
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        what = self.product_id.display_name or kinds.get(self.kind) or self.env._("Equipment")
        return f"{what} {self.serial}" if self.serial else what

    def _check_not_past_stock(self, vals):
        """Where something is that the stock knows, the stock says."""
        if self.env.su or {"subscriber_id", "location_id", "lot_id"}.isdisjoint(vals):
            return
        for device in self:
            if device.location_id:
                raise UserError(
                    self.env._(
                        "%(device)s is in %(location)s: it moves by a transfer of the stock, not "
                        "on its card.",
                        device=device.display_name,
                        location=device.location_id.sudo().display_name,
                    )
                )
