from odoo import fields, models

from ..tools.path_test import Path, Watched, by_path, merge, watch


class AlarmWorkOrder(models.Model):
    """The communication test of an order: kept by the signals of the walk test."""

    _inherit = "alarm.work.order"

    path_test_ids = fields.One2many(
        "alarm.path.test", "work_order_id", string="Communication Paths", copy=False
    )
    supervision_test_ids = fields.One2many(
        "alarm.supervision.test",
        "work_order_id",
        string="Supervision",
        readonly=True,
        copy=False,
    )
    paths_expected = fields.Integer(
        "Paths per Panel",
        default=1,
        help="By how many paths each panel must have been heard before the order is accepted.",
    )

    _paths_expected_positive = models.Constraint(
        "CHECK(paths_expected BETWEEN 0 AND 9)", "A panel has 0 to 9 paths to the centre."
    )

    def _on_state(self, verb):
        result = super()._on_state(verb)
        if verb in ("test", "accept", "rework", "cancel"):
            # Supervised from now on, or no longer, see `alarm.panel._supervised`.
            self.sudo().subscriber_id.panel_ids._note_configuration_changed()
        if verb == "test":
            order = self.sudo()
            known = order.supervision_test_ids.panel_id
            self.env["alarm.supervision.test"].sudo().create(
                [
                    {
                        "work_order_id": order.id,
                        "panel_id": panel.id,
                        "interval": panel.supervision_interval,
                    }
                    for panel in order.subscriber_id.panel_ids - known
                ]
            )
        return result

    def _missing(self, verb):
        missing = super()._missing(verb)
        if verb == "accept" and self.state == "testing":
            missing += self._missing_paths()
        return missing

    def _missing_paths(self):
        missing = []
        paths = self.sudo().path_test_ids.grouped("panel_id")
        for panel in self.sudo().subscriber_id.panel_ids:
            seen = len(paths.get(panel, ()))
            if seen < self.paths_expected:
                missing.append(
                    self.env._(
                        "Panel %(panel)s was heard by %(seen)s of %(expected)s paths.",
                        panel=panel.display_name,
                        seen=seen,
                        expected=self.paths_expected,
                    )
                )
        for test in self.sudo().supervision_test_ids:
            watched = test._watched()
            # Seen once is seen.
            if watched.required and not watched.proof(fields.Datetime.now())[0]:
                missing.append(
                    self.env._(
                        "Supervision of panel %s was not seen yet: cut its line until its silence "
                        "is reported, wait for a test report, or for one interval while a bridge "
                        "that supervises it is at work.",
                        test.panel_id.display_name,
                    )
                )
        return missing

    def _note_paths(self, signals):
        known = {
            (path.panel_id.id, (path.receiver, path.line or "", path.sender or "")): path
            for path in self.path_test_ids
        }
        new = []
        for (panel_id, way), found in by_path(signals).items():
            path = known.get((panel_id, way))
            if path:
                path.write(path._prepare_figures(merge(path._figures(), found)))
            else:
                receiver, line, sender = way
                new.append(
                    {
                        "work_order_id": self.id,
                        "panel_id": panel_id,
                        "receiver": receiver,
                        "line": line,
                        "sender": sender,
                        **self.env["alarm.path.test"]._prepare_figures(found),
                    }
                )
        self.env["alarm.path.test"].create(new)
        for test in self.supervision_test_ids:
            mine = [one for one in signals if one.sighting.panel_id == test.panel_id.id]
            if mine:
                test._keep(watch(test._watched(), mine))

    def _settle_supervision(self):
        """Write down what has shown that silence is noticed; time alone may have."""
        for test in self.sudo().supervision_test_ids:
            test._keep(test._watched())


class AlarmPathTest(models.Model):
    _inherit = "alarm.path.test"

    def _figures(self):
        return Path(
            self.first_seen_at,
            self.last_seen_at,
            self.signal_count,
            self.delay if self.has_delay else None,
            self.delivery,
            self.strength or "",
            self.format or "",
        )

    def _prepare_figures(self, path):
        return {
            "first_seen_at": path.first,
            "last_seen_at": path.last,
            "signal_count": path.count,
            "delay": path.delay or 0.0,
            "has_delay": path.delay is not None,
            "delivery": path.delivery,
            "strength": path.strength or False,
            "format": path.format or False,
        }


class AlarmSupervisionTest(models.Model):
    _inherit = "alarm.supervision.test"

    def _watched(self):
        return Watched(
            interval=self.interval,
            reports=bool(self.panel_id.test_interval),
            first_heard=self.first_heard_at or None,
            lost=self.lost_at or None,
            back=self.back_at or None,
            report=self.report_at or None,
            watched=self._is_watched(),
        )

    def _is_watched(self):
        """Whether some bridge that serves the panel's receivers is heard, and is told to miss the
        panel."""
        panel = self.sudo().panel_id
        if not panel._supervised():
            return False
        statuses = (
            self.env["alarm.receiver.status"]
            .sudo()
            .search([("receiver_id.receiver_group_id", "=", panel.receiver_group_id.id)])
        )
        return any(statuses.bridge_status_id.mapped("heard"))

    def _keep(self, watched):
        kind, at = watched.proof(fields.Datetime.now())
        self.write(
            {
                "first_heard_at": watched.first_heard or False,
                "lost_at": watched.lost or False,
                "back_at": watched.back or False,
                "report_at": watched.report or False,
                "seen_by": kind or False,
                "seen_at": at or False,
            }
        )
