from odoo import models

# Sites in these states are served, and so counted. A suspended one is still recorded.
_SERVED = ("active", "suspended")

# Pieces in these states are with nobody.
_GONE = ("in_stock", "lost", "scrapped")


class ContractLine(models.Model):
    """How many zones or detectors a line is charged for."""

    _inherit = "contract.line"

    def _count(self, date):
        """What each line that counts is charged for on `date`: {line: number}."""
        totals = {}
        for (line, _site), number in self._count_by_site(date).items():
            totals[line] = totals.get(line, 0) + number
        return {line: totals.get(line, 0) for line in self._counting()}

    def _count_by_site(self, date):
        """As `_count`, but for each site of the line: {(line, subscriber): number}. What belongs
        to no site is under an empty subscriber."""
        counting = self._counting()
        by_kind = counting.grouped("charge_kind")
        result = {}
        for kind, count in (
            ("per_zone", self._count_zones),
            ("per_detector", self._count_detectors),
        ):
            lines = by_kind.get(kind, self.browse())
            sites = lines._sites()
            numbers = count(self.env["alarm.subscriber"].union(*sites.values()), date)
            for line, subscribers in sites.items():
                for subscriber in subscribers:
                    result[line, subscriber] = numbers.get(subscriber.id, 0)
        result.update(by_kind.get("per_detector", self.browse())._count_named_devices())
        return result

    def _counting(self):
        return self.filtered(lambda line: line.charge_kind in ("per_zone", "per_detector"))

    def _sites(self):
        """The served sites each line is for: {line: subscribers}."""
        return {
            line: (line.subscriber_id or line.contract_id.subscriber_ids).filtered(
                lambda site: site.state in _SERVED
            )
            for line in self
        }

    def _count_zones(self, subscribers, date):
        if not subscribers:
            return {}
        groups = self.env["alarm.zone"]._read_group(
            [
                ("panel_id.subscriber_id", "in", subscribers.ids),
                ("panel_id.active", "=", True),
                ("active", "=", True),
                ("billable", "=", True),
            ],
            ["subscriber_id"],
            ["__count"],
        )
        return {subscriber.id: number for subscriber, number in groups}

    def _count_detectors(self, subscribers, date):
        if not subscribers:
            return {}
        groups = self.env["alarm.device"]._read_group(
            [
                ("subscriber_id", "in", subscribers.ids),
                ("kind", "=", "detector"),
                ("state", "not in", _GONE),
                "|",
                ("installed_on", "=", False),
                ("installed_on", "<=", date),
            ],
            ["subscriber_id"],
            ["__count"],
        )
        return {subscriber.id: number for subscriber, number in groups}

    def _count_named_devices(self):
        """A contract without premises counts the pieces that it names."""
        nowhere = self.env["alarm.subscriber"]
        return {
            (line, nowhere): len(
                line.contract_id.device_ids.filtered(lambda device: device.state not in _GONE)
            )
            for line in self
            if not line.contract_id.subscriber_ids
        }
