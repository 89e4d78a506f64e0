"""What the terms of a contract can be, as the choices of fields. The model of a business and the
contract that follows it have the same ones."""

PARTIES = [
    ("customer", "Customer"),
    ("operator", "Operator"),
    ("carrier", "Carrier"),
    ("government", "Government"),
    ("joint", "Joint Venture"),
]

OPERATORS = [
    ("operator", "Operator"),
    ("customer", "Customer"),
    ("government", "Government"),
]

PAYERS = [
    ("customer", "Customer"),
    ("carrier", "Carrier"),
    ("government", "Government"),
    ("users", "Users"),
]

BILLERS = [("operator", "Operator"), ("carrier", "Carrier")]

SHARE_BASES = [("none", "None"), ("turnover", "Turnover"), ("profit", "Profit")]

SHARE_DIRECTIONS = [("we_pay", "We Pay"), ("we_receive", "We Receive")]

RENEWALS = [
    ("none", "Ends with Its Term"),
    ("automatic", "Renews by Itself"),
    ("manual", "Is Signed Anew"),
    ("month_to_month", "Goes on from Month to Month"),
]

EXIT_METHODS = [
    ("none", "None"),
    ("balance_share", "Share of the Balance"),
    ("unamortised_subsidy", "Unamortised Subsidy"),
    ("declining", "Declining Schedule"),
    ("lost_margin", "Lost Margin"),
]

END_ACTIONS = [
    ("none", "Nothing"),
    ("return", "Equipment Returns to Us"),
    ("buy_out", "Customer May Buy It"),
    ("transfer_to_customer", "Becomes the Customer's"),
    ("transfer_to_government", "Goes to the Government"),
    ("hand_back", "Handed Back"),
]

ESCALATIONS = [
    ("none", "None"),
    ("percent", "Percent"),
    ("amount", "Amount"),
    ("index", "Index"),
]

ASSET_TREATMENTS = [
    ("none", "None"),
    ("own_asset", "Own Fixed Asset"),
    ("intangible", "Intangible (Right to Charge)"),
    ("contract_cost", "Cost of the Contract"),
]

# Field names that a contract takes over from its business model.
TERMS = (
    "funder",
    "owner_in_term",
    "owner_after",
    "joint_share",
    "operator",
    "payer",
    "biller",
    "has_subsidy",
    "deposit_months",
    "share_base",
    "share_direction",
    "settlement_months",
    "term_months",
    "renewal_kind",
    "renewal_months",
    "notice_days",
    "exit_method",
    "exit_rate",
    "end_action",
    "residual_rate",
    "escalation_kind",
    "escalation_value",
    "escalation_cap",
    "escalation_min_months",
    "asset_treatment",
    "defers_income",
    "period_months",
    "in_advance",
)
