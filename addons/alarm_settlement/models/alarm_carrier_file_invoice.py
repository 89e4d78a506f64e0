from odoo import models
from odoo.exceptions import UserError


class AlarmCarrierFile(models.Model):
    """What becomes of a compared file: one invoice to the carrier, by what was decided."""

    _inherit = "alarm.carrier.file"

    def _invoice(self):
        self.ensure_one()
        # What changed since the comparison must not be invoiced unseen.
        self._check_fresh()
        self._check_decided()
        self._transition("invoice")
        taken = self.env["alarm.charge"]
        adjustments = []
        open_charges = self._get_open_charges()
        for line in self.line_ids:
            charges = open_charges.get(line.contract_id, taken)
            collected, adjustment = line._settle(charges)
            taken |= collected
            adjustments += adjustment
        taken |= self.env["alarm.charge"]._add(adjustments)
        taken._write_by_verb({"carrier_file_id": self.id})
        moves = taken._invoice(self.company_id._alarm_today())
        self._write_by_verb({"move_ids": [(6, 0, moves.ids)]})

    def _get_open_charges(self):
        """{contract: its charges that this file settles}"""
        charges = self.env["alarm.charge"].search(
            [
                ("contract_id", "in", self.line_ids.contract_id.ids),
                ("kind", "=", "recurring"),
                ("state", "=", "chargeable"),
                ("period_start", "<=", self.date_end),
            ]
        )
        return dict(charges.grouped("contract_id"))

    def _check_decided(self):
        open_lines = self.line_ids.filtered(
            lambda line: line.type != "matched" and not line.decision
        )
        if open_lines:
            raise UserError(
                self.env._(
                    "%(number)s lines do not agree and nobody has decided on them yet: %(rows)s.",
                    number=len(open_lines),
                    rows=", ".join(line.display_name for line in open_lines[:10]),
                )
            )

    def _check_fresh(self):
        if self.state != "compared":
            return
        expected = {
            contract: sum(self._get_amounts(charges).values())
            for contract, charges in self._get_open_charges().items()
        }
        for line in self.line_ids:
            if line.type in ("matched", "amount", "missing", "unreadable") and line.contract_id:
                now = expected.get(line.contract_id, 0)
                if self.currency_id.compare_amounts(now, line.expected):
                    raise UserError(
                        self.env._(
                            "What %s owes has changed since: compare again.",
                            line.contract_id.display_name,
                        )
                    )


class AlarmCarrierFileLine(models.Model):
    _inherit = "alarm.carrier.file.line"

    def _settle(self, charges):
        """What of a contract's open charges is invoiced to the carrier, and values of what is added
        to it so that it comes to the carrier's amount."""
        self.ensure_one()
        nothing = charges.browse()
        if self.type == "matched" or (
            self.decision == "ours" and self.type in ("amount", "missing", "unreadable")
        ):
            return charges, []
        if self.decision != "carrier":
            return nothing, []
        if self.type == "missing":
            charges._waive(
                self.env._("Not collected by %s", self.file_id.partner_id.display_name)
                + (f": {self.note}" if self.note else "")
            )
            return nothing, []
        if self.type == "amount":
            return charges, self._prepare_adjustment(self.difference)
        return nothing, self._prepare_adjustment(self.found)

    def _prepare_adjustment(self, amount):
        if self.currency_id.is_zero(amount):
            return []
        file = self.file_id
        env = self.with_context(lang=file.partner_id.lang or self.env.lang).env
        product = self.contract_id.contract_line_ids.product_id[:1]
        taxes = file._get_taxes(self.contract_id, product)
        label = dict(self._fields["type"]._description_selection(env))[self.type]
        return [
            {
                "contract_id": self.contract_id.id,
                "kind": "adjustment",
                "name": env._(
                    "%(carrier)s, row %(row)s: %(type)s",
                    carrier=file.partner_id.display_name,
                    row=self.row_number,
                    type=label,
                ),
                "amount": file._take_tax(taxes, amount),
                "period_start": file.date_start,
                "period_end": file.date_end,
                "carrier_file_id": file.id,
                "product_id": product.id,
                "source_ref": f"carrier:{file.id}:{self.row_number}",
            }
        ]

    def _compute_display_name(self):
        for line in self:
            what = line.contract_id.display_name or line.reference or line.account or line.text
            if line.row_number:
                line.display_name = self.env._(
                    "row %(row)s (%(what)s)", row=line.row_number, what=what or ""
                )
            else:
                line.display_name = what or ""
