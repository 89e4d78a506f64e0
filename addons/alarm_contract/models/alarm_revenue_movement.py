from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.alarm_subscriber.tools.append_only import refuse_changes

from ..tools.revenue import KINDS
from .contract_line import REVENUE_CLASSES


class AlarmRevenueMovement(models.Model):
    """One change of the recurring revenue of one line, written when it was noticed.

    Only ever added: what was wrong is put right by another movement, on the day on which that is
    noticed, so that the figures of a month that is over stay. Triggers refuse changes whoever
    connects to the database. Nothing is signed here: each movement can be reckoned anew from the
    contract's own history.
    """

    _name = "alarm.revenue.movement"
    _description = "Movement of Recurring Revenue"
    _order = "booked_on desc, id desc"
    _log_access = False
    _rec_name = "contract_line_id"

    booked_on = fields.Date(
        required=True, readonly=True, help="Counts in the figures from this day on."
    )
    effective_on = fields.Date(
        required=True,
        readonly=True,
        help="Since when it has been so. Earlier than the day it was booked on when it was entered "
        "afterwards.",
    )
    kind = fields.Selection(KINDS, required=True, readonly=True)
    amount = fields.Monetary(
        string="A Month",
        required=True,
        readonly=True,
        aggregator="sum",
        help="By so much the revenue of a month changed.",
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True, ondelete="restrict")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="restrict")
    contract_line_id = fields.Many2one(
        "contract.line", required=True, readonly=True, index=True, ondelete="restrict"
    )
    contract_id = fields.Many2one(
        "contract.contract", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(related="contract_id.partner_id", string="Customer")
    business_model_id = fields.Many2one("alarm.business.model", readonly=True, ondelete="restrict")
    revenue_class = fields.Selection(REVENUE_CLASSES, required=True, readonly=True)
    reason_id = fields.Many2one(
        "contract.terminate.reason", string="Reason", readonly=True, ondelete="restrict"
    )
    quantity = fields.Float(readonly=True, help="By so many pieces the line changed.")
    lines = fields.Integer(readonly=True, help="1: the line came; -1: it went; 0: it stayed.")
    contracts = fields.Integer(
        string="Change of Contracts",
        readonly=True,
        help="1: with it the contract came; -1: with it the contract went; 0: it stayed.",
    )
    cohort_on = fields.Date(
        string="Customer Since",
        required=True,
        readonly=True,
        help="First of the month in which the contract's revenue began. Who follows a contract "
        "keeps its month.",
    )

    _booked_idx = models.Index("(company_id, booked_on)")

    def init(self):
        refuse_changes(self.env.cr, self._table)

    # Never allowed, so there is nothing to hand on.
    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(
            self.env._("Movements of revenue follow from what contracts are worth, never by hand.")
        )

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("A movement of revenue stays as it was booked."))

    # Refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("A movement of revenue is never deleted."))
        return super().unlink()

    @api.model
    def _append(self, rows):
        """Add rows; all with the same columns."""
        if not rows:
            return
        self.env.cr.execute_values(
            SQL(
                "INSERT INTO alarm_revenue_movement (%s) VALUES ",
                SQL(", ").join(SQL.identifier(column) for column in rows[0]),
            ).code
            + "%s",
            [tuple(row.values()) for row in rows],
            page_size=5000,
        )
        self.invalidate_model()

    @api.depends("kind", "contract_line_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for movement in self:
            movement.display_name = f"{kinds[movement.kind]}: {movement.contract_line_id.name}"
