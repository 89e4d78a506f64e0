from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What a kind of premises says for its subscribers.
KIND_VALUES = ("risk", "service_level_id", "holiday_ids")

RISKS = [("1", "1 – Low"), ("2", "2 – Medium"), ("3", "3 – High"), ("4", "4 – Very High")]


class AlarmSubscriberCategory(models.Model):
    _name = "alarm.subscriber.category"
    _inherit = "alarm.template"
    _description = "Kind of Monitored Premises"
    _parent_store = True
    _order = "sequence, name, id"
    _check_company_auto = True
    _template_values = KIND_VALUES

    name = fields.Char(required=True, translate=True)
    parent_id = fields.Many2one(
        "alarm.subscriber.category",
        string="Is a",
        index=True,
        ondelete="restrict",
        check_company=True,
        help="What the kind does not say itself it takes from there.",
    )
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many("alarm.subscriber.category", "parent_id", string="Kinds Below")
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", ondelete="restrict", help="Empty: all companies."
    )
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    risk = fields.Selection(RISKS, help="How much is at stake at such premises.")
    service_level_id = fields.Many2one(
        "alarm.service.level", index="btree_not_null", ondelete="restrict", check_company=True
    )
    holiday_ids = fields.Many2many(
        "alarm.holiday",
        "alarm_holiday_alarm_subscriber_category_rel",
        "category_id",
        "holiday_id",
        string="Holidays Kept",
        check_company=True,
        ondelete="restrict",
    )
    subscriber_count = fields.Integer(compute="_compute_subscriber_count")
    active = fields.Boolean(default=True)

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A kind of premises cannot be below itself."))

    def _compute_subscriber_count(self):
        """Of a kind and of the kinds below it."""
        counts = {}
        for kind, count in self.env["alarm.subscriber"]._read_group(
            [("category_id", "child_of", self.ids)], ["category_id"], ["__count"]
        ):
            for id_ in kind._line():
                counts[id_] = counts.get(id_, 0) + count
        for kind in self:
            kind.subscriber_count = counts.get(kind._origin.id, 0)

    def _line(self):
        """Ids of the kind and of what it is a kind of, the nearest first; of no kind: none."""
        return tuple(int(id_) for id_ in reversed((self.parent_path or "").split("/")) if id_)

    @api.model
    def _lines(self):
        """Kind's id -> its line, of all kinds, also of archived ones."""
        kinds = self.sudo().with_context(active_test=False).search_fetch([], ["parent_path"])
        return {kind.id: kind._line() for kind in kinds}

    @api.onchange("parent_id", "own_values")
    def _onchange_parent_id(self):
        self._onchange_followed()

    @api.onchange(*KIND_VALUES)
    def _onchange_values(self):
        self._onchange_said()

    def action_view_subscribers(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_subscriber.alarm_subscriber_action"
        )
        return action | {
            "domain": [("category_id", "child_of", self.id)],
            "context": {"default_category_id": self.id},
        }

    @api.model
    def _template_followers(self):
        return [*super()._template_followers(), "alarm.subscriber"]

    def _words_from(self):
        return self.env._("from kind %s", self.name)

    def _words_same(self):
        return self.env._("own value; the kind %s says the same", self.name)

    def _words_other(self, value):
        return self.env._(
            "own value; the kind %(name)s says %(value)s", name=self.name, value=value
        )
