from odoo import fields, models

from ..tools.work_states import KINDS


class AlarmTrainingTopic(models.Model):
    """Something that the users of a new system are shown before they sign for it."""

    _name = "alarm.training.topic"
    _description = "Training Topic"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, help="Empty: all kinds of orders that are tested.")
    system_type_id = fields.Many2one(
        "alarm.system.type", index="btree_not_null", ondelete="restrict", help="Empty: all systems."
    )
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", ondelete="restrict", help="Empty: all companies."
    )
    required = fields.Boolean(default=True)
    active = fields.Boolean(default=True)


class AlarmWorkOrderTraining(models.Model):
    _name = "alarm.work.order.training"
    _description = "Training Given with a Work Order"
    _inherit = ["alarm.work.order.part"]
    _order = "work_order_id, sequence, id"

    topic_id = fields.Many2one("alarm.training.topic", readonly=True, ondelete="set null")
    sequence = fields.Integer(readonly=True)
    name = fields.Char(required=True, readonly=True)
    required = fields.Boolean(readonly=True)
    done = fields.Boolean("Shown")
    remark = fields.Char()
    done_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    done_at = fields.Datetime(readonly=True)

    def write(self, vals):
        if not self.env.su:
            # The crew says what it has shown, while it is there.
            self.work_order_id._check_walking()
            vals = {name: value for name, value in vals.items() if name in ("done", "remark")}
        if "done" in vals:
            done = bool(vals["done"])
            vals = {
                **vals,
                "done_by_id": self.env.uid if done else False,
                "done_at": fields.Datetime.now() if done else False,
            }
        return super().write(vals)

    def _shown_name(self):
        """The topic in the reader's language, as far as it is still one."""
        self.ensure_one()
        return self.sudo().topic_id.name or self.name


class AlarmWorkOrder(models.Model):
    _inherit = "alarm.work.order"

    training_ids = fields.One2many(
        "alarm.work.order.training", "work_order_id", string="User Training", copy=False
    )

    def _missing(self, verb):
        missing = super()._missing(verb)
        if verb == "accept" and self.state == "testing":
            untold = self.sudo().training_ids.filtered(lambda one: one.required and not one.done)
            if untold:
                missing.append(
                    self.env._(
                        "The users were not shown: %s.",
                        ", ".join(topic._shown_name() for topic in untold),
                    )
                )
        return missing

    def _on_state(self, verb):
        result = super()._on_state(verb)
        if verb == "test":
            self.sudo()._make_training()
        return result

    def _make_training(self):
        lang = self.company_id.partner_id.lang or self.env.lang
        known = self.training_ids.topic_id
        topics = (
            self.env["alarm.training.topic"]
            .with_context(lang=lang)
            .search(
                [
                    ("kind", "in", (False, self.kind)),
                    ("system_type_id", "in", (False, self.system_type_id.id)),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
        )
        self.env["alarm.work.order.training"].create(
            [
                {
                    "work_order_id": self.id,
                    "topic_id": topic.id,
                    "sequence": topic.sequence,
                    "name": topic.name,
                    # What was there before is known to its users.
                    "required": topic.required and self.kind == "installation",
                }
                for topic in topics - known
            ]
        )
