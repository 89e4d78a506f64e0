from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("unknown_zone", "Zone Number Not on File"),
    ("unexpected_zone", "Unexpected Zone"),
    ("wrong_number", "Another Zone Than the One Tried"),
    ("wrong_area", "Wrong Area"),
    ("wrong_event", "Wrong Event"),
    ("unknown_code", "Unknown Code"),
    ("missing_restore", "Restore Is Missing"),
]


class AlarmWalkTestFinding(models.Model):
    """Something that a walk test has brought to light. It is settled by a correction, by the right
    signal, or by somebody who says what it was; it is never forgotten."""

    _name = "alarm.walk.test.finding"
    _inherit = ["alarm.work.order.part", "alarm.own.defaults"]
    _description = "Finding of a Walk Test"
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection(KINDS, required=True, readonly=True)
    panel_id = fields.Many2one(
        "alarm.panel", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    line_id = fields.Many2one(
        "alarm.walk.test.line", readonly=True, index="btree_not_null", ondelete="cascade"
    )
    # By value: signals are kept apart from the work that they belong to.
    signal_key = fields.Integer("Signal's Id", readonly=True)
    signal_uid = fields.Char("Signal", readonly=True)
    signal_text = fields.Char("Wire Text", readonly=True)
    raw_hex = fields.Char("Raw Bytes", readonly=True)
    number = fields.Char("Zone Number Sent", readonly=True)
    area = fields.Char("Area Number Sent", readonly=True)
    at = fields.Datetime(required=True, readonly=True)
    resolution = fields.Selection(
        [
            ("seen", "The Right Signal Came"),
            ("corrected", "Register Corrected"),
            ("explained", "Explained"),
            ("waived", "Waived"),
        ],
        readonly=True,
    )
    remark = fields.Char(readonly=True)
    resolved_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    resolved_at = fields.Datetime(readonly=True)

    _once = models.UniqueIndex(
        "(work_order_id, kind, signal_key, coalesce(line_id, 0)) WHERE resolution IS NULL"
    )

    @api.depends("kind", "line_id", "number")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for finding in self:
            where = finding.line_id.name or finding.number
            finding.display_name = ": ".join(filter(None, (labels.get(finding.kind), where)))

    def action_explain(self, remark):
        """Say what it was, where nothing is to be corrected.

        :param remark: required
        """
        self.check_access("read")
        if not isinstance(remark, str) or not remark.strip():
            raise UserError(self.env._("Say what the finding was."))
        for order in self.work_order_id:
            order._check_walking()
        self.work_order_id._locked()
        self.sudo()._settle("explained", remark.strip())
        self.work_order_id._walk_changed(self.line_id)
        return True

    def action_assign(self, line_id):
        """This signal is the one of that line: the zone has the number that was sent.

        :param line_id: id of a line of the same panel
        """
        self.ensure_one()
        line = self.env["alarm.walk.test.line"].browse(line_id).exists()
        line.check_access("read")
        if not self.number or line.work_order_id != self.work_order_id:
            raise UserError(self.env._("This finding cannot be put right that way."))
        if line.panel_id != self.panel_id:
            raise UserError(self.env._("This signal came from another panel."))
        return line.action_correct({"number": self.number})

    def _settle(self, resolution, remark=False):
        """Note how these were settled; by whom: the environment's user."""
        unsettled = self.filtered(lambda finding: not finding.resolution)
        if unsettled:
            unsettled.write(
                {
                    "resolution": resolution,
                    "remark": remark,
                    "resolved_by_id": self.env.uid,
                    "resolved_at": fields.Datetime.now(),
                }
            )
