import logging
from datetime import UTC, datetime, time, timedelta

from psycopg2 import InterfaceError, OperationalError

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import performance, periods

_DAY = timedelta(days=1)

_logger = logging.getLogger(__name__)


class AlarmContractIndicator(models.Model):
    """What was agreed about how well the service is done: a value that is measured every period,
    and what is deducted from the fee where it is not reached."""

    _name = "alarm.contract.indicator"
    _description = "Performance Indicator of a Contract"
    _order = "contract_id, sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    contract_id = fields.Many2one(
        "contract.contract", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", related="contract_id.company_id", store=True, index=True
    )
    source = fields.Selection(
        [
            ("manual", "Typed, with Evidence"),
            ("answered", "Alarms Taken in Time (%)"),
        ],
        string="Found by",
        required=True,
        default="manual",
    )
    limit_seconds = fields.Integer(
        string="In Time (Seconds)", default=30, help="An alarm that waited longer was late."
    )
    unit = fields.Char(default="%")
    target = fields.Float(
        required=True, default=100.0, help="What was agreed. Steps say below which value it costs."
    )
    period_months = fields.Selection(
        [
            ("1", "Every Month"),
            ("3", "Every Quarter"),
            ("6", "Every Half Year"),
            ("12", "Every Year"),
        ],
        string="Period",
        required=True,
        default="1",
    )
    date_start = fields.Date(
        string="From", required=True, default=lambda self: self.env.company._alarm_today()
    )
    date_end = fields.Date(string="Until")
    cap = fields.Float(
        string="At Most (%)", help="Of the fee of a period, by this indicator. 0: the whole fee."
    )
    step_ids = fields.One2many(
        "alarm.contract.indicator.step", "indicator_id", string="Steps", copy=True
    )
    result_ids = fields.One2many(
        "alarm.contract.indicator.result", "indicator_id", string="Results"
    )
    note = fields.Text(help="How it is measured, as the contract says it.")

    _cap_percent = models.Constraint("CHECK(cap BETWEEN 0 AND 100)", "A cap is 0 to 100 %.")
    _limit_positive = models.Constraint(
        "CHECK(limit_seconds > 0)", "What is in time is said in seconds."
    )
    _dates_order = models.Constraint(
        "CHECK(date_end IS NULL OR date_end >= date_start)", "It ends after it begins."
    )

    @api.constrains("step_ids", "target")
    def _check_steps(self):
        words = {
            "percent": self.env._("a step deducts more than 0 and at most 100 %"),
            "twice": self.env._("two steps have the same value"),
            "order": self.env._("a worse value costs more"),
        }
        for indicator in self:
            faults = performance.steps_faults(indicator.step_ids._as_steps())
            if faults:
                raise ValidationError(
                    self.env._(
                        "The steps of “%(name)s” do not fit: %(faults)s.",
                        name=indicator.name,
                        faults="; ".join(words[fault] for fault in sorted(faults)),
                    )
                )
            if any(step.below > indicator.target for step in indicator.step_ids):
                raise ValidationError(
                    self.env._("“%s”: who reaches the target pays nothing.", indicator.name)
                )

    @api.model
    def _open_results_daily(self):
        """Scheduled job: a result for every period that is over, measured where it can be."""
        companies = self.env["res.company"].search([("active", "=", True)])
        everything = self.with_context(allowed_company_ids=companies.ids)
        indicators = everything.search([("contract_id.signed_on", "!=", False)])
        for company, of_company in indicators.grouped("company_id").items():
            of_company.with_company(company)._open_patiently(company._alarm_today())

    def _open_patiently(self, today):
        """All at once; if something is wrong with one, the others go on without it, and the log
        says why."""
        try:
            with self.env.cr.savepoint():
                self._open_results(today)
            return
        except (InterfaceError, OperationalError):
            # The database is away, or somebody else was at it: nothing is wrong with these.
            raise
        except Exception:
            self.env.invalidate_all(flush=False)
            if len(self) == 1:
                _logger.exception("No results of indicator %s", self.id)
                return
        for half in (self[: len(self) // 2], self[len(self) // 2 :]):
            half._open_patiently(today)

    def _open_results(self, today):
        """Results of the periods that ended before `today` and have none."""
        results = self.env["alarm.contract.indicator.result"]
        known = {
            (result.indicator_id.id, result.period_start)
            for result in results.search(
                [("indicator_id", "in", self.ids), ("state", "!=", "rejected")]
            )
        }
        made = results.create(
            [
                {"indicator_id": indicator.id, "period_start": start, "period_end": end}
                for indicator in self
                for start, end in indicator._get_periods(today)
                if (indicator.id, start) not in known
            ]
        )
        for result in made:
            result._measure()
        return made

    def _get_periods(self, today):
        """``(first day, last day)`` of the periods that are over."""
        self.ensure_one()
        until = min(filter(None, (today - _DAY, self.date_end, self._get_contract_end())))
        start, found = self.date_start, []
        while start <= until:
            _first, end = periods.whole_period(self.date_start, int(self.period_months), start)
            end = min(filter(None, (end, self.date_end, self._get_contract_end())))
            if end >= today:
                break
            found.append((start, end))
            start = end + _DAY
        return found

    def _get_contract_end(self):
        """The last day on which anything is paid under the contract; None: it goes on."""
        contract = self.contract_id
        if contract.alarm_state != "ended":
            return None
        return max(filter(None, contract.contract_line_ids.mapped("date_end")), default=None)

    def _measure(self, start, end):
        """Hook: ``(value, how it was found)`` of a period; None: somebody has to type it."""
        self.ensure_one()
        method = getattr(self, f"_measure_{self.source}", None)
        return method(start, end) if method else None

    def _measure_answered(self, start, end):
        """The share of alarms of the contract's sites that a dispatcher took in time."""
        first, after = self._as_instants(start, end)
        incidents = self.env["alarm.incident"]
        domain = [
            ("subscriber_id", "in", self.contract_id.subscriber_ids.ids),
            ("queued_at", ">=", first),
            ("queued_at", "<", after),
            ("state", "!=", "cancelled"),
        ]
        late = 0
        all_ = incidents.search_fetch(domain, ["queued_at", "taken_at"])
        for incident in all_:
            taken = incident.taken_at
            if not taken or (taken - incident.queued_at).total_seconds() > self.limit_seconds:
                late += 1
        if not all_:
            return self.target, self.env._("There was no alarm.")
        value = round(100 * (len(all_) - late) / len(all_), 2)
        return value, self.env._(
            "%(good)s of %(all)s alarms were taken within %(limit)s seconds.",
            good=len(all_) - late,
            all=len(all_),
            limit=self.limit_seconds,
        )

    def _as_instants(self, start, end):
        """The days as the company counts them, in UTC."""
        zone = self.company_id._alarm_zone()
        return tuple(
            datetime.combine(day, time(), zone).astimezone(UTC).replace(tzinfo=None)
            for day in (start, end + _DAY)
        )


class AlarmContractIndicatorStep(models.Model):
    _name = "alarm.contract.indicator.step"
    _description = "Step of a Performance Indicator"
    _order = "indicator_id, below desc"

    indicator_id = fields.Many2one(
        "alarm.contract.indicator", required=True, index=True, ondelete="cascade"
    )
    contract_id = fields.Many2one(related="indicator_id.contract_id", store=True, index=True)
    company_id = fields.Many2one(related="indicator_id.company_id", store=True, index=True)
    below = fields.Float(required=True)
    percent = fields.Float(string="Deducts (% of the Fee)", required=True)

    _below_uniq = models.UniqueIndex("(indicator_id, below)", "Two steps have the same value.")

    @api.constrains("below", "percent")
    def _check_with_others(self):
        self.indicator_id._check_steps()

    def _as_steps(self):
        return [performance.Step(step.below, step.percent) for step in self]
