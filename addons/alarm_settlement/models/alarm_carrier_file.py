import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.shares import total_of
from ..tools.states import FILE, FILE_STATES


class AlarmCarrierFile(models.Model):
    """What a carrier says it collected for us in a period: compared with what our contracts say,
    every disagreement decided by somebody, then invoiced to the carrier."""

    _name = "alarm.carrier.file"
    _inherit = ["alarm.settlement.guard", "mail.thread"]
    _description = "Settlement File of a Carrier"
    _order = "date_start desc, id desc"
    _check_company_auto = True

    _transitions = FILE
    _verb_fields = frozenset(
        {"state", "name", "digest", "file_total", "has_file_total", "row_count", "move_ids"}
    )

    name = fields.Char(readonly=True, copy=False, default="/", index="trigram")
    partner_id = fields.Many2one(
        "res.partner",
        string="Carrier",
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date_start = fields.Date(string="From", required=True)
    date_end = fields.Date(string="Until", required=True)
    file = fields.Binary(required=True, attachment=True, copy=False)
    filename = fields.Char(copy=False)
    digest = fields.Char(
        string="Fingerprint", readonly=True, copy=False, help="SHA-256 of the file."
    )
    line_ids = fields.One2many("alarm.carrier.file.line", "file_id", string="Lines")
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    has_file_total = fields.Boolean(readonly=True, copy=False)
    file_total = fields.Monetary(
        string="Total in the File", readonly=True, copy=False, help="As its last row says."
    )
    matched_count = fields.Integer(string="Agree", compute="_compute_counts")
    mismatch_count = fields.Integer(string="Disagree", compute="_compute_counts")
    undecided_count = fields.Integer(string="To Decide", compute="_compute_counts")
    undecided_notice = fields.Char(compute="_compute_undecided_notice")
    expected_amount = fields.Monetary(string="Expected", compute="_compute_counts")
    found_amount = fields.Monetary(string="In the File", compute="_compute_counts")
    total_differs = fields.Boolean(compute="_compute_counts")
    charge_ids = fields.One2many("alarm.charge", "carrier_file_id", string="Charges")
    move_ids = fields.Many2many(
        "account.move", string="Invoices", readonly=True, copy=False, ondelete="restrict"
    )
    invoiced_amount = fields.Monetary(string="Invoiced", compute="_compute_invoiced_amount")
    state = fields.Selection(
        FILE_STATES,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
    )

    same_again = fields.Boolean(
        string="The Same Once More",
        copy=False,
        help="The carrier sent the very same content for another period, as may happen when "
        "nothing in it names the period.",
    )

    _digest_uniq = models.UniqueIndex(
        "(company_id, partner_id, digest, date_start)", "This file was imported already."
    )
    _days_in_order = models.Constraint(
        "CHECK(date_end >= date_start)", "A period ends after it begins."
    )

    @api.depends("line_ids.type", "line_ids.decision", "line_ids.expected", "line_ids.found")
    def _compute_counts(self):
        groups = {}
        for file, type_, decision, number, expected, found in self.env[
            "alarm.carrier.file.line"
        ]._read_group(
            [("file_id", "in", self.ids)],
            ["file_id", "type", "decision"],
            ["__count", "expected:sum", "found:sum"],
        ):
            groups.setdefault(file.id, []).append((type_, decision, number, expected, found))
        for file in self:
            rows = groups.get(file.id, [])
            if file != file._origin:
                # On a screen that is not saved yet, as its rows say there.
                rows = [
                    (line.type, line.decision, 1, line.expected, line.found)
                    for line in file.line_ids
                ]
            file.matched_count = sum(row[2] for row in rows if row[0] == "matched")
            file.mismatch_count = sum(row[2] for row in rows if row[0] != "matched")
            file.undecided_count = sum(row[2] for row in rows if row[0] != "matched" and not row[1])
            file.expected_amount = total_of(row[3] for row in rows)
            file.found_amount = total_of(row[4] for row in rows)
            file.total_differs = bool(
                file.has_file_total and total_of([file.found_amount, -file.file_total])
            )

    @api.depends("undecided_count")
    @api.depends_context("lang")
    def _compute_undecided_notice(self):
        for file in self:
            file.undecided_notice = bool(file.undecided_count) and self.env._(
                "Lines that do not agree and on which nobody has decided yet: %s.",
                file.undecided_count,
            )

    @api.depends("name")
    def _compute_display_name(self):
        for file in self:
            # What has no number yet is "New" wherever it is shown.
            file.display_name = file.name if file.name != "/" else False

    @api.depends("charge_ids.amount", "charge_ids.state", "amount_basis", "move_ids.amount_total")
    def _compute_invoiced_amount(self):
        for file in self:
            if file.amount_basis == "gross":
                file.invoiced_amount = total_of(file.move_ids.mapped("amount_total_signed"))
                continue
            charged = file.charge_ids.filtered(lambda charge: charge.state != "waived")
            file.invoiced_amount = total_of(charged.mapped("amount"))

    @api.model_create_multi
    def create(self, vals_list):
        files = super().create(vals_list)
        for file in files:
            digest = file._get_digest()
            file._check_not_imported(digest)
            file._write_by_verb(
                {
                    "digest": digest,
                    "name": self.env["ir.sequence"]
                    .with_company(file.company_id)
                    .next_by_code("alarm.carrier.file", file.date_end),
                }
            )
        return files

    def _check_not_imported(self, digest):
        """The same file is imported once, whichever period it is said to be of."""
        self.ensure_one()
        before = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("digest", "=", digest),
                ("id", "!=", self.id),
            ]
        )
        of_period = before.filtered(lambda file: file.date_start == self.date_start)
        if of_period or (before and not self.same_again):
            found = (of_period or before)[0]
            raise UserError(
                self.env._(
                    "This file was imported already: %(name)s, of %(start)s to %(end)s.",
                    name=found.name,
                    start=format_date(self.env, found.date_start),
                    end=format_date(self.env, found.date_end),
                )
            )

    def write(self, vals):
        fixed = {"partner_id", "company_id", "date_start", "date_end", "same_again"}
        if fixed.intersection(vals) and any(file.state != "draft" for file in self):
            raise UserError(self.env._("What was compared keeps its carrier and its period."))
        if {"file", "filename"}.intersection(vals) and not self._is_by_verb():
            raise UserError(self.env._("A file stays as it came; another file is another import."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_invoiced(self):
        if any(file.state == "invoiced" for file in self):
            raise UserError(self.env._("A file that was invoiced stays, with what was decided."))

    def _get_digest(self):
        self.ensure_one()
        return hashlib.sha256(self._get_content()).hexdigest()

    def _get_content(self):
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).file or b"")

    def action_compare(self):
        """Read the file and compare it with the contracts."""
        self.check_access("write")
        for file in self:
            file._compare()
        return True

    def action_invoice(self):
        """Invoice to the carrier what was agreed and decided."""
        self.check_access("write")
        for file in self:
            file._invoice()
        return True

    def action_view_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_settlement.alarm_carrier_file_line_action"
        )
        action["domain"] = [("file_id", "=", self.id)]
        action["context"] = {"search_default_mismatch": 1, "search_default_group_type": 1}
        return action

    def action_view_invoices(self):
        self.ensure_one()
        return self.env["contract.contract"]._action_view_moves(self.move_ids)
