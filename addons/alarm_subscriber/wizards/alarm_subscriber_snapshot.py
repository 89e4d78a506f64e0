import json

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..tools.revision_state import Step, state_after
from ..tools.revision_values import key_ids

# Order of the sections; what others add comes behind.
_SECTIONS = (
    "alarm.subscriber",
    "res.partner",
    "alarm.panel",
    "alarm.area",
    "alarm.zone",
    "alarm.panel.user",
    "alarm.contact",
)


class AlarmSubscriberSnapshot(models.TransientModel):
    """A subscriber as it stood at a moment, put together from its history."""

    _name = "alarm.subscriber.snapshot"
    _description = "Subscriber as It Stood"

    subscriber_id = fields.Many2one("alarm.subscriber", required=True, ondelete="cascade")
    at = fields.Datetime(string="As It Stood at", required=True, default=fields.Datetime.now)
    page = fields.Html(compute="_compute_page", sanitize=False)

    @api.depends("subscriber_id", "at")
    def _compute_page(self):
        for snapshot in self:
            snapshot.page = snapshot.subscriber_id and self.env["ir.qweb"]._render(
                "alarm_subscriber.alarm_subscriber_snapshot_page",
                {"sections": snapshot._sections(), "at": snapshot.at},
            )

    def _steps(self):
        """Steps of the subscriber's history up to the moment, in their order."""
        revision = self.env["alarm.revision"]
        revision.check_access("read")
        self.subscriber_id.check_access("read")
        rows = revision.search(
            # A second that is shown lasts until its end.
            [
                ("subscriber_key", "=", self.subscriber_id.id),
                ("at", "<", fields.Datetime.add(self.at, seconds=1)),
            ],
            order="strand, seq",
        )
        return [
            Step(
                row.model,
                row.record_key,
                row.operation,
                json.loads(row.record_json) if row.record_json else None,
                row.field_name or None,
                None,
                json.loads(row.new_json) if row.new_json else None,
            )
            for row in rows
        ]

    def _sections(self):
        """List of ``{"title", "columns", "rows"}``; a row is a list of words. Of one record the
        fields stand below one another: ``columns`` is empty and a row ``[label, words]``."""
        self.ensure_one()
        if not self.env.user.has_group("alarm_subscriber.group_approver"):
            raise AccessError(self.env._("Only an approver reads the history."))
        revision = self.env["alarm.revision"]
        state = state_after(self._steps())
        keys = self.env["alarm.person.key"]._open(
            {
                key
                for record in state.values()
                for key in key_ids(record["values"]) | key_ids(record["name"])
            }
        )
        records = {}
        for (model, id_), record in state.items():
            values = {
                name: revision._open_value(value, keys) for name, value in record["values"].items()
            }
            records.setdefault(model, []).append((id_, revision._all_words(model, values)))
        order = {model: place for place, model in enumerate(_SECTIONS)}
        sections = []
        for model in sorted(records, key=lambda model: (order.get(model, len(order)), model)):
            rows = records[model]
            names = list(dict.fromkeys(name for _id, words in rows for name in words))
            labels = [revision._label(model, name) for name in names]
            if model == _SECTIONS[0]:
                body = [
                    [label, rows[0][1].get(name, "")]
                    for name, label in zip(names, labels, strict=True)
                ]
                labels = []
            else:
                body = [[words.get(name, "") for name in names] for _id, words in rows]
            sections.append(
                {"title": revision._model_words(model), "columns": labels, "rows": body}
            )
        return sections
