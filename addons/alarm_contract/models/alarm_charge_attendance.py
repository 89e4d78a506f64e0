from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from ..tools.contract_states import CHARGED
from ..tools.quota import Attendance, allot


class ContractLine(models.Model):
    _inherit = "contract.line"

    attendance_for = fields.Selection(
        [
            ("false", "False Alarms"),
            ("false_technical", "False and Technical Alarms"),
            ("all", "Every Attendance"),
        ],
        string="Attendances Charged",
        default="false",
        help="Which attendances are charged, by how the alarm ended. Only these use up the free "
        "attendances.",
    )


class AlarmCharge(models.Model):
    """The fee for an attendance: by the dispatch order that was finished, each at most once."""

    _inherit = "alarm.charge"

    is_free = fields.Boolean(
        string="Of the Free Quota", readonly=True, copy=False, help="Waived: it was free."
    )
    dispatch_id = fields.Many2one("alarm.dispatch", compute="_compute_dispatch_id")

    @api.depends("source_ref")
    def _compute_dispatch_id(self):
        for charge in self:
            source, _colon, number = (charge.source_ref or "").partition(":")
            charge.dispatch_id = int(number) if source == "dispatch" else False

    def action_waive(self):
        """Ask for the reason, and charge this to nobody."""
        if not self.env.user.has_group("alarm_contract.group_contract_manager"):
            raise UserError(self.env._("A contract manager decides what is waived."))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_contract.alarm_charge_waive_action"
        )
        return action | {"context": {"default_charge_ids": self.ids}}

    @api.model
    def _charge_attendances_daily(self):
        """Scheduled job."""
        companies = self.env["res.company"].search([("active", "=", True)])
        self.with_context(allowed_company_ids=companies.ids)._charge_attendances()

    @api.model
    def _charge_attendances(self):
        """Note what is to charge for the dispatch orders that are finished and whose incident is
        closed, so that it is known how the alarm ended. Returns the charges; those of the free
        quota are waived with that reason."""
        rows = self._finished_attendances()
        by_line = defaultdict(list)
        for row in rows:
            by_line[row["line_id"]].append(row)
        lines = self.env["contract.line"].browse(by_line)
        former = self._former_attendances(lines)
        prices = lines._get_list_prices(
            {line: {row["on"] for row in by_line[line.id]} for line in lines if line._is_by_list()}
        )
        values = []
        for line in lines.sorted(lambda line: (line.date_start, line.id)):
            for row in by_line[line.id]:
                row["price"] = prices.get((line, row["on"]), line.price_unit)
            quota = former[line.contract_id.id, line.subscriber_id.id]
            values += self._prepare_attendances(line, by_line[line.id], quota)
        charges = self._add(values)
        free = charges.filtered("is_free")
        for charge in free:
            charge._waive(charge._free_words())
        return charges

    def _free_words(self):
        """Why it is free, in the payer's language."""
        lang = self.contract_id._payer().lang or self.env.lang
        quota = self.contract_line_id.free_quota
        return self.with_context(lang=lang).env._("One of the %s free attendances.", quota)

    @api.model
    def _finished_attendances(self):
        """Each order not charged yet with the line that charges it: that of its site before one of
        the whole contract. ``[{"id", "name", "on", "kind", "subscriber_id", "line_id"}]``"""
        self.flush_model(["source_ref"])
        self.env["contract.line"].flush_model()
        self.env["contract.contract"].flush_model(
            ["alarm_state", "business_model_id", "subscriber_ids"]
        )
        self.env["alarm.dispatch"].flush_model(["state", "finished_at", "incident_id"])
        self.env["alarm.incident"].flush_model(["state", "resolution_id"])
        self.env["alarm.subscriber"].flush_model(["tz"])
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT DISTINCT ON (dispatch.id)
                       dispatch.id, dispatch.name, finished.on, resolution.kind,
                       dispatch.subscriber_id, line.id AS line_id
                  FROM alarm_dispatch dispatch
                  JOIN alarm_incident incident ON incident.id = dispatch.incident_id
                  JOIN alarm_resolution resolution ON resolution.id = incident.resolution_id
                  JOIN alarm_subscriber subscriber ON subscriber.id = dispatch.subscriber_id
                  JOIN alarm_contract_subscriber_rel rel
                    ON rel.subscriber_id = dispatch.subscriber_id
                  JOIN contract_contract contract ON contract.id = rel.contract_id
                   AND contract.business_model_id IS NOT NULL AND contract.alarm_state = ANY(%s)
                  JOIN contract_line line ON line.contract_id = contract.id
                   AND line.charge_kind = 'per_attendance' AND NOT line.waiting
                   AND line.is_canceled IS NOT TRUE AND line.display_type IS NULL
                   AND (line.subscriber_id IS NULL OR line.subscriber_id = dispatch.subscriber_id)
                 CROSS JOIN LATERAL (
                       SELECT (dispatch.finished_at AT TIME ZONE 'UTC'
                               AT TIME ZONE subscriber.tz)::date AS on) finished
                 WHERE dispatch.state = 'finished' AND incident.state = 'closed'
                   AND dispatch.company_id = ANY(%s)
                   AND finished.on >= line.date_start
                   AND (line.date_end IS NULL OR finished.on <= line.date_end)
                   AND (resolution.kind = 'false'
                        OR line.attendance_for = 'false_technical'
                           AND resolution.kind = 'technical'
                        OR line.attendance_for = 'all'
                           AND resolution.kind IN ('technical', 'real', 'test'))
                   AND NOT EXISTS (SELECT 1 FROM alarm_charge charge
                                    WHERE charge.source_ref = 'dispatch:' || dispatch.id)
                 ORDER BY dispatch.id, line.subscriber_id IS NULL, line.id
                """,
                sorted(CHARGED),
                self.env.companies.ids,
            )
        )

    @api.model
    def _former_attendances(self, lines):
        """``{(contract id, site id): {first day of a quota period: (how many, how many free)}}``:
        what was decided before. A line that follows another one (with a new price) goes on with
        its quota."""
        groups = self._read_group(
            [("kind", "=", "attendance"), ("contract_id", "in", lines.contract_id.ids)],
            ["contract_id", "contract_line_id", "period_start:day", "is_free"],
            ["__count"],
        )
        former = defaultdict(dict)
        for contract, line, start, is_free, number in groups:
            periods = former[contract.id, line.subscriber_id.id]
            counted, free = periods.get(start, (0, 0))
            periods[start] = (counted + number, free + (number if is_free else 0))
        return former

    @api.model
    def _prepare_attendances(self, line, rows, former):
        """Values of the charges of one line; `former` learns what is decided here."""
        known = {row["id"]: row for row in rows}
        found = allot(
            [Attendance(row["id"], row["on"]) for row in rows],
            line.free_quota,
            line.quota_months,
            line.anchor_date or line.date_start,
            former,
        )
        for one in found:
            counted, free = former.get(one.start, (0, 0))
            former[one.start] = (counted + 1, free + one.free)
        return [self._prepare_attendance(line, known[one.id], one) for one in found]

    @api.model
    def _prepare_attendance(self, line, row, allotted):
        contract = line.contract_id
        lang = contract._payer().lang or self.env.lang
        worded = self.with_context(lang=lang).env
        kinds = dict(worded["alarm.resolution"]._fields["kind"]._description_selection(worded))
        until = line.discount_until
        discount = line.discount if not until or row["on"] <= until else 0.0
        return {
            "contract_id": contract.id,
            "contract_line_id": line.id,
            "subscriber_id": row["subscriber_id"],
            "kind": "attendance",
            "name": worded._(
                "%(fee)s: %(order)s on %(day)s (%(kind)s)",
                fee=line.name,
                order=row["name"],
                day=format_date(worded, row["on"], lang_code=lang),
                kind=kinds[row["kind"]],
            ),
            "period_start": allotted.start,
            "period_end": allotted.end,
            "date_due": row["on"],
            "quantity": 1.0,
            "counted": worded._(
                "Attendance %(number)s of the period, %(quota)s are free",
                number=allotted.number,
                quota=line.free_quota,
            ),
            "unit_price": row["price"],
            "discount": discount,
            "amount": contract.currency_id.round(row["price"] * (1 - discount / 100)),
            "product_id": (line.product_id or contract.company_id.alarm_attendance_product_id).id,
            "source_ref": f"dispatch:{row['id']}",
            "is_free": allotted.free,
        }
