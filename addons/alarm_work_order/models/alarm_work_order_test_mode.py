from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# States of a subscriber in which it can be on test.
_TESTABLE = ("commissioning", "active", "suspended")

# The crew may be late; the test may be extended.
_SPARE_MINUTES = 60


class AlarmWorkOrder(models.Model):
    """While a crew works at the premises these are on test: the order authorises it in place of a
    passcode, and the log of the test says who began it."""

    _inherit = "alarm.work.order"

    test_mode_ids = fields.Many2many(
        "alarm.test.mode", string="Test Modes", compute="_compute_test_mode_ids"
    )
    on_test = fields.Boolean(compute="_compute_test_mode_ids")
    test_area_ids = fields.Many2many(
        "alarm.area",
        "alarm_work_order_test_area_rel",
        "work_order_id",
        "area_id",
        string="Areas on Test",
        copy=False,
        domain="[('subscriber_id', '=', subscriber_id)]",
        help="Where only a part of premises in service is worked on: what the other areas send is "
        "an alarm as ever. Empty: the whole premises are on test.",
    )

    @api.constrains("test_area_ids", "subscriber_id")
    def _check_test_areas(self):
        for order in self.sudo():
            if order.test_area_ids.subscriber_id - order.subscriber_id:
                raise ValidationError(
                    self.env._("%s: the areas on test are those of its premises.", order.name)
                )

    def _compute_test_mode_ids(self):
        # As superuser: whoever sees the order may know that its premises are on test.
        tests = (
            self.env["alarm.test.mode"]
            .sudo()
            .search([("origin", "in", [f"alarm.work.order,{id_}" for id_ in self.ids])])
        )
        now = fields.Datetime.now()
        for order in self:
            mine = tests.filtered(lambda test, order=order: test.origin == order._origin)
            order.test_mode_ids = mine.sudo(False)
            order.on_test = any(test.starts_at <= now < test.ends_at for test in mine)

    def _on_state(self, verb):
        result = super()._on_state(verb)
        subscriber = self.sudo().subscriber_id
        if verb == "start" and self._is_put_on_test():
            if subscriber.state == "draft" and self._test_of_kind() == "required":
                # Its signals are logged from now on, and make no alarm.
                subscriber.action_commission()
            self._begin_site_tests()
        elif verb == "test":
            if not self._running_tests():
                self._begin_site_tests()
            self._begin_exempt_tests()
        elif verb == "cancel" or verb == "finish":
            self._end_test_modes()
        elif verb == "accept" and subscriber.state in ("active", "suspended"):
            # In service already: from now on its alarms are alarms again.
            self._end_test_modes()
        return result

    def action_extend_test(self, minutes):
        """The crew needs longer: so many minutes from now, as far as who asks may allow.

        :param minutes: a number
        """
        self.ensure_one()
        self._check_actor("test")
        tests = self._running_tests()
        if not tests:
            if self.state not in ("in_progress", "testing"):
                raise UserError(self.env._("Nobody is working on %s.", self.display_name))
            self._begin_site_tests(minutes)
            return True
        # As superuser: the order authorises it; how long is asked of the user all the same.
        tests.action_extend(minutes, self._test_reason())
        return True

    def _is_put_on_test(self):
        return bool(self.subscriber_id) and self.kind != "survey"

    def _running_tests(self):
        now = fields.Datetime.now()
        self.invalidate_recordset(["test_mode_ids", "on_test"])
        return self.sudo().test_mode_ids.filtered(lambda test: test.ends_at > now)

    def _begin_site_tests(self, minutes=None):
        """Put on test what is worked on: the premises, or of those in service the areas that the
        planner has named."""
        order = self.sudo()
        areas = order.test_area_ids if order.subscriber_id.state == "active" else ()
        for area in areas:
            self._begin_test_mode(minutes, scope="area", area_id=area.id)
        if not areas:
            self._begin_test_mode(minutes)

    def _begin_test_mode(self, minutes=None, **scope):
        """Put the premises, or a part of them, on test for this order."""
        subscriber = self.sudo().subscriber_id
        if subscriber.state not in _TESTABLE:
            return
        test_mode = self.env["alarm.test.mode"].sudo()
        limit = test_mode._max_hours() * 60
        if minutes is None:
            left = (self.planned_end or fields.Datetime.now()) - fields.Datetime.now()
            minutes = max(int(left.total_seconds() // 60) + _SPARE_MINUTES, _SPARE_MINUTES * 2)
            minutes = min(minutes, limit)
        test_mode._begin(
            subscriber,
            {
                "minutes": minutes,
                "reason": self._test_reason(),
                "authorised_name": self.env._("work order %s", self.name),
                "origin": f"alarm.work.order,{self.id}",
                **scope,
            },
        )
        self.invalidate_recordset(["test_mode_ids", "on_test"])

    def _begin_exempt_tests(self):
        """Zones whose alarms the rules keep out of every test, as hold-up buttons, are on test each
        by itself, and only while the matrix is walked. What the order has not touched is not
        tried, so whoever presses there means it."""
        subscriber = self.sudo().subscriber_id
        if subscriber.state != "active":
            return
        known = self._running_tests().zone_id
        lines = self.sudo().walk_line_ids.filtered(
            lambda line: line.event_class == "panic" and line.zone_id and line.mandatory
        )
        for zone in lines.zone_id - known:
            self._begin_test_mode(scope="zone", zone_id=zone.id)

    def _end_test_modes(self):
        tests = self._running_tests()
        if tests:
            tests.action_end(self._test_reason())
            self.invalidate_recordset(["on_test"])

    def _test_reason(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return f"{kinds[self.kind]} {self.name}"
