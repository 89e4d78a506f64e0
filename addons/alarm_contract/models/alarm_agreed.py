from odoo import api, fields, models
from odoo.exceptions import UserError

# Passed in the context by the verbs. Compared by identity, so nothing that arrives over RPC can be
# it.
_BY_VERB = object()


class AlarmAgreed(models.AbstractModel):
    """What was signed stays as it was signed: it changes by verbs, which say from when and why and
    give back what was paid, and not by writing, in a form or over the network."""

    _name = "alarm.agreed"
    _description = "Agreed with a Customer"

    terms_open = fields.Boolean(
        compute="_compute_terms_open", help="Not signed yet: its terms can be written freely."
    )

    def _compute_terms_open(self):
        raise NotImplementedError

    @api.model
    def _get_agreed_fields(self):
        """Which fields are agreed: {name: the verb that changes it}, a kind of change, or a key of
        `_get_verb_labels`."""
        return {}

    @api.model
    def _get_verb_labels(self):
        change = self.env["alarm.contract.change"]
        return {
            **dict(change._fields["kind"]._description_selection(self.env)),
            "price": self.env._("Price Campaign, or Sign Anew"),
            "fee": self.env._("Drop a Service, and Add a Fee"),
            "cancel": self.env._("Cancel Contract"),
            "contract": self.env._("another contract"),
            "machine": self.env._("charging and the changes of the contract"),
        }

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type in ("form", "list"):
            self._close_agreed(arch)
        return arch, view

    @api.model
    def _close_agreed(self, arch):
        """In every view, also of other modules, what is agreed is read only once it is signed."""
        depth = arch.xpath("count(ancestor::field)")
        for node in arch.xpath(f".//field[count(ancestor::field) = {depth:.0f}]"):
            field = self._fields.get(node.get("name"))
            if not field:
                continue
            if field.comodel_name and "terms_open" in self.env[field.comodel_name]._fields:
                for part in node.xpath("./list | ./form"):
                    self.env[field.comodel_name]._close_agreed(part)
            if field.name in self._get_closed_fields():
                readonly = node.get("readonly")
                closed = "not terms_open"
                node.set("readonly", f"({readonly}) or {closed}" if readonly else closed)

    @api.model
    def _get_closed_fields(self):
        return self._get_agreed_fields().keys()

    def _by_verb(self):
        return self.with_context(alarm_by_verb=_BY_VERB)

    def _write_by_verb(self, vals):
        return self._by_verb().write(vals)

    @api.model
    def _is_by_verb(self):
        return self.env.context.get("alarm_by_verb") is _BY_VERB

    def _check_agreed(self, vals):
        """Refuse to write over what was agreed. The machinery, which is nobody who could forget
        what he signed, is not asked."""
        if self.env.su or self._is_by_verb():
            return
        agreed = self._get_agreed_fields()
        names = [name for name in vals if name in agreed]
        for record in self if names else ():
            if record.terms_open:
                continue
            for name in names:
                if record._differs(name, vals[name]):
                    record._refuse(name, agreed[name])

    def _differs(self, name, value):
        """Whether writing the value would change anything: a form sends more than it changed."""
        self.ensure_one()
        field = self._fields[name]
        if field.type in ("one2many", "many2many"):
            return bool(value)
        new = field.convert_to_record(field.convert_to_cache(value, self), self)
        return new != self[name]

    def _refuse(self, name, verb):
        self.ensure_one()
        raise UserError(
            self.env._(
                "%(what)s is signed: “%(field)s” stays as it was agreed. "
                "What changes it: %(verb)s.",
                what=self._get_agreed_name(),
                field=self._fields[name]._description_string(self.env),
                verb=self._get_verb_labels()[verb],
            )
        )

    def _get_agreed_name(self):
        """The contract, and what of it."""
        raise NotImplementedError
