from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import format_date, split_every

# So many pieces share an entry.
BATCH = 500


class AccountAssetLine(models.Model):
    """Thousands of pieces are depreciated by the month: one entry for all of a profile and a month,
    with lines for each piece, instead of an entry each."""

    _inherit = "account.asset.line"

    def create_move(self):
        ours = self.filtered(lambda line: line.asset_id.alarm_treatment)
        created = super(AccountAssetLine, self - ours).create_move()
        for (profile, day), lines in ours.grouped(
            lambda line: (line.asset_id.profile_id, line.line_date)
        ).items():
            for ids in split_every(BATCH, lines.ids):
                created += self.browse(ids)._create_shared_move(profile, day).ids
        return created

    def _create_shared_move(self, profile, day, booked_on=None):
        """One entry of the depreciation of the month that ends on a day, booked then."""
        month = format_date(self.env, day, date_format="yyyy-MM")
        day = booked_on or day
        entry = (
            self.env["account.move"]
            .with_company(profile.company_id)
            .with_context(allow_asset=True)
            .create(
                {
                    "date": day,
                    "journal_id": profile.journal_id.id,
                    "ref": self.env._(
                        "Depreciation %(profile)s %(month)s", profile=profile.name, month=month
                    ),
                    "alarm_depreciation": True,
                    "line_ids": [
                        Command.create(values)
                        for line in self
                        for values in line._prepare_shared_lines(profile, day)
                    ],
                }
            )
        )
        entry._post(soft=False)
        self.with_context(allow_asset_line_update=True).write({"move_id": entry.id})
        done = self.asset_id.filtered(
            lambda asset: asset.state == "open" and asset.currency_id.is_zero(asset.value_residual)
        )
        done.state = "close"
        return entry

    def _prepare_shared_lines(self, profile, day):
        """Values of the two lines of one piece."""
        self.ensure_one()
        none = self.env["account.move"]
        lines = [
            self._setup_move_line_data(day, profile.account_depreciation_id, "depreciation", none),
            self._setup_move_line_data(
                day, profile.account_expense_depreciation_id, "expense", none
            ),
        ]
        for values in lines:
            # The entry says these.
            for name in ("move_id", "journal_id", "date", "ref"):
                values.pop(name, None)
        return lines

    def unlink_move(self):
        gone = self.filtered(
            lambda line: line.type == "depreciate"
            and line.asset_id.alarm_treatment
            and line.asset_id.state == "removed"
        ).asset_id
        if gone:
            raise UserError(
                self.env._(
                    "%s is no asset any more: what was depreciated until then stays.",
                    gone[0].display_name,
                )
            )
        shared = self.move_id.filtered("alarm_depreciation")
        for entry in shared:
            assets = self.search([("move_id", "=", entry.id)]).asset_id
            if len(assets) > 1:
                raise UserError(
                    self.env._(
                        "%(entry)s depreciates %(count)s assets. Reverse it as a whole in the "
                        "journal: the months are then booked anew.",
                        entry=entry.name,
                        count=len(assets),
                    )
                )
        return super().unlink_move()
