"""What archived signals name is not deleted. The archive has no foreign keys, so it is asked; that
subscribers, event codes and companies stay is seen to by the foreign keys of the days."""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class AlarmSignalArchive(models.Model):
    _inherit = "alarm.signal.archive"

    @api.model
    def _refuse_named(self, records, column, subscribers=None):
        """Raise when an archived signal names one of the records.

        :param subscribers: whose signals these could only be: then the index finds them
        """
        of_whom = SQL("subscriber_id = ANY(%s)", subscribers.ids) if subscribers else SQL("TRUE")
        self.env.cr.execute(
            SQL(
                "SELECT %(column)s FROM alarm_signal_archive"
                " WHERE %(column)s = ANY(%(ids)s) AND %(of_whom)s LIMIT 1",
                column=SQL.identifier(column),
                ids=records.ids,
                of_whom=of_whom,
            )
        )
        if found := self.env.cr.fetchone():
            raise UserError(
                self.env._(
                    "%s cannot be deleted: archived signals name it.",
                    records.browse(found).display_name,
                )
            )


class AlarmPanel(models.Model):
    _inherit = "alarm.panel"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_archived(self):
        archive = self.env["alarm.signal.archive"]
        archive._refuse_named(self, "panel_id", self.subscriber_id)


class AlarmArea(models.Model):
    _inherit = "alarm.area"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_archived(self):
        archive = self.env["alarm.signal.archive"]
        archive._refuse_named(self, "area_id", self.panel_id.subscriber_id)


class AlarmZone(models.Model):
    _inherit = "alarm.zone"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_archived(self):
        archive = self.env["alarm.signal.archive"]
        archive._refuse_named(self, "zone_id", self.panel_id.subscriber_id)


class AlarmPanelUser(models.Model):
    _inherit = "alarm.panel.user"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_archived(self):
        archive = self.env["alarm.signal.archive"]
        archive._refuse_named(self, "panel_user_id", self.panel_id.subscriber_id)


class AlarmReceiver(models.Model):
    _inherit = "alarm.receiver"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_archived(self):
        self.env["alarm.signal.archive"]._refuse_named(self, "receiver_id")


class AlarmReceiverGroup(models.Model):
    _inherit = "alarm.receiver.group"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_archived(self):
        self.env["alarm.signal.archive"]._refuse_named(self, "receiver_group_id")
