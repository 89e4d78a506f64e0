from odoo import api, models
from odoo.tools import SQL

from .contract_line_counting import _GONE

# Fees that pay for monitoring, of the centre's contracts. `billing`: owed on the day; `pays`: how
# it is charged, where each piece costs something; `rank`: the place in _REASONS of why not.
_FEES = """
    fee AS MATERIALIZED (
        SELECT line.id, line.contract_id, line.subscriber_id, line.date_end,
               line.recurring_next_date, line.charge_kind, contract.company_id,
               owed.billing,
               CASE WHEN owed.billing AND owed.worth THEN line.charge_kind END AS pays,
               CASE WHEN owed.billing AND owed.worth AND line.charge_kind != 'fixed' THEN 4
                    WHEN owed.billing THEN 5
                    WHEN contract.alarm_state IN ('running', 'notice', 'suspended')
                          AND (line.waiting AND line.start_cause = 'reactivation'
                               OR line.end_cause = 'suspension' AND line.date_end < %(date)s
                              AND line.successor_contract_line_id IS NULL) THEN 3
                    WHEN line.date_end < %(date)s OR contract.alarm_state = 'ended' THEN 7
                    WHEN contract.alarm_state = 'draft' THEN 6
                    WHEN contract.alarm_state = 'suspended' THEN 3
                    WHEN contract.alarm_state = 'signed' THEN 2
                    ELSE 1 END AS rank
          FROM contract_line line
          JOIN contract_contract contract ON contract.id = line.contract_id
         CROSS JOIN LATERAL (
               SELECT (contract.alarm_state IN ('running', 'notice') AND NOT line.waiting
                       AND line.date_start <= %(date)s
                       AND (line.date_end IS NULL OR line.date_end >= %(date)s)) AS billing,
                      ((line.automatic_price OR line.specific_price > 0)
                       AND (line.discount IS NULL OR line.discount < 100
                            OR line.discount_until IS NOT NULL)
                       AND (line.charge_kind != 'fixed' OR line.quantity > 0)) IS TRUE AS worth
               ) owed
         WHERE line.covers_monitoring AND line.is_canceled IS NOT TRUE
           AND contract.active AND contract.business_model_id IS NOT NULL
           AND contract.company_id = ANY(%(companies)s)
    )
"""

# The reasons by their rank; the last one when no fee of the contract is for the site.
_REASONS = [
    "waiting",
    "not_started",
    "suspended_contract",
    "nothing_counted",
    "free",
    "draft",
    "ended",
    "no_line",
]

# Whether there is something to count at a site, as `contract_line_counting.py` does it. Looked up
# only where nothing else pays for the site.
_ZONES = """
    EXISTS (SELECT FROM alarm_zone zone JOIN alarm_panel panel ON panel.id = zone.panel_id
             WHERE zone.subscriber_id = rel.subscriber_id
               AND zone.active AND zone.billable AND panel.active)
"""
_DETECTORS = """
    EXISTS (SELECT FROM alarm_device device
             WHERE device.subscriber_id = rel.subscriber_id
               AND device.kind = 'detector' AND device.state != ALL(%(gone)s)
               AND (device.installed_on IS NULL OR device.installed_on <= %(date)s))
"""

# Contract and site: by the fees of the whole contract (reckoned once for it, however many sites
# it has) and by those of the site alone. What a carrier bills is billed; a fee that counts bills
# where there is something to count.
_SITES = f"""
    shared AS MATERIALIZED (
        SELECT contract_id, company_id, bool_or(pays = 'fixed') AS pays,
               bool_or(pays = 'per_zone') AS per_zone,
               bool_or(pays = 'per_detector') AS per_detector,
               bool_or(billing AND charge_kind = 'fixed') AS fixed, min(rank) AS rank,
               max(date_end) FILTER (WHERE rank = 7) AS ended
          FROM fee WHERE subscriber_id IS NULL GROUP BY contract_id, company_id
    ), own AS MATERIALIZED (
        SELECT contract_id, subscriber_id, bool_or(pays = 'fixed') AS pays,
               bool_or(pays = 'per_zone') AS per_zone,
               bool_or(pays = 'per_detector') AS per_detector,
               min(rank) AS rank, max(date_end) FILTER (WHERE rank = 7) AS ended
          FROM fee WHERE subscriber_id IS NOT NULL GROUP BY contract_id, subscriber_id
    ), site AS MATERIALIZED (
        SELECT rel.subscriber_id,
               bool_or(COALESCE(shared.pays, FALSE) OR COALESCE(own.pays, FALSE)
                       OR (contract.biller = 'carrier'
                           AND contract.alarm_state IN ('running', 'notice')) IS TRUE
                       OR ((shared.per_zone OR own.per_zone) AND {_ZONES}) IS TRUE
                       OR ((shared.per_detector OR own.per_detector) AND {_DETECTORS}) IS TRUE
                      ) AS billed,
               min(COALESCE(LEAST(shared.rank, own.rank), 8)::bigint << 32 | contract.id) AS best,
               max(GREATEST(shared.ended, own.ended)) AS ended
          FROM alarm_contract_subscriber_rel rel
          JOIN contract_contract contract ON contract.id = rel.contract_id
     LEFT JOIN shared ON shared.contract_id = rel.contract_id
     LEFT JOIN own ON own.contract_id = rel.contract_id AND own.subscriber_id = rel.subscriber_id
         WHERE contract.active AND contract.business_model_id IS NOT NULL
           AND contract.company_id = ANY(%(companies)s)
           AND (contract.alarm_state != 'ended' OR shared.rank IS NOT NULL OR own.rank IS NOT NULL)
      GROUP BY rel.subscriber_id
    )
"""

# Monitored today, and no fee is owed for it. Where somebody else has taken the premises over, he
# pays: what is wrong is that the old ones are still monitored, whatever was agreed for them.
_NOT_BILLED = """
    SELECT 'not_billed' AS kind,
           CASE WHEN contract.successor_contract_id IS NOT NULL AND site.best >> 32 = 7
                     OR EXISTS (SELECT FROM alarm_subscriber heir
                                 WHERE heir.predecessor_id = subscriber.id
                                   AND heir.state IN ('active', 'suspended'))
                THEN 'taken_over'
                ELSE COALESCE((%(reasons)s)[site.best >> 32], 'no_contract') END AS reason,
           subscriber.company_id, subscriber.id AS subscriber_id,
           contract.id AS contract_id, NULL::int AS contract_line_id,
           LEAST(GREATEST(COALESCE((subscriber.approved_at AT TIME ZONE 'UTC'
                                    AT TIME ZONE %(zone)s)::date, %(date)s),
                          CASE WHEN site.best >> 32 = 7 THEN site.ended + 1 END),
                 %(date)s) AS since
      FROM alarm_subscriber subscriber
 LEFT JOIN site ON site.subscriber_id = subscriber.id
 LEFT JOIN contract_contract contract ON contract.id = (site.best & 4294967295)::int
     WHERE subscriber.state = 'active' AND subscriber.company_id = ANY(%(companies)s)
       AND site.billed IS NOT TRUE
"""

# Owed and past its day of invoice.
_BEHIND = """
    SELECT 'not_billed', 'behind', fee.company_id, fee.subscriber_id, fee.contract_id, fee.id,
           fee.recurring_next_date
      FROM fee WHERE fee.billing AND fee.recurring_next_date < %(date)s
"""

# Credited and never charged again, though nobody said that it is not owed: its invoice was
# cancelled, or given back by credit notes that name no reason (their reference ends with the
# invoice). One row for a contract. What a cancellation gives back is a charge of its own.
_CREDITED = """
    SELECT 'not_billed', 'credited', contract.company_id, NULL::int, contract.id, NULL::int,
           LEAST(min(charge.date_due), %(date)s)
      FROM alarm_charge charge
      JOIN contract_contract contract ON contract.id = charge.contract_id
      JOIN account_move move ON move.id = charge.move_id
 LEFT JOIN contract_line line ON line.id = charge.contract_line_id
     WHERE charge.state = 'credited' AND charge.amount > 0
       AND contract.active AND contract.business_model_id IS NOT NULL
       AND contract.company_id = ANY(%(companies)s)
       AND line.is_canceled IS NOT TRUE
       AND NOT (charge.kind = 'deposit' AND contract.alarm_state IN ('notice', 'ended'))
       AND NOT EXISTS (SELECT FROM alarm_charge again WHERE again.repeats_charge_id = charge.id)
       AND (move.state = 'cancel'
            OR NOT EXISTS (SELECT FROM account_move note
                            WHERE note.reversed_entry_id = move.id AND note.state = 'posted'
                              AND right(note.ref, length(move.name)) != move.name))
  GROUP BY contract.company_id, contract.id
"""

# Owed today for a site that is not monitored. Counted fees of the whole contract leave out such
# sites by themselves; whoever is log-only because of overdue fees goes on paying them.
_NOT_MONITORED = """
    SELECT 'not_monitored',
           CASE WHEN subscriber.state IN ('suspended', 'terminated') THEN subscriber.state
                ELSE 'not_live' END,
           held.company_id, subscriber.id, held.contract_id, held.fee_id, %(date)s
      FROM alarm_subscriber subscriber
      JOIN alarm_contract_subscriber_rel rel ON rel.subscriber_id = subscriber.id
      JOIN (SELECT contract_id, company_id, NULL::int AS subscriber_id, NULL::int AS fee_id
              FROM shared WHERE fixed
         UNION ALL
            SELECT contract_id, company_id, subscriber_id, id
              FROM fee WHERE billing AND subscriber_id IS NOT NULL) held
        ON held.contract_id = rel.contract_id
       AND (held.subscriber_id IS NULL OR held.subscriber_id = rel.subscriber_id)
     WHERE subscriber.state != 'active'
       AND NOT (subscriber.state = 'suspended'
                AND EXISTS (SELECT 1 FROM alarm_dunning_switch switch
                             WHERE switch.subscriber_id = subscriber.id
                               AND switch.state = 'on'))
"""

# Owed today under a contract without any site: for equipment only (recorders that are leased), as
# long as there is some.
_NO_SITE = """
    SELECT 'not_monitored',
           CASE WHEN bool_or(device.device_id IS NOT NULL) THEN 'devices_gone' ELSE 'no_site' END,
           fee.company_id, NULL::int, fee.contract_id, NULL::int, %(date)s
      FROM fee LEFT JOIN alarm_contract_device_rel device ON device.contract_id = fee.contract_id
     WHERE fee.billing
       AND NOT EXISTS (SELECT 1 FROM alarm_contract_subscriber_rel rel
                        WHERE rel.contract_id = fee.contract_id)
       AND NOT EXISTS (SELECT 1 FROM alarm_contract_device_rel rel
                         JOIN alarm_device piece ON piece.id = rel.device_id
                        WHERE rel.contract_id = fee.contract_id AND piece.state != ALL(%(gone)s))
  GROUP BY fee.company_id, fee.contract_id
"""


class AlarmBillingCheck(models.Model):
    """How the findings are found."""

    _inherit = "alarm.billing.check"

    @api.model
    def _findings_query(self, date):
        """Rows of kind, reason, company_id, subscriber_id, contract_id, contract_line_id, since; at
        most one for a kind, subscriber, contract and line."""
        parts = " UNION ALL ".join((_NOT_BILLED, _BEHIND, _CREDITED, _NOT_MONITORED, _NO_SITE))
        return SQL(
            f"WITH {_FEES}, {_SITES} {parts}",  # pylint: disable=sql-injection
            date=date,
            zone=self.env.company._alarm_zone().key,
            companies=self.env.companies.ids,
            gone=list(_GONE),
            reasons=_REASONS,
        )
