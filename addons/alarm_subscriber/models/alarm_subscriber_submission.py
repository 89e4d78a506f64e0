from operator import attrgetter

from odoo import api, fields, models
from odoo.exceptions import UserError

SUBMITTED = frozenset({"submitted"})


class AlarmSubscriber(models.Model):
    """Who has had a hand in what waits for approval: none of them approves it."""

    _inherit = "alarm.subscriber"

    submission_user_ids = fields.Many2many(
        "res.users",
        "alarm_subscriber_submission_user_rel",
        "subscriber_id",
        "user_id",
        string="Changed since Submitted By",
        readonly=True,
        copy=False,
        help="Who changed the record, or anything below it, after it was submitted.",
    )

    def action_submit(self):
        res = super().action_submit()
        self._submission_users_forget()
        return res

    def _check_approver(self):
        res = super()._check_approver()
        for subscriber in self:
            if subscriber.state == "submitted" and self.env.user in subscriber.submission_user_ids:
                raise UserError(
                    self.env._(
                        "%(subscriber)s was changed by you, %(user)s, after it was submitted. "
                        "Another person approves it, or it is returned and submitted again.",
                        subscriber=subscriber.display_name,
                        user=self.env.user.name,
                    )
                )
        return res

    def _submission_users_forget(self):
        # Neither this nor the next is a change of the record that anybody makes or may write.
        self.env.cr.execute(
            "DELETE FROM alarm_subscriber_submission_user_rel WHERE subscriber_id = ANY(%s)",
            [self.ids],
        )
        self.invalidate_recordset(["submission_user_ids"])

    def _submission_note_change(self):
        """Remember that the user had a hand in those of these that wait for approval."""
        submitted = self.filtered(lambda subscriber: subscriber.state in SUBMITTED)
        if submitted:
            self.env.cr.execute(
                """
                INSERT INTO alarm_subscriber_submission_user_rel (subscriber_id, user_id)
                SELECT id, %s FROM unnest(%s::int[]) AS id ON CONFLICT DO NOTHING
                """,
                [self.env.uid, submitted.ids],
            )
            submitted.invalidate_recordset(["submission_user_ids"])

    @api.model
    def _revision_fields(self):
        # The approval says who gave it; before it there is no history.
        return [name for name in super()._revision_fields() if name != "submission_user_ids"]


class AlarmSubmissionPart(models.AbstractModel):
    """What belongs to a subscriber: who makes, changes or deletes it has a hand in what waits."""

    _name = "alarm.submission.part"
    _description = "Part of What Is Submitted"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._submission_subscribers()._submission_note_change()
        return records

    def write(self, vals):
        left = self._submission_subscribers()
        res = super().write(vals)
        (left | self._submission_subscribers())._submission_note_change()
        return res

    def unlink(self):
        subscribers = self._submission_subscribers()
        res = super().unlink()
        subscribers.exists()._submission_note_change()
        return res

    def _submission_subscribers(self):
        """The subscribers that these records belong to."""
        return self.env["alarm.subscriber"]


class AlarmSubscriberPart(models.AbstractModel):
    _name = "alarm.subscriber.part"
    _inherit = ["alarm.subscriber.part", "alarm.submission.part"]

    def _submission_subscribers(self):
        path = self._revision_subscriber_path
        records = self.sudo()
        return attrgetter(path)(records) if path else records


class IrAttachment(models.Model):
    _name = "ir.attachment"
    _inherit = ["ir.attachment", "alarm.submission.part"]

    def _submission_subscribers(self):
        found = [records._submission_subscribers() for records, _files in self._revision_records()]
        return self.env["alarm.subscriber"].sudo().union(*found)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _revision_noting(self, change):
        res = super()._revision_noting(change)
        sites = self._revision_sites(SUBMITTED)
        subscribers = (
            self.env["alarm.subscriber"]
            .sudo()
            .union(*(one for found in sites.values() for one in found))
        )
        subscribers._submission_note_change()
        return res
