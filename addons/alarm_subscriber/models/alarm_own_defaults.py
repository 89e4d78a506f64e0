from odoo import api, models
from odoo.tools import clean_context


class AlarmOwnDefaults(models.AbstractModel):
    """Records that are evidence, made by verbs as superuser. What a verb leaves to a default comes
    from the model alone: the context of a call (``default_at``) and the defaults that every user
    may keep for himself would otherwise say when something was done, or that it was."""

    _name = "alarm.own.defaults"
    _description = "Filled in by Nobody but Its Verbs"

    # Fields that are meant; None: all of them.
    _own_defaults = None

    @api.model
    def default_get(self, fields):
        own = {name for name in fields if self._own_defaults is None or name in self._own_defaults}
        values = super().default_get([name for name in fields if name not in own])
        model = self.with_env(self.env(context=clean_context(self.env.context)))
        for name in own & self._fields.keys():
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(model), self, validate=False)
                values[name] = field.convert_to_write(value, self)
        return values
