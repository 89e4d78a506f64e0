import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

# Passed in the context by the verbs. Compared by identity, so nothing that arrives over RPC can be
# it.
_BY_VERB = object()


class AlarmPriceStep(models.Model):
    """A fee costs something else from a day on. The line has the price of today; what is charged
    for a period has the price that held when it began, also when it is charged late or in
    arrear."""

    _name = "alarm.price.step"
    _description = "Price Step"
    _order = "date_from, id"

    contract_line_id = fields.Many2one(
        "contract.line", string="Fee", required=True, index=True, ondelete="restrict"
    )
    contract_id = fields.Many2one(
        related="contract_line_id.contract_id", store=True, index=True, string="Contract"
    )
    company_id = fields.Many2one(related="contract_id.company_id", store=True, index=True)
    date_from = fields.Date(string="From", required=True, index=True)
    old_price = fields.Float(digits="Product Price", required=True)
    new_price = fields.Float(digits="Product Price", required=True)
    state = fields.Selection(
        [("planned", "Planned"), ("done", "Done"), ("withdrawn", "Withdrawn")],
        required=True,
        default="planned",
        index=True,
    )
    source = fields.Char(readonly=True, help="Why the price changes, e.g. which campaign.")
    problem = fields.Text(readonly=True, help="Why it could not be done on its day.")

    _price_not_negative = models.Constraint(
        "CHECK(new_price >= 0 AND old_price >= 0)", "A price is not negative."
    )
    _day_uniq = models.UniqueIndex(
        "(contract_line_id, date_from) WHERE state != 'withdrawn'",
        "The price of this fee changes on that day already.",
    )

    @api.model
    def default_get(self, fields):
        # Neither a context nor a user's own default says what became of it.
        values = super().default_get(fields)
        return {**values, "state": "planned"} if "state" in values else values

    @api.model_create_multi
    def create(self, vals_list):
        self._check_by_verb()
        return super().create(vals_list)

    def write(self, vals):
        self._check_by_verb()
        return super().write(vals)

    @api.model
    def _make(self, values_list):
        """Steps as a campaign planned them."""
        return self.with_context(alarm_by_verb=_BY_VERB).create(values_list).with_env(self.env)

    def _write_by_verb(self, vals):
        return self.with_context(alarm_by_verb=_BY_VERB).write(vals)

    def _check_by_verb(self):
        if not self.env.su and self.env.context.get("alarm_by_verb") is not _BY_VERB:
            raise UserError(
                self.env._("Prices change by campaigns and changes of contracts, not by writing.")
            )

    @api.model
    def _run_due(self, date=None):
        """Due work: the prices of the day, by each company's own. One that cannot be done says why
        and keeps nothing else from being done."""
        for day, companies in self.env["res.company"]._alarm_days(date).items():
            due = self.search(
                [
                    ("company_id", "in", companies.ids),
                    ("state", "=", "planned"),
                    ("date_from", "<=", day),
                ],
                order="date_from, id",
            )
            for step in due:
                step._try()

    def _try(self):
        try:
            with self.env.cr.savepoint():
                self._apply()
        except Exception as error:
            if not isinstance(error, UserError):
                _logger.exception("Price step %s could not be done", self.id)
            self._note_problem(str(error) or type(error).__name__)

    def _note_problem(self, problem):
        if problem == self.problem:
            # It was told yesterday.
            return
        self._write_by_verb({"problem": problem})
        contract = self.contract_id._in_words_of_responsible()
        contract._tell_responsible(
            contract.env._("The price of %s could not be changed", self.contract_line_id.name),
            problem,
        )

    def _apply(self):
        for step in self.filtered(lambda step: step.state == "planned"):
            line = step.contract_line_id
            values = {"price_unit": step.new_price, "price_since": step.date_from}
            if not line.base_date:
                values.update({"base_price": line.price_unit, "base_date": line.date_start})
            step._write_by_verb({"state": "done", "old_price": line.price_unit, "problem": False})
            line._write_by_verb(line._with_own_price(values))

    def _withdraw(self):
        planned = self.filtered(lambda step: step.state == "planned")
        return planned._write_by_verb({"state": "withdrawn"})
