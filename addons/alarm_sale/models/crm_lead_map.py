from datetime import timedelta

from odoo import api, fields, models

# Days back and ahead that the map shows of visits and of what is planned.
_DAYS = 90
_MOST = 500


class CrmLead(models.Model):
    """The map of visits and of what is planned next."""

    _inherit = "crm.lead"

    @api.model
    @api.readonly
    def alarm_visit_map(self, mine=True, days=30):
        """Leads with a position, what was done there last and what is planned next.

        :param mine: only those of the user
        :param days: how far back a visit still counts
        :return: list of dicts `id`, `name`, `address`, `latitude`, `longitude`, `classification`,
            `label`, `user`, `visited` (date text or False), `visits`, `planned` (date text or
            False), `late`, `plan` (what is planned). Those of today first.
        """
        days = max(1, min(int(days), _DAYS))
        domain = [
            ("active", "=", True),
            "|",
            ("latitude", "!=", 0),
            ("longitude", "!=", 0),
        ]
        if mine:
            domain.append(("user_id", "=", self.env.uid))
        leads = self.search(domain, limit=_MOST)
        visits = leads._map_visits(days)
        activities = leads._map_activities()
        labels = dict(self._fields["alarm_classification"]._description_selection(self.env))
        today = self.env.company._alarm_today()
        rows = []
        for lead in leads:
            count, last = visits.get(lead, (0, False))
            activity = activities.get(lead.id)
            planned = activity and activity.date_deadline
            rows.append(
                {
                    "id": lead.id,
                    "name": lead._premises_name(),
                    "address": ", ".join(filter(None, (lead.street, lead.street2, lead.city))),
                    "latitude": lead.latitude,
                    "longitude": lead.longitude,
                    "classification": lead.alarm_classification or "",
                    "label": labels.get(lead.alarm_classification, ""),
                    "user": lead.user_id.name or "",
                    "visits": count,
                    "visited": last
                    and fields.Date.to_string(fields.Datetime.context_timestamp(self, last)),
                    "planned": planned and fields.Date.to_string(planned),
                    "late": bool(planned and planned < today),
                    "plan": activity and (activity.summary or activity.activity_type_id.name) or "",
                }
            )
        return sorted(rows, key=lambda row: (row["planned"] or "9999", row["name"], row["id"]))

    def _map_visits(self, days):
        since = fields.Datetime.now() - timedelta(days=days)
        return {
            lead: (count, last)
            for lead, count, last in self.env["alarm.visit"]._read_group(
                [("lead_id", "in", self.ids), ("visited_at", ">=", since)],
                ["lead_id"],
                ["__count", "visited_at:max"],
            )
        }

    def _map_activities(self):
        """Lead's id -> the next open activity."""
        found = {}
        for activity in self.env["mail.activity"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            order="date_deadline, id",
        ):
            found.setdefault(activity.res_id, activity)
        return found
