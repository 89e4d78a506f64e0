from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .alarm_revision import Authority

# What may be proposed: (model, how a request names the record, fields). Other modules add theirs.
PROPOSABLE = {
    "alarm.subscriber": ("name", "street", "street2", "city", "zip", "phone"),
    "alarm.panel": ("name", "panel_model", "note"),
    "alarm.zone": ("name", "detector_type", "position", "billable"),
    "alarm.contact": ("phone", "role", "sequence", "available", "note"),
}


class AlarmChangeRequest(models.Model):
    """A change of the register that somebody without the right proposes, parked until somebody with
    the right applies or refuses it. It is fixed once it is made."""

    _name = "alarm.change.request"
    _description = "Proposed Change of a Subscriber"
    _order = "id desc"
    _check_company_auto = True

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company",
        related="subscriber_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    res_model = fields.Selection(
        selection="_selection_res_model", string="Of", required=True, default="alarm.subscriber"
    )
    panel_id = fields.Many2one(
        "alarm.panel", ondelete="restrict", domain="[('subscriber_id', '=', subscriber_id)]"
    )
    zone_id = fields.Many2one(
        "alarm.zone", ondelete="restrict", domain="[('subscriber_id', '=', subscriber_id)]"
    )
    contact_id = fields.Many2one(
        "alarm.contact", ondelete="restrict", domain="[('subscriber_id', '=', subscriber_id)]"
    )
    line_ids = fields.One2many("alarm.change.request.line", "request_id", string="Changes")
    reason = fields.Text(required=True)
    state = fields.Selection(
        [("parked", "Parked"), ("applied", "Applied"), ("refused", "Refused")],
        required=True,
        readonly=True,
        default="parked",
        copy=False,
        index=True,
    )
    requested_by_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    requested_at = fields.Datetime(
        required=True, readonly=True, copy=False, default=fields.Datetime.now
    )
    decided_by_id = fields.Many2one("res.users", readonly=True, copy=False, ondelete="restrict")
    decided_at = fields.Datetime(readonly=True, copy=False)

    @api.model
    def _selection_res_model(self):
        return [(model, self.env["ir.model"]._get(model).name) for model in PROPOSABLE]

    @api.depends("subscriber_id", "requested_at")
    def _compute_display_name(self):
        for request in self:
            request.display_name = self.env._(
                "Change of %s", request.subscriber_id.display_name or ""
            )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # Who asks and what becomes of it is not for the asker to say.
            vals.update(
                state="parked",
                requested_by_id=self.env.uid,
                requested_at=fields.Datetime.now(),
                decided_by_id=False,
                decided_at=False,
            )
        requests = super().create(vals_list)
        for request in requests:
            request._check_request()
        return requests

    def action_apply(self):
        """Carry it out: the history says who asked for it and who authorised it."""
        self._check_decider()
        for request in self:
            values = {line._field_name(): line._parse() for line in request.line_ids}
            record = request._record()
            record.with_context(alarm_authority=Authority(request.requested_by_id)).write(values)
        self._decide("applied")
        return True

    def action_refuse(self):
        self._check_decider()
        self._decide("refused")
        return True

    def _decide(self, state):
        # Nobody has the right to write a request, so that it stays what was asked for.
        self.sudo().write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_at": fields.Datetime.now(),
            }
        )

    def _check_decider(self):
        if not self.env.su and not self.env.user.has_group("alarm_subscriber.group_back_office"):
            raise AccessError(self.env._("Only the back office decides on proposed changes."))
        self.check_access("read")
        labels = dict(self._fields["state"]._description_selection(self.env))
        self.lock_for_update()
        for request in self:
            if request.state != "parked":
                raise UserError(
                    self.env._(
                        "%(request)s is already %(state)s.",
                        request=request.display_name,
                        state=labels[request.state],
                    )
                )

    def _record(self):
        """The record that is to be changed."""
        self.ensure_one()
        return {
            "alarm.subscriber": self.subscriber_id,
            "alarm.panel": self.panel_id,
            "alarm.zone": self.zone_id,
            "alarm.contact": self.contact_id,
        }[self.res_model]

    def _check_request(self):
        record = self._record()
        of = dict(self._fields["res_model"]._description_selection(self.env))[self.res_model]
        if not record:
            raise ValidationError(self.env._("Say which record is to change: %s.", of))
        owner = record if self.res_model == "alarm.subscriber" else record.subscriber_id
        if owner != self.subscriber_id:
            raise ValidationError(
                self.env._(
                    "%(record)s is not of %(subscriber)s.",
                    record=record.display_name,
                    subscriber=self.subscriber_id.display_name,
                )
            )
        if not self.line_ids:
            raise ValidationError(self.env._("Say what is to change: add a line."))
        for line in self.line_ids:
            if line._model() != self.res_model:
                raise ValidationError(
                    self.env._(
                        "“%(field)s” cannot be changed here: the request is about %(model)s.",
                        field=line._field_words(),
                        model=of,
                    )
                )
            line._parse()


class AlarmChangeRequestLine(models.Model):
    _name = "alarm.change.request.line"
    _description = "Proposed Value"
    _order = "id"

    request_id = fields.Many2one(
        "alarm.change.request", required=True, index=True, ondelete="restrict"
    )
    field = fields.Selection(selection="_selection_field", required=True)
    old_text = fields.Char(
        string="Value at the Request", compute="_compute_old_text", store=True, precompute=False
    )
    current_text = fields.Char(string="Value Now", compute="_compute_current_text")
    new_text = fields.Char(string="Proposed Value")

    @api.model
    def _selection_field(self):
        revision = self.env["alarm.revision"]
        return [
            (
                f"{model}:{name}",
                f"{self.env['ir.model']._get(model).name}: {revision._label(model, name)}",
            )
            for model, names in PROPOSABLE.items()
            for name in names
        ]

    @api.model_create_multi
    def create(self, vals_list):
        # What the value was is not for the asker to say.
        lines = super().create(
            [
                {name: value for name, value in vals.items() if name != "old_text"}
                for vals in vals_list
            ]
        )
        for line in lines:
            request = line.request_id
            if request.requested_by_id != self.env.user or request.state != "parked":
                raise AccessError(
                    self.env._("Only who asked adds to a change, and only while it is parked.")
                )
        return lines

    @api.depends("request_id", "field")
    def _compute_old_text(self):
        for line in self:
            line.old_text = line._current()

    @api.depends("request_id", "field")
    def _compute_current_text(self):
        for line in self:
            line.current_text = line._current()

    def _current(self):
        """The record's value in words."""
        record = self.request_id._record() if self.request_id and self.field else None
        if not record or self._model() != record._name:
            return False
        value = record[self._field_name()]
        if record._fields[self._field_name()].type != "boolean":
            value = value or None
        return self.env["alarm.revision"]._value_words(
            record._name, self._field_name(), {"v": value}
        )

    def _model(self):
        return self.field.partition(":")[0]

    def _field_name(self):
        return self.field.partition(":")[2]

    def _field_words(self):
        return dict(self._fields["field"]._description_selection(self.env))[self.field]

    def _parse(self):
        """The proposed value as the field takes it.

        :raise ValidationError: names what is allowed
        """
        self.ensure_one()
        field = self.env[self._model()]._fields[self._field_name()]
        text = (self.new_text or "").strip()
        choices = {}
        if field.type == "selection":
            choices = {label: value for value, label in field._description_selection(self.env)}
            choices |= {value: value for value in choices.values()}
        elif field.type == "boolean":
            choices = {self.env._("yes"): True, self.env._("no"): False}
        elif field.type == "integer":
            try:
                return int(text)
            except ValueError:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is no value of “%(field)s”: a whole number is allowed.",
                        text=text,
                        field=self._field_words(),
                    )
                ) from None
        if choices and (text or field.required or field.type == "boolean"):
            if text not in choices:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” is no value of “%(field)s”. Allowed are: %(allowed)s.",
                        text=text,
                        field=self._field_words(),
                        allowed=", ".join(dict.fromkeys(choices)),
                    )
                )
            return choices[text]
        return text or False


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    change_request_count = fields.Integer(compute="_compute_change_request_count")

    def _compute_change_request_count(self):
        counts = dict(
            self.env["alarm.change.request"]._read_group(
                [("subscriber_id", "in", self.ids), ("state", "=", "parked")],
                ["subscriber_id"],
                ["__count"],
            )
        )
        for subscriber in self:
            subscriber.change_request_count = counts.get(subscriber, 0)

    def action_view_change_requests(self):
        return self._action_view("alarm_change_request_action")
