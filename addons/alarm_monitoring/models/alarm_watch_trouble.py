from datetime import timedelta

from odoo import api, models

from ..tools.supervision import local_words, pack

_DEFAULT_HOURS = 24


class AlarmWatch(models.Model):
    """Troubles that are not restored for long."""

    _inherit = "alarm.watch"

    @api.model
    def _trouble_patience(self):
        """How long a trouble may stay, and how often it is raised again after that."""
        hours = self.env["ir.config_parameter"].sudo().get_param("alarm_monitoring.trouble_hours")
        return timedelta(hours=int(hours) if str(hours or "").isdigit() else _DEFAULT_HOURS)

    @api.model
    def _on_troubles(self, signals):
        """Troubles and their restores have arrived; the order in which they were received counts.

        A restore ends the same code at the same place, and what its code restores there.
        """
        if not signals:
            return
        patience = self._trouble_patience()
        restores = self._restored_codes(signals)
        begun, over = {}, {}
        for signal in sorted(signals, key=lambda one: (one.received_at, one.id)):
            place = f"{signal.panel_id}:{signal.address}"
            if signal.restores:
                for code_id in restores.get(signal.code_id, ()):
                    begun.pop(f"{place}:{code_id}", None)
                    over[f"{place}:{code_id}"] = signal.id
            elif signal.active and patience:
                key = f"{place}:{signal.code_id}"
                over.pop(key, None)
                begun.setdefault(
                    key,
                    {
                        "key": key,
                        "subscriber_id": signal.subscriber_id,
                        "panel_id": signal.panel_id or None,
                        "detail": signal.trouble,
                        "since": signal.received_at,
                        "next_due_at": signal.received_at + patience,
                    },
                )
        self._begin_troubles(begun)
        ended = self.search([("kind", "=", "trouble_stays"), ("key", "in", list(over))])
        self.env["alarm.incident"]._note_all_restored(
            {watch._matter_key(): over[watch.key] for watch in ended if watch.missed_at}
        )
        self._drop("trouble_stays", ended.mapped("key"))

    @api.model
    def _restored_codes(self, signals):
        """Code id of a restore -> ids of the codes that it ends."""
        codes = self.env["alarm.event.code"].browse(
            {signal.code_id for signal in signals if signal.restores}
        )
        return {code.id: {code.id, *code.restores_ids.ids} for code in codes}

    @api.model
    def _begin_troubles(self, rows):
        """A trouble that is reported again stays as old as it is."""
        if rows:
            names = ("key", "subscriber_id", "panel_id", "detail", "since", "next_due_at")
            self.env.cr.execute_values(
                """
                INSERT INTO alarm_watch (kind, company_id, key, subscriber_id, panel_id, detail,
                                         since, next_due_at)
                     SELECT 'trouble_stays', subscriber.company_id, said.key, subscriber.id,
                            said.panel_id::int, said.detail, said.since::timestamp,
                            said.next_due_at::timestamp
                       FROM (VALUES %s)
                            AS said (key, subscriber_id, panel_id, detail, since, next_due_at)
                       JOIN alarm_subscriber subscriber ON subscriber.id = said.subscriber_id
                ON CONFLICT (kind, key) DO NOTHING
                """,
                [tuple(row[name] for name in names) for row in rows.values()],
                page_size=len(rows),
            )
            self.invalidate_model()

    @api.model
    def _due_troubles(self, watches, now):
        """Raise troubles that stay, and again after the same time when nobody keeps it open."""
        patience = self._trouble_patience()
        self.env["alarm.incident"]._raise_matters(
            [
                watch._prepare_matter(
                    pack(watch.detail, local_words(watch.since, watch.subscriber_id.tz))
                )
                for watch in watches
            ]
        )
        for watch in watches:
            watch.write(
                {
                    "missed_at": watch.missed_at or watch.next_due_at,
                    "raised_at": now,
                    "next_due_at": now + patience if patience else False,
                }
            )
