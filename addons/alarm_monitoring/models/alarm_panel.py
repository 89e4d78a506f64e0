from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AlarmPanel(models.Model):
    _inherit = "alarm.panel"

    receiver_group_id = fields.Many2one(
        "alarm.receiver.group",
        index=True,
        ondelete="restrict",
        check_company=True,
        default=lambda self: self._default_receiver_group_id(),
        help="Where the account number counts: the receivers that the panel calls.",
    )

    _account_group_uniq = models.UniqueIndex(
        "(receiver_group_id, account_key)",
        "Another panel has this account number in the same receiver group.",
    )

    @api.model
    def _default_receiver_group_id(self):
        """The group, where there is only one, else the main one."""
        groups = self.env["alarm.receiver.group"].search([], limit=2)
        if len(groups) == 1:
            return groups
        return self.env.ref("alarm_monitoring.receiver_group_main", raise_if_not_found=False)

    # Not required in the database: panels may be there before this module brings the field.
    @api.constrains("receiver_group_id")
    def _check_receiver_group(self):
        for panel in self:
            if not panel.receiver_group_id:
                raise ValidationError(
                    self.env._(
                        "Panel %s needs a receiver group: its account number means nothing "
                        "without one.",
                        panel.display_name,
                    )
                )

    @api.model
    def _init_column(self, column_name):
        # Panels that are there already get their group by the post-init hook: while the column is
        # made there may be no table of groups yet.
        if column_name == "receiver_group_id":
            return None
        return super()._init_column(column_name)

    @api.model_create_multi
    def create(self, vals_list):
        panels = super().create(vals_list)
        panels._sweep_unknown()
        return panels

    def write(self, vals):
        result = super().write(vals)
        if {"account", "receiver_group_id"} & vals.keys():
            self._sweep_unknown()
        return result

    def _sweep_unknown(self):
        """Give these panels the signals that came before they were registered.

        As superuser: signals are nobody's to write, and those of an unknown account say no more
        than the panel's own number, which the user has just typed.
        """
        self.flush_recordset(["account_key", "receiver_group_id", "subscriber_id", "company_id"])
        self.sudo().env["alarm.signal"]._match_panels(self.ids)
        self.sudo().env["alarm.incident"]._match_panels(self)
