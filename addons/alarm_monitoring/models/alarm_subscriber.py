from odoo import api, fields, models


class AlarmSubscriber(models.Model):
    _inherit = "alarm.subscriber"

    test_mode_ids = fields.One2many("alarm.test.mode", "subscriber_id", string="Test Modes")
    on_test = fields.Boolean(compute="_compute_on_test", search="_search_on_test")
    test_words = fields.Char(string="Tests Now", compute="_compute_on_test")

    @api.depends("test_mode_ids.starts_at", "test_mode_ids.ends_at")
    @api.depends_context("lang", "tz")
    def _compute_on_test(self):
        # As superuser: that a subscriber is on test is no secret of those who read it.
        tests = (
            self.env["alarm.test.mode"]
            .sudo()
            .search([("subscriber_id", "in", self.ids), ("state", "in", ("active", "planned"))])
        )
        by_subscriber = tests.sorted("ends_at").grouped("subscriber_id")
        for subscriber in self:
            mine = by_subscriber.get(subscriber._origin, tests.browse())
            active = mine.filtered(lambda test: test.state == "active")
            subscriber.on_test = bool(active)
            subscriber.test_words = "; ".join(
                self.env._(
                    "%(scope)s until %(end)s, %(reason)s (%(who)s)",
                    scope=test.scope_words,
                    end=test._local(test.ends_at),
                    reason=test.reason,
                    who=test.authorised_name,
                )
                for test in active
            )

    @api.model
    def _search_on_test(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        running = [("test_mode_ids", "any", [("starts_at", "<=", now), ("ends_at", ">", now)])]
        return fields.Domain.OR(
            fields.Domain(running) if on else ~fields.Domain(running) for on in value
        )

    def action_begin_test(self, minutes, reason, values=None):
        """Log signals only, for a time.

        :param minutes: how long; the company says how long each group may allow
        :param reason: what the test is for; required
        :param values: ``contact_id`` or ``authorised_name``; the ``word`` that he says, or as a
            supervisor why it is done without, as ``override``; ``scope`` ("subscriber", "area",
            "zone" or "class") with ``area_id``, ``zone_id`` or ``event_class``; ``with_exempt``,
            ``starts_at``, ``origin``
        :return: id of the test mode; False when the word is wrong, or too many were
        """
        values = {**(values or {}), "minutes": minutes, "reason": reason}
        return self.env["alarm.test.mode"]._begin(self, values).id
