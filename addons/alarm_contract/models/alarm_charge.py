from odoo import api, fields, models
from odoo.exceptions import UserError

CHARGE_KINDS = [
    ("recurring", "Fee"),
    ("attendance", "Attendance"),
    ("one_off", "Once"),
    ("deposit", "Deposit"),
    ("deposit_refund", "Refund of Deposit"),
    ("exit_fee", "Exit Fee"),
    ("settlement", "Settlement"),
    ("adjustment", "Adjustment"),
    ("milestone", "Milestone"),
]

STATES = [
    ("chargeable", "To Charge"),
    ("charged", "Charged"),
    ("waived", "Waived"),
    ("credited", "Credited"),
]

# What only the verbs and the invoicing set.
_VERB_FIELDS = frozenset(
    {"state", "move_line_id", "move_id", "waive_reason", "repeats_charge_id", "credits_charge_id"}
)

# Passed in the context by the verbs. Compared by identity, so nothing that arrives over RPC can be
# it.
_BY_VERB = object()


class AlarmCharge(models.Model):
    """What is charged, once: a period of a fee, an attendance, a deposit… It becomes one line of an
    invoice. Neither the same period of a line nor the same source can be charged a second time."""

    _name = "alarm.charge"
    _description = "Charge"
    _order = "date_due desc, id desc"
    _check_company_auto = True

    name = fields.Text(required=True)
    contract_id = fields.Many2one(
        "contract.contract", required=True, index=True, ondelete="restrict", check_company=True
    )
    contract_line_id = fields.Many2one("contract.line", index="btree_not_null", ondelete="restrict")
    subscriber_id = fields.Many2one(
        "alarm.subscriber", string="Site", index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    kind = fields.Selection(CHARGE_KINDS, required=True, default="recurring", index=True)
    period_start = fields.Date()
    period_end = fields.Date()
    date_due = fields.Date(string="Due On", required=True, index=True)
    quantity = fields.Float(default=1.0, required=True)
    counted = fields.Char(help="How the quantity was found.")
    unit_price = fields.Float(digits="Product Price")
    discount = fields.Float(string="Discount (%)", digits="Discount")
    amount = fields.Monetary(required=True, help="Before tax.")
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, index=True, ondelete="restrict")
    product_id = fields.Many2one("product.product", ondelete="restrict")
    state = fields.Selection(STATES, required=True, default="chargeable", index=True)
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Invoice Line",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
    )
    source_ref = fields.Char(
        string="Source", copy=False, help="What it came from, e.g. dispatch:123."
    )
    waive_reason = fields.Text(readonly=True, copy=False)
    repeats_charge_id = fields.Many2one(
        "alarm.charge",
        string="Charges Again",
        index="btree_not_null",
        ondelete="restrict",
        readonly=True,
        copy=False,
        help="The charge that came to nothing and is made once more by this one.",
    )
    repeated_ids = fields.One2many(
        "alarm.charge", "repeats_charge_id", string="Charged Again By", readonly=True
    )

    _period_uniq = models.UniqueIndex(
        "(contract_line_id, period_start, COALESCE(subscriber_id, 0)) "
        "WHERE kind IN ('recurring', 'one_off', 'deposit') AND state != 'credited'",
        "This period of the line is charged already.",
    )
    _source_uniq = models.UniqueIndex(
        "(source_ref) WHERE source_ref IS NOT NULL AND state != 'credited'",
        "This is charged already.",
    )
    _waived_with_reason = models.Constraint(
        "CHECK(state != 'waived' OR waive_reason IS NOT NULL)",
        "What is waived says why.",
    )
    _charged_on_invoice = models.Constraint(
        "CHECK((state IN ('charged', 'credited')) = (move_line_id IS NOT NULL))",
        "What is charged is on an invoice.",
    )

    @api.model
    def default_get(self, fields):
        # Neither a context nor a user's own default says what is owed, by whom, and what became
        # of it: only the fields do.
        values = super().default_get(fields)
        return {
            name: self._fields[name].default(self) for name in values if self._fields[name].default
        }

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_by_verb(set().union(*vals_list))
        for vals in vals_list:
            # Nothing is on an invoice when it is made; and what costs something is waived by
            # somebody, not made so.
            made_waived = vals.get("state") == "waived" and not vals.get("amount")
            if vals.get("move_line_id") or vals.get("move_id"):
                self._check_by_verb(("move_id",))
            if vals.get("state", "chargeable") != "chargeable" and not made_waived:
                self._check_by_verb(("state",))
        return super().create(vals_list)

    def write(self, vals):
        # What is owed follows from the contract: nobody types it, not even before it is invoiced.
        self._check_by_verb(_VERB_FIELDS.intersection(vals) if self.env.su else set(vals))
        done = self.filtered(lambda charge: charge.state != "chargeable")
        if self.env.context.get("alarm_by_line") is _BY_VERB:
            done = self.browse()
        if done and not _VERB_FIELDS.issuperset(vals):
            raise UserError(
                self.env._(
                    "What was charged or waived stays as it is: %s.",
                    ", ".join(done.mapped("display_name")),
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("Charges are waived or credited, never deleted."))

    @api.depends("name")
    def _compute_display_name(self):
        for charge in self:
            charge.display_name = (charge.name or "").split("\n")[0]

    @api.model
    def _make(self, values_list):
        """Charges as the machinery reckoned them, by whoever set it going."""
        charges = self.with_context(alarm_by_verb=_BY_VERB).create(values_list)
        return charges.with_env(self.env)

    @api.model
    def _add(self, values_list):
        """Add what another part of the suite found to charge; what was charged already, or is
        known, is left out by its `source_ref`. `contract_id`, `kind`, `name`, `amount` are needed;
        the rest follows from the contract."""
        return self._make(self._prepare_added(values_list))

    @api.model
    def _prepare_added(self, values_list):
        """The whole values of what `_add` adds, without what is known."""
        if not values_list:
            return []
        refs = [vals["source_ref"] for vals in values_list if vals.get("source_ref")]
        known = set(
            self.sudo()
            .search_fetch(
                [
                    ("source_ref", "in", refs),
                    # What was to be given back and came to nothing is given back anew.
                    "|",
                    ("credits_charge_id", "=", False),
                    ("state", "!=", "credited"),
                ],
                ["source_ref"],
            )
            .mapped("source_ref")
        )
        contracts = self.env["contract.contract"].browse(
            {vals["contract_id"] for vals in values_list}
        )
        days = {company: company._alarm_today() for company in contracts.company_id}
        return [
            {
                **contracts.browse(vals["contract_id"])._prepare_charge_values(),
                "date_due": days[contracts.browse(vals["contract_id"]).company_id],
                "quantity": 1.0,
                "unit_price": vals["amount"],
                **vals,
            }
            for vals in values_list
            if vals.get("source_ref") not in known or not vals.get("source_ref")
        ]

    def action_charge_again(self):
        """What was credited was owed after all: charge it once more, with the next invoices."""
        self.check_access("write")
        if any(charge.state != "credited" for charge in self):
            raise UserError(self.env._("Only what was credited can be charged again."))
        self._repeat()
        return True

    def _repeat(self):
        """The charges that take the place of these, which came to nothing."""
        for charge in self:
            if charge.repeated_ids or charge._is_given_back_by_another():
                raise UserError(
                    self.env._(
                        "%(charge)s was charged again already: %(invoice)s",
                        charge=charge.display_name,
                        invoice=", ".join(charge.repeated_ids.move_id.mapped("display_name"))
                        or self.env._("it waits for the next invoice"),
                    )
                )
        # Before the new ones come, the database must know that these are credited.
        self.flush_recordset(["state"])
        by_verb = self.with_context(alarm_by_verb=_BY_VERB)
        today = self.company_id._alarm_today()
        repeats = by_verb.copy({"date_due": today})
        for charge, again in zip(self, repeats, strict=True):
            # What was given back of it is given back of the one that takes its place.
            charge.credit_ids._write_by_verb({"credits_charge_id": again.id})
        return repeats

    def copy_data(self, default=None):
        # What it came from, and what it gives back, is the same.
        return [
            {
                **vals,
                "state": "chargeable",
                "waive_reason": False,
                "source_ref": charge.source_ref,
                "repeats_charge_id": charge.id,
                "credits_charge_id": charge.credits_charge_id.id,
            }
            for charge, vals in zip(self, super().copy_data(default=default), strict=True)
        ]

    @api.model
    def _domain_open(self, date):
        """What is to be invoiced up to `date`. What gives back a part of something that was itself
        given back on the whole waits: only if that is charged again it has anything to give."""
        return [
            ("state", "=", "chargeable"),
            ("date_due", "<=", date),
            "|",
            ("credits_charge_id", "=", False),
            ("credits_charge_id.state", "!=", "credited"),
        ]

    def _is_open(self):
        """As `_domain_open`, whatever the day; nor is more of a deposit given back than is held."""
        self.ensure_one()
        return (
            self.state == "chargeable"
            and self.credits_charge_id.state != "credited"
            and not (self.kind == "deposit_refund" and self.contract_id._get_deposit_held() < 0)
        )

    def _prepare_owed_row(self):
        """The charge as the contract shows what is owed."""
        self.ensure_one()
        names = (
            "name",
            "date_due",
            "quantity",
            "unit_price",
            "discount",
            "amount",
            "state",
            "waive_reason",
        )
        values = {name: self[name] for name in names}
        return self.contract_id._prepare_owed_row(
            {**values, "subscriber_id": self.subscriber_id.id}
        )

    def _waive(self, reason):
        """Nobody will pay this; the reason stays with it."""
        if any(charge.state != "chargeable" for charge in self):
            raise UserError(self.env._("Only what is still to charge can be waived."))
        return self._write_by_verb({"state": "waived", "waive_reason": reason})

    def _mark_credited(self):
        """What was charged was given back."""
        charged = self.filtered(lambda charge: charge.state == "charged")
        return charged._write_by_verb({"state": "credited"})

    def _mark_charged(self):
        """What was given back is charged after all, on the invoice that it was on."""
        credited = self.filtered(lambda charge: charge.state == "credited")
        for charge in credited:
            if charge.repeated_ids or charge._is_given_back_by_another():
                raise UserError(
                    self.env._(
                        "%(charge)s was charged again since: %(invoice)s stays as it is.",
                        charge=charge.display_name,
                        invoice=charge.move_id.display_name,
                    )
                )
        return credited._write_by_verb({"state": "charged"})

    def _write_by_verb(self, vals):
        return self.with_context(alarm_by_verb=_BY_VERB).write(vals)

    def _write_by_line(self, vals):
        """What was charged follows what is on its invoice."""
        return self.with_context(alarm_by_verb=_BY_VERB, alarm_by_line=_BY_VERB).write(vals)

    def _check_by_verb(self, names):
        if names and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(
                self.env._(
                    "A charge follows from its contract, becomes charged by its invoice, and "
                    "waived or credited by its actions; nobody writes %s.",
                    ", ".join(sorted(names)),
                )
            )
