from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.append_only import refuse_changes

# A draft may be deleted; what was tried on it stays, with the names in words.
_EMPTIED = ("subscriber_id", "contact_id")


class AlarmPasscodeTry(models.Model):
    """What was done with passcodes, by whom: every try, every setting, every revealing."""

    _name = "alarm.passcode.try"
    _inherit = "alarm.own.defaults"
    _description = "Use of Passcodes"
    _order = "id desc"
    _log_access = False

    at = fields.Datetime(
        string="Time", required=True, readonly=True, index=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="restrict"
    )
    subscriber_id = fields.Many2one(
        "alarm.subscriber", readonly=True, index=True, ondelete="set null"
    )
    contact_id = fields.Many2one(
        "alarm.contact", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    subject = fields.Char(required=True, readonly=True, help="Subscriber and contact by name.")
    result = fields.Selection(
        [
            ("ok", "Accepted"),
            ("duress", "Duress"),
            ("wrong", "Wrong"),
            ("locked", "Locked"),
            ("set", "Code Set"),
            ("removed", "Code Removed"),
            ("revealed", "Revealed"),
        ],
        required=True,
        readonly=True,
    )

    @api.depends("subject", "result")
    def _compute_display_name(self):
        labels = dict(self._fields["result"]._description_selection(self.env))
        for entry in self:
            entry.display_name = f"{entry.subject}: {labels.get(entry.result, '')}"

    def init(self):
        stays = [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and name not in _EMPTIED
        ]
        refuse_changes(self.env.cr, self._table, columns=stays, emptied=_EMPTIED)

    # Nothing is written, so there is no super to call.
    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("What was done with passcodes is a record that stays as it is."))

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(
                self.env._("What was done with passcodes is a record that stays as it is.")
            )
        return super().unlink()

    def _log(self, subscriber, contact, result):
        """One line for what the user has just done (self is sudo)."""
        names = [record.display_name for record in (subscriber, contact) if record]
        return self.create(
            {
                "user_id": self.env.uid,
                "subscriber_id": subscriber.id,
                "contact_id": contact.id,
                "company_id": subscriber.company_id.id,
                "subject": " · ".join(names),
                "result": result,
            }
        )


class AlarmPasscodeGuard(models.Model):
    """How often one user was wrong at one subscriber, and until when he is locked out."""

    _name = "alarm.passcode.guard"
    _description = "Limit of Tries with Passcodes"
    _log_access = False

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, readonly=True, ondelete="restrict"
    )
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    wrong = fields.Integer(required=True, readonly=True, default=0)
    wrong_at = fields.Datetime(readonly=True)
    locked_until = fields.Datetime(readonly=True)

    _subscriber_user_uniq = models.UniqueIndex("(subscriber_id, user_id)")

    def _enter(self, subscriber):
        """The user's row for the subscriber, locked until the end of the transaction.

        Two tries at once come one after the other: the later one fails to serialise, is repeated
        by the server and then sees what the earlier one counted.
        """
        [(row_id,)] = self.env.execute_query(
            SQL(
                """INSERT INTO alarm_passcode_guard (subscriber_id, user_id, wrong)
                   VALUES (%s, %s, 0)
                   ON CONFLICT (subscriber_id, user_id)
                   DO UPDATE SET wrong = alarm_passcode_guard.wrong
                   RETURNING id""",
                subscriber.id,
                self.env.uid,
            )
        )
        guard = self.browse(row_id)
        guard.invalidate_recordset()
        return guard

    def _count(self, right, company, now):
        """Count a try; returns how many wrong ones are left before the lock."""
        if right:
            self.write({"wrong": 0, "wrong_at": False, "locked_until": False})
            return company.passcode_tries
        pause = timedelta(minutes=company.passcode_lock_minutes)
        fresh = self.wrong_at and self.wrong_at > now - pause and not self.locked_until
        wrong = self.wrong + 1 if fresh else 1
        left = max(company.passcode_tries - wrong, 0)
        self.write(
            {"wrong": wrong, "wrong_at": now, "locked_until": False if left else now + pause}
        )
        return left
