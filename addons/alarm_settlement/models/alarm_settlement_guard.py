from odoo import api, models
from odoo.exceptions import UserError

# Passed in the context by the verbs. Compared by identity, so nothing that arrives over RPC can be
# it.
_BY_VERB = object()


class AlarmSettlementGuard(models.AbstractModel):
    """Records whose state and what goes with it change only by their verbs."""

    _name = "alarm.settlement.guard"
    _description = "Changed by Its Verbs"

    # Fields that only a verb may set, and {verb: Transition}.
    _verb_fields = frozenset({"state"})
    _transitions = {}

    @api.model
    def default_get(self, fields):
        # Neither a context nor a user's own default may give what only a verb may set.
        clean = {
            key: value
            for key, value in self.env.context.items()
            if key.removeprefix("default_") not in self._verb_fields
        }
        # Not added to the context but instead of it: what is not meant must go.
        plain = super(AlarmSettlementGuard, self.with_env(self.env(context=clean)))
        values = plain.default_get([name for name in fields if name not in self._verb_fields])
        for name in self._verb_fields.intersection(fields):
            default = self._fields[name].default
            if default:
                values[name] = default(self)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        self._check_by_verb(self._verb_fields.intersection(set().union(*vals_list)))
        return super().create(vals_list)

    def write(self, vals):
        self._check_by_verb(self._verb_fields.intersection(vals))
        return super().write(vals)

    def _by_verb(self):
        return self.with_context(alarm_settlement_by_verb=_BY_VERB)

    def _write_by_verb(self, vals):
        return self._by_verb().write(vals)

    def _is_by_verb(self):
        return self.env.context.get("alarm_settlement_by_verb") is _BY_VERB

    def _check_by_verb(self, names):
        if names and not self._is_by_verb():
            raise UserError(
                self.env._(
                    "This changes only by its actions, not by writing %s.",
                    ", ".join(sorted(names)),
                )
            )

    def _transition(self, verb, **values):
        """Lead all from where they may be to where the verb leads, or say why not."""
        transition = self._transitions[verb]
        labels = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            if record.state not in transition.sources:
                raise UserError(
                    self.env._(
                        "%(record)s is %(state)s and cannot become %(target)s.",
                        record=record.display_name,
                        state=labels[record.state],
                        target=labels[transition.target],
                    )
                )
        return self._write_by_verb({"state": transition.target, **values})
