import logging

from odoo import api, fields, models
from odoo.tools import format_date

_logger = logging.getLogger(__name__)

# Nobody asks for these any more.
_NOT_EXPECTED = ("lost", "scrapped")


class AlarmDevice(models.Model):
    """When a piece of ours that stands with somebody else comes back, and who sees to it."""

    _inherit = "alarm.device"

    return_due = fields.Date(
        string="Due Back On",
        compute="_compute_return_due",
        store=True,
        readonly=False,
        copy=False,
        index="btree_not_null",
        help="Until when equipment of ours is lent. It is back when the stock has it back.",
    )
    return_user_id = fields.Many2one(
        "res.users",
        string="Asked For By",
        compute="_compute_return_user_id",
        store=True,
        readonly=False,
        copy=False,
        ondelete="restrict",
        help="Who is told when it is overdue.",
    )
    return_asked = fields.Boolean(
        readonly=True, copy=False, help="Somebody was told that it is overdue."
    )

    @api.depends("ownership")
    def _compute_return_due(self):
        for device in self:
            device.return_due = device.ownership == "leased" and device.return_due

    @api.depends("return_due")
    def _compute_return_user_id(self):
        for device in self:
            device.return_user_id = device.return_due and device.return_user_id

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_asker(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_asker(vals))

    @api.model
    def _with_asker(self, vals):
        """Who says the day sees to it, unless somebody else is named. For another day it is asked
        anew."""
        if "return_due" not in vals:
            return vals
        asker = {"return_user_id": self.env.uid} if vals["return_due"] else {}
        return {**asker, "return_asked": False, **vals}

    def _prepare_left(self, location):
        return {**super()._prepare_left(location), "return_due": False}

    def _prepare_successor(self, lot, ownership, day):
        values = super()._prepare_successor(lot, ownership, day)
        if ownership == self.ownership:
            values.update({"return_due": self.return_due, "return_user_id": self.return_user_id.id})
        return values

    @api.model
    def _revision_fields(self):
        # What was asked says nothing of the premises.
        return [name for name in super()._revision_fields() if name != "return_asked"]

    @api.model
    def _cron_ask_for_returns(self):
        """Job of each day: who sees to a piece is told once that it is overdue."""
        for day, companies in self.env["res.company"]._alarm_days().items():
            self._find_overdue(day, companies)._ask_for_return(day)

    @api.model
    def _find_overdue(self, day, companies):
        """What should have been back before `day`, and nobody was told of it yet."""
        return self.search(
            [
                ("company_id", "in", companies.ids),
                ("return_due", "<", day),
                ("return_asked", "=", False),
                ("state", "not in", _NOT_EXPECTED),
            ],
            order="return_due, id",
        )

    def _ask_for_return(self, day):
        """One activity for all pieces of a place and a person."""
        for (record, user), devices in self._group_for_return().items():
            try:
                with self.env.cr.savepoint():
                    devices.with_context(lang=user.lang)._tell_of_return(record, user, day)
                    devices.write({"return_asked": True})
            except Exception:
                # One that cannot be told keeps nobody else from hearing of it.
                _logger.exception("%s cannot be told of %s", user.login, devices)

    def _group_for_return(self):
        """``{(record, user): devices}``: on whose page who is told. Others know better places."""
        groups = {}
        for device in self:
            record, user = device._get_return_place()
            if record and user.active:
                groups[record, user] = groups.get((record, user), self.browse()) | device
        return groups

    def _get_return_place(self):
        self.ensure_one()
        return self.subscriber_id, self.return_user_id

    def _tell_of_return(self, record, user, day):
        record.with_context(lang=user.lang).activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=day,
            summary=self.env._("Equipment is overdue: %s pieces", len(self)),
            note=self.env._(
                "It was due back: %s.",
                ", ".join(
                    f"{device.display_name} ({format_date(device.env, device.return_due)})"
                    for device in self
                ),
            ),
            user_id=user.id,
        )
