import json

from odoo import api, fields, models
from odoo.tools import format_datetime, html2plaintext

from ..tools.durations import clock_words
from ..tools.revision_values import decode, key_ids


class AlarmRevision(models.Model):
    """The history in the words of who reads it."""

    _inherit = "alarm.revision"

    model_name = fields.Char(string="What", compute="_compute_words")
    record_name = fields.Char(string="Which", compute="_compute_words")
    field_words = fields.Char(string="Field", compute="_compute_words")
    old_text = fields.Text(string="Old Value", compute="_compute_words")
    new_text = fields.Text(string="New Value", compute="_compute_words")

    @api.depends("model", "record_json", "field_name", "old_json", "new_json")
    @api.depends_context("lang", "tz")
    def _compute_words(self):
        opened = self._open_sides()
        for revision in self:
            name, old, new = opened[revision.id]
            revision.model_name = self._model_words(revision.model)
            revision.record_name = self._value_words(None, None, name)
            revision.field_words = revision.field_name and self._label(
                revision.model, revision.field_name, revision.field_label
            )
            revision.old_text = self._side_words(revision, old)
            revision.new_text = self._side_words(revision, new)

    def _open_sides(self):
        """id -> ``(name, old, new)``, all of them readable as far as no key was destroyed: each a
        mapping with "v", a mapping of such ones, or None where there is nothing."""
        sides = {
            revision.id: [
                json.loads(side) if side else None
                for side in (revision.record_json, revision.old_json, revision.new_json)
            ]
            for revision in self
        }
        needed = {key for row in sides.values() for side in row for key in key_ids(side)}
        keys = self.env["alarm.person.key"]._open(needed)
        whole = {revision.id: not revision.field_name for revision in self}
        return {
            id_: (
                self._open_value(name, keys),
                *(
                    {field: self._open_value(value, keys) for field, value in side.items()}
                    if side and whole[id_]
                    else self._open_value(side, keys)
                    for side in values
                ),
            )
            for id_, (name, *values) in sides.items()
        }

    @api.model
    def _open_value(self, kept, keys):
        if kept is None:
            return None
        opened = decode(kept, keys)
        return {"erased": True} if opened is None else opened

    def _side_words(self, revision, side):
        if side is None:
            return False
        if revision.field_name:
            return self._value_words(revision.model, revision.field_name, side)
        return "\n".join(
            f"{self._label(revision.model, name)}: {words}"
            for name, words in self._all_words(revision.model, side).items()
        )

    @api.model
    def _all_words(self, model, values):
        """Field name -> words of the values that say something, in the order of the model."""
        names = list(self.env[model]._fields) if model in self.env else []
        order = {name: place for place, name in enumerate(names)}
        return {
            name: words
            for name in sorted(values, key=lambda name: (order.get(name, len(order)), name))
            if (words := self._value_words(model, name, values[name]))
        }

    @api.model
    def _value_words(self, model, name, kept):
        """A kept value in the reader's words; "" for nothing."""
        if kept is None:
            return ""
        if kept.get("erased"):
            return self.env._("(erased)")
        if "secret" in kept:
            return self.env._("(secret)") if kept["secret"] else ""
        value, text = kept.get("v"), kept.get("t")
        if text is not None:
            return ", ".join(text) if isinstance(text, list) else text
        field = model in self.env and self.env[model]._fields.get(name)
        if isinstance(value, bool):
            return self.env._("yes") if value else self.env._("no")
        if value in (None, "", []):
            return ""
        if field and field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, str(value))
        if field and field.type == "datetime":
            return format_datetime(self.env, fields.Datetime.to_datetime(value[:19]))
        if field and name in getattr(self.env[model], "_revision_hours", ()):
            return clock_words(value)
        if field and field.type == "html":
            return html2plaintext(value)
        return str(value)

    @api.model
    def _label(self, model, name, fallback=None):
        field = model in self.env and self.env[model]._fields.get(name)
        return field._description_string(self.env) if field else fallback or name

    @api.model
    def _model_words(self, model):
        return self.env["ir.model"]._get(model).name or model


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    def action_view_revisions(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_subscriber.alarm_revision_action"
        )
        return action | {"domain": [("subscriber_key", "=", self.id)]}
