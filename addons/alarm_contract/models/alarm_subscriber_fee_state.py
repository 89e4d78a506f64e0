from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.contract_states import IN_FORCE
from ..tools.dunning import FEE_STATES
from .contract_contract_dunning import FEE_STATES as LABELS


class AlarmSubscriber(models.Model):
    """How it stands with the fees, for everybody who deals with the subscriber: sales and
    dispatchers see the state, and nothing of the contract."""

    _inherit = "alarm.subscriber"

    fee_state = fields.Selection(
        LABELS,
        string="Fees",
        compute="_compute_fee_state",
        compute_sudo=True,
        search="_search_fee_state",
        help="The gravest of the subscriber's contracts in force.",
    )
    fee_notice = fields.Char(compute="_compute_fee_notice")

    @api.depends("state")
    def _compute_fee_state(self):
        states = self._fee_states()
        for subscriber in self:
            subscriber.fee_state = states.get(subscriber._origin.id, "none")

    @api.depends("fee_state")
    @api.depends_context("lang")
    def _compute_fee_notice(self):
        labels = dict(self._fields["fee_state"]._description_selection(self.env))
        for subscriber in self:
            overdue = subscriber.fee_state not in ("none", "ok")
            subscriber.fee_notice = overdue and self.env._(
                "Fees are overdue: %s.", labels[subscriber.fee_state]
            )

    def _search_fee_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        ranks = [FEE_STATES.index(state) for state in value if state in FEE_STATES]
        # As superuser: whoever may search subscribers need not read contracts.
        ids = [
            id_ for id_, rank in self.env.execute_query(self._fee_state_query()) if rank in ranks
        ]
        domain = Domain("id", "in", ids)
        if 0 in ranks:
            known = [id_ for id_, _rank in self.env.execute_query(self._fee_state_query())]
            domain |= Domain("id", "not in", known)
        return domain

    def _fee_states(self):
        """Id -> fee state, of those that have a contract in force."""
        rows = self.env.execute_query(self._fee_state_query(self.ids))
        return {id_: FEE_STATES[rank] for id_, rank in rows}

    @api.model
    def _fee_state_query(self, ids=None):
        """Rows of subscriber id and rank of its fee state. A contract that has come to log-only is
        that only for whom it switched: who stays monitored is shown the notice."""
        self.env["contract.contract"].flush_model(
            ["fee_state", "alarm_state", "business_model_id", "subscriber_ids"]
        )
        self.env["alarm.dunning.switch"].flush_model(["state", "subscriber_id", "contract_id"])
        return SQL(
            """
            SELECT rel.subscriber_id,
                   max(CASE WHEN switch.id IS NOT NULL THEN 5
                            WHEN contract.fee_state IN ('notice', 'log_only') THEN 4
                            WHEN contract.fee_state = 'call' THEN 3
                            WHEN contract.fee_state = 'reminded' THEN 2
                            ELSE 1 END)
              FROM alarm_contract_subscriber_rel rel
              JOIN contract_contract contract ON contract.id = rel.contract_id
         LEFT JOIN alarm_dunning_switch switch
                ON switch.subscriber_id = rel.subscriber_id
               AND switch.contract_id = contract.id AND switch.state = 'on'
             WHERE contract.business_model_id IS NOT NULL
               AND contract.alarm_state = ANY(%s) AND %s
             GROUP BY rel.subscriber_id
            """,
            sorted(IN_FORCE),
            SQL("rel.subscriber_id = ANY(%s)", list(ids)) if ids is not None else SQL("TRUE"),
        )

    def _contracts_that_cover(self):
        """The contracts in force that pay for the monitoring of this subscriber today."""
        self.ensure_one()
        lines = (
            self.env["contract.line"]
            .sudo()
            .search(
                [
                    ("contract_id.subscriber_ids", "in", self.ids),
                    ("contract_id.business_model_id", "!=", False),
                    ("contract_id.alarm_state", "in", ("running", "notice")),
                    ("covers_monitoring", "=", True),
                    ("waiting", "=", False),
                    ("is_canceled", "=", False),
                    ("date_start", "<=", self.company_id._alarm_today()),
                    "|",
                    ("date_end", "=", False),
                    ("date_end", ">=", self.company_id._alarm_today()),
                    ("subscriber_id", "in", (self.id, False)),
                ]
            )
        )
        return lines.contract_id

    def _on_fee_state_changed(self):
        """Hook: the fee state of these may have changed."""
        self.invalidate_recordset(["fee_state", "fee_notice"])
