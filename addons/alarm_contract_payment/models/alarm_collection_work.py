import logging
from datetime import timedelta

from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import DeadlockDetected, LockNotAvailable, SerializationFailure

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.alarm_monitoring.tools.locks import matters_locked
from odoo.addons.alarm_monitoring.tools.transaction import own_transaction

_logger = logging.getLogger(__name__)

# Somebody else was at the same invoice: it passes.
_PASSING = (DeadlockDetected, LockNotAvailable, SerializationFailure)

# So long a payer who is paying on the portal at this moment may take.
PAYING_NOW = timedelta(hours=1)
# So long we wait for the answer to a payment of ours.
ANSWER_WITHIN = timedelta(days=4)


class AlarmCollection(models.Model):
    """The job that collects. A try is two transactions: the first says that the invoice is on its
    way, the second asks the provider. Who dies between them leaves it on its way, and nobody asks a
    second time: whether the money was taken is then for somebody to look up."""

    _inherit = "alarm.collection"

    @api.model
    def _collect_due(self):
        """The scheduler's: every collection of which the day has come."""
        self._give_up_unanswered()
        due = self.search(self._domain_due(), order="due_on, id")
        for done, collection in enumerate(due, 1):
            collection._collect()
            if not self._has_time_to_collect(len(due) - done):
                break

    @api.model
    def _has_time_to_collect(self, remaining):
        if not self.env.context.get("ir_cron_progress_id"):
            return True
        return self.env["ir.cron"]._commit_progress(1, remaining=remaining) > 0

    @api.model
    def _domain_due(self):
        # The day has come where the invoice is owed, not where the job runs.
        days = self.env["res.company"]._alarm_days()
        return Domain("state", "in", ("to_collect", "failed", "on_way")) & Domain.OR(
            Domain("company_id", "in", companies.ids) & Domain("due_on", "<=", day)
            for day, companies in days.items()
        )

    def _collect(self):
        """Collect this one, unless another process is at it."""
        self.ensure_one()
        try:
            with matters_locked(self.env, [f"collection:{self.id}"], timeout="1s"):
                self._collect_alone()
        except LockNotAvailable:
            return
        except (InterfaceError, OperationalError) as error:
            if not isinstance(error, _PASSING):
                # The database is away.
                raise
            _logger.warning("Collection %s is left for the next time", self.id, exc_info=True)
        except Exception:
            # One that cannot be collected keeps no other.
            _logger.exception("Collection %s", self.id)

    def _collect_alone(self):
        with own_transaction(self.env):
            transaction = self._begin()
        if not transaction:
            return
        with own_transaction(self.env):
            transaction._charge_with_token()
        if transaction.state == "done":
            # The money is there; should it not be booked now, Odoo's own job does it.
            with own_transaction(self.env):
                transaction._post_process()

    def _begin(self):
        """Say that it is on its way. Returns the transaction that is to be sent; none if there is
        nothing to send now."""
        self.env.invalidate_all()
        nothing = self.env["payment.transaction"]
        if not self.try_lock_for_update(allow_referencing=True):
            return nothing
        if not self.filtered_domain(self._domain_due()):
            return nothing
        move = self.move_id
        if move.state != "posted" or move.currency_id.is_zero(move.amount_residual):
            # Paid, given back, or taken back: a credit note that covers it needs no payment.
            self.write({"state": "void", "due_on": False, "reason": False})
            return nothing
        if paying := self._get_other_payment():
            self.write({"state": "on_way", "transaction_id": paying.id})
            return nothing
        if self._get_due() > 0 >= self._get_amount():
            self._wait_for_allocation()
            return nothing
        token = self._get_token()
        if obstacle := self._find_obstacle(token):
            self.tries += 1
            self._fail(obstacle)
            return nothing
        transaction = self.env["payment.transaction"].create(self._prepare_transaction(token))
        self.write(
            {
                "state": "on_way",
                "due_on": False,
                "reason": False,
                "tries": self.tries + 1,
                "token_id": token.id,
                "transaction_id": transaction.id,
                "amount": transaction.amount,
            }
        )
        return transaction

    def _get_token(self):
        """What the contracts of the invoice are paid by now; none if not all by the same."""
        contracts = self.contract_ids
        tokens = contracts.autopay_token_id
        return tokens if len(tokens) == 1 and all(contracts.mapped("autopay")) else tokens[:0]

    def _find_obstacle(self, token):
        """Why the invoice cannot be collected by `token`; None: it can."""
        self.ensure_one()
        move, provider = self.move_id, token.provider_id
        if not token:
            return self.env._("There is no stored payment method for all that is on the invoice.")
        if not token.active:
            return self.env._("%s is deleted.", token.display_name)
        if obstacle := token._why_not_of(move.partner_id):
            return obstacle
        if token.company_id not in move.company_id.parent_ids:
            return self.env._("%s is stored with another company.", token.display_name)
        if provider.state == "disabled":
            return self.env._("%s is switched off.", provider.name)
        if provider.capture_manually:
            return self.env._("%s only authorises what has to be collected by hand.", provider.name)
        currencies = provider.available_currency_ids
        if currencies and move.currency_id not in currencies:
            name, currency = provider.name, move.currency_id.name
            return self.env._("%(name)s takes no %(currency)s.", name=name, currency=currency)
        if self._get_due() <= 0:
            return self.env._("Nothing of the invoice is due.")
        return None

    def _get_amount(self):
        """What is to be collected today: what is due, less what its payer has paid otherwise, or
        was given back, and nobody has allocated yet."""
        due = self._get_due()
        if due <= 0:
            return 0.0
        return self.currency_id.round(max(due - self._get_unallocated(), 0.0))

    def _get_due(self):
        """What is due of the invoice today: of one that is paid in instalments not all."""
        move = self.move_id
        today = move.company_id._alarm_today()
        due = self._get_open_items().filtered(
            lambda line: not line.date_maturity or line.date_maturity <= today
        )
        amount = sum(due.mapped("amount_residual_currency"))
        return min(move.currency_id.round(amount), move.amount_residual)

    def _get_open_items(self):
        return self.move_id._get_open_receivables()

    def _get_unallocated(self):
        """What the payer has beyond all that he owes from before this invoice: each amount is set
        against one debt only, the oldest first."""
        move = self.move_id
        open_items = self.env["account.move.line"].search(
            [
                ("company_id", "=", move.company_id.id),
                ("partner_id.commercial_partner_id", "=", move.commercial_partner_id.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
            ]
        )
        # A payment without an entry of its own, until it is found on a statement of the bank.
        payments = self.env["account.payment"].search(
            [
                ("company_id", "=", move.company_id.id),
                ("partner_id.commercial_partner_id", "=", move.commercial_partner_id.id),
                ("partner_type", "=", "customer"),
                ("state", "=", "in_process"),
                ("move_id", "=", False),
            ]
        )
        mine = self._get_open_items()
        first = min(map(_age, mine))
        paid = open_items.filtered(lambda item: item.amount_residual < 0)
        older = (open_items - paid - mine).filtered(lambda item: _age(item) < first)
        amounts = [(-item.amount_residual_currency, item.currency_id) for item in paid | older]
        amounts += [
            (one.amount if one.payment_type == "inbound" else -one.amount, one.currency_id)
            for one in payments
        ]
        return max(self._sum_in_currency(amounts), 0.0)

    def _sum_in_currency(self, amounts):
        """The sum of ``(amount, its currency)`` in the currency of the invoice."""
        company, today = self.company_id, self.company_id._alarm_today()
        return sum(
            currency._convert(amount, self.currency_id, company, today, round=False)
            for amount, currency in amounts
        )

    def _wait_for_allocation(self):
        """The payer has nothing to do, accounts have. Until then it is looked at every day: what
        he has may also be paid out, or set against something else."""
        self.write(
            {
                "state": "to_collect",
                "due_on": fields.Date.add(self.company_id._alarm_today(), days=1),
                "reason": self.env._(
                    "%s has paid it otherwise, or was given it back, by what nobody has allocated "
                    "yet. Allocate it.",
                    self.move_id.commercial_partner_id.display_name,
                ),
            }
        )

    def _prepare_transaction(self, token):
        move = self.move_id
        reference = self.env["payment.transaction"]._compute_reference(
            token.provider_id.code, prefix=move.name
        )
        return {
            "provider_id": token.provider_id.id,
            "payment_method_id": token.payment_method_id.id,
            "reference": reference,
            "amount": self._get_amount(),
            "currency_id": move.currency_id.id,
            "partner_id": token.partner_id.id,
            "token_id": token.id,
            "operation": "offline",
            "invoice_ids": [fields.Command.set(move.ids)],
        }

    def _get_other_payment(self):
        """The transaction by which the invoice is being paid at this moment already."""
        now = fields.Datetime.now()
        return self.move_id.transaction_ids.filtered(
            lambda one: one._is_paying(now) and one.operation not in ("refund", "validation")
        )[:1]

    @api.model
    def _give_up_unanswered(self):
        """What a provider has not answered for days. Whether it was paid has to be looked up there:
        it is not tried again by itself."""
        since = fields.Datetime.now() - ANSWER_WITHIN
        unanswered = self.search(
            [
                ("state", "=", "on_way"),
                ("due_on", "=", False),
                ("transaction_id.last_state_change", "<", since),
            ]
        )
        for collection in unanswered:
            try:
                with self.env.cr.savepoint():
                    collection._give_up()
            except (InterfaceError, OperationalError):
                raise
            except Exception:
                # One of which the payer cannot be told keeps no other from being collected.
                self.env.invalidate_all(flush=False)
                _logger.exception("Collection %s", collection.id)

    def _give_up(self):
        self._fail(
            self.env._(
                "%s has not answered. Look up there whether it was paid before you try again.",
                self.transaction_id.provider_id.name,
            ),
            again=False,
        )


def _age(item):
    """By which of two debts the older one is known."""
    return item.date_maturity or item.date, item.id
