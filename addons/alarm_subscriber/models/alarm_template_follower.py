from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL, split_every

from ..tools.template_values import nearest, own_after

# Passed in the context where values come from a template. Compared by identity, so nothing that
# arrives over RPC can be it.
_BY_TEMPLATE = object()
# Of a number or a box that is not ticked nobody knows whether it is empty or meant so.
_NEVER_EMPTY = ("boolean", "integer", "float", "monetary")
_EMPTY = {"boolean": "false", "integer": "0", "float": "0", "char": "''", "text": "''"}
BATCH = 1000


class AlarmTemplateFollower(models.AbstractModel):
    """A record that follows a template: a value that nobody said of the record itself is the
    template's, and changes with it.

    The values lie in the record's own columns, whoever said them. A template follows the one above
    it in the same way, so following looks one level up and never further.
    """

    _name = "alarm.template.follower"
    _description = "What Follows a Template"

    # Many2one to the template, and the fields that it may say, called the same on both sides.
    _template_field = None
    _template_values = ()

    own_values = fields.Json(
        string="Values of Its Own",
        help="Names of the values that were said of the record itself; all others follow.",
    )
    value_origins = fields.Json(string="Where Values Come from", compute="_compute_value_origins")

    @api.depends(lambda self: self._template_depends())
    @api.depends_context("lang")
    def _compute_value_origins(self):
        for record in self:
            record.value_origins = {
                name: origin
                for name in self._template_values
                if (origin := record._value_origin(name))
            }

    @api.model_create_multi
    def create(self, vals_list):
        default = self.default_get([self._template_field]).get(self._template_field)
        return super().create([self._with_followed(vals, default) for vals in vals_list])

    def write(self, vals):
        if self.env.context.get("alarm_by_template") is _BY_TEMPLATE:
            return super().write(vals)
        said = [name for name in self._template_values if name in vals]
        if not said and not {self._template_field, "own_values"} & vals.keys():
            return super().write(vals)
        res = super().write({name: vals[name] for name in vals if name != "own_values"})
        self._settle(said, vals.get("own_values") if "own_values" in vals else None)
        return res

    def action_follow_template(self):
        """Forget the own values of which the template says something."""
        groups = defaultdict(self.browse)
        for record in self:
            own = frozenset(
                name for name in record.own_values or () if not record._saying_template(name)
            )
            groups[own] |= record
        for own, records in groups.items():
            records.write({"own_values": sorted(own)})
        return True

    # --- what is followed

    @api.model
    def _template_depends(self):
        if not self._template_field:
            return ("own_values",)
        return (self._template_field, "own_values", *self._template_values)

    @api.model
    def _clearable(self):
        """Names of which an empty value says nothing. That somebody keeps no holidays does."""
        return {
            name
            for name in self._template_values
            if self._fields[name].type not in (*_NEVER_EMPTY, "many2many")
            and not self._fields[name].required
        }

    def _followed(self, template):
        """name -> value that a record of this template follows: without a template it is what
        the record begins with."""
        if template:
            return {name: template[name] for name in self._template_values}
        values = {}
        for name in self._template_values:
            field = self._fields[name]
            value = field.default(self) if field.default else False
            values[name] = self.env[field.comodel_name] if field.relational else value
        return values

    @api.model
    def _plain(self, value):
        """A value that can be compared, whether it is saved or not."""
        if isinstance(value, models.BaseModel):
            return tuple(sorted(value._origin.ids))
        return value or False

    @api.model
    def _template_write_values(self, names, followed):
        return {
            name: [Command.set(followed[name]._origin.ids)]
            if self._fields[name].type == "many2many"
            else self._fields[name].convert_to_write(followed[name], self)
            for name in names
        }

    # --- following

    def _with_followed(self, vals, default):
        """Values of a new record, completed by those of its template.

        :param default: id of the template where the values name none
        """
        template = self.env[self._fields[self._template_field].comodel_name].browse(
            vals.get(self._template_field, default) or ()
        )
        followed = self._followed(template)
        names = [name for name in self._template_values if name in vals]
        if "own_values" in vals:
            own = self._own_names(vals["own_values"])
        else:
            draft = self.new({name: vals[name] for name in names})
            own = self._own_after((), draft, names, followed)
        follows = [name for name in self._template_values if name not in own]
        vals = {name: value for name, value in vals.items() if name not in follows}
        vals["own_values"] = sorted(own) or False
        if template:
            vals |= self._template_write_values(follows, followed)
        return vals

    @api.model
    def _own_names(self, names):
        names = names if isinstance(names, list | tuple) else ()
        return {name for name in self._template_values if name in names}

    def _own_after(self, own, record, names, followed):
        return own_after(
            own,
            {name: (self._plain(record[name]), self._plain(followed[name])) for name in names},
            self._clearable(),
        )

    def _settle(self, said, own=None):
        """Note which values are the records' own now that some were said, and let the others
        follow: by sets of records that become the same.

        :param said: names of the values that were said
        :param own: names that are their own from now on, if that was said
        """
        followed, groups = {}, {}
        for record in self:
            template = record[self._template_field]
            if template not in followed:
                followed[template] = self._followed(template)
            before = set(record.own_values or ())
            if own is None:
                after = self._own_after(before, record, said, followed[template])
            else:
                after = self._own_names(own)
            lagging = tuple(
                name
                for name in self._template_values
                if name not in after
                and self._plain(record[name]) != self._plain(followed[template][name])
            )
            if lagging or after != before:
                key = (template, frozenset(after), lagging)
                groups[key] = groups.get(key, self.browse()) | record
        for (template, after, lagging), records in groups.items():
            records._write_by_template(
                {
                    "own_values": sorted(after) or False,
                    **self._template_write_values(lagging, followed[template]),
                }
            )

    def _write_by_template(self, vals):
        # The history has what a change of a template does to each record; nobody needs a message
        # about each, too.
        return self.with_context(alarm_by_template=_BY_TEMPLATE, tracking_disable=True).write(vals)

    @api.model
    def _lagging(self, templates, names):
        """``(template id, names) -> ids`` of records that follow these templates and do not have
        their values: one query for each name, however many records there are."""
        template_model = self.env[self._fields[self._template_field].comodel_name]
        self.flush_model([self._template_field, "own_values", *names])
        template_model.flush_model(names)
        found = defaultdict(list)
        templates_of = {}
        for name in names:
            rows = self.env.execute_query(
                SQL(
                    "SELECT follower.id, template.id FROM %s follower"
                    " JOIN %s template ON template.id = follower.%s"
                    " WHERE template.id = ANY(%s)"
                    " AND NOT coalesce(jsonb_exists(follower.own_values, %s), FALSE)"
                    " AND %s IS DISTINCT FROM %s",
                    SQL.identifier(self._table),
                    SQL.identifier(template_model._table),
                    SQL.identifier(self._template_field),
                    templates.ids,
                    name,
                    _value_sql(self._fields[name], "follower"),
                    _value_sql(template_model._fields[name], "template"),
                )
            )
            for record_id, template_id in rows:
                found[record_id].append(name)
                templates_of[record_id] = template_id
        groups = defaultdict(list)
        for record_id, lagging in sorted(found.items()):
            groups[templates_of[record_id], tuple(lagging)].append(record_id)
        return groups

    # --- in the form

    def _onchange_followed(self):
        """Where no value was said, the template's appears at once."""
        own = self._own_names(self.own_values)
        followed = self._followed(self[self._template_field])
        for name in self._template_values:
            if name not in own and self._plain(self[name]) != self._plain(followed[name]):
                self[name] = followed[name]

    def _onchange_said(self):
        """What is typed becomes the record's own at once."""
        followed = self._followed(self[self._template_field])
        own = self._own_after(
            self._own_names(self.own_values), self, self._template_values, followed
        )
        if own != self._own_names(self.own_values):
            self.own_values = sorted(own) or False
        self._onchange_followed()

    # --- in words

    def _saying_template(self, name):
        """The nearest template that says `name` itself; an empty one when none does."""
        template = self[self._template_field]
        levels = [(level, level.own_values or ()) for level in template._levels()]
        return nearest(levels, name) or template.browse()

    def _value_origin(self, name):
        """``{"words": where the value comes from, "own": whether it can follow again}``, or None
        where no template says anything."""
        template = self._saying_template(name)
        if not template:
            return None
        own = name in (self.own_values or ())
        followed = self[self._template_field][name]
        if not own:
            words = template._words_from()
        elif self._plain(self[name]) == self._plain(followed):
            words = template._words_same()
        else:
            words = template._words_other(self._template_value_words(name, followed))
        return {"words": words, "own": own}

    def _template_value_words(self, name, value):
        field = self._fields[name]
        if field.relational:
            return ", ".join(value.mapped("display_name")) or self.env._("none")
        if field.type == "boolean":
            return self.env._("yes") if value else self.env._("no")
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value) or self.env._("none")
        return str(value or 0) if field.type == "integer" else value or self.env._("none")


class AlarmTemplate(models.AbstractModel):
    """A template, which may follow another one."""

    _name = "alarm.template"
    _inherit = ["alarm.template.follower", "alarm.company.bound"]
    _description = "Template of Records"
    _template_field = "parent_id"

    @api.model
    def _template_followers(self):
        """Names of the models whose records follow this one."""
        return [self._name]

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_said(vals) for vals in vals_list])

    def write(self, vals):
        res = super().write(self._with_said(vals))
        self._pass_on([name for name in self._template_values if name in vals])
        return res

    def _levels(self):
        """The template and those above it, the nearest first."""
        levels, level = [], self
        while level:
            levels.append(level)
            level = level.parent_id
        return levels

    def _with_said(self, vals):
        """Values completed by what follows from them; for templates that say something in words
        of their own."""
        return vals

    def _pass_on(self, names):
        """Bring the records that follow these templates up to date, in sets.

        As superuser: who may change a template changes all records that follow it, those of other
        companies, too. The history of each says who did it.
        """
        if not names or not self:
            return
        for model in self._template_followers():
            followers = self.env[model].sudo().with_context(active_test=False)
            for (template_id, lagging), ids in followers._lagging(self, names).items():
                template = self.sudo().browse(template_id)
                vals = followers._template_write_values(lagging, template)
                for batch in split_every(BATCH, ids, followers.browse):
                    batch._write_by_template(vals)
                    if len(ids) > BATCH:
                        # Values of the batches that are done need no place in memory.
                        batch.flush_recordset()
                        batch.invalidate_recordset()

    @api.model
    def _catch_up(self):
        """Pass on what was missed: a record that was made while its template changed has the
        values from before."""
        # Templates are few, and all of them are meant.
        # pylint: disable-next=no-search-all
        templates = self.sudo().with_context(active_test=False).search([])
        templates._pass_on(self._template_values)

    # What the form of a follower says; each kind of template in words of its own.

    def _words_from(self):
        """Of a value that comes from this template."""
        raise NotImplementedError

    def _words_same(self):
        """Of an own value that this template says, too."""
        raise NotImplementedError

    def _words_other(self, value):
        """Of an own value where this template says another: `value`, in words."""
        raise NotImplementedError


def _value_sql(field, alias):
    """The value of a field as it is compared in the database."""
    if field.type == "many2many":
        return SQL(
            "(SELECT array_agg(%s ORDER BY 1) FROM %s WHERE %s = %s)",
            *map(SQL.identifier, (field.column2, field.relation, field.column1)),
            SQL.identifier(alias, "id"),
        )
    column = SQL.identifier(alias, field.name)
    if field.type in _EMPTY:
        return SQL(f"coalesce(%s, {_EMPTY[field.type]})", column)
    return column
