from odoo import api, models
from odoo.tools import SQL

from ..tools.lifecycle import APPROVED
from ..tools.revision_values import Value


class _Noting:
    """Passed in the context while the changes of these partners are being noted. Nothing that
    arrives over RPC can be one."""

    def __init__(self, ids):
        self.ids = frozenset(ids)


class ResPartner(models.Model):
    """Who edits the name, telephone or address of a customer, of premises or of a person to call,
    in whatever app, changes what the subscribers' histories tell."""

    _inherit = "res.partner"

    def write(self, vals):
        if self._revision_fields_set().isdisjoint(vals):
            return super().write(vals)
        return self._revision_noting(lambda partners: super(ResPartner, partners).write(vals))

    def _update_address(self, vals):
        # Odoo writes the parts of an address that follow another partner's past `write`.
        return self._revision_noting(
            lambda partners: super(ResPartner, partners)._update_address(vals)
        )

    def _revision_noting(self, change):
        """Do `change` with these partners and note what it changed."""
        outer = self.env.context.get("alarm_noting")
        known = outer.ids if isinstance(outer, _Noting) else frozenset()
        concerned = self.browse(id_ for id_ in self.ids if id_ not in known)
        sites = concerned._revision_sites()
        if not sites:
            return change(self)
        partners = self.browse(sites)
        before = partners._revision_values()
        res = change(self.with_context(alarm_noting=_Noting({*known, *sites})))
        after, names = partners._revision_values(), partners._revision_names()
        revision = self.env["alarm.revision"]
        noted = []
        for id_, subscribers in sites.items():
            noted += revision._note_changes(
                subscribers, self._name, id_, names[id_], before[id_], after[id_]
            )
        revision._note(noted)
        return res

    def _revision_sites(self, states=APPROVED):
        """partner's id -> the subscribers in these states (unless told: those with a history) that
        name it anywhere: one query."""
        ids = [id_ for id_ in self.ids if isinstance(id_, int)]
        if not ids:
            return {}
        queries = []
        for part, field in self._revision_naming_fields():
            if field.name in part._revision_unfollowed:
                continue
            part.flush_model([field.name])
            queries.append(self._revision_naming_query(part, field, ids, states))
        self.env["alarm.subscriber"].flush_model(["state"])
        found = {}
        for partner_id, subscriber_id in self.env.execute_query(SQL(" UNION ").join(queries)):
            found.setdefault(partner_id, set()).add(subscriber_id)
        Subscriber = self.env["alarm.subscriber"].sudo()
        everywhere = Subscriber.browse({id_ for ids in found.values() for id_ in ids})
        everywhere.fetch(["ref", "company_id"])
        return {
            partner_id: [
                Subscriber.browse(id_).with_prefetch(everywhere.ids) for id_ in sorted(ids)
            ]
            for partner_id, ids in found.items()
        }

    @api.model
    def _revision_naming_fields(self):
        """``(model, field)`` of all that name a partner below a subscriber."""
        return [
            (part, part._fields[name])
            for part in self.env["alarm.subscriber.part"]._revision_parts()
            for name in part._revision_fields()
            if part._fields[name].comodel_name == self._name
        ]

    @api.model
    def _revision_naming_query(self, part, field, ids, states):
        """SQL of ``(partner's id, subscriber's id)`` of one such field."""
        table = SQL.identifier(part._table)
        if field.type == "many2many":
            naming = SQL(
                "(SELECT %s AS partner_id, %s AS id FROM %s)",
                SQL.identifier(field.column2),
                SQL.identifier(field.column1),
                SQL.identifier(field.relation),
            )
        else:
            naming = SQL("(SELECT %s AS partner_id, id FROM %s)", SQL.identifier(field.name), table)
        owner, joins = part, [SQL("JOIN %s AS part0 ON part0.id = naming.id", table)]
        path = [step for step in part._revision_subscriber_path.split(".") if step]
        for number, step in enumerate(path, 1):
            owner = self.env[owner._fields[step].comodel_name]
            joins.append(
                SQL(
                    "JOIN %s AS %s ON %s = %s",
                    SQL.identifier(owner._table),
                    SQL.identifier(f"part{number}"),
                    SQL.identifier(f"part{number}", "id"),
                    SQL.identifier(f"part{number - 1}", step),
                )
            )
        last = f"part{len(path)}"
        return SQL(
            "SELECT naming.partner_id, %s FROM %s AS naming %s"
            " WHERE naming.partner_id = ANY(%s) AND %s = ANY(%s)",
            SQL.identifier(last, "id"),
            naming,
            SQL(" ").join(joins),
            ids,
            SQL.identifier(last, "state"),
            sorted(states),
        )

    @api.model
    def _revision_fields_set(self):
        """What the history keeps of a partner."""
        names = {"name", "phone", "mobile", "email", "active", *self._address_fields()}
        # Where somebody is sent to.
        names |= {"partner_latitude", "partner_longitude"}
        return {name for name in names if name in self._fields}

    def _revision_values(self):
        """record id -> name -> Value."""
        names = sorted(self._revision_fields_set())
        return {
            partner.id: {name: partner._revision_value(name) for name in names}
            for partner in self.sudo()
        }

    def _revision_value(self, name):
        value, person = self[name], (self._name, self.id)
        if isinstance(value, models.BaseModel):
            return Value(value.id or None, value.display_name or None, person)
        if self._fields[name].type == "boolean":
            return Value(value)
        return Value(value or None, None, person)

    def _revision_names(self):
        """record id -> Value of the name."""
        return {
            partner.id: Value(partner.display_name, None, (self._name, partner.id))
            for partner in self.sudo()
        }

    def _one_line_address(self):
        """Where to go, in one line: the address without company, postal code and country, in the
        order usual in its country. None when there is none."""
        address_format, parts = self._prepare_display_address(without_company=True)
        parts.update(zip="", country_name="", country_code="")
        lines = (line.strip(" ,") for line in (address_format % parts).splitlines())
        return ", ".join(filter(None, lines)) or None
