from functools import reduce
from operator import attrgetter

from odoo import api, fields, models

from ..tools.lifecycle import APPROVED
from ..tools.revision_values import Value
from .alarm_revision import Noted

# What Odoo keeps beside a record's own data.
_FOREIGN_PREFIXES = ("message_", "activity_", "rating_", "website_message_")


class AlarmSubscriberPart(models.AbstractModel):
    """What the history of a subscriber covers. A model joins by inheriting this and saying by
    `_revision_subscriber_path` how its records lead to their subscriber; from then on everything
    that happens to them from the subscriber's approval on is noted.

    A field that not everybody may read (one with `groups`) is a secret: the history says that it
    changed, never its value.
    """

    _name = "alarm.subscriber.part"
    _inherit = "alarm.company.bound"
    _description = "Part of a Subscriber"

    # Dotted path of many2one fields; "" for the subscriber itself.
    _revision_subscriber_path = "subscriber_id"
    # Path to whom the record's name and the fields of `_revision_personal` tell of ("" for the
    # record itself); None when they tell of nobody.
    _revision_person = None
    _revision_personal = frozenset()
    # Fields that say nothing of their own.
    _revision_skip = frozenset()
    # Fields that name a partner who is none of the subscriber's people: the history says which one,
    # and does not follow what becomes of his address.
    _revision_unfollowed = frozenset()
    # Numbers of hours that people read as a time of the day.
    _revision_hours = frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._revision_note_created()
        return records

    def write(self, vals):
        before = self._revision_snapshot()
        res = super().write(vals)
        self._revision_note_written(before)
        return res

    def unlink(self):
        before = self._revision_snapshot()
        known = self.browse(id_ for id_, (subscriber, _values) in before.items() if subscriber)
        names = known._revision_names()
        res = super().unlink()
        self.env["alarm.revision"]._note(
            [
                Noted(subscriber, self._name, record_id, names[record_id], "unlink", old=values)
                for record_id, (subscriber, values) in before.items()
                if subscriber
            ]
        )
        return res

    @api.model
    def _revision_fields(self):
        """Names of the fields whose values are the record's own: neither computed for good, nor
        another record's, nor kept by Odoo for itself. Files have revisions of their own."""
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and (field.column_type or field.type == "many2many")
            and field.type not in ("one2many", "binary", "image")
            and name not in models.MAGIC_COLUMNS
            and name not in self._revision_skip
            and not name.startswith(_FOREIGN_PREFIXES)
            and not (field.compute and field.readonly)
        ]

    def _revision_subscribers(self):
        """record id -> its subscriber, where that has a history."""
        path = self._revision_subscriber_path
        found = {}
        for record in self.sudo():
            subscriber = attrgetter(path)(record) if path else record
            if subscriber.state in APPROVED:
                found[record.id] = subscriber
        return found

    def _revision_snapshot(self):
        """record id -> ``(its subscriber or None without a history, name -> Value)``."""
        subscribers = self._revision_subscribers()
        if not subscribers:
            # They may be about to have one.
            return {record_id: (None, {}) for record_id in self.ids}
        values = self.browse(subscribers)._revision_values()
        return {
            record_id: (subscribers.get(record_id), values.get(record_id, {}))
            for record_id in self.ids
        }

    def _revision_note_created(self):
        subscribers = self._revision_subscribers()
        if not subscribers:
            return
        records = self.browse(subscribers)
        values, names = records._revision_values(), records._revision_names()
        noted = [
            Noted(subscribers[id_], self._name, id_, names[id_], "create", new=values[id_])
            for id_ in records.ids
        ]
        for id_ in records.ids:
            noted += self._revision_partners([subscribers[id_]], values[id_])
        self.env["alarm.revision"]._note(noted)

    def _revision_note_written(self, before):
        subscribers = self._revision_subscribers()
        if not subscribers and not any(subscriber for subscriber, _values in before.values()):
            return
        records = self.browse(
            record_id
            for record_id, (subscriber, _values) in before.items()
            if subscriber or record_id in subscribers
        )
        after, names = records._revision_values(), records._revision_names()
        noted, afresh = [], self.env["alarm.subscriber"].sudo()
        for record in records:
            subscriber, old = before[record.id]
            now = subscribers.get(record.id)
            if subscriber:
                # A move is told to both; each then starts from its whole state.
                told = [subscriber, now] if now and now != subscriber else [subscriber]
                noted += self.env["alarm.revision"]._note_changes(
                    told, self._name, record.id, names[record.id], old, after[record.id]
                )
                noted += self._revision_partners([subscriber], after[record.id], known=old)
            if subscriber != now:
                afresh |= (subscriber or afresh) | (now or afresh)
        self.env["alarm.revision"]._note(noted)
        if afresh:
            # A subscriber that had no history was approved at this moment.
            afresh._revision_note_baseline(approved=self._name == afresh._name)

    def _revision_partners(self, subscribers, values, known=None):
        """Noted of persons and firms that these values name and the history does not know from
        `known`, as they are: what is said of them later can be followed from here."""
        ids = self._revision_partner_ids(values) - self._revision_partner_ids(known or {})
        if not ids:
            return []
        partners = self.env["res.partner"].sudo().browse(sorted(ids))
        partner_values = partners._revision_values()
        names = partners._revision_names()
        return [
            Noted(subscriber, "res.partner", id_, names[id_], "baseline", new=partner_values[id_])
            for id_ in partners.ids
            for subscriber in subscribers
        ]

    @api.model
    def _revision_partner_ids(self, values):
        return {
            partner_id
            for name, value in values.items()
            if self._fields[name].comodel_name == "res.partner"
            and name not in self._revision_unfollowed
            for partner_id in (value.raw if isinstance(value.raw, list) else [value.raw])
            if partner_id
        }

    def _revision_values(self):
        """record id -> name -> Value of all fields of the history."""
        names = self._revision_fields()
        return {
            record.id: {name: record._revision_value(name) for name in names}
            for record in self.sudo().with_context(active_test=False)
        }

    def _revision_value(self, name):
        field, value = self._fields[name], self[name]
        person = self._revision_person_of() if name in self._revision_personal else None
        if field.type == "many2one":
            if field.comodel_name == "res.partner" and value:
                person = ("res.partner", value.id)
            value = Value(value.id or None, value.display_name or None, person)
        elif field.type == "many2many":
            value = Value(value.ids, value.mapped("display_name"), person)
        elif field.type == "html":
            value = Value(str(value) if value else None, None, person)
        elif field.type == "reference":
            value = Value(f"{value._name},{value.id}" if value else None, None, person)
        elif isinstance(value, models.BaseModel):
            value = Value(value.id or None, None, person)
        else:
            # False means nothing, but for what may be false.
            empty = value is False and field.type != "boolean"
            value = Value(None if empty else value, None, person)
        return value._replace(secret=True, text=None) if field.groups else value

    def _revision_person_of(self):
        """``(model, id)`` of whom the record tells, or None."""
        if self._revision_person is None:
            return None
        person = reduce(getattr, filter(None, self._revision_person.split(".")), self)
        return (person._name, person.id) if person else None

    def _revision_names(self):
        """record id -> Value of the record's name."""
        return {
            record.id: Value(record.display_name, None, record._revision_person_of())
            for record in self.sudo()
        }

    @api.model
    def _revision_parts(self):
        """All models that the history covers, the subscriber first."""
        base = self.env.registry["alarm.subscriber.part"]
        parts = [
            self.env[name]
            for name, model in self.env.registry.items()
            if issubclass(model, base) and not model._abstract and model._auto
        ]
        return sorted(parts, key=lambda part: (bool(part._revision_subscriber_path), part._name))

    @api.model
    def _revision_domain(self, subscribers):
        path = self._revision_subscriber_path or "id"
        return fields.Domain(path, "in", subscribers.ids)
