import logging
import time
from contextlib import ExitStack

from psycopg2 import IntegrityError, InterfaceError, OperationalError
from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.alarm_monitoring.tools.locks import matters_locked
from odoo.addons.alarm_monitoring.tools.transaction import own_transaction

from ..tools.billing_batches import halves, whole_groups
from ..tools.billing_states import AT_WORK
from .alarm_billing_notice import BY_RUN

_logger = logging.getLogger(__name__)

# Contracts that are invoiced in one transaction: enough that what each transaction costs does not
# count, few enough that memory stays flat and that little is done again after a power cut.
BATCH = 200

# Contracts that are done while the user waits; more are done in the background.
AT_ONCE = 20

# Somebody else was at the same contract, or the same number of an invoice: it passes.
_PASSING = (DeadlockDetected, LockNotAvailable, SerializationFailure, IntegrityError)
_TRIES = 3
_PAUSE = 0.2


class _Undone(Exception):
    """Ends a trial whose result is not kept."""


class AlarmBillingRun(models.Model):
    """How a run works: batch after batch, each a transaction of its own.

    A batch is invoiced whole or not at all, and with it is written that its contracts are done.
    Whoever goes on after a power cut therefore finds exactly those waiting that have no invoice.
    One process at a time works for a company.
    """

    _inherit = "alarm.billing.run"

    def _go_on(self):
        for run in self:
            if run._is_short():
                run._in_own_name()._work()
        # A permitted user asks for what the scheduler does in his name.
        self.env.ref("alarm_contract.ir_cron_billing").sudo()._trigger()
        return True

    def _is_short(self):
        number = len(self.env["contract.contract"]._get_ids_to_bill(self.company_id, self.date))
        return number <= AT_ONCE

    def _in_own_name(self):
        """By the rights, in the language and the company of whoever the run belongs to."""
        self.ensure_one()
        user = self.user_id
        return self.with_user(user).with_context(
            lang=user.lang,
            tz=user.tz,
            allowed_company_ids=self.company_id.ids,
        )

    @api.model
    def _run_due(self):
        """The scheduler's: go on with what has begun, then tell customers."""
        for run in self.search([("state", "in", AT_WORK)], order="id"):
            try:
                if not run._in_own_name()._work():
                    break
            except (InterfaceError, OperationalError) as error:
                if not isinstance(error, _PASSING):
                    # The database is away.
                    raise
                _logger.warning("Run %s is left for the next time", run.id, exc_info=True)
            except Exception as error:
                # The runs of other companies go on; this one is tried again the next time.
                self.env.invalidate_all(flush=False)
                _logger.exception("Run %s could not go on", run.id)
                with own_transaction(self.env):
                    run._say_why_it_stands(error)
        self.env["alarm.billing.notice"]._send_due()

    @api.model
    def _run_daily(self):
        """The scheduler's, once a day: what is due today, of every company that wants it."""
        for company in self.env["res.company"].search([("alarm_billing_daily", "=", True)]):
            self._make_daily(company)
        self._run_due()

    @api.model
    def _make_daily(self, company):
        today = company._alarm_today()
        contracts = self.env["contract.contract"].with_company(company)
        made = self.search_count(
            [
                ("company_id", "=", company.id),
                ("kind", "=", "daily"),
                # Another one would stand behind the one that has not come to its end.
                "|",
                ("date", "=", today),
                ("state", "in", AT_WORK),
            ]
        )
        if made or not contracts._get_ids_to_bill(company, today):
            return self.browse()
        run = self._by_verb().create(
            {
                "company_id": company.id,
                "kind": "daily",
                "date": today,
                "user_id": (company.alarm_billing_user_id or self.env.user).id,
                "notify": bool(company._get_invoice_channels()),
            }
        )
        run._transition("start", started_at=fields.Datetime.now())
        return run

    def _work(self):
        """Work until all is done, or leave it to somebody else who does; False when time is
        over."""
        self.ensure_one()
        with ExitStack() as stack:
            try:
                stack.enter_context(
                    matters_locked(self.env, [f"billing:{self.company_id.id}"], timeout="1s")
                )
            except LockNotAvailable:
                _logger.info("%s: another process is at work", self.name)
                return True
            return self._work_alone()

    def _work_alone(self):
        while True:
            # What another process, or a click, has changed since the last batch.
            self.env.invalidate_all()
            if self.state not in AT_WORK:
                return True
            if not self.collected:
                with own_transaction(self.env):
                    self._collect()
                continue
            done = self._reckon() if self.state == "previewing" else self._bill_next()
            if not done:
                with own_transaction(self.env):
                    self._finish()
            elif not self._has_time(done):
                return False

    def _has_time(self, done):
        if not self.env.context.get("ir_cron_progress_id"):
            return True
        remaining = self.env["alarm.billing.run.item"].search_count(
            [("run_id", "=", self.id), ("state", "=", "pending")]
        )
        return self.env["ir.cron"]._commit_progress(done, remaining=remaining) > 0

    def _collect(self):
        """List the contracts that owe something, those that are not in the run yet."""
        contracts = self.env["contract.contract"]
        if self.state == "previewing":
            ids = contracts._get_ids_to_preview(self.company_id, self.date)
        else:
            ids = contracts._get_ids_to_bill(self.company_id, self.date)
        self.env["contract.contract"].flush_model()
        self.env.cr.execute(
            """
            INSERT INTO alarm_billing_run_item (
                run_id, company_id, contract_id, partner_id, payer_id, group_key, state
            )
            SELECT %s, company_id, id, partner_id, invoice_partner_id,
                   CASE WHEN invoice_grouping = 'customer'
                        THEN 'payer ' || lpad(invoice_partner_id::text, 12, '0')
                        ELSE 'contract ' || lpad(id::text, 12, '0') END,
                   'pending'
              FROM contract_contract
             WHERE id = ANY(%s)
            ON CONFLICT (run_id, contract_id) DO NOTHING
            """,
            [self.id, ids],
        )
        if self.state != "previewing":
            # What only waited in the preview may be owed by now.
            waiting = [("run_id", "=", self.id), ("state", "=", "nothing")]
            items = self.env["alarm.billing.run.item"].search(
                [*waiting, ("contract_id", "in", ids)]
            )
            items._wait_no_more()
        self._write_by_verb({"collected": True})

    def _finish(self):
        if self.state == "previewing":
            return self._transition("show", problem=False)
        self._transition("finish", finished_at=fields.Datetime.now(), problem=False)
        self.invalidate_recordset()
        if self.failed_count:
            self._tell_of_failures()
        return True

    def _tell_of_failures(self):
        mine = self.with_context(lang=self.user_id.lang or self.env.lang)
        mine.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=mine.env._("%s contracts could not be invoiced", self.failed_count),
            note=mine.env._("The list of the run says why of each."),
            user_id=self.user_id.id,
        )

    def _next_groups(self):
        """The next waiting contracts, as ids of items; what may come on one invoice together."""
        items = self.env["alarm.billing.run.item"]
        waiting = [("run_id", "=", self.id), ("state", "=", "pending")]
        found = items.search_fetch(waiting, ["group_key"], limit=BATCH + 1)
        more = len(found) > BATCH
        if more and found[0].group_key == found[-1].group_key:
            found = items.search([*waiting, ("group_key", "=", found[0].group_key)])
            more = False
        return whole_groups([(item.group_key, item.id) for item in found], BATCH, more)

    def _bill_next(self):
        """Invoice a batch; how many contracts it was, 0 when none is waiting."""
        groups = self._next_groups()
        if groups:
            self._bill(groups)
        return sum(map(len, groups))

    def _bill(self, groups):
        """Invoice these; where they cannot be invoiced together, find the one that is to blame."""
        ids = [number for group in groups for number in group]
        try:
            self._bill_patiently(ids)
        except (InterfaceError, OperationalError) as error:
            if not isinstance(error, _PASSING):
                # The database is away: nothing is wrong with these contracts.
                raise
            self._divide(groups, error)
        except Exception as error:  # noqa: BLE001  whatever it is, it stops no other contract
            self._divide(groups, error)

    def _divide(self, groups, error):
        if len(groups) > 1:
            for half in halves(groups):
                self._bill(half)
        elif len(groups[0]) > 1:
            self._bill_without_bad(groups[0], error)
        else:
            self._fail(groups[0], error)

    def _bill_without_bad(self, ids, error):
        """One payer's contracts go on one invoice; those that cannot do not keep the others."""
        good = []
        for number in ids:
            try:
                with own_transaction(self.env):
                    self._bill_together([number])
                    raise _Undone
            except _Undone:
                good.append(number)
            except Exception as own_error:  # noqa: BLE001  see _bill
                self._fail([number], own_error)
        if len(good) == len(ids):
            self._fail(ids, error)
        elif good:
            self._bill([good])

    def _bill_patiently(self, ids):
        for tries_left in reversed(range(_TRIES)):
            try:
                with own_transaction(self.env):
                    self._bill_together(ids)
                return
            except _PASSING:
                if not tries_left:
                    raise
                time.sleep(_PAUSE)

    def _bill_together(self, ids):
        items = self.env["alarm.billing.run.item"].browse(ids)
        contracts = self._lock_contracts(items.contract_id)
        problems = contracts._get_billing_problems()
        for item in items:
            if reasons := problems.get(item.contract_id.id):
                item._fail("\n".join(reasons))
        items = items.filtered(lambda item: item.contract_id.id not in problems)
        moves = items.contract_id.with_context(alarm_told=BY_RUN)._charge(self.date)
        items._keep_invoices(moves)
        items.contract_id.filtered("invoice_generation_error")._clear_invoice_generation_error()
        if self.notify:
            self.env["alarm.billing.notice"]._queue(moves, self)

    def _lock_contracts(self, contracts):
        """Nobody else charges these until the batch is done; who does so now is waited for."""
        self.env.cr.execute("SET LOCAL lock_timeout = '4s'")
        self.env.cr.execute(
            "SELECT id FROM contract_contract WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [contracts.ids],
        )
        self.env.cr.execute("SET LOCAL lock_timeout TO DEFAULT")
        return contracts

    def _fail(self, ids, error):
        if not isinstance(error, UserError):
            _logger.warning("%s: contracts of items %s failed", self.name, ids, exc_info=error)
        with own_transaction(self.env):
            self.env["alarm.billing.run.item"].browse(ids)._fail(self._reason_of(error))

    @api.model
    def _reason_of(self, error):
        """What a clerk is told of it."""
        if isinstance(error, UserError):
            return str(error)
        if isinstance(error, _PASSING) and not isinstance(error, IntegrityError):
            return self.env._("Somebody else was changing it. Try it again.")
        return f"{type(error).__name__}: {error}"
