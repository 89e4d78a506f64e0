from odoo import api, fields, models


class AlarmPathTest(models.Model):
    """One way by which signals of a panel reached the centre while it was tested."""

    _name = "alarm.path.test"
    _inherit = ["alarm.work.order.part", "alarm.own.defaults"]
    _description = "Communication Test of a Path"
    _order = "work_order_id, panel_id, id"

    name = fields.Char("Path", help="What the crew calls it: LAN, 4G…")
    panel_id = fields.Many2one(
        "alarm.panel", required=True, readonly=True, index=True, ondelete="restrict"
    )
    receiver = fields.Char(required=True, readonly=True)
    line = fields.Char(readonly=True)
    sender = fields.Char(readonly=True, help="Where the panel's signals came from.")
    format = fields.Char(readonly=True)
    first_seen_at = fields.Datetime(required=True, readonly=True)
    last_seen_at = fields.Datetime(required=True, readonly=True)
    signal_count = fields.Integer("Signals", readonly=True)
    delay = fields.Float(
        "Panel to Centre (s)",
        digits=(8, 1),
        readonly=True,
        help="Longest time from the panel's own clock to the receiver. A clock that is wrong "
        "shows here, too.",
    )
    has_delay = fields.Boolean(readonly=True)
    delivery = fields.Float(
        "Receiver to Screen (s)",
        digits=(8, 1),
        readonly=True,
        help="Longest time from the receiver to this system.",
    )
    strength = fields.Char("Signal Strength", readonly=True, help="As the transmitter says it.")

    _once = models.UniqueIndex("(work_order_id, panel_id, receiver, line, sender)")

    @api.depends("name", "receiver", "line", "sender")
    def _compute_display_name(self):
        for path in self:
            path.display_name = path.name or " ".join(
                filter(None, (path.receiver, path.line, path.sender))
            )

    def write(self, vals):
        # The crew gives it a name; the rest is measured.
        if not self.env.su:
            self.work_order_id._check_walking()
            vals = {name: value for name, value in vals.items() if name == "name"}
        return super().write(vals)


class AlarmSupervisionTest(models.Model):
    """That the silence of a panel would be noticed, shown once while it was tested."""

    _name = "alarm.supervision.test"
    _inherit = ["alarm.work.order.part", "alarm.own.defaults"]
    _description = "Supervision Test of a Panel"
    _order = "work_order_id, panel_id"

    panel_id = fields.Many2one(
        "alarm.panel", required=True, readonly=True, index=True, ondelete="restrict"
    )
    interval = fields.Integer("Interval (s)", readonly=True)
    first_heard_at = fields.Datetime(readonly=True)
    lost_at = fields.Datetime("Silence Noticed", readonly=True)
    back_at = fields.Datetime("Heard Again", readonly=True)
    report_at = fields.Datetime("Test Report", readonly=True)
    seen_at = fields.Datetime(readonly=True, help="When one whole interval was seen.")
    seen_by = fields.Selection(
        [
            ("report", "Test Report"),
            ("silence", "Silence Noticed and Over"),
            ("interval", "Heard throughout One Interval"),
        ],
        readonly=True,
    )

    _once = models.UniqueIndex("(work_order_id, panel_id)")
