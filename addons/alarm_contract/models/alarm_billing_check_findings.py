from odoo import api, models
from odoo.tools import SQL

from .contract_line_counting import _GONE

# Fees that pay for monitoring, of the centre's contracts. `billing`: owed on the day.
_FEES = """
    fee AS (
        SELECT line.id, line.contract_id, line.subscriber_id, line.date_start, line.date_end,
               line.recurring_next_date, line.charge_kind, contract.company_id,
               (contract.alarm_state IN ('running', 'notice') AND NOT line.waiting
                AND line.date_start <= %(date)s
                AND (line.date_end IS NULL OR line.date_end >= %(date)s)) AS billing,
               CASE WHEN line.date_end < %(date)s OR contract.alarm_state = 'ended' THEN 'ended'
                    WHEN contract.alarm_state = 'draft' THEN 'draft'
                    WHEN contract.alarm_state = 'signed' THEN 'not_started'
                    WHEN contract.alarm_state = 'suspended' THEN 'suspended_contract'
                    ELSE 'waiting' END AS reason
          FROM contract_line line
          JOIN contract_contract contract ON contract.id = line.contract_id
         WHERE line.covers_monitoring AND line.is_canceled IS NOT TRUE
           AND contract.active AND contract.business_model_id IS NOT NULL
           AND contract.company_id = ANY(%(companies)s)
    )
"""

# Site and fee: a fee of one site, and one of the whole contract for each of its sites.
_SITES = """
    site AS (
        SELECT rel.subscriber_id, fee.contract_id, fee.id AS fee_id, TRUE AS own, fee.billing,
               fee.reason, fee.date_start, fee.date_end, fee.charge_kind, fee.company_id
          FROM fee JOIN alarm_contract_subscriber_rel rel
            ON rel.contract_id = fee.contract_id AND rel.subscriber_id = fee.subscriber_id
     UNION ALL
        SELECT rel.subscriber_id, fee.contract_id, fee.id, FALSE, fee.billing,
               fee.reason, fee.date_start, fee.date_end, fee.charge_kind, fee.company_id
          FROM fee JOIN alarm_contract_subscriber_rel rel ON rel.contract_id = fee.contract_id
         WHERE fee.subscriber_id IS NULL
    )
"""

# Monitored today, and no fee is owed for it. What a carrier bills is billed.
_NOT_BILLED = """
    SELECT 'not_billed' AS kind,
           COALESCE(best.reason, CASE WHEN held.contract_id IS NULL THEN 'no_contract'
                                      ELSE 'no_line' END) AS reason,
           subscriber.company_id, subscriber.id AS subscriber_id,
           COALESCE(best.contract_id, held.contract_id) AS contract_id,
           NULL::int AS contract_line_id,
           LEAST(GREATEST(COALESCE(subscriber.approved_at::date, %(date)s),
                          best.date_end + 1), %(date)s) AS since
      FROM alarm_subscriber subscriber
 LEFT JOIN (SELECT DISTINCT ON (site.subscriber_id) site.subscriber_id, site.contract_id,
                   site.reason, CASE WHEN site.reason = 'ended' THEN site.date_end END AS date_end
              FROM site
          ORDER BY site.subscriber_id,
                   array_position(ARRAY['waiting', 'not_started', 'suspended_contract', 'draft',
                                        'ended'], site.reason),
                   site.date_end DESC NULLS FIRST, site.fee_id DESC) best
        ON best.subscriber_id = subscriber.id
 LEFT JOIN (SELECT rel.subscriber_id, max(rel.contract_id) AS contract_id
              FROM alarm_contract_subscriber_rel rel
              JOIN contract_contract contract ON contract.id = rel.contract_id
             WHERE contract.business_model_id IS NOT NULL AND contract.active
               AND contract.alarm_state != 'ended'
          GROUP BY rel.subscriber_id) held
        ON held.subscriber_id = subscriber.id
     WHERE subscriber.state = 'active'
       AND subscriber.company_id = ANY(%(companies)s)
       AND NOT EXISTS (SELECT 1 FROM site
                        WHERE site.subscriber_id = subscriber.id AND site.billing)
       AND NOT EXISTS (SELECT 1 FROM alarm_contract_subscriber_rel rel
                         JOIN contract_contract contract ON contract.id = rel.contract_id
                        WHERE rel.subscriber_id = subscriber.id
                          AND contract.business_model_id IS NOT NULL AND contract.active
                          AND contract.biller = 'carrier'
                          AND contract.alarm_state IN ('running', 'notice'))
"""

# Owed and past its day of invoice.
_BEHIND = """
    SELECT 'not_billed', 'behind', fee.company_id, fee.subscriber_id, fee.contract_id, fee.id,
           fee.recurring_next_date
      FROM fee WHERE fee.billing AND fee.recurring_next_date < %(date)s
"""

# Owed today for a site that is not monitored. Counted fees leave out such sites by themselves;
# whoever is log-only because of overdue fees goes on paying them.
_NOT_MONITORED = """
    SELECT 'not_monitored',
           CASE WHEN subscriber.state IN ('suspended', 'terminated') THEN subscriber.state
                ELSE 'not_live' END,
           site.company_id, subscriber.id, site.contract_id,
           CASE WHEN site.own THEN site.fee_id END, %(date)s
      FROM site JOIN alarm_subscriber subscriber ON subscriber.id = site.subscriber_id
     WHERE site.billing AND subscriber.state != 'active'
       AND (site.own OR site.charge_kind = 'fixed')
       AND NOT EXISTS (SELECT 1 FROM alarm_dunning_switch switch
                        WHERE switch.subscriber_id = subscriber.id AND switch.state = 'on'
                          AND subscriber.state = 'suspended')
  GROUP BY 1, 2, 3, 4, 5, 6
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
                         JOIN alarm_device held ON held.id = rel.device_id
                        WHERE rel.contract_id = fee.contract_id AND held.state != ALL(%(gone)s))
  GROUP BY fee.company_id, fee.contract_id
"""


class AlarmBillingCheck(models.Model):
    """How the findings are found."""

    _inherit = "alarm.billing.check"

    @api.model
    def _findings_query(self, date):
        """Rows of kind, reason, company_id, subscriber_id, contract_id, contract_line_id, since; at
        most one for a kind, subscriber, contract and line."""
        parts = " UNION ALL ".join((_NOT_BILLED, _BEHIND, _NOT_MONITORED, _NO_SITE))
        return SQL(
            f"WITH {_FEES}, {_SITES} {parts}",  # pylint: disable=sql-injection
            date=date,
            companies=self.env.companies.ids,
            gone=list(_GONE),
        )
