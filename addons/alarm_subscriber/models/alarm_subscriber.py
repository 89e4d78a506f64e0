from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..tools.import_templates import import_template


class AlarmSubscriber(models.Model):
    _name = "alarm.subscriber"
    _description = "Alarm Subscriber"
    _inherit = ["mail.thread", "mail.activity.mixin", "alarm.template.follower"]
    _order = "ref, id"
    _rec_names_search = ["name", "ref", "panel_ids.account"]
    _check_company_auto = True

    name = fields.Char(required=True, index="trigram", tracking=True)
    ref = fields.Char(
        string="Reference",
        copy=False,
        index=True,
        help="Left empty, the next number of the company is taken.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    address_id = fields.Many2one(
        "res.partner",
        string="Premises",
        index=True,
        ondelete="restrict",
        check_company=True,
        copy=False,
        tracking=True,
        help="Where the guards go: an address of the customer. "
        "Left empty, one is made with the name of the subscriber.",
    )
    street = fields.Char(related="address_id.street", readonly=False)
    street2 = fields.Char(related="address_id.street2", readonly=False)
    city = fields.Char(related="address_id.city", readonly=False)
    zip = fields.Char(related="address_id.zip", readonly=False)
    phone = fields.Char(related="address_id.phone", readonly=False)
    category_id = fields.Many2one(
        "alarm.subscriber.category", string="Kind", index=True, ondelete="restrict"
    )
    tz = fields.Selection(
        _tz_get,
        string="Time Zone",
        compute="_compute_tz",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Schedules and printed times of this subscriber are in this time zone.",
    )
    predecessor_id = fields.Many2one(
        "alarm.subscriber",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        help="The subscriber at the same premises before the present owner.",
    )
    note = fields.Html(string="General")
    panel_ids = fields.One2many("alarm.panel", "subscriber_id", string="Panels")
    area_ids = fields.One2many("alarm.area", "subscriber_id", string="Areas")
    zone_ids = fields.One2many("alarm.zone", "subscriber_id", string="Zones")
    contact_ids = fields.One2many("alarm.contact", "subscriber_id", string="Contacts")
    sole_panel_id = fields.Many2one("alarm.panel", compute="_compute_sole_panel_id")
    panel_count = fields.Integer(compute="_compute_counts")
    area_count = fields.Integer(compute="_compute_counts")
    zone_count = fields.Integer(compute="_compute_counts")
    contact_count = fields.Integer(compute="_compute_counts")

    _ref_company_uniq = models.UniqueIndex(
        "(company_id, ref)", "Another subscriber of the company has this reference."
    )

    _address_required = models.Constraint(
        "CHECK(address_id IS NOT NULL)", "A subscriber needs the address of its premises."
    )

    @api.constrains("partner_id", "address_id")
    def _check_address(self):
        for subscriber in self:
            if subscriber.address_id.parent_id != subscriber.partner_id:
                raise ValidationError(
                    self.env._(
                        "The premises of %(subscriber)s must be an address of its "
                        "customer %(customer)s; %(address)s is not.",
                        subscriber=subscriber.name,
                        customer=subscriber.partner_id.display_name,
                        address=subscriber.address_id.display_name,
                    )
                )

    @api.constrains("predecessor_id")
    def _check_predecessor(self):
        if self._has_cycle("predecessor_id"):
            raise ValidationError(self.env._("A subscriber cannot be its own predecessor."))

    @api.depends("partner_id", "company_id")
    def _compute_tz(self):
        for subscriber in self:
            subscriber.tz = (
                subscriber.tz
                or subscriber.partner_id.tz
                or subscriber.company_id.partner_id.tz
                or self.env.user.tz
                or "UTC"
            )

    @api.depends("panel_ids")
    def _compute_sole_panel_id(self):
        for subscriber in self:
            panels = subscriber.panel_ids
            subscriber.sole_panel_id = panels if len(panels) == 1 else False

    @api.depends("panel_ids", "area_ids", "zone_ids", "contact_ids")
    def _compute_counts(self):
        for subscriber in self:
            subscriber.panel_count = len(subscriber.panel_ids)
            subscriber.area_count = len(subscriber.area_ids)
            subscriber.zone_count = len(subscriber.zone_ids)
            subscriber.contact_count = len(subscriber.contact_ids)

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.address_id.parent_id != self.partner_id:
            self.address_id = False

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            company_id = vals.get("company_id") or self.env.company.id
            if not vals.get("ref"):
                vals["ref"] = (
                    self.env["ir.sequence"]
                    .with_company(company_id)
                    .next_by_code("alarm.subscriber")
                )
            if vals.get("partner_id") and not vals.get("address_id"):
                address = self.env["res.partner"].create(self._prepare_address(vals))
                vals["address_id"] = address.id
        return super().create(vals_list)

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", subscriber.name))
            for subscriber, vals in zip(self, super().copy_data(default), strict=True)
        ]

    @api.depends("name", "ref")
    def _compute_display_name(self):
        for subscriber in self:
            ref = f"[{subscriber.ref}] " if subscriber.ref else ""
            subscriber.display_name = f"{ref}{subscriber.name or ''}"

    def action_view_panels(self):
        return self._action_view("alarm_panel_action")

    def action_view_zones(self):
        return self._action_view("alarm_zone_action")

    def action_view_contacts(self):
        return self._action_view("alarm_contact_action")

    def _action_view(self, action):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"alarm_subscriber.{action}")
        return action | {
            "domain": [("subscriber_id", "=", self.id)],
            "context": {
                "default_subscriber_id": self.id,
                "default_panel_id": self.sole_panel_id.id,
            },
        }

    @api.model
    def get_import_templates(self):
        return import_template(
            self.env, "subscriber", self.env._("Import Template for Subscribers")
        )

    def _prepare_address(self, vals):
        """Values of the premises of the subscriber to be made of `vals`."""
        customer = self.env["res.partner"].browse(vals["partner_id"])
        return {
            "name": vals.get("name"),
            "type": "delivery",
            "parent_id": customer.id,
            "company_id": customer.company_id.id,
        }
