from odoo import api, models

from ..tools.bridge_key import expiring_bridges


class ResUsers(models.Model):
    _inherit = "res.users"

    def read(self, fields=None, load="_classic_read"):
        # Odoo lets every user read and write some fields of his own record as superuser.
        if self.env.user._is_bridge():
            self.check_access("read")
        return super().read(fields, load)

    def write(self, vals):
        if self.env.user._is_bridge():
            self.check_access("write")
        return super().write(vals)

    def _is_bridge(self):
        """Whether this is the technical user of a receiver bridge and nothing else."""
        self.ensure_one()
        bridge = self.env["ir.model.data"]._xmlid_to_res_id("alarm_monitoring.group_bridge")
        return bridge in self._get_group_ids() and not self._is_internal()

    def _rpc_api_keys_only(self):
        return self._is_bridge() or super()._rpc_api_keys_only()

    @api.model
    def _alarm_warn_expiring_bridge_keys(self):
        """Give every supervisor an activity for each bridge whose key ends soon."""
        supervisors = self.env.ref("alarm_monitoring.group_supervisor").all_user_ids.filtered(
            "active"
        )
        for bridge, until in expiring_bridges(self.env):
            summary = self.env._("The key of %s ends soon", bridge.name)
            for supervisor in supervisors:
                known = bridge.partner_id.activity_ids.filtered(
                    lambda activity, user=supervisor, summary=summary: activity.user_id == user
                    and activity.summary == summary
                )
                if not known:
                    bridge.partner_id.activity_schedule(
                        "mail.mail_activity_data_warning",
                        date_deadline=until.date(),
                        summary=summary,
                        note=self.env._(
                            "After %s the bridge cannot hand over signals. Rotate its key before.",
                            until,
                        ),
                        user_id=supervisor.id,
                    )
