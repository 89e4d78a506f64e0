from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools.dispatch_states import OPEN_STATES
from ..tools.nearest import Candidate

# A position that was reported longer ago says nothing about where somebody is.
POSITION_MINUTES = 60


class AlarmResponder(models.Model):
    """An employee who goes to the site. Name, telephone and shifts are the employee's: they are
    typed there and nowhere else."""

    _name = "alarm.responder"
    _inherit = "alarm.company.bound"
    _description = "Responder"
    _order = "name, id"
    _check_company_auto = True

    employee_id = fields.Many2one(
        "hr.employee",
        required=True,
        ondelete="restrict",
        check_company=True,
        groups="alarm_monitoring.group_dispatcher,hr.group_hr_user",
    )
    name = fields.Char(related="employee_id.name", store=True, index="trigram")
    company_id = fields.Many2one(
        "res.company",
        related="employee_id.company_id",
        store=True,
        index=True,
        ondelete="restrict",
    )
    phone = fields.Char(compute="_compute_reach", compute_sudo=True)
    email = fields.Char(compute="_compute_reach", compute_sudo=True)
    user_id = fields.Many2one(
        "res.users",
        string="Login",
        compute="_compute_user_id",
        store=True,
        readonly=False,
        precompute=True,
        compute_sudo=True,
        index="btree_not_null",
        ondelete="restrict",
        help="With this login, of the portal or an internal one, the responder sees his own "
        "orders. Left empty, it is the one of the employee.",
    )
    skill_ids = fields.Many2many("alarm.responder.skill", string="Skills")
    territory_ids = fields.Many2many(
        "alarm.territory",
        "alarm_responder_territory_rel",
        "responder_id",
        "territory_id",
        string="Territories",
        check_company=True,
        help="Left empty, the responder goes everywhere.",
    )
    duty = fields.Selection(
        [
            ("calendar", "By the Employee's Working Hours"),
            ("always", "On Duty"),
            ("never", "Off Duty"),
        ],
        required=True,
        default="calendar",
    )
    on_duty = fields.Boolean("On Duty Now", compute="_compute_on_duty", compute_sudo=True)
    latitude = fields.Float(digits=(10, 7), readonly=True)
    longitude = fields.Float(digits=(10, 7), readonly=True)
    position_at = fields.Datetime("Position Reported", readonly=True)
    order_count = fields.Integer("Open Orders", compute="_compute_order_count", compute_sudo=True)
    active = fields.Boolean(default=True)

    _employee_uniq = models.UniqueIndex("(employee_id)", "This employee is a responder already.")

    @api.depends("employee_id.mobile_phone", "employee_id.work_phone", "employee_id.work_email")
    def _compute_reach(self):
        for responder in self:
            employee = responder.employee_id
            responder.phone = employee.mobile_phone or employee.work_phone
            responder.email = employee.work_email

    @api.depends("employee_id.user_id")
    def _compute_user_id(self):
        for responder in self:
            responder.user_id = responder.user_id or responder.employee_id.user_id

    @api.depends("duty", "employee_id")
    def _compute_on_duty(self):
        on_duty = self._on_duty(fields.Datetime.now())
        for responder in self:
            responder.on_duty = responder in on_duty

    def _on_duty(self, moment):
        """Those of these responders who work at a moment, by their calendars and leaves.

        :param moment: naive UTC
        """
        start = pytz.utc.localize(moment)
        by_calendar = self.filtered(lambda one: one.duty == "calendar")
        resources = by_calendar.sudo().employee_id.resource_id
        work = {}
        if resources:
            work, _by_calendar = resources._get_valid_work_intervals(
                start, start + timedelta(seconds=1)
            )
        return self.filtered(
            lambda one: one.duty == "always"
            or (one.duty == "calendar" and bool(work.get(one.sudo().employee_id.resource_id.id)))
        )

    def _candidates(self, moment):
        """These responders as plain values for tools/nearest.py; a fixed number of queries."""
        on_duty = self._on_duty(moment)
        loads = self._loads()
        return [
            one._prepare_candidate(moment, on_duty=one in on_duty, load=loads.get(one.id, 0))
            for one in self
        ]

    def _prepare_candidate(self, moment, *, on_duty, load):
        latitude, longitude = self._place(moment)
        return Candidate(
            key=self.id,
            latitude=latitude,
            longitude=longitude,
            on_duty=on_duty,
            load=load,
            skills=frozenset(self.skill_ids.ids),
            territories=frozenset(self.territory_ids.ids),
        )

    def _place(self, moment):
        """Where the responder probably is: the position last reported, or else the centre of his
        territory. ``(None, None)`` where neither is known."""
        fresh = moment - timedelta(minutes=POSITION_MINUTES)
        if self.position_at and self.position_at >= fresh:
            return self.latitude, self.longitude
        for territory in self.territory_ids:
            if territory.latitude or territory.longitude:
                return territory.latitude, territory.longitude
        return None, None

    def action_report_position(self, latitude, longitude):
        """Keep where the responder is; for himself only.

        :param latitude: degrees, −90 to 90
        :param longitude: degrees, −180 to 180
        """
        self.check_access("read")
        if not self.env.su and any(one.user_id != self.env.user for one in self):
            raise AccessError(self.env._("A position is reported by the responder himself."))
        for value, limit in ((latitude, 90), (longitude, 180)):
            number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not number or not -limit <= value <= limit:
                raise UserError(
                    self.env._(
                        "“%(value)s” is no coordinate: a number from −%(limit)s to %(limit)s is.",
                        value=value,
                        limit=limit,
                    )
                )
        # As superuser: responders may write nothing else of their record.
        self.sudo().write(
            {
                "latitude": latitude,
                "longitude": longitude,
                "position_at": fields.Datetime.now(),
            }
        )
        return True

    def _compute_order_count(self):
        loads = self._loads()
        for responder in self:
            responder.order_count = loads.get(responder.id, 0)

    def _loads(self):
        return {
            responder.id: count
            for responder, count in self.env["alarm.dispatch.member"]
            .sudo()
            ._read_group(
                [
                    ("responder_id", "in", self.ids),
                    ("state", "in", ("invited", "accepted")),
                    ("dispatch_id.state", "in", OPEN_STATES),
                ],
                ["responder_id"],
                ["__count"],
            )
        }

    def action_view_orders(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "alarm_dispatch.alarm_dispatch_action"
        )
        return action | {
            "domain": [("member_ids.responder_id", "=", self.id)],
            "context": {"search_default_open": 1},
        }
