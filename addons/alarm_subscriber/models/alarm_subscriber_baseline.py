from odoo import models

from .alarm_revision import Authority, Noted


class AlarmSubscriber(models.Model):
    """The subscriber's own share in its history, and its state as a whole."""

    _name = "alarm.subscriber"
    _inherit = ["alarm.subscriber", "alarm.subscriber.part"]
    _revision_subscriber_path = ""
    _revision_person = "partner_id"
    # The name of a home is the name of who lives there.
    _revision_personal = frozenset({"name", "note"})

    def _revision_note_baseline(self, approved=False):
        """Write down each of these subscribers as a whole.

        :param approved: they were approved just now: whoever submitted one did it, and whoever
            approved it answers for it
        """
        noted, partners = {}, {}
        records_of = {subscriber.id: set() for subscriber in self}
        for part in self._revision_parts():
            part = part.sudo().with_context(active_test=False)
            records = part.search(part._revision_domain(self), order="id")
            values, names = records._revision_values(), records._revision_names()
            for id_, subscriber in records._revision_subscribers().items():
                entry = Noted(subscriber, part._name, id_, names[id_], "baseline", new=values[id_])
                noted.setdefault(subscriber.id, []).append(entry)
                partners.setdefault(subscriber, set()).update(
                    part._revision_partner_ids(values[id_])
                )
                records_of[subscriber.id].add((part._name, id_))
        everybody = (
            self.env["res.partner"].sudo().browse({p for ids in partners.values() for p in ids})
        )
        values, names = everybody._revision_values(), everybody._revision_names()
        for subscriber, ids in partners.items():
            noted[subscriber.id] += [
                Noted(subscriber, "res.partner", id_, names[id_], "baseline", new=values[id_])
                for id_ in sorted(ids)
            ]
        for entry in self.env["ir.attachment"]._revision_baseline(records_of, self):
            noted[entry.subscriber.id].append(entry)
        for submitter, group in self.sudo().grouped("submitted_by_id").items():
            authority = Authority(submitter) if approved and submitter else None
            self.env["alarm.revision"].with_context(alarm_authority=authority)._note(
                [entry for subscriber in group for entry in noted[subscriber.id]]
            )
