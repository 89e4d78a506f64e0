from odoo import fields, models

# Types of activities that are a visit or a call once they are done.
_KINDS = {
    "alarm_sale.mail_activity_type_visit": "visit",
    "mail.mail_activity_data_meeting": "visit",
    "mail.mail_activity_data_call": "phone",
}


class MailActivity(models.Model):
    """A planned call or visit that is done is in the log of visits: nobody types it again."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        visits = self._prepare_visits(feedback)
        res = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if visits:
            self.env["alarm.visit"].create(visits)
        return res

    def _prepare_visits(self, feedback):
        kinds = {
            activity_type.id: kind
            for xml_id, kind in _KINDS.items()
            if (activity_type := self.env.ref(xml_id, raise_if_not_found=False))
        }
        mine = self.filtered(
            lambda activity: activity.res_model == "crm.lead"
            and activity.activity_type_id.id in kinds
        )
        if not mine or not self.env["alarm.visit"].has_access("create"):
            return []
        known = set(self.env["crm.lead"].browse(mine.mapped("res_id")).exists().ids)
        return [
            {
                "lead_id": activity.res_id,
                "kind": kinds[activity.activity_type_id.id],
                "visited_at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "note": feedback or activity.summary or False,
            }
            for activity in mine
            if activity.res_id in known
        ]
