from markupsafe import Markup

from odoo import api, fields, models

from ..tools.billing_states import ITEM_STATES


class AlarmBillingRunItem(models.Model):
    """One contract of a billing run: what is expected, what came of it, or why nothing did. Kept by
    the machinery."""

    _name = "alarm.billing.run.item"
    _description = "Contract of a Billing Run"
    _order = "group_key, id"
    _rec_name = "contract_id"
    _log_access = False

    run_id = fields.Many2one("alarm.billing.run", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, ondelete="restrict")
    contract_id = fields.Many2one(
        "contract.contract", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="Customer", ondelete="set null")
    payer_id = fields.Many2one("res.partner", string="Payer", ondelete="set null")
    group_key = fields.Char(
        required=True, help="Contracts with the same one may come on one invoice."
    )
    state = fields.Selection(ITEM_STATES, required=True, default="pending")
    reason = fields.Text()
    reckoned = fields.Boolean(help="What is expected of it is known.")
    lines = fields.Json()
    lines_shown = fields.Html(string="What Is Owed", compute="_compute_lines_shown")
    line_count = fields.Integer(string="Charges")
    currency_id = fields.Many2one("res.currency", ondelete="restrict")
    expected = fields.Monetary(help="As of the preview, before tax.")
    amount = fields.Monetary(string="Invoiced", help="Before tax.")
    differs = fields.Boolean(compute="_compute_differs", help="Not what the preview said.")
    move_ids = fields.Many2many(
        "account.move",
        "alarm_billing_run_item_move_rel",
        "item_id",
        "move_id",
        string="Invoices",
        ondelete="restrict",
    )

    _contract_uniq = models.UniqueIndex(
        "(run_id, contract_id)", "A contract is once in a billing run."
    )
    _pending_idx = models.Index("(run_id, group_key, id) WHERE state = 'pending'")

    @api.depends("lines")
    def _compute_lines_shown(self):
        heads = [
            self.env._("Charge"),
            self.env._("Payer"),
            self.env._("Period"),
            self.env._("Due On"),
            self.env._("Quantity"),
            self.env._("Price"),
            self.env._("Discount (%)"),
            self.env._("Amount"),
        ]
        head = Markup("").join(
            Markup("<th class='%s'>%s</th>") % ("" if number < 4 else "text-end", title)
            for number, title in enumerate(heads)
        )
        for item in self:
            rows = Markup("").join(item._show_line(line) for line in item.lines or [])
            item.lines_shown = rows and Markup(
                "<table class='table table-sm'><thead><tr>%s</tr></thead><tbody>%s</tbody></table>"
            ) % (head, rows)

    def _show_line(self, line):
        currency = self.currency_id
        money = currency.format if currency else "{:.2f}".format
        numbers = [
            f"{line['quantity']:g}",
            money(line["unit_price"]),
            f"{line['discount']:g}" if line["discount"] else "",
            money(line["amount"]),
        ]
        name = Markup("<br/>").join((line["name"] or "").split("\n"))
        for more in (line.get("service"), line.get("counted"), line.get("waits")):
            if more and more not in line["name"]:
                name += Markup("<br/><span class='text-muted'>%s</span>") % more
        days = filter(None, (line.get("period_start"), line.get("period_end")))
        cells = [line.get("payer") or "", " – ".join(dict.fromkeys(days)), line["date_due"]]
        return Markup("<tr class='%s'><td>%s</td>%s%s</tr>") % (
            "text-muted" if line.get("waits") else "",
            name,
            Markup("").join(Markup("<td class='text-nowrap'>%s</td>") % cell for cell in cells),
            Markup("").join(
                Markup("<td class='text-end text-nowrap'>%s</td>") % cell for cell in numbers
            ),
        )

    @api.depends("expected", "amount", "reckoned", "state")
    def _compute_differs(self):
        for item in self:
            currency = item.currency_id
            item.differs = bool(
                item.state == "done"
                and item.reckoned
                and currency
                and currency.compare_amounts(item.expected, item.amount)
            )

    def action_open_contract(self):
        self.ensure_one()
        return self.contract_id.get_formview_action()

    def action_show_invoices(self):
        self.ensure_one()
        return self.move_ids._get_records_action(name=self.env._("Invoices"))

    def _try_again(self):
        """Those that failed wait again."""
        # Bookkeeping of the machinery; its values are fixed here.
        self.sudo().filtered(lambda item: item.state == "failed").write(
            {"state": "pending", "reason": False}
        )

    def _fail(self, reason):
        """Nothing was invoiced for these, for this reason; their contracts say so, too."""
        self.sudo().write({"state": "failed", "reason": reason})
        self.contract_id.write(
            {
                "invoice_generation_error": reason,
                "invoice_generation_error_date": fields.Datetime.now(),
            }
        )

    def _expect(self, values_by_contract):
        """Keep what is expected of each: {contract id: values of charges}."""
        charges = self.env["alarm.charge"]
        charges._read_for_preview([one for values in values_by_contract.values() for one in values])
        for item in self.sudo():
            values = values_by_contract.get(item.contract_id.id, [])
            rows = [charges._prepare_preview_row(one) for one in values]
            due = [row for row in rows if not row["waits"]]
            item.write(
                {
                    "reckoned": True,
                    "lines": rows,
                    "line_count": len(due),
                    "currency_id": values[0]["currency_id"] if values else False,
                    "expected": sum(row["amount"] for row in due),
                }
            )
            if rows and not due:
                item.write({"state": "nothing", "reason": rows[0]["waits"]})

    def _wait_no_more(self):
        """These owe something after all."""
        self.sudo().write({"state": "pending", "reason": False})

    def _keep_invoices(self, moves):
        """Keep what came of each: the share of its contract in these invoices."""
        charges = self.env["alarm.charge"]._read_group(
            [("move_id", "in", moves.ids)],
            ["contract_id"],
            ["amount:sum", "__count", "currency_id:max"],
        )
        found = {contract.id: rest for contract, *rest in charges}
        for item in self.sudo():
            amount, number, currency = found.get(item.contract_id.id, (0.0, 0, False))
            item.write(
                {
                    "state": "done" if number else "nothing",
                    "reason": False,
                    "amount": amount,
                    "line_count": number,
                    "currency_id": currency or item.currency_id.id,
                }
            )
        self._link_invoices(moves)

    def _link_invoices(self, moves):
        self.env.cr.execute(
            """
            INSERT INTO alarm_billing_run_item_move_rel (item_id, move_id)
            SELECT DISTINCT item.id, charge.move_id
              FROM alarm_billing_run_item item
              JOIN alarm_charge charge ON charge.contract_id = item.contract_id
             WHERE item.id = ANY(%s)
               AND charge.move_id = ANY(%s)
            ON CONFLICT DO NOTHING
            """,
            [self.ids, moves.ids],
        )
        self.invalidate_recordset(["move_ids"], flush=False)

    @api.model
    def _count_invoices(self, runs):
        """How many invoices came of these runs: {id: number}. An invoice may have several
        contracts."""
        self.flush_model(["run_id", "move_ids"])
        self.env.cr.execute(
            """
            SELECT item.run_id, count(DISTINCT rel.move_id)
              FROM alarm_billing_run_item item
              JOIN alarm_billing_run_item_move_rel rel ON rel.item_id = item.id
             WHERE item.run_id = ANY(%s)
             GROUP BY item.run_id
            """,
            [runs.ids],
        )
        return dict(self.env.cr.fetchall())
