import logging

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.alarm_contract.tools import periods
from odoo.addons.alarm_contract.tools.contract_states import IN_FORCE
from odoo.addons.alarm_contract.tools.timeline import Event

_logger = logging.getLogger(__name__)


class ContractContract(models.Model):
    """When the customer accepts the service again, as was agreed. Fees go on, whatever he says."""

    _inherit = "contract.contract"

    acceptance_months = fields.Integer(
        string="Accepted Every (Months)",
        help="Every so many months the customer accepts the service and its equipment. 0: never.",
    )
    next_acceptance = fields.Date(
        compute="_compute_next_acceptance", store=True, index="btree_not_null"
    )
    acceptance_notice = fields.Char(compute="_compute_acceptance_notice", compute_sudo=True)

    _acceptance_not_negative = models.Constraint(
        "CHECK(acceptance_months >= 0)", "An acceptance comes every so many months, or never: 0."
    )

    @api.model
    def _get_agreed_fields(self):
        return super()._get_agreed_fields() | {"acceptance_months": "contract"}

    @api.depends(
        "acceptance_months",
        "alarm_state",
        "date_end",
        "live_on",
        "term_start",
        "transfer_list_ids.acceptance_due",
    )
    def _compute_next_acceptance(self):
        for contract in self:
            made = contract.transfer_list_ids.filtered("acceptance_due")
            last = max(made.mapped("acceptance_due"), default=None)
            contract.next_acceptance = contract._get_acceptance(last, 1)

    def _get_acceptance(self, day, later=0):
        """The day of acceptance on or before `day` (None: before the first), or so many later;
        False where there is none."""
        self.ensure_one()
        start, months = self.term_start or self.live_on, self.acceptance_months
        if not (start and months and self.alarm_state in IN_FORCE):
            return False
        index = periods.index_of(start, months, day) if day else 0
        if index + later < 1:
            return False
        found = periods.boundary(start, months, index + later)
        # Once it has an end, the last one is the day after it.
        over = self.date_end and found > fields.Date.add(self.date_end, days=1)
        return False if over else found

    @api.depends("transfer_list_ids.state", "transfer_list_ids.refuse_reason")
    def _compute_acceptance_notice(self):
        lists = self.env["alarm.transfer.list"].search(
            [
                ("contract_id", "in", self.ids),
                ("kind", "=", "acceptance"),
                ("state", "in", ("draft", "inspection", "refused")),
            ],
            order="acceptance_due, id",
        )
        by_contract = lists.grouped("contract_id")
        for contract in self:
            today = contract.company_id._alarm_today()
            problems = [
                one._get_acceptance_problem(today) for one in by_contract.get(contract, lists[:0])
            ]
            contract.acceptance_notice = " ".join(filter(None, problems))

    @api.model
    def _cron_acceptances(self):
        """Job of each day: the lists of the acceptances that are due."""
        for day, companies in self.env["res.company"]._alarm_days().items():
            self.search(
                [("next_acceptance", "<=", day), ("company_id", "in", companies.ids)]
            )._make_acceptances(day)

    def _make_acceptances(self, day):
        """The list of each: where several are due, only the last one. One contract that cannot
        keeps no other from it."""
        for contract in self:
            # What it says is for who keeps the contract, not for whoever the job runs as.
            contract = contract._in_words_of_responsible()
            try:
                with self.env.cr.savepoint():
                    contract._make_acceptance(
                        contract._get_acceptance(day) or contract.next_acceptance
                    )
            except UserError as error:
                summary = contract.env._("The acceptance could not be prepared")
                # It is tried every night, and told as long as nobody has seen to it, once.
                if summary not in contract.activity_ids.mapped("summary"):
                    contract._tell_responsible(summary, str(error))
            except Exception:
                _logger.exception("The acceptance of contract %s was not prepared", contract.id)

    def _make_acceptance(self, due):
        self.ensure_one()
        made = (
            self.env["alarm.transfer.list"]
            ._by_verb()
            .create(
                {
                    "contract_id": self.id,
                    "kind": "acceptance",
                    "date": due,
                    "acceptance_due": due,
                }
            )
        )
        made.action_fill()
        made._tell_of_acceptance()
        return made

    def _get_timeline_events(self):
        events = super()._get_timeline_events()
        lists = self.env["alarm.transfer.list"]
        if not lists.has_access("read"):
            return events
        states = dict(lists._fields["state"]._description_selection(self.env))
        for one in self.transfer_list_ids.filtered(lambda one: one.kind == "acceptance"):
            kind = "line" if one.state == "accepted" else "notice"
            text = self.env._("Acceptance: %s", states[one.state])
            events.append(Event(one.acceptance_due or one.date, kind, text))
        if self.next_acceptance:
            events.append(Event(self.next_acceptance, "notice", self.env._("Next acceptance")))
        return events
