from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

STATES = [("draft", "In Work"), ("quoted", "Quoted"), ("agreed", "Agreed")]


class AlarmSurvey(models.Model):
    """What was seen at the premises and what is to protect them: rooms and risks, detectors,
    zones. From here come the protection plan, the quotation, the bill of material and the zones
    of the subscriber; nobody types them again."""

    _name = "alarm.survey"
    _description = "Site Survey"
    _inherit = ["mail.thread", "mail.activity.mixin", "alarm.sale.bound"]
    _order = "id desc"
    _check_company_auto = True
    _bound_fields = ("lead_id", "subscriber_id", "work_order_id")

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/", index=True)
    state = fields.Selection(
        STATES,
        compute="_compute_state",
        store=True,
        index=True,
        tracking=True,
        help="Agreed: the customer has signed it; from then on it is what was promised.",
    )
    lead_id = fields.Many2one(
        "crm.lead", index="btree_not_null", ondelete="restrict", check_company=True
    )
    subscriber_id = fields.Many2one(
        "alarm.subscriber",
        string="Existing Subscriber",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        help="For an extension: whose system grows.",
    )
    work_order_id = fields.Many2one(
        "alarm.work.order",
        string="Survey Order",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        domain="[('kind', '=', 'survey')]",
        help="The visit on which the crew makes this survey. Empty: made on the spot.",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", compute="_compute_partner_id", store=True, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Salesperson",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    surveyed_on = fields.Date(default=lambda self: self.env.company._alarm_today())
    surveyor_id = fields.Many2one(
        "res.users",
        string="Surveyed by",
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    address = fields.Char("Premises", compute="_compute_address", compute_sudo=True)
    system_type_id = fields.Many2one(
        "alarm.system.type",
        ondelete="restrict",
        default=lambda self: self.env.ref(
            "alarm_work_order.system_type_intrusion", raise_if_not_found=False
        ),
    )
    panel_type_id = fields.Many2one("alarm.panel.type", ondelete="restrict", check_company=True)
    account = fields.Char(
        "Account Number",
        copy=False,
        help="As it will be programmed into the panel. Empty: the next free one.",
    )
    receiver_group_id = fields.Many2one(
        "alarm.receiver.group",
        ondelete="restrict",
        check_company=True,
        default=lambda self: self.env["alarm.panel"]._default_receiver_group_id(),
        help="The receivers that the panel will call: there its account number counts.",
    )
    service_level_id = fields.Many2one(
        "alarm.service.level",
        string="Response Service",
        compute="_compute_service_level_id",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        check_company=True,
        help="What the centre promises when an alarm comes.",
    )
    fee_ids = fields.Many2many(
        "product.product",
        "alarm_survey_fee_rel",
        "survey_id",
        "product_id",
        string="Fees of the Service",
        domain="[('alarm_recurrence', '!=', False)]",
        default=lambda self: self._default_fee_ids(),
        check_company=True,
    )
    note = fields.Html("Remarks for the Customer")
    line_ids = fields.One2many("alarm.survey.line", "survey_id", string="Rooms", copy=True)
    zone_ids = fields.One2many("alarm.survey.zone", "survey_id", string="Zones")
    plan_ids = fields.One2many("alarm.survey.plan", "survey_id", string="Drawings")
    order_ids = fields.One2many("sale.order", "survey_id", string="Quotations")
    order_count = fields.Integer(compute="_compute_order_count")
    zone_count = fields.Integer(compute="_compute_zone_count")

    _about_something = models.Constraint(
        "CHECK(lead_id IS NOT NULL OR subscriber_id IS NOT NULL)",
        "A survey is about the premises of a lead or of a subscriber.",
    )
    _name_company_uniq = models.UniqueIndex(
        "(company_id, name) WHERE name <> '/'", "Another survey has this number."
    )

    @api.depends("order_ids.state")
    def _compute_state(self):
        for survey in self:
            # The state is a fact of the orders, also of those that the reader may not see.
            states = set(survey.sudo().order_ids.mapped("state"))
            if "sale" in states:
                survey.state = "agreed"
            elif states - {"cancel"}:
                survey.state = "quoted"
            else:
                survey.state = "draft"

    @api.depends("lead_id.company_id", "subscriber_id")
    def _compute_company_id(self):
        for survey in self:
            survey.company_id = (
                survey.subscriber_id.company_id
                or survey.lead_id.company_id
                or survey.company_id
                or self.env.company
            )

    @api.depends("lead_id.partner_id", "subscriber_id.partner_id")
    def _compute_partner_id(self):
        for survey in self:
            survey.partner_id = (
                survey.subscriber_id.partner_id or survey.lead_id.partner_id.commercial_partner_id
            )

    @api.depends("lead_id.user_id")
    def _compute_user_id(self):
        for survey in self:
            survey.user_id = survey.lead_id.user_id or survey.user_id or self.env.user

    @api.depends("lead_id.street", "lead_id.city", "subscriber_id.address_id")
    def _compute_address(self):
        for survey in self:
            lead = survey.lead_id
            if survey.subscriber_id:
                survey.address = survey.subscriber_id.address_id._one_line_address()
            else:
                survey.address = ", ".join(filter(None, (lead.street, lead.street2, lead.city)))

    @api.depends("lead_id.category_id", "subscriber_id.service_level_id")
    def _compute_service_level_id(self):
        for survey in self:
            survey.service_level_id = (
                survey.service_level_id
                or survey.subscriber_id.service_level_id
                or survey.lead_id.category_id.service_level_id
            )

    @api.depends("order_ids")
    def _compute_order_count(self):
        counts = dict(
            self.env["sale.order"]._read_group(
                [("survey_id", "in", self.ids)], ["survey_id"], ["__count"]
            )
            if self.env["sale.order"].has_access("read")
            else []
        )
        for survey in self:
            survey.order_count = counts.get(survey._origin, 0)

    @api.depends("zone_ids")
    def _compute_zone_count(self):
        for survey in self:
            survey.zone_count = len(survey.zone_ids)

    @api.depends("name", "lead_id", "subscriber_id")
    def _compute_display_name(self):
        for survey in self:
            survey.display_name = f"{survey.name} {survey._site_name()}".strip()

    @api.model
    def _default_fee_ids(self):
        return self.env["product.product"].search(
            [
                ("alarm_monitoring_fee", "=", True),
                ("alarm_recurrence", "!=", False),
                *self.env["product.product"]._check_company_domain(self.env.company),
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env["ir.sequence"]
        return super().create(
            [vals | {"name": sequence.next_by_code("alarm.survey")} for vals in vals_list]
        )

    def write(self, vals):
        if not self._content_fields().isdisjoint(vals):
            self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_quoted(self):
        for survey in self:
            if survey.state != "draft":
                raise UserError(
                    self.env._("%s was quoted and is kept with its quotation.", survey.name)
                )

    @api.constrains("account", "panel_type_id")
    def _check_account(self):
        for survey in self.filtered("account"):
            if not survey.account.isalnum() or not survey.account.isascii():
                raise ValidationError(
                    self.env._(
                        "“%s” is not an account number: letters and digits only.", survey.account
                    )
                )

    def action_view_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("sale.action_quotations")
        if len(self.order_ids) == 1:
            return action | {"views": [(False, "form")], "res_id": self.order_ids.id}
        return action | {"domain": [("survey_id", "=", self.id)], "context": {}}

    @api.model
    def _content_fields(self):
        """What the customer signs."""
        return {
            "lead_id",
            "subscriber_id",
            "system_type_id",
            "panel_type_id",
            "service_level_id",
            "fee_ids",
            "note",
            "line_ids",
            "plan_ids",
        }

    def _check_open(self):
        """Refuse to change what the customer signs: the plan is printed from the survey, and it
        must say what the quotation says."""
        self._check_not_agreed()
        for survey in self:
            # Also the crew changes surveys, who sees no quotation.
            sent = survey.sudo().order_ids.filtered(lambda order: order.state == "sent")
            if sent:
                raise UserError(
                    self.env._(
                        "%(survey)s is not changed while the customer has the quotation %(order)s "
                        "of it. Cancel the quotation and set it back to draft, or make a new "
                        "survey with a new quotation.",
                        survey=survey.name,
                        order=", ".join(sent.mapped("name")),
                    )
                )

    def _check_not_agreed(self):
        """What was agreed stays: the plan that was signed says what it said."""
        for survey in self:
            if survey.state == "agreed":
                raise UserError(
                    self.env._(
                        "%s was agreed with the customer and is no longer changed. What comes on "
                        "top is a line of the order, or a survey of its own.",
                        survey.name,
                    )
                )

    def _site_name(self):
        self.ensure_one()
        survey = self.sudo()
        return (
            survey.subscriber_id.name or (survey.lead_id and survey.lead_id._premises_name()) or ""
        )
