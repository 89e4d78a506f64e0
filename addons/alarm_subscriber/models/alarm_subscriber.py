from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..tools.lifecycle import TRANSITIONS

STATES = [
    ("draft", "Draft"),
    ("commissioning", "Commissioning"),
    ("submitted", "Submitted"),
    ("active", "Active"),
    ("suspended", "Suspended"),
    ("terminated", "Terminated"),
]

# What only a verb may set: writing it past the verbs would be an approval without
# an approver.
LIFECYCLE_FIELDS = frozenset(
    {"state", "submitted_by_id", "submitted_at", "approved_by_id", "approved_at"}
)

# Passed in the context by the verbs. Compared by identity, so nothing that arrives
# over RPC can be it.
_BY_VERB = object()


class AlarmSubscriber(models.Model):
    _name = "alarm.subscriber"
    _description = "Alarm Subscriber"
    _inherit = ["mail.thread", "mail.activity.mixin"]
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
    state = fields.Selection(
        STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
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
    note = fields.Html()
    submitted_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict", tracking=True
    )
    submitted_at = fields.Datetime(readonly=True, copy=False)
    approved_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="restrict", tracking=True
    )
    approved_at = fields.Datetime(readonly=True, copy=False)

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
            raise ValidationError(
                self.env._("A subscriber cannot be its own predecessor.")
            )

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

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        for vals in vals_list:
            self._check_not_past_verbs(
                name for name in vals if (name, vals[name]) != ("state", "draft") and vals[name]
            )
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

    def write(self, vals):
        self._check_not_past_verbs(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_known(self):
        for subscriber in self:
            subscriber._check_deletable(subscriber.display_name)

    @api.depends("name", "ref")
    def _compute_display_name(self):
        for subscriber in self:
            subscriber.display_name = f"[{subscriber.ref}] {subscriber.name}"

    def action_commission(self):
        """Start putting the site into operation: draft → commissioning."""
        return self._transition("commission")

    def action_submit(self):
        """Ask for approval: draft or commissioning → submitted."""
        return self._transition(
            "submit",
            submitted_by_id=self.env.uid,
            submitted_at=fields.Datetime.now(),
        )

    def action_reset(self):
        """Return to the back office: commissioning or submitted → draft."""
        return self._transition("reset", submitted_by_id=False, submitted_at=False)

    def action_approve(self):
        """Take into monitoring: submitted → active, by somebody else than who submitted."""
        self._check_approver()
        return self._transition(
            "approve",
            approved_by_id=self.env.uid,
            approved_at=fields.Datetime.now(),
        )

    def action_suspend(self):
        """Interrupt the service: active → suspended."""
        return self._transition("suspend")

    def action_reactivate(self):
        """Resume the service that was approved before: suspended → active."""
        return self._transition("reactivate")

    def action_terminate(self):
        """End the service for good: active or suspended → terminated."""
        return self._transition("terminate")

    def _transition(self, verb, **values):
        transition = TRANSITIONS[verb]
        labels = dict(self._fields["state"]._description_selection(self.env))
        for subscriber in self:
            if subscriber.state not in transition.sources:
                raise UserError(
                    self.env._(
                        "%(subscriber)s is %(state)s and cannot become %(target)s. "
                        "Allowed from: %(sources)s.",
                        subscriber=subscriber.display_name,
                        state=labels[subscriber.state],
                        target=labels[transition.target],
                        sources=", ".join(
                            label
                            for state, label in labels.items()
                            if state in transition.sources
                        ),
                    )
                )
        self.with_context(alarm_by_verb=_BY_VERB).write(
            {"state": transition.target, **values}
        )
        return True

    def _check_approver(self):
        if not self.env.su and not self.env.user.has_group(
            "alarm_subscriber.group_approver"
        ):
            raise AccessError(
                self.env._("Only an approver may take a subscriber into monitoring.")
            )
        for subscriber in self:
            if subscriber.state == "submitted" and (
                subscriber.submitted_by_id == self.env.user
            ):
                raise UserError(
                    self.env._(
                        "%(subscriber)s was submitted by you, %(user)s. "
                        "It becomes active only when a second person approves it.",
                        subscriber=subscriber.display_name,
                        user=self.env.user.name,
                    )
                )

    def _check_not_past_verbs(self, names):
        """Refuse what a verb would have checked, whoever writes it."""
        names = LIFECYCLE_FIELDS.intersection(names)
        if names and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(
                self.env._(
                    "The state and the approval of a subscriber change only through its "
                    "actions (submit, approve, suspend…), not by writing %s.",
                    ", ".join(sorted(names)),
                )
            )

    def _check_deletable(self, what):
        """Refuse to delete `what` (a name to show) once the subscriber left draft."""
        self.ensure_one()
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%(what)s cannot be deleted: %(subscriber)s is no longer a draft, "
                    "and its history refers to it. Archive it instead.",
                    what=what,
                    subscriber=self.display_name,
                )
            )

    def _prepare_address(self, vals):
        return {
            "name": vals.get("name"),
            "type": "delivery",
            "parent_id": vals["partner_id"],
        }
