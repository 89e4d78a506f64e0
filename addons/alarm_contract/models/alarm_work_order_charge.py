from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.field_charges import OPEN, STATES, WAITS

# What the technician says.
_REPORTED = frozenset({"product_id", "name", "quantity"})
# What only a clerk says.
_CLERKS = frozenset({"agreed_price", "contract_id"})
# What only the verbs set.
_VERB_FIELDS = frozenset(
    {"state", "wait_reason", "charge_id", "move_line_id", "former_line_ids", "waive_reason"}
)

# Passed in the context by the verbs. Compared by identity, so nothing that arrives over RPC can be
# it.
_BY_VERB = object()

_ACCOUNTS = "account.group_account_invoice"


class AlarmWorkOrderCharge(models.Model):
    """Labour or a part that the customer pays for, as the technician says it. He knows no prices:
    these are found, and a clerk may agree on another one. When the work is done it is charged under
    the contract of the site, once; what has none waits for the clerk."""

    _name = "alarm.work.order.charge"
    _description = "Charge from the Field"
    _inherit = ["alarm.work.order.part"]
    _order = "id"
    _check_company_auto = True

    subscriber_id = fields.Many2one(
        related="work_order_id.subscriber_id", string="Site", store=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        related="work_order_id.partner_id", string="Customer", store=True, index="btree_not_null"
    )
    done_at = fields.Datetime(related="work_order_id.done_at", string="Done On")
    product_id = fields.Many2one(
        "product.product",
        string="What",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('sale_ok', '=', True)]",
    )
    name = fields.Text(
        string="Text on the Invoice",
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    quantity = fields.Float(digits="Product Unit", default=1.0, required=True)
    uom_id = fields.Many2one(related="product_id.uom_id")
    agreed_price = fields.Float(
        digits="Product Price",
        copy=False,
        groups=_ACCOUNTS,
        help="Instead of the price that was found. What costs nothing is waived.",
    )
    unit_price = fields.Float(
        string="Price",
        digits="Product Price",
        compute="_compute_price",
        store=True,
        groups=_ACCOUNTS,
        help="By the price list of the contract, else the sales price of the product.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_price", store=True)
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        groups=_ACCOUNTS,
        help="Before tax.",
    )
    state = fields.Selection(
        STATES, required=True, readonly=True, copy=False, default="draft", index=True
    )
    wait_reason = fields.Selection(
        WAITS, string="Waits Because", readonly=True, copy=False, groups=_ACCOUNTS
    )
    waive_reason = fields.Text(readonly=True, copy=False)
    contract_id = fields.Many2one(
        "contract.contract",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        copy=False,
        groups=_ACCOUNTS,
        domain="[('subscriber_ids', 'in', subscriber_id), ('business_model_id', '!=', False)]",
    )
    charge_id = fields.Many2one(
        "alarm.charge",
        string="Charge",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        groups=_ACCOUNTS,
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        groups=_ACCOUNTS,
        help="Where it was invoiced without a contract.",
    )
    former_line_ids = fields.Many2many(
        "account.move.line",
        "alarm_work_order_charge_former_rel",
        string="Former Invoice Lines",
        readonly=True,
        copy=False,
        groups=_ACCOUNTS,
        help="Of invoices that came to nothing, before it was charged anew.",
    )
    move_id = fields.Many2one(
        "account.move", string="Invoice", compute="_compute_move_id", groups=_ACCOUNTS
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "What is charged is more than nothing; otherwise delete the line."
    )
    _price_not_negative = models.Constraint(
        "CHECK(agreed_price >= 0)", "A price is not negative; what is given back is a credit note."
    )
    _waived_with_reason = models.Constraint(
        "CHECK(state != 'waived' OR waive_reason IS NOT NULL)", "What is waived says why."
    )
    _charged_once = models.Constraint(
        "CHECK((state = 'charged') = (charge_id IS NOT NULL OR move_line_id IS NOT NULL))",
        "What is charged is under a contract or on an invoice.",
    )

    @api.depends("product_id")
    def _compute_name(self):
        contracts = self._get_contracts_for_price()
        for line in self:
            payer = contracts[line]._payer() if contracts[line] else line.partner_id
            product = line.product_id.with_context(lang=payer.lang or self.env.lang)
            line.name = product.get_product_multiline_description_sale() if product else False

    @api.depends("charge_id.move_id", "move_line_id.move_id")
    def _compute_move_id(self):
        for line in self:
            line.move_id = line.charge_id.move_id or line.move_line_id.move_id

    @api.constrains("contract_id")
    def _check_contract(self):
        for line in self.filtered("contract_id"):
            if line.subscriber_id not in line.contract_id.subscriber_ids:
                raise UserError(
                    self.env._(
                        "%(site)s is no site of %(contract)s.",
                        site=line.subscriber_id.display_name or line.name,
                        contract=line.contract_id.display_name,
                    )
                )
            line.contract_id._check_chargeable_once()

    @api.model
    def default_get(self, fields):
        # Neither a context nor a user's own default sets a price, or says what became of it.
        said = _REPORTED | {"work_order_id"}
        return {
            name: value if name in said else self._fields[name].default(self)
            for name, value in super().default_get(fields).items()
            if name in said or self._fields[name].default
        }

    @api.model_create_multi
    def create(self, vals_list):
        names = set().union(*vals_list)
        self._check_by_verb(names)
        self._check_said(names - {"work_order_id"})
        lines = super().create(vals_list)
        lines._check_open_order()
        # What comes late waits for the clerk.
        late = lines.filtered(lambda line: line.work_order_id.sudo().state == "done")
        if late:
            late._write_by_verb({"state": "to_charge", "wait_reason": "decide"})
        return lines

    def write(self, vals):
        if self.env.context.get("alarm_by_verb") is not _BY_VERB:
            self._check_by_verb(vals)
            self._check_said(vals)
            self._check_undecided()
            if not _CLERKS.isdisjoint(vals):
                # What it waited for may be said now.
                self._write_by_verb({"wait_reason": False})
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(line.state != "draft" for line in self):
            raise UserError(
                self.env._("The work is done: what is not to be charged is waived, with a reason.")
            )
        self._check_open_order()

    @api.model
    def _referring_fields(self):
        # Nobody but the verbs ties it to a charge.
        return [name for name in super()._referring_fields() if name != "charge_id"]

    def _check_by_verb(self, names):
        names = _VERB_FIELDS.intersection(names)
        if names and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(
                self.env._(
                    "What became of it follows from the work order and from what the clerk does; "
                    "nobody writes %s.",
                    ", ".join(sorted(names)),
                )
            )

    def _check_said(self, names):
        """Technicians say what and how much; clerks also at which price, and under which
        contract."""
        allowed = _REPORTED | _CLERKS if self._is_clerk() else _REPORTED
        others = sorted(set(names) - allowed)
        if others and not self.env.su:
            raise AccessError(self.env._("Of a charge you do not write %s.", ", ".join(others)))

    def _check_undecided(self):
        decided = self.filtered(lambda line: line.state not in OPEN)
        if decided:
            raise UserError(
                self.env._(
                    "What was charged or waived stays as it is: %s.",
                    ", ".join(decided.mapped("display_name")),
                )
            )
        self._check_open_order()

    def _check_open_order(self):
        """Technicians have their say until the work is done; nobody has one of what was called
        off."""
        # As superuser: clerks do not read work orders. Locked, so that the order is not finished
        # beside it.
        orders = self.work_order_id.sudo()
        closed = {"cancelled"} if self._is_clerk() else {"cancelled", "done"}
        labels = dict(orders._fields["state"]._description_selection(self.env))
        for order in orders._locked():
            if order.state in closed:
                raise UserError(
                    self.env._(
                        "%(order)s is “%(state)s”: nothing is added to what the customer pays.",
                        order=order.name,
                        state=labels[order.state],
                    )
                )

    def _is_clerk(self):
        return self.env.su or self.env.user.has_group("alarm_contract.group_clerk")

    def _write_by_verb(self, vals):
        """Write what only verbs may write; whoever calls this has checked what the user may do."""
        return self.sudo().with_context(alarm_by_verb=_BY_VERB).write(vals)
