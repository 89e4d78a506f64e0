from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.walk_test import passed

# What a line of the page may ask, and the method of the record that does it.
_LINE_VERBS = ("expect", "retest", "correct", "waive")


class AlarmWorkOrder(models.Model):
    """The walk test and the hand-over on the crew's page."""

    _inherit = "alarm.work.order"

    def work_walk(self):
        """Look at what has arrived since: the page asks when it is opened or comes back.

        :return: the order as the page shows it
        """
        self.ensure_one()
        self.check_access("read")
        order = self.sudo()
        if order.state == "testing" and order.try_lock_for_update(allow_referencing=True):
            order.invalidate_recordset()
            order._walk_arrived()
        return self._work_data()

    def _work_verbs(self):
        return super()._work_verbs() | {
            "walk": "_work_walk",
            "finding": "_work_finding",
            "path": "_work_path",
            "training": "_work_training",
            "codes": "_work_codes",
            "sign": "_work_sign",
            "more_test": "_work_more_test",
        }

    def _work_walk(self, values):
        line = self.walk_line_ids.filtered(lambda one: one.id == values.get("id"))
        what = values.get("what")
        if not line or what not in _LINE_VERBS:
            raise UserError(self.env._("This line of the walk test is no longer there."))
        if what == "correct":
            line.action_correct(values.get("values"))
        elif what == "waive":
            line.action_waive(values.get("reason"))
        else:
            getattr(line, f"action_{what}")()

    def _work_finding(self, values):
        finding = self.walk_finding_ids.filtered(lambda one: one.id == values.get("id"))
        if not finding:
            raise UserError(self.env._("This finding is no longer there."))
        if values.get("line"):
            finding.action_assign(values["line"])
        else:
            finding.action_explain(values.get("remark"))

    def _work_path(self, values):
        path = self.path_test_ids.filtered(lambda one: one.id == values.get("id"))
        path.write({"name": str(values.get("name") or "").strip()})

    def _work_training(self, values):
        topic = self.training_ids.filtered(lambda one: one.id == values.get("id"))
        if not topic:
            raise UserError(self.env._("This topic is no longer there."))
        answers = {}
        if "done" in values:
            answers["done"] = bool(values["done"])
        if "remark" in values:
            answers["remark"] = str(values["remark"] or "").strip()
        topic.write(answers)

    def _work_codes(self, values):
        self.action_give_codes(values.get("name"))

    def _work_sign(self, values):
        image = values.get("image")
        if isinstance(image, str) and image.startswith("data:"):
            # What a browser calls a data URL begins with its type.
            image = image.partition(",")[2]
        self.action_sign(values.get("who"), values.get("name"), image)

    def _work_more_test(self, values):
        self.action_extend_test(values.get("minutes"))

    def _work_data(self):
        return super()._work_data() | {
            "on_test": self.on_test,
            "walk": self._walk_data(),
            "paths": [path._work_data() for path in self.path_test_ids],
            "supervision": [test._work_data() for test in self.supervision_test_ids],
            "training": [topic._work_data() for topic in self.training_ids],
            "handover": {
                "asked": self._test_of_kind() != "none" and bool(self.tested_at),
                "codes_given": self.codes_given,
                "codes_given_to": self.codes_given_to or "",
                **{
                    who: {
                        "name": self[f"{who}_signed_by"] or "",
                        "signed_at": fields.Datetime.to_string(self[f"{who}_signed_at"]) or "",
                    }
                    for who in ("crew", "customer")
                },
            },
        }

    def _walk_data(self):
        lines, findings = self.walk_line_ids, self.walk_finding_ids
        return {
            "lines": [line._walk_row() for line in lines],
            "findings": [finding._walk_row() for finding in findings],
            "labels": {
                "state": dict(lines._fields["state"]._description_selection(self.env)),
                "event": dict(lines._fields["event_class"]._description_selection(self.env)),
                "finding": dict(findings._fields["kind"]._description_selection(self.env)),
                "resolution": dict(findings._fields["resolution"]._description_selection(self.env)),
            },
            "may_waive": self._may_waive(),
            **self._walk_summary(),
        }

    def _walk_summary(self):
        return {
            "awaited": self.awaited_line_id.id or 0,
            "count": self.walk_count,
            "passed": self.walk_passed_count,
            "open": self.walk_open_count,
            "open_findings": self.walk_open_finding_count,
        }


class AlarmWalkTestLine(models.Model):
    _inherit = "alarm.walk.test.line"

    def _walk_row(self):
        self.ensure_one()
        return {
            "id": self.id,
            "panel": self.panel_id.account,
            "number": self.number or "",
            "name": self._shown_name(),
            "area": self.area or "",
            "position": self.position or "",
            "event_class": self.event_class or "",
            "detector_type": self.detector_type or "",
            "restore_expected": self.restore_expected,
            "mandatory": self.mandatory,
            "state": self.state,
            "passed": passed(self.state, self.restore_expected),
            "seen_at": fields.Datetime.to_string(self.seen_at) or "",
            "text": self.signal_text or "",
            "restored_at": fields.Datetime.to_string(self.restored_at) or "",
            "restore_text": self.restore_text or "",
            "corrections": self.corrections or "",
            "waive_reason": self.waive_reason or "",
            "waived_by": self.waived_by_id.name or "",
        }


class AlarmWalkTestFinding(models.Model):
    _inherit = "alarm.walk.test.finding"

    def _walk_row(self):
        self.ensure_one()
        return {
            "id": self.id,
            "kind": self.kind,
            "line": self.line_id.id or 0,
            "line_name": self.line_id.name or "",
            "number": self.number or "",
            "area": self.area or "",
            "text": self.signal_text or "",
            "at": fields.Datetime.to_string(self.at),
            "resolution": self.resolution or "",
            "remark": self.remark or "",
        }


class AlarmPathTest(models.Model):
    _inherit = "alarm.path.test"

    def _work_data(self):
        self.ensure_one()
        return {
            "id": self.id,
            "panel": self.panel_id.account,
            "name": self.name or "",
            "shown": " ".join(filter(None, (self.receiver, self.line, self.sender))),
            "signals": self.signal_count,
            "delay": self.delay if self.has_delay else None,
            "strength": self.strength or "",
        }


class AlarmSupervisionTest(models.Model):
    _inherit = "alarm.supervision.test"

    def _work_data(self):
        self.ensure_one()
        labels = dict(self._fields["seen_by"]._description_selection(self.env))
        watched = self._watched()
        kind, _at = watched.proof(fields.Datetime.now())
        return {
            "id": self.id,
            "panel": self.panel_id.account,
            "required": watched.required,
            "seen_by": labels.get(kind, ""),
        }


class AlarmWorkOrderTraining(models.Model):
    _inherit = "alarm.work.order.training"

    def _work_data(self):
        self.ensure_one()
        return {
            "id": self.id,
            "name": self._shown_name(),
            "required": self.required,
            "done": self.done,
            "remark": self.remark or "",
        }
