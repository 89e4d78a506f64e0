from odoo import models
from odoo.fields import Command

from odoo.addons.alarm_subscriber.tools.numbers import number_key


class AlarmSurvey(models.Model):
    """From the survey to the subscriber: what the board will know of the premises."""

    _inherit = "alarm.survey"

    def _prepare_zone_values(self):
        """Values of the zones of the panel, in the order of their numbers; the areas by number."""
        self.ensure_one()
        return [
            {
                "number": zone.number,
                "name": zone.name,
                "detector_type": zone.detector_type,
                "area_number": zone.area or False,
                "position": ", ".join(filter(None, (zone.room, zone.line_id.note))) or False,
            }
            for zone in self.zone_ids
        ]

    def _prepare_subscriber(self, order):
        """Values of the subscriber of a confirmed order."""
        self.ensure_one()
        lead = self.lead_id
        values = {
            "name": self._site_name(),
            "partner_id": order.partner_id.commercial_partner_id.id,
            "address_id": lead.premises_id.id or order.partner_shipping_id.id,
            "company_id": order.company_id.id,
            "category_id": lead.category_id.id,
            "contact_ids": [Command.create(values) for values in self._prepare_contacts(order)],
        }
        if self.service_level_id:
            values["service_level_id"] = self.service_level_id.id
        return values

    def _prepare_contacts(self, order):
        """Values of the persons to call: who was talked to is the first."""
        person = self.lead_id.partner_id or order.partner_id
        return [{"partner_id": person.id, "role": "manager" if person.parent_id else "owner"}]

    def _prepare_panel(self, subscriber):
        """Values of the panel."""
        self.ensure_one()
        Panel = self.env["alarm.panel"]
        group = self.receiver_group_id or Panel._default_receiver_group_id()
        values = {
            "subscriber_id": subscriber.id,
            "receiver_group_id": group.id,
            "account": self.account or Panel._next_free_account(self.company_id, group),
        }
        if self.panel_type_id:
            values["type_id"] = self.panel_type_id.id
        return values

    def _fill_subscriber(self, subscriber):
        """Panel, areas, zones and site plans, as far as they are not there yet."""
        self.ensure_one()
        panel = subscriber.panel_ids[:1]
        if not panel:
            panel = self.env["alarm.panel"].create(self._prepare_panel(subscriber))
        self._add_zones(panel)
        return panel

    def _add_zones(self, panel):
        """The zones that the panel does not have yet, on the plans they were drawn on."""
        known = set(panel.zone_ids.mapped("number_key"))
        planned = self.zone_ids.filtered(lambda zone: zone.number_key not in known)
        if self.zone_ids and not planned:
            # All of it is there, and so are its drawings.
            return planned.env["alarm.zone"]
        plans = self._add_site_plans(panel.subscriber_id)
        values = {values["number"]: values for values in self._prepare_zone_values()}
        return self.env["alarm.zone"].create(
            [
                values[zone.number] | {"panel_id": panel.id} | zone._prepare_place(plans)
                for zone in planned
            ]
        )

    def _add_site_plans(self, subscriber):
        """Drawing -> plan of the subscriber's site."""
        plans = self.env["alarm.site.plan"].create(
            [
                {"subscriber_id": subscriber.id, "name": drawing.name, "image": drawing.image}
                for drawing in self.plan_ids
            ]
        )
        return dict(zip(self.plan_ids, plans, strict=True))


class AlarmSurveyZone(models.Model):
    _inherit = "alarm.survey.zone"

    def _prepare_place(self, plans):
        """Values of the place of the zone on the site's plan that its drawing became."""
        if not self.plan_id:
            return {}
        return {
            "site_plan_id": plans[self.plan_id].id,
            "plan_x": self.plan_x,
            "plan_y": self.plan_y,
        }


class AlarmPanel(models.Model):
    _inherit = "alarm.panel"

    def _next_free_account(self, company, group):
        """The next number of the company's sequence that no panel of these receivers has."""
        sequence = self.env["ir.sequence"].with_company(company)
        while True:
            account = sequence.next_by_code("alarm.panel.account")
            taken = (
                self.sudo()
                .with_context(active_test=False)
                .search_count(
                    [
                        ("receiver_group_id", "=", group.id),
                        ("account_key", "=", number_key(account)),
                    ],
                    limit=1,
                )
            )
            if not taken:
                return account
