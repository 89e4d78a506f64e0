from datetime import timedelta
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ..tools import carrier_file
from ..tools.carrier_match import Expected, match

_DAY = timedelta(days=1)


class AlarmCarrierFile(models.Model):
    """How a file is read and compared. It may be done again as long as nothing is invoiced; what
    was decided on a row stays with it while the row says the same of the same contract."""

    _inherit = "alarm.carrier.file"

    def _compare(self):
        self.ensure_one()
        self._transition("compare")
        file = self._by_verb()
        rows, totals = file._read_rows()
        contracts = file._get_contracts()
        charges = file._get_expected_charges(contracts)
        expected = file._prepare_expected(contracts, charges)
        decided, assigned = file._get_decisions()
        named = [row._replace(**assigned.get(row.number, {})) for row in rows]
        lines = match(named, expected)
        file.line_ids.unlink()
        file.env["alarm.carrier.file.line"].create(
            [file._prepare_line(line, rows, decided) for line in lines]
        )
        file.invalidate_recordset(["line_ids"])
        file.write(
            {
                "row_count": len(rows),
                "has_file_total": bool(totals),
                "file_total": float(totals.amount) if totals else 0,
            }
        )

    def _read_rows(self):
        try:
            return carrier_file.read(self._get_content(), self.filename or "")
        except carrier_file.NotReadable as error:
            raise UserError(self._explain(*error.args)) from error

    def _explain(self, why, what=""):
        words = {
            "empty": self.env._("The file is empty."),
            "too_big": self.env._("The file is too big."),
            "too_many_rows": self.env._("The file has more than %s rows.", carrier_file.MAX_ROWS),
            "not_text": self.env._("The file is neither text nor a workbook."),
            "not_excel": self.env._(
                "The file is no workbook of Excel 2007 or later (.xlsx). Save it as such, or as "
                "CSV."
            ),
            "no_headings": self.env._(
                "No row of headings was found: a contract or account number and an amount are "
                "needed, e.g. 合同编号, 用户编号, 结算金额."
            ),
            "no_reference_column": self.env._(
                "No column names the contract or the account. Known headings: %s.",
                ", ".join(carrier_file.HEADINGS["reference"] + carrier_file.HEADINGS["account"]),
            ),
            "no_amount_column": self.env._(
                "No column is the amount. Known headings: %s.",
                ", ".join(carrier_file.HEADINGS["amount"]),
            ),
            "twice_column": self.env._("Two columns mean the same: %s.", what),
        }
        return words[why]

    def _get_contracts(self):
        """The contracts that this carrier collects for us."""
        family = self.partner_id.commercial_partner_id
        contracts = self.env["contract.contract"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("business_model_id", "!=", False),
                ("biller", "=", "carrier"),
                ("alarm_state", "!=", "draft"),
                "|",
                ("invoice_partner_id.commercial_partner_id", "=", family.id),
                ("counterparty_id.commercial_partner_id", "=", family.id),
            ]
        )
        return contracts.filtered(lambda contract: contract.currency_id == self.currency_id)

    def _get_expected_charges(self, contracts):
        """What our contracts say for this period, and what earlier files have left open; the
        periods are charged now where they were not yet."""
        values = [
            vals
            for vals in contracts._prepare_charges(self.date_end + _DAY)
            if vals["period_start"] <= self.date_end and vals["kind"] == "recurring"
        ]
        self.env["alarm.charge"]._make(values)._mark_periods()
        return self.env["alarm.charge"].search(
            [
                ("contract_id", "in", contracts.ids),
                ("kind", "=", "recurring"),
                ("state", "=", "chargeable"),
                ("period_start", "<=", self.date_end),
            ]
        )

    def _prepare_expected(self, contracts, charges):
        amounts = {}
        for charge, amount in self._get_amounts(charges).items():
            amounts.setdefault(charge.contract_id.id, []).append(Decimal(repr(amount)))
        settled = self.env["alarm.charge"].search(
            [
                ("contract_id", "in", contracts.ids),
                ("carrier_file_id", "!=", False),
                ("period_end", ">=", self.date_start),
                ("period_start", "<=", self.date_end),
            ]
        )
        settled_ids = set(settled.contract_id.ids)
        return [
            Expected(
                contract.id,
                contract._get_carrier_references(),
                sum(amounts.get(contract.id, ()), Decimal(0)),
                contract.alarm_state == "ended",
                contract.id in settled_ids,
            )
            for contract in contracts
        ]

    def _get_decisions(self):
        """{row: what was decided of it}, {row: which contract it is}, as known so far."""
        decided, assigned = {}, {}
        for line in self.line_ids:
            key = line.row_number or f"contract {line.contract_id.id}"
            decided[key] = line._prepare_decision()
            if line.assigned_contract_id:
                assigned[line.row_number] = {
                    "reference": carrier_file.plain(line.assigned_contract_id.code),
                    "account": "",
                }
                # A row that named nobody is read now.
                if line.problem == "no_reference":
                    assigned[line.row_number]["problem"] = ""
        return decided, assigned

    def _prepare_line(self, line, rows, decided):
        row = rows[line.row] if line.row is not None else None
        key = row.number if row else f"contract {line.contract}"
        before = decided.get(key)
        values = {
            "file_id": self.id,
            "type": line.type,
            "contract_id": line.contract,
            "expected": float(line.expected),
            "found": float(line.found),
        }
        if row:
            values |= {
                "row_number": row.number,
                "reference": row.reference,
                "account": row.account,
                "customer": row.name,
                "status": row.status,
                "text": row.text,
                "problem": line.type == "unreadable" and row.problem,
            }
        if before:
            kept, of = before
            values |= {"note": kept["note"], "assigned_contract_id": kept["assigned_contract_id"]}
            now = (line.type, line.contract or False, values["expected"], values["found"])
            if now == of:
                values |= kept
        return values


class AlarmCarrierFileLine(models.Model):
    _inherit = "alarm.carrier.file.line"

    def _prepare_decision(self):
        """What was decided, and of what: it holds for this only."""
        self.ensure_one()
        kept = {
            "decision": self.decision,
            "note": self.note,
            "assigned_contract_id": self.assigned_contract_id.id,
            "decided_by_id": self.decided_by_id.id,
        }
        return kept, (self.type, self.contract_id.id, self.expected, self.found)
