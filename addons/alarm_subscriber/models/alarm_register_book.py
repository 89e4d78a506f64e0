import pytz

from odoo import api, models

from ..tools import register_book
from ..tools.numbers import number_key

LANGUAGES = ("en_US", "zh_CN")


class AlarmRegisterBook(models.AbstractModel):
    """The register as a workbook: what its cells mean in this database."""

    _name = "alarm.register.book"
    _description = "Register as a Workbook"

    @api.model
    def _sheets(self):
        """Sheets of the workbook; modules that need more of a record add columns."""
        return register_book.SHEETS

    def _template(self):
        """Bytes of an empty workbook with one example in each sheet."""
        return register_book.write(
            self._sheets(),
            register_book.template_rows(self._sheets()),
            self.env.lang == "zh_CN",
            {place: self._labels(texts) for place, texts in self._choices().items()},
        )

    def _export(self, subscribers):
        """Bytes of a workbook of these subscribers; without secrets."""
        rows = {
            "subscribers": [self._subscriber_row(record) for record in subscribers],
            "panels": [self._panel_row(record) for record in subscribers.panel_ids],
            "zones": [self._zone_row(record) for record in subscribers.zone_ids],
            "contacts": [self._contact_row(record) for record in subscribers.contact_ids],
        }
        return register_book.write(self._sheets(), rows, self.env.lang == "zh_CN")

    def _subscriber_row(self, subscriber):
        labels = dict(subscriber._fields["risk"]._description_selection(self.env))
        return {
            "ref": subscriber.ref,
            "name": subscriber.name,
            "customer": subscriber.partner_id.name,
            "category": subscriber.category_id.name,
            "risk": labels.get(subscriber.risk),
            "service_level": subscriber.service_level_id.name,
            "territory": subscriber.territory_id.name,
            "police": subscriber.police_partner_id.name,
            "fire": subscriber.fire_partner_id.name,
            "street": subscriber.street,
            "street2": subscriber.street2,
            "city": subscriber.city,
            "zip": subscriber.zip,
            "phone": subscriber.phone,
            "latitude": subscriber.latitude or None,
            "longitude": subscriber.longitude or None,
            "tz": subscriber.tz,
            "directions": subscriber.directions,
        }

    def _panel_row(self, panel):
        return {
            "ref": panel.subscriber_id.ref,
            "account": panel.account,
            "name": panel.name if panel.name != panel.account else None,
            "panel_type": panel.type_id.complete_name,
            "panel_model": panel.panel_model,
            # Of a panel with a type, nothing would mean what the type says.
            "supervision_interval": panel.supervision_interval or (0 if panel.type_id else None),
        }

    def _zone_row(self, zone):
        labels = dict(zone._fields["detector_type"]._description_selection(self.env))
        return {
            "ref": zone.subscriber_id.ref,
            "account": zone.panel_id.account,
            "number": zone.number,
            "name": zone.name,
            "detector_type": labels.get(zone.detector_type),
            "area": zone.area_id.number,
            "position": zone.position,
            "billable": zone.billable,
        }

    def _contact_row(self, contact):
        labels = dict(contact._fields["role"]._description_selection(self.env))
        return {
            "ref": contact.subscriber_id.ref,
            "person": contact.partner_id.name,
            "phone": contact.phone,
            "role": labels.get(contact.role),
            "sequence": contact.sequence,
            "available": contact.available,
            "note": contact.note,
        }

    def _choices(self):
        """{(sheet, column): {text: value}}: what a cell of kind choice may hold."""
        category = self._named("alarm.subscriber.category", self._of_company())
        return {
            ("subscribers", "category"): category,
            ("subscribers", "risk"): self._selection("alarm.subscriber", "risk"),
            ("subscribers", "service_level"): self._named(
                "alarm.service.level", self._of_company()
            ),
            ("subscribers", "territory"): self._named("alarm.territory", self._of_company()),
            ("subscribers", "police"): self._named(
                "res.partner", [("alarm_authority", "=", "police"), *self._of_company()]
            ),
            ("subscribers", "fire"): self._named(
                "res.partner", [("alarm_authority", "=", "fire"), *self._of_company()]
            ),
            ("subscribers", "tz"): {name: name for name in pytz.all_timezones},
            ("panels", "panel_type"): {
                kind.complete_name: kind.id
                for kind in self.env["alarm.panel.type"].search(self._of_company())
            },
            ("zones", "detector_type"): self._selection("alarm.zone", "detector_type"),
            ("contacts", "role"): self._selection("alarm.contact", "role"),
        }

    def _of_company(self):
        return [("company_id", "in", (False, self.env.company.id))]

    def _named(self, model, domain):
        """{name: id} in every language of the workbook; the name in the user's language last."""
        texts = {}
        for lang in self._languages():
            for record in self.env[model].with_context(lang=lang).search(domain):
                texts[record.name] = record.id
        return texts

    def _selection(self, model, field):
        """{label or value: value} in every language of the workbook."""
        texts = {}
        for lang in self._languages():
            env = self.env(context=dict(self.env.context, lang=lang))
            for value, label in env[model]._fields[field]._description_selection(env):
                texts |= {value: value, label: value}
        return texts

    def _languages(self):
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        own = self.env.lang or LANGUAGES[0]
        languages = installed.intersection(LANGUAGES) | {own}
        return sorted(languages, key=lambda lang: (lang == own, lang))

    def _labels(self, texts):
        """One text for each value: the last one, which is for people."""
        return list({value: text for text, value in texts.items()}.values())

    def _account_key(self, row):
        """By which two panels of a workbook would be the same on a receiver."""
        return (row["ref"], number_key(row["account"]))


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    def action_export_book(self):
        """Download these subscribers with panels, zones and contacts as a workbook."""
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/alarm_subscriber/register_export?ids={ids}",
            "target": "download",
        }
