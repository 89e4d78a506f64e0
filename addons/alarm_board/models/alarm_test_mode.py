from odoo import api, models

from ..tools.moments import iso_utc


class AlarmTestMode(models.Model):
    _inherit = "alarm.test.mode"

    @api.model
    def board_list(self):
        """The tests in force, the first to end first: rows of the board's list.

        :return: list of dicts: id, subscriber, ref, what (what it covers), reason, who (asked for
            it), by (began it), starts_at, ends_at; moments as ISO text in UTC
        """
        # Oldest end first: the next that falls back into force.
        tests = self.search([("state", "=", "active")], order="ends_at, id")
        return [
            {
                "id": test.id,
                "subscriber": test.subscriber_id.name,
                "ref": test.subscriber_id.ref or "",
                "what": test.scope_words,
                "reason": test.reason,
                "who": test.authorised_name or "",
                "by": test.user_id.name,
                "starts_at": iso_utc(test.starts_at),
                "ends_at": iso_utc(test.ends_at),
            }
            for test in tests
        ]
