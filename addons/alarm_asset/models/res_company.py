from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.alarm_contract.tools.all_languages import name_in_all

from ..tools.charts import ROLES
from ..tools.depreciation import FIRST_MONTHS


class ResCompany(models.Model):
    """How a company keeps leased equipment in its books."""

    _inherit = "res.company"

    asset_first_month = fields.Selection(
        FIRST_MONTHS,
        string="Depreciation Begins",
        compute="_compute_asset_first_month",
        store=True,
        readonly=False,
        help="In China the month after acceptance is the first one, elsewhere that of acceptance.",
    )
    leased_life_months = fields.Integer(
        string="Useful Life of Leased Equipment",
        default=60,
        help="In months, of products that say nothing else.",
    )
    asset_disposal_account_id = fields.Many2one(
        "account.account",
        string="Account of Disposals",
        ondelete="restrict",
        check_company=True,
        help="Customers who buy leased equipment are invoiced on this account; the removal of the "
        "asset takes the price from it, and what is left is gain or loss.",
    )

    _leased_life_positive = models.Constraint(
        "CHECK(leased_life_months > 0)", "Equipment is of use for a month at least."
    )

    @api.depends("account_fiscal_country_id")
    def _compute_asset_first_month(self):
        for company in self:
            chinese = company.account_fiscal_country_id.code == "CN"
            company.asset_first_month = company.asset_first_month or ("next" if chinese else "this")

    def _alarm_asset_profile(self, treatment):
        """The profile of assets that are so treated, made with its accounts when it is first
        needed.

        :raises UserError: the company has no chart of accounts
        """
        self.ensure_one()
        company = self.sudo()
        Profile = company.env["account.asset.profile"].with_company(company)
        profile = Profile.search(
            [("company_id", "=", self.id), ("alarm_treatment", "=", treatment)], limit=1
        )
        if profile:
            return profile
        values = company._prepare_alarm_asset_profile(treatment)
        account = company.env["account.account"].browse(values["account_asset_id"])
        others = account.asset_profile_id
        profile = Profile.create(values)
        # What else is posted on this account becomes no leased equipment by itself.
        account.asset_profile_id = others
        return profile

    def _prepare_alarm_asset_profile(self, treatment):
        self.ensure_one()
        labels = dict(
            self.env["account.asset.profile"]
            ._fields["alarm_treatment"]
            ._description_selection(self.env)
        )
        if treatment == "own_asset":
            account = self._get_leased_equipment_account()
        else:
            account = self._alarm_asset_account(treatment)
        return {
            "name": labels[treatment],
            "company_id": self.id,
            "alarm_treatment": treatment,
            "alarm_over": "automatic" if treatment == "own_asset" else "term",
            "account_asset_id": account.id,
            "account_depreciation_id": self._alarm_asset_account(f"{treatment}_depreciation").id,
            **self._prepare_alarm_asset_shared(),
            "method": "linear",
            "method_time": "number",
            "method_period": "month",
            "method_number": self.leased_life_months,
            "prorata": True,
            "allow_reversal": True,
        }

    def _prepare_alarm_asset_shared(self):
        """What all profiles of equipment in the field have in common: as the first one has it."""
        first = self.env["account.asset.profile"].search(
            [("company_id", "=", self.id), ("alarm_treatment", "!=", False)], limit=1
        )
        roles = {
            "account_expense_depreciation_id": "expense",
            "account_plus_value_id": "gain",
            "account_min_value_id": "loss",
        }
        values = {
            name: (first[name] or self._alarm_asset_account(role)).id
            for name, role in roles.items()
        }
        return values | {"journal_id": (first.journal_id or self._alarm_asset_journal()).id}

    def _get_asset_disposal_account(self):
        self.ensure_one()
        company = self.sudo()
        if not company.asset_disposal_account_id:
            company.asset_disposal_account_id = company._alarm_asset_account("disposal")
        return company.asset_disposal_account_id

    def _alarm_asset_account(self, role):
        """The account of the chart for a role, added to the chart where it has none."""
        self.ensure_one()
        self._check_has_chart()
        kind, codes, after = ROLES[role]
        Account = self.env["account.account"].with_company(self)
        code = codes.get(self.chart_template)
        account = code and Account.search(
            [
                *Account._check_company_domain(self),
                # Charts fill up their codes.
                ("code", "in", (code, code.ljust(6, "0"))),
            ],
            limit=1,
        )
        if not account:
            account = Account.create(
                {
                    "name": self._alarm_asset_account_names(self.env)[role],
                    "account_type": kind,
                    "code": Account._search_new_account_code((code or after).ljust(6, "0")),
                    "company_ids": [Command.link(self.id)],
                }
            )
            name_in_all(account, lambda env: self._alarm_asset_account_names(env)[role])
        return account

    @api.model
    def _alarm_asset_account_names(self, env):
        """{role: the name of its account in the language of an environment}"""
        return {
            "own_asset_depreciation": env._("Accumulated Depreciation of Leased Equipment"),
            "intangible": env._("Concession Rights"),
            "intangible_depreciation": env._("Accumulated Amortisation of Concession Rights"),
            "contract_cost": env._("Contract Costs"),
            "contract_cost_depreciation": env._("Accumulated Amortisation of Contract Costs"),
            "expense": env._("Depreciation of Leased Equipment"),
            "disposal": env._("Disposal of Leased Equipment"),
            "gain": env._("Gain on Leased Equipment"),
            "loss": env._("Loss on Leased Equipment"),
        }

    def _check_has_chart(self):
        self.ensure_one()
        if not self._get_leased_equipment_account():
            raise UserError(
                self.env._(
                    "%s has no chart of accounts: leased equipment cannot be kept in its books. "
                    "Choose a chart in the settings of Invoicing first.",
                    self.name,
                )
            )

    def _alarm_asset_journal(self):
        """The journal of what happens to leased equipment, apart from all else."""
        self.ensure_one()
        Journal = self.env["account.journal"].with_company(self)
        journal = Journal.search(
            [("company_id", "=", self.id), ("code", "=", "LEASE"), ("type", "=", "general")],
            limit=1,
        )
        if not journal:
            journal = Journal.create(
                {
                    "name": self.env._("Leased Equipment"),
                    "code": "LEASE",
                    "type": "general",
                    "company_id": self.id,
                    "show_on_dashboard": False,
                }
            )
            name_in_all(journal, lambda env: env._("Leased Equipment"))
        return journal
