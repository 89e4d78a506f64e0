"""The terms of a business model or of a contract as sentences that a customer understands: on the
quotation, in the protection plan, on the portal."""

from odoo.tools import format_amount


def terms_in_words(terms, company):
    """Rows ``(label, sentence)``, in the language of the records' environment.

    :param terms: one `alarm.business.model` or one `contract.contract`: both have the same fields
    :param company: whose contract it is
    """
    return _Words(terms, company).rows()


class _Words:
    def __init__(self, terms, company):
        self._terms = terms
        self._company = company
        self._env = terms.env

    def rows(self):
        rows = [
            (self._env._("Equipment"), self._equipment()),
            (self._env._("Operation"), self._operation()),
            (self._env._("Fees"), self._fees()),
            (self._env._("Prices"), self._prices()),
            (self._env._("Deposit"), self._deposit()),
            (self._env._("Subsidy"), self._subsidy()),
            (self._env._("Share"), self._share()),
            (self._env._("Term"), self._term()),
            (self._env._("Notice"), self._notice()),
            (self._env._("Early Exit"), self._early_exit()),
            (self._env._("Equipment at the End"), self._at_the_end()),
        ]
        return [(label, text) for label, text in rows if text]

    def _party(self, party):
        if party == "operator":
            return self._company.name
        return {
            "customer": self._env._("the customer"),
            "carrier": self._env._("the carrier"),
            "government": self._env._("the government"),
            "joint": self._env._("the joint venture"),
            "users": self._env._("the users"),
        }.get(party, "")

    def _equipment(self):
        if not self._terms.funder:
            return ""
        return " ".join(filter(None, (self._owners(), self._joint_parts())))

    def _joint_parts(self):
        terms = self._terms
        joint = "joint" in (terms.funder, terms.owner_in_term, terms.owner_after)
        if not joint or not terms.joint_share:
            return ""
        return self._env._(
            "Of what is the joint venture's, %(ours)g %% is that of %(company)s and %(theirs)g %% "
            "that of the other side.",
            ours=terms.joint_share,
            company=self._company.name,
            theirs=100 - terms.joint_share,
        )

    def _owners(self):
        terms, names = self._terms, self._party
        if terms.owner_in_term == terms.owner_after:
            return self._env._(
                "Paid for by %(funder)s; it belongs to %(owner)s.",
                funder=names(terms.funder),
                owner=names(terms.owner_in_term),
            )
        return self._env._(
            "Paid for by %(funder)s; it belongs to %(owner)s during the term, and to %(after)s "
            "afterwards.",
            funder=names(terms.funder),
            owner=names(terms.owner_in_term),
            after=names(terms.owner_after),
        )

    def _operation(self):
        operator = self._terms.operator
        return operator and self._env._("Operated and maintained by %s.", self._party(operator))

    def _fees(self):
        terms = self._terms
        return terms.payer and self._env._(
            "Paid by %(payer)s, billed by %(biller)s.",
            payer=self._party(terms.payer),
            biller=self._party(terms.biller),
        )

    def _prices(self):
        terms = self._terms
        kind = terms.escalation_kind
        if kind == "percent":
            text = self._env._("They may rise by %g %% a year.", terms.escalation_value)
        elif kind == "amount":
            text = self._env._("They may rise by %s a year.", self._money(terms.escalation_value))
        elif kind == "index" and terms.escalation_cap:
            text = self._env._(
                "They follow the price index, by at most %g %% a year.", terms.escalation_cap
            )
        elif kind == "index":
            text = self._env._("They follow the price index.")
        else:
            return ""
        if terms.escalation_min_months:
            first = self._env._("Not in the first %s months.", terms.escalation_min_months)
            text = f"{text} {first}"
        return text

    def _deposit(self):
        terms = self._terms
        if not terms.deposit_months:
            return ""
        return self._env._(
            "%g monthly fees, given back at the end of the contract.", terms.deposit_months
        )

    def _subsidy(self):
        return self._terms.has_subsidy and self._env._(
            "The equipment is subsidised; the subsidy is worked off during the term."
        )

    def _share(self):
        terms = self._terms
        if terms.share_base in (False, "none"):
            return ""
        rates = ", ".join(
            self._env._("%(rate)g %% from %(amount)s on", rate=tier.rate, amount=amount)
            if tier.from_amount
            else self._env._("%g %%", tier.rate)
            for tier in terms.tier_ids.sorted("from_amount")
            for amount in [self._money(tier.from_amount)]
        )
        text = (
            self._env._(
                "A share of the turnover, settled every %s months.", terms.settlement_months
            )
            if terms.share_base == "turnover"
            else self._env._(
                "A share of the profit, settled every %s months.", terms.settlement_months
            )
        )
        return f"{text} {rates}" if rates else text

    def _term(self):
        terms = self._terms
        if not terms.term_months:
            return self._env._("Without a fixed term.")
        text = self._env._("%s months from the start of the service.", terms.term_months)
        after = {
            "none": self._env._("It ends with the term."),
            "automatic": self._env._(
                "It is then renewed by %s months at a time, unless notice is given.",
                terms.renewal_months,
            ),
            "manual": self._env._("After that it has to be signed anew."),
            "month_to_month": self._env._("After that it goes on from month to month."),
        }.get(terms.renewal_kind)
        return f"{text} {after}" if after else text

    def _notice(self):
        terms = self._terms
        if not terms.notice_days:
            return ""
        return self._env._("%s days before the end.", terms.notice_days)

    def _early_exit(self):
        terms = self._terms
        if terms.exit_method == "balance_share":
            return self._env._(
                "Who leaves before the end of the term pays %g %% of the fees that remain.",
                terms.exit_rate,
            )
        if terms.exit_method == "unamortised_subsidy":
            return self._env._(
                "Who leaves before the end of the term pays back the part of the subsidy that is "
                "not worked off yet."
            )
        if terms.exit_method == "declining":
            steps = ", ".join(
                self._env._("%(rate)g %% from month %(month)s on", rate=step.rate, month=month)
                for step in terms.exit_step_ids.sorted("from_month")
                for month in [step.from_month]
            )
            text = self._env._(
                "Who leaves before the end of the term pays a part of the fees that remain."
            )
            return f"{text} {steps}" if steps else text
        if terms.exit_method == "lost_margin":
            return self._env._(
                "Who leaves before the end of the term pays the margin that is lost until then."
            )
        return self._env._("Nothing is to be paid for leaving early.") if terms.term_months else ""

    def _at_the_end(self):
        terms = self._terms
        return {
            "return": self._env._("It is collected by %s.", self._company.name),
            "buy_out": self._env._(
                "The customer may buy it for %g %% of its cost.", terms.residual_rate
            ),
            "transfer_to_customer": self._env._("It becomes the customer's."),
            "transfer_to_government": self._env._("It is handed over to the government."),
            "hand_back": self._env._("It is handed back."),
        }.get(terms.end_action, "")

    def _money(self, amount):
        currency = self._company.currency_id
        if "currency_id" in self._terms:
            currency = self._terms.currency_id or currency
        return format_amount(self._env, amount, currency)
