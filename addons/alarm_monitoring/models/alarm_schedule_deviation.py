from datetime import timedelta

from odoo import api, fields, models

# Rows deleted in one statement.
_AT_ONCE = 10_000

ACTIONS = [("open", "Opened"), ("close", "Closed")]
JUDGEMENTS = [
    ("early", "Too Early"),
    ("late", "Too Late"),
    ("unexpected", "Not Expected"),
]


class AlarmScheduleDeviation(models.Model):
    """An opening or a closing that its schedule does not ask for. A list, no incident: who closes
    early rarely needs a dispatcher, but whoever looks after the site wants to know. Written by due
    work alone; kept as long as the signals."""

    _name = "alarm.schedule.deviation"
    _description = "Outside the Schedule"
    _order = "at desc, id desc"
    _rec_name = "subscriber_id"
    _log_access = False

    subscriber_id = fields.Many2one(
        "alarm.subscriber", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="restrict")
    schedule_id = fields.Many2one(
        "alarm.schedule", required=True, readonly=True, ondelete="restrict"
    )
    area_id = fields.Many2one(related="schedule_id.area_id")
    action = fields.Selection(ACTIONS, required=True, readonly=True)
    judgement = fields.Selection(JUDGEMENTS, required=True, readonly=True)
    at = fields.Datetime(required=True, readonly=True)
    by = fields.Char(readonly=True)
    signal_key = fields.Integer(
        string="Signal's Id", readonly=True, help="The signal may be in the archive by now."
    )

    _signal_uniq = models.UniqueIndex("(schedule_id, signal_key)")
    _subscriber_idx = models.Index("(subscriber_id, at)")
    _at_idx = models.Index("(at, id)")

    @api.model
    def _keep(self, found):
        """Keep what was found.

        :param found: ``(signal, schedule, judgement)``; signals as `alarm.signal.follow` reads them
        """
        if found:
            self.env.cr.execute_values(
                """
                INSERT INTO alarm_schedule_deviation
                            (subscriber_id, company_id, schedule_id, action, judgement, at, by,
                             signal_key)
                VALUES %s ON CONFLICT (schedule_id, signal_key) DO NOTHING
                """,
                [
                    (
                        signal.subscriber_id,
                        schedule.company_id.id or None,
                        schedule.id,
                        signal.action,
                        judgement,
                        signal.received_at,
                        signal.by,
                        signal.id,
                    )
                    for signal, schedule, judgement in found
                ],
                page_size=len(found),
            )
            self.invalidate_model()

    @api.autovacuum
    def _forget_old(self):
        """Nothing is kept longer than the signals that it came from: those that are on hold stay.

        :return: how many were deleted, and whether more may wait
        """
        forgotten, more = 0, False
        for company in self.env["res.company"].search([("alarm_signal_days", ">", 0)]):
            self.env.cr.execute(
                """
                DELETE FROM alarm_schedule_deviation WHERE id IN (
                    SELECT id FROM alarm_schedule_deviation found
                     WHERE at < %s AND company_id = %s
                       AND NOT EXISTS (
                           SELECT FROM alarm_legal_hold hold
                            WHERE hold.subscriber_id = found.subscriber_id
                              AND hold.lifted_at IS NULL)
                       AND NOT EXISTS (
                           SELECT FROM alarm_legal_hold hold
                             JOIN alarm_incident_signal link
                               ON link.incident_id = hold.incident_id
                            WHERE link.signal_id = found.signal_key
                              AND hold.lifted_at IS NULL)
                     ORDER BY at LIMIT %s
                )
                """,
                [
                    fields.Datetime.now() - timedelta(days=company.alarm_signal_days),
                    company.id,
                    _AT_ONCE,
                ],
            )
            forgotten += self.env.cr.rowcount
            more = more or self.env.cr.rowcount == _AT_ONCE
        self.invalidate_model()
        return forgotten, more
