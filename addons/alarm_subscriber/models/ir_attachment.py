from odoo import api, models

from ..tools.lifecycle import APPROVED
from ..tools.revision_values import Value, changes
from .alarm_revision import Noted

# What is said of a file; its content by its checksum.
_FIELDS = ("name", "description", "mimetype", "file_size", "checksum", "type", "url", "res_field")


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    @api.model_create_multi
    def create(self, vals_list):
        attachments = super().create(vals_list)
        # What they are attached to may come from the context as well.
        attachments.filtered("res_model")._revision_note_since({})
        return attachments

    def write(self, vals):
        before = self._revision_snapshot()
        res = super().write(vals)
        self._revision_note_since(before)
        return res

    def unlink(self):
        before = self._revision_snapshot()
        res = super().unlink()
        self.env["alarm.revision"]._note(
            [
                Noted(subscriber, self._name, id_, values["name"], "unlink", old=values)
                for id_, (subscriber, values) in before.items()
            ]
        )
        return res

    def _revision_note_since(self, before):
        noted = []
        after = self._revision_snapshot()
        for id_ in {**before, **after}:
            old_home, old = before.get(id_, (None, None))
            new_home, new = after.get(id_, (None, None))
            if old_home == new_home:
                noted += [
                    Noted(new_home, self._name, id_, new["name"], "write", name, *values)
                    for name, *values in changes(old, new)
                ]
                continue
            if old_home:
                noted.append(Noted(old_home, self._name, id_, old["name"], "unlink", old=old))
            if new_home:
                noted.append(Noted(new_home, self._name, id_, new["name"], "create", new=new))
        self.env["alarm.revision"]._note(noted)

    def _revision_snapshot(self):
        """id -> ``(subscriber, name -> Value)`` of files at what has a history."""
        found = {}
        for records, attachments in self._revision_records():
            homes = records._revision_subscribers()
            for attachment in attachments:
                home = homes.get(attachment.res_id)
                if home:
                    found[attachment.id] = (home, attachment._revision_file())
        return found

    def _revision_records(self):
        """``(records, files at them)`` for each model that the history covers."""
        by_model = {}
        registry = self.env.registry
        base = registry["alarm.subscriber.part"]
        for attachment in self.sudo():
            model = attachment.res_model
            if attachment.res_id and model in registry and issubclass(registry[model], base):
                by_model.setdefault(model, []).append(attachment)
        return [
            (self.env[model].browse({one.res_id for one in attachments}).exists(), attachments)
            for model, attachments in by_model.items()
        ]

    def _revision_file(self):
        return {name: Value(self[name] or None) for name in _FIELDS}

    @api.model
    def _revision_baseline(self, records_of, subscribers):
        """Noted of the files at these records.

        :param records_of: subscriber's id -> set of ``(model, id)``
        """
        home = {
            record: subscriber
            for subscriber in subscribers.sudo()
            for record in records_of[subscriber.id]
            if subscriber.state in APPROVED
        }
        ids_of = {}
        for model, id_ in home:
            ids_of.setdefault(model, []).append(id_)
        noted = []
        for model, ids in ids_of.items():
            # Naming the id lets files of fields be found, too.
            domain = [("res_model", "=", model), ("res_id", "in", ids), ("id", ">", 0)]
            for attachment in self.sudo().search(domain, order="id"):
                values = attachment._revision_file()
                noted.append(
                    Noted(
                        home[model, attachment.res_id],
                        self._name,
                        attachment.id,
                        values["name"],
                        "baseline",
                        new=values,
                    )
                )
        return noted
