from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.work_states import CLOCKS, KINDS, STATES

# What only a verb may set.
VERB_FIELDS = frozenset({"name", "state", "cancel_reason", *CLOCKS.values()})

# What material, check-list and transfers were made for: fixed once the order was scheduled.
_FIXED_FIELDS = frozenset({"kind", "subscriber_id", "company_id", "material_from", "warehouse_id"})

# Passed in the context by the verbs. Compared by identity, so nothing that arrives over RPC can be
# it.
_BY_VERB = object()


class AlarmWorkOrder(models.Model):
    """Work of a crew at one site: what is to be done, by whom, when, with which material."""

    _name = "alarm.work.order"
    _description = "Work Order"
    _inherit = ["mail.thread", "mail.activity.mixin", "alarm.company.bound"]
    _order = "planned_start, id"
    _rec_names_search = ["name", "subscriber_id.name", "subscriber_id.ref", "partner_id.name"]
    _check_company_auto = True

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/", index=True)
    kind = fields.Selection(KINDS, required=True, default="installation", index=True, tracking=True)
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
    )
    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        index=True,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        help="A survey may come before there is a subscriber.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    address_id = fields.Many2one(
        "res.partner",
        string="Premises",
        compute="_compute_partner_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        index="btree_not_null",
        check_company=True,
    )
    system_type_id = fields.Many2one(
        "alarm.system.type",
        ondelete="restrict",
        index="btree_not_null",
        default=lambda self: self.env.ref(
            "alarm_work_order.system_type_intrusion", raise_if_not_found=False
        ),
    )
    priority = fields.Selection([("0", "Normal"), ("1", "Urgent")], default="0")
    description = fields.Html("What Is to Be Done")
    origin = fields.Char("Source", help="The document that this order comes from.")
    crew_id = fields.Many2one(
        "alarm.crew", index=True, ondelete="restrict", check_company=True, tracking=True
    )
    technician_ids = fields.Many2many(
        "res.users",
        string="Technicians",
        compute="_compute_technician_ids",
        store=True,
        readonly=False,
        help="Who sees this order as his own: the logins of the crew, unless others are named.",
    )
    planned_start = fields.Datetime(index=True, tracking=True)
    planned_end = fields.Datetime(tracking=True)
    started_at = fields.Datetime(readonly=True, copy=False)
    tested_at = fields.Datetime("Test Began", readonly=True, copy=False)
    accepted_at = fields.Datetime(readonly=True, copy=False)
    done_at = fields.Datetime(readonly=True, copy=False)
    cancelled_at = fields.Datetime(readonly=True, copy=False)
    cancel_reason = fields.Char(readonly=True, copy=False, tracking=True)

    _subscriber_required = models.Constraint(
        "CHECK(kind = 'survey' OR subscriber_id IS NOT NULL)",
        "A work order needs its subscriber; only a survey may come before there is one.",
    )
    _planned_order = models.Constraint(
        "CHECK(planned_end >= planned_start)", "A work order cannot end before it starts."
    )
    _name_company_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name <> '/'", "Another work order has this number."
    )

    @api.depends("subscriber_id")
    def _compute_company_id(self):
        for order in self:
            order.company_id = (
                order.subscriber_id.company_id or order.company_id or self.env.company
            )

    @api.depends("subscriber_id")
    def _compute_partner_id(self):
        for order in self:
            subscriber = order.subscriber_id
            order.partner_id = subscriber.partner_id or order.partner_id
            order.address_id = subscriber.address_id or order.address_id

    @api.depends("crew_id")
    def _compute_technician_ids(self):
        for order in self:
            order.technician_ids = order.crew_id.user_ids

    @api.depends("name", "subscriber_id.name", "partner_id.name")
    def _compute_display_name(self):
        for order in self:
            site = order.sudo().subscriber_id.name or order.sudo().partner_id.name
            order.display_name = f"{order.name} {site}" if site else order.name

    @api.model
    def default_get(self, fields):
        # Neither a context nor a user's own default may give what only a verb may set.
        unset = {"state": "draft", "name": "/"}
        return {
            name: unset.get(name, False) if name in VERB_FIELDS else value
            for name, value in super().default_get(fields).items()
        }

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_not_past_verbs(
                name for name, value in vals.items() if value not in (False, None, "draft", "/")
            )
        orders = super().create(vals_list)
        for company, same in orders.grouped("company_id").items():
            sequence = self.env["ir.sequence"].with_company(company)
            for order in same:
                order._write_by_verb({"name": sequence.next_by_code("alarm.work.order")})
        return orders

    def write(self, vals):
        self._check_not_past_verbs(vals)
        self._check_own_part(vals)
        self._check_fixed(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for order in self:
            if order.state != "draft":
                raise UserError(
                    self.env._(
                        "%s cannot be deleted: it is no longer a draft. Cancel it instead.",
                        order.name,
                    )
                )

    def _check_not_past_verbs(self, names):
        """Refuse what a verb would have checked, whoever writes it."""
        names = VERB_FIELDS.intersection(names)
        if names and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(
                self.env._(
                    "A work order changes through its actions (schedule, start, test…), "
                    "not by writing %s.",
                    ", ".join(sorted(names)),
                )
            )

    def _check_own_part(self, vals):
        """A technician writes what he reports; what is planned is the planner's."""
        if self.env.su or self.env.user.has_group("alarm_work_order.group_planner"):
            return
        other = sorted(set(vals) - self._report_fields() - self._thread_fields())
        if other:
            raise AccessError(
                self.env._("Only a planner may change %s of a work order.", ", ".join(other))
            )

    def _check_fixed(self, vals):
        """What an order was scheduled for stays; what is over stays as it was."""
        if self.env.su:
            return
        told = set(vals) - self._thread_fields()
        labels = dict(self._fields["state"]._description_selection(self.env))
        for order in self:
            over = order.state in ("done", "cancelled")
            fixed = {
                name
                for name in (told if over else told & _FIXED_FIELDS)
                if order._is_changed(name, vals[name])
            }
            if order.state != "draft" and fixed:
                shown = [self._fields[name].get_description(self.env)["string"] for name in fixed]
                raise UserError(
                    self.env._(
                        "%(order)s is “%(state)s”; %(fields)s cannot be changed any more.",
                        order=order.name,
                        state=labels[order.state],
                        fields=", ".join(sorted(shown)),
                    )
                )

    def _is_changed(self, name, value):
        field = self._fields[name]
        if name == "subscriber_id" and not self.subscriber_id:
            # A survey learns later whose it became.
            return False
        if field.type == "many2one":
            return self[name].id != (value or False)
        return field.type in ("one2many", "many2many") or self[name] != (value or False)

    @api.model
    def _report_fields(self):
        """Names of the fields that the crew fills in."""
        return set()

    @api.model
    def _thread_fields(self):
        return {
            name
            for name in self._fields
            if name.startswith(("message_", "activity_")) or name == "display_name"
        }

    def _write_by_verb(self, vals):
        """Write what only verbs may write; whoever calls this has checked what the user may do."""
        return self.sudo().with_context(alarm_by_verb=_BY_VERB).write(vals)
