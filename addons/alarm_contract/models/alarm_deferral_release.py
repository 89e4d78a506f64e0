import logging

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..tools.deferral import month_end, month_of

_logger = logging.getLogger(__name__)


class AlarmDeferralLine(models.Model):
    """The monthly job: what was earned becomes income, by one entry for a company and a month."""

    _inherit = "alarm.deferral.line"

    @api.model
    def _cron_release(self):
        """Every day: release the months that are over. What cannot be released waits, with its
        reason, for a person, and all else goes on."""
        for day, companies in self.env["res.company"]._alarm_days().items():
            before = fields.Date.subtract(day.replace(day=1), days=1)
            theirs = ("company_id", "in", companies.ids)
            waiting = self._read_group(
                [("month", "<=", before), ("move_id", "=", False), theirs], ["company_id"]
            )
            ended = self.env["alarm.deferral"]._read_group(
                [("period_end", ">", before), ("stopped_on", "=", False), theirs], ["company_id"]
            )
            for company in {company for (company,) in waiting + ended}:
                self._release_what_can(company, before)

    @api.model
    def _release_what_can(self, company, until):
        """As `_release`, month by month; what fails keeps its reason and stops nothing else."""
        try:
            with self.env.cr.savepoint():
                self.env["alarm.deferral"]._stop_ended(month_end(until), company)
        except UserError as error:
            _logger.warning("Fees of %s that have ended go on: %s", company.name, error)
        lines = self._get_waiting(company, month_end(until))
        for month, group in sorted(lines.grouped("month").items()):
            group._release_or_say_why(company, month_end(month))

    def _release_or_say_why(self, company, date):
        """One entry; where that fails, one for each pair of accounts, so that one that is wrong
        keeps nothing else."""
        try:
            with self.env.cr.savepoint():
                journal = company._get_alarm_deferral_journal()
                self._check_open(company, journal, date)
        except UserError as error:
            self._say_why(error)
            return
        try:
            with self.env.cr.savepoint():
                self._post_release(company, journal, date)
        except Exception as error:
            self.invalidate_recordset()
            parts = list(self._group_for_release().values())
            if len(parts) == 1:
                if not isinstance(error, UserError):
                    _logger.exception("Deferred income of %s was not released", company.name)
                self._say_why(error)
                return
            for part in parts:
                part._release_or_say_why(company, date)

    def _say_why(self, error):
        reason = str(error) or type(error).__name__
        self.filtered(lambda line: line.error != reason).write({"error": reason})
        _logger.warning("Deferred income of %s was not released: %s", self.company_id.name, reason)

    @api.model
    def _release(self, company, until, into=None):
        """Make what was earned by the end of a month income.

        Who runs it twice gets nothing more; of two who run it at once, one waits for the other and
        finds nothing left.

        :param until: a day; its month is the last that is released
        :param into: date of the entry for all of it, instead of the last day of each month
        :return: the entries, posted
        :raises UserError: the books are closed for a month
        """
        until = month_end(until)
        self.env["alarm.deferral"]._stop_ended(until, company)
        lines = self._get_waiting(company, until)
        if into:
            groups = {into: lines} if lines else {}
        else:
            groups = {
                month_end(month): group for month, group in sorted(lines.grouped("month").items())
            }
        journal = company._get_alarm_deferral_journal()
        for date in groups:
            self._check_open(company, journal, date)
        moves = self.env["account.move"]
        for date, group in groups.items():
            moves |= group._post_release(company, journal, date)
        return moves

    @api.model
    def _get_waiting(self, company, until):
        return self.search(
            [("company_id", "=", company.id), ("month", "<=", until), ("move_id", "=", False)]
        )

    def _post_release(self, company, journal, date):
        """The entry that makes these income, posted."""
        moves = self.env["account.move"].with_company(company)
        move = moves.create(self._prepare_release(company, journal, date))
        self.write({"move_id": move.id, "error": False})
        move._post(soft=False)
        return move

    @api.model
    def _check_open(self, company, journal, date):
        locks = company._get_violated_lock_dates(date, False, journal)
        if locks:
            raise UserError(
                self.env._(
                    "Deferred income cannot be released on %(date)s: the books of %(company)s are "
                    "closed then (%(locks)s). Release it on a later day, or open the books.",
                    date=format_date(self.env, date),
                    company=company.name,
                    locks=company._format_lock_dates(locks),
                )
            )

    def _prepare_release(self, company, journal, date):
        """Values of the entry that releases these."""
        months = sorted(set(self.mapped("month")))
        words = [
            format_date(self.env, month, date_format="yyyy-MM") for month in (months[0], months[-1])
        ]
        ref = self.env._(
            "Deferred income earned in %s", words[0] if len(months) == 1 else " – ".join(words)
        )
        commands = []
        for (account, income, _key), group in self._group_for_release().items():
            # Also where a credit note takes back just what a month gives: the entry says so.
            amount = company.currency_id.round(sum(group.mapped("amount")))
            commands += [
                Command.create({"account_id": account.id, "name": ref, "balance": amount}),
                Command.create(
                    {
                        "account_id": income.id,
                        "name": ref,
                        "balance": -amount,
                        "analytic_distribution": group.deferral_id[0].analytic_distribution,
                    }
                ),
            ]
        return {
            "journal_id": journal.id,
            "date": date,
            "ref": ref,
            "alarm_deferral_month": month_of(months[-1]),
            "line_ids": commands,
        }

    def _group_for_release(self):
        return self.grouped(
            lambda line: (
                line.deferral_id.account_id,
                line.deferral_id.income_account_id,
                str(line.deferral_id.analytic_distribution or ""),
            )
        )
