from odoo import models

# With these terms the equipment is somebody else's when the term is over.
_GIVEN = frozenset({"transfer_to_customer", "transfer_to_government"})


class ContractContract(models.Model):
    """Equipment of ours that comes back because the contract, or a site of it, ends."""

    _inherit = "contract.contract"

    def _ask_equipment_back(self, sites, due, named=False):
        """What is ours is due back: at these sites, where no other contract is served with it,
        and (`named`) what only this contract names. A day that was agreed before stays.

        :return: the pieces
        """
        self.ensure_one()
        others = self._get_others_that_serve(sites)
        leaving = others._get_pending_cancellation()
        sites -= (others - leaving.contract_id).subscriber_ids
        domain = [("subscriber_id", "in", sites.ids)]
        if named:
            domain = ["|", ("id", "in", self._get_named_alone().ids), *domain]
        # As superuser: a clerk keeps no cards. Which pieces, follows from the contract.
        devices = (
            self.env["alarm.device"]
            .sudo()
            .search(
                [
                    *domain,
                    ("ownership", "=", "leased"),
                    ("company_id", "=", self.company_id.id),
                    ("return_due", "=", False),
                    ("state", "not in", ("in_stock", "scrapped")),
                ]
            )
        )
        asked = {
            "return_contract_id": self.id,
            "return_user_id": (self.user_id or self.env.user).id,
        }
        for site, pieces in devices.grouped("subscriber_id").items():
            # Not before the last one that is served with it has left, too.
            days = [
                cancellation._get_collect_day()
                for cancellation in leaving
                if site in cancellation.contract_id.subscriber_ids
            ]
            pieces.write({**asked, "return_due": max([due, *days])})
        return devices

    def _get_named_alone(self):
        """Pieces that no other contract names that goes on."""
        others = self.env["contract.contract"].search(
            [
                ("device_ids", "in", self.device_ids.ids),
                ("id", "!=", self.id),
                ("alarm_state", "!=", "ended"),
            ]
        )
        return self.device_ids - others.device_ids

    def _is_equipment_given(self, early):
        """When it ends, it is the other side's: not if it ends before its term."""
        self.ensure_one()
        return not early and self.end_action in _GIVEN
