from odoo import api, models

from ..tools.moments import iso_utc
from .ir_websocket import BOARD_CHANNEL


class AlarmStorm(models.Model):
    """Storms on the boards: told when one begins, ends, or is likely."""

    _inherit = "alarm.storm"

    @api.model
    def board_storms(self):
        """What boards and walls need to know of storms.

        :return: one dict for each company that the user looks at: ``{"company_id", "company",
            "storm": {"id", "reason", "since", "by", "closed"} or None, "inflow": new incidents,
            "minutes": within so many, "threshold": that are a storm; 0: never, "told": now}``
        :raises AccessError: the user is no dispatcher
        """
        self.env["alarm.incident"]._check_dispatcher()
        companies = self.env.companies
        return self._prepare_board_storms(companies, self._inflows(companies))

    @api.model
    def _prepare_board_storms(self, companies, inflows):
        storms = {storm.company_id: storm for storm in self._current(companies)}
        closed = dict(
            self.env["alarm.storm.entry"]._read_group(
                [("storm_id", "in", [storm.id for storm in storms.values()])],
                ["storm_id"],
                ["count:sum"],
            )
        )
        return [
            {
                "company_id": company.id,
                "company": company.name,
                "storm": storms[company]._prepare_board_storm(closed)
                if company in storms
                else None,
                "inflow": inflows[company],
                "minutes": company.alarm_storm_minutes,
                "threshold": company.alarm_storm_incidents,
                # A browser that has just come hears old messages after its list.
                "told": iso_utc(self.env.cr.now()),
            }
            for company in companies
        ]

    def _prepare_board_storm(self, closed):
        return {
            "id": self.id,
            "reason": self.reason,
            "since": iso_utc(self.started_at),
            "by": self.started_by_id.name,
            "closed": closed.get(self.id, 0),
        }

    @api.private
    def _on_storms_changed(self):
        # As superuser, because the readers are not who made the change: a channel is joined only by
        # dispatchers of its company, see `ir.websocket`.
        storms = self.sudo()
        storms._tell_boards(storms.company_id, storms._inflows(storms.company_id))
        return super()._on_storms_changed()

    @api.private
    def _on_inflow(self, inflows):
        companies = self.env["res.company"].union(*inflows)
        self.sudo()._tell_boards(companies, inflows)
        return super()._on_inflow(inflows)

    @api.model
    def _tell_boards(self, companies, inflows):
        for line in self._prepare_board_storms(companies, inflows):
            company = self.env["res.company"].browse(line["company_id"])
            self.env["bus.bus"]._sendone(
                (company, BOARD_CHANNEL), "alarm_board/storm", {"storms": [line]}
            )
