from odoo import api, fields, models

from odoo.addons.alarm_monitoring.models.alarm_event_code import EVENT_CLASSES


class AlarmDispatchPolicy(models.Model):
    """How many responders go, what they must be able to do, and how long each step may last."""

    _name = "alarm.dispatch.policy"
    _inherit = "alarm.company.bound"
    _description = "Dispatch Policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, ondelete="cascade", help="Left empty, it holds for all."
    )
    category_id = fields.Many2one(
        "alarm.subscriber.category",
        string="Kind of Premises",
        index=True,
        ondelete="cascade",
        help="The kinds below it are included. Left empty, it holds for all kinds.",
    )
    event_class = fields.Selection(EVENT_CLASSES, help="Left empty, it holds for all classes.")
    crew_size = fields.Integer(
        "Responders", required=True, default=1, help="How many go, at the least."
    )
    skill_ids = fields.Many2many("alarm.responder.skill", string="Skills")
    accept_minutes = fields.Integer("To Accept (min)", default=2)
    depart_minutes = fields.Integer("To Leave (min)", default=3)
    arrive_minutes = fields.Integer("To Arrive (min)", default=15)
    report_minutes = fields.Integer("To Report (min)", default=30)
    notify_mail = fields.Boolean("E-Mail", help="Send each responder an e-mail with the order.")
    notify_sms = fields.Boolean(
        "SMS", help="Send each responder a text message. The gateway charges for it."
    )

    _crew_range = models.Constraint(
        "CHECK(crew_size BETWEEN 1 AND 9)", "From 1 to 9 responders can be asked for."
    )
    _minutes_positive = models.Constraint(
        "CHECK(accept_minutes >= 0 AND depart_minutes >= 0 "
        "AND arrive_minutes >= 0 AND report_minutes >= 0)",
        "A step cannot last less than no time; 0 is without a limit.",
    )

    @api.model
    def _choose(self, company, category, event_class):
        """The policy for a case: the one that says most about it, by sequence among equals. One
        for what the kind of premises is a kind of fits, too."""
        line = category._line()
        fitting = self.search(
            [
                ("company_id", "in", [False, company.id]),
                ("category_id", "in", [False, *line]),
                ("event_class", "in", [False, event_class]),
            ]
        )
        # A sort keeps the order of equals.
        return fitting.sorted(lambda one: one._rank(line))[:1]

    def _rank(self, line):
        """How much this policy says, the most first: kind of premises, and that before what it is
        a kind of; then class, then company.

        :param line: ids of the kind of premises and of those above it
        """
        kind = self.category_id.id
        return (
            line.index(kind) if kind else len(line),
            not self.event_class,
            not self.company_id,
        )
