from odoo import models


class ContractContract(models.Model):
    """What was suspended and waits, and the site at which it would go on."""

    _inherit = "contract.contract"

    def _get_suspended_lines(self):
        """What was suspended and has not gone on since, also of those that these took over."""
        lines = self._with_predecessors().contract_line_ids.filtered(
            lambda line: line.end_cause == "suspension"
            and not line.successor_contract_line_id
            and not line.is_canceled
        )
        following = self.env["contract.line"].search(
            [("predecessor_contract_line_id", "in", lines.ids), ("is_canceled", "=", False)]
        )
        return lines - following.predecessor_contract_line_id

    def _get_suspended_at(self, site):
        """What was suspended at the site, also at what it was before."""
        sites = self._get_sites_before(site)
        return self._get_suspended_lines().filtered(lambda line: line.subscriber_id in sites)

    def _with_predecessors(self):
        """These and the contracts that they took over, one after the other."""
        chain = self
        while before := chain.predecessor_contract_id - chain:
            chain += before
        return chain

    def _get_sites_before(self, site):
        """The site and what it was before: of an earlier owner, or at other premises."""
        moves = self._with_predecessors().change_ids.filtered(
            lambda change: change.kind == "move" and change.state == "done"
        )
        sites = site
        while True:
            moved = moves.filtered(lambda move, sites=sites: move.to_subscriber_id in sites)
            earlier = (sites.predecessor_id | moved.subscriber_id) - sites
            if not earlier:
                return sites
            sites |= earlier

    def _get_site_now(self, site):
        """The site of this contract which that one has become; none where it has left."""
        self.ensure_one()
        if site in self.subscriber_ids:
            return site
        return self.subscriber_ids.filtered(lambda heir: site in self._get_sites_before(heir))[:1]
