from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError

# Kinds that say of each fee what becomes of it.
BY_FEE = ("re_sign", "take_over", "drop")


class AlarmContractChange(models.Model):
    """Of which fees a change says what becomes of them. It may be planned long before its day:
    what they have become since is looked at then."""

    _inherit = "alarm.contract.change"

    line_ids = fields.One2many(
        "alarm.contract.change.line",
        "change_id",
        string="Fees",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    gives_up = fields.Boolean(
        compute="_compute_gives_up", help="A service is not signed again, or not taken over."
    )

    @api.depends("contract_id", "kind", "subscriber_id")
    def _compute_line_ids(self):
        for change in self:
            change.line_ids = change._prepare_rows()

    @api.onchange("date")
    def _onchange_date(self):
        # From another day on other fees run. What was said of those that stay holds.
        self.line_ids = self._prepare_rows({row.contract_line_id: row for row in self.line_ids})

    @api.depends("kind", "line_ids.keep")
    def _compute_gives_up(self):
        for change in self:
            change.gives_up = change.kind in ("re_sign", "take_over") and not all(
                change.line_ids.mapped("keep")
            )

    def _prepare_rows(self, said=None):
        """Commands: a row for each fee that runs on the day or after it.

        :param said: {fee: row} of what was said already
        """
        self.ensure_one()
        lines = self.env["contract.line"]
        if self.kind in BY_FEE:
            lines = self.contract_id.contract_line_ids._open_from(
                self.date or self.company_id._alarm_today()
            )
        said = said or {}
        return [
            Command.clear(),
            *(
                Command.create(said[line]._copy_row() if line in said else self._prepare_row(line))
                for line in lines
            ),
        ]

    def _prepare_row(self, line):
        # With a site that leaves, what is for it ends.
        leaves = self.kind == "drop" and self.subscriber_id
        return {
            "contract_line_id": line.id,
            "keep": not leaves or line.subscriber_id != self.subscriber_id,
            "price_unit": line.price_unit,
            "discount": line.discount,
            "discount_until": line.discount_until,
        }

    def _plan_rows(self, plan):
        """What was said of each fee, for what the fee is now."""
        open_lines, suspended = self._lines_from(), self.contract_id._get_suspended_lines()
        known, gone = self.env["contract.line"], self.env["contract.line"]
        for row in self.line_ids:
            line = row._get_line_now()
            known |= line
            if line not in open_lines:
                # What was suspended since goes on as it is when it goes on.
                if line not in suspended or not row.keep or row._prepare_successor():
                    gone |= line
            elif row.keep:
                plan.changes[line] = row._prepare_successor()
            else:
                plan.ends.append(line)
        self._plan_changed_fees(plan, gone, open_lines - known)

    def _plan_downgrades(self, plan, open_lines):
        """Services in whose place a cheaper one comes."""
        gone = self.env["contract.line"]
        for row in self.line_ids.filtered(lambda row: row.keep and row.instead_id):
            line = row._get_line_now()
            if line not in open_lines:
                gone |= line
                continue
            other_class = row.instead_id.alarm_revenue_class != line.revenue_class
            if other_class or row.price_unit >= line.price_unit:
                plan.problems.append(
                    self.env._(
                        "%(new)s is no cheaper service of the same kind as %(old)s: sign anew, or "
                        "drop the one and add the other.",
                        new=row.instead_id.display_name,
                        old=line.name,
                    )
                )
            plan.changes[line] = row._prepare_downgrade()
        self._plan_changed_fees(plan, gone, gone.browse())

    def _plan_changed_fees(self, plan, gone, added):
        """What was agreed can be done only of the fees that it was agreed of."""
        if added:
            plan.problems.append(
                self.env._(
                    "Fees have changed since it was planned. New: %s.",
                    ", ".join(added.mapped("name")),
                )
            )
        if gone:
            plan.problems.append(
                self.env._(
                    "Fees have changed since it was planned. Ended or suspended: %s.",
                    ", ".join(gone.mapped("name")),
                )
            )


class AlarmContractChangeLine(models.Model):
    """What becomes of one fee by a change."""

    _name = "alarm.contract.change.line"
    _description = "Fee in a Change of a Contract"
    _order = "id"

    change_id = fields.Many2one(
        "alarm.contract.change", required=True, index=True, ondelete="cascade"
    )
    contract_line_id = fields.Many2one(
        "contract.line", string="Fee", required=True, ondelete="restrict", index=True
    )
    currency_id = fields.Many2one(related="change_id.currency_id")
    name = fields.Text(related="contract_line_id.name", string="Description")
    subscriber_id = fields.Many2one(related="contract_line_id.subscriber_id")
    period_months = fields.Integer(related="contract_line_id.period_months")
    old_price = fields.Float(
        compute="_compute_old_price",
        store=True,
        string="Price Before",
        digits="Product Price",
        help="When the change was made out. Who agreed on no other price goes on at that of the "
        "day.",
    )
    keep = fields.Boolean(default=True, help="Without it the service ends.")
    revenue_class = fields.Selection(related="contract_line_id.revenue_class")
    instead_id = fields.Many2one(
        "product.product",
        string="Instead",
        ondelete="restrict",
        domain="[('alarm_revenue_class', '=', revenue_class)]",
        help="A cheaper service of the same kind, as which the fee goes on.",
    )
    price_unit = fields.Float(string="New Price", digits="Product Price")
    discount = fields.Float(string="Discount (%)", digits="Discount")
    discount_until = fields.Date()

    _line_uniq = models.Constraint(
        "UNIQUE(change_id, contract_line_id)", "A fee is in a change once."
    )
    _price_not_negative = models.Constraint(
        "CHECK(price_unit >= 0 AND discount >= 0 AND discount <= 100)",
        "A price is not negative, and a discount is at most 100 %.",
    )

    @api.onchange("instead_id")
    def _onchange_instead_id(self):
        self.price_unit = self.instead_id.lst_price if self.instead_id else self.old_price

    @api.depends("contract_line_id")
    def _compute_old_price(self):
        for row in self:
            row.old_price = row.contract_line_id.price_unit

    @api.constrains("contract_line_id", "change_id")
    def _check_same_contract(self):
        for row in self:
            if row.contract_line_id.contract_id != row.change_id.contract_id:
                raise ValidationError(self.env._("The fee is of another contract."))

    def write(self, vals):
        self._check_open(self.change_id | self.change_id.browse(vals.get("change_id") or ()))
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_open(
            self.change_id.browse({vals.get("change_id") for vals in vals_list} - {None})
        )
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self._check_open(self.change_id)

    @api.model
    def _check_open(self, changes):
        if any(change.state != "draft" for change in changes):
            raise UserError(self.env._("The change is decided: its fees stay as they are."))

    def _get_line_now(self):
        """The line as which the fee goes on now."""
        self.ensure_one()
        line = self.contract_line_id
        while after := line.successor_contract_line_id:
            line = after
        return line

    def _prepare_successor(self):
        """What the successor of the fee has that the fee has not."""
        self.ensure_one()
        line, now = self.contract_line_id, self._get_line_now()
        before = {
            "price_unit": self.old_price,
            "discount": line.discount,
            "discount_until": line.discount_until,
        }
        return {
            name: self[name]
            for name, value in before.items()
            if self[name] != value and self[name] != now[name]
        }

    def _prepare_downgrade(self):
        """What the successor of the fee has when a cheaper service takes its place."""
        self.ensure_one()
        product = self.instead_id.with_context(lang=self.change_id.contract_id._get_payer_lang())
        return {
            "product_id": product.id,
            "uom_id": product.uom_id.id,
            "name": product.get_product_multiline_description_sale(),
            "price_unit": self.price_unit,
        }

    def _copy_row(self):
        self.ensure_one()
        names = ("keep", "price_unit", "discount", "discount_until")
        return {
            "contract_line_id": self.contract_line_id.id,
            "instead_id": self.instead_id.id,
            **{name: self[name] for name in names},
        }
