"""Which account of a chart does what for leased equipment. What a chart has under these codes is
used; what it has not is added to it, with the next free code after the one that is named."""

# role: (account type, {chart: code}, code of the generic chart after which it is added)
ROLES = {
    "own_asset_depreciation": ("asset_fixed", {"cn": "1602", "cn_large_bis": "1602"}, "1510"),
    "intangible": ("asset_non_current", {"cn": "1701", "cn_large_bis": "1701"}, "1910"),
    "intangible_depreciation": (
        "asset_non_current",
        {"cn": "1702", "cn_large_bis": "1702"},
        "1910",
    ),
    "contract_cost": ("asset_non_current", {"cn": "1801", "cn_large_bis": "1801"}, "1910"),
    "contract_cost_depreciation": ("asset_non_current", {}, "1910"),
    "expense": ("expense_depreciation", {"cn": "5402", "cn_large_bis": "6402"}, "6120"),
    "disposal": ("asset_current", {"cn": "1606", "cn_large_bis": "1606"}, "1010"),
    "gain": ("income_other", {"cn": "5301", "cn_large_bis": "6115"}, "4500"),
    "loss": ("expense", {"cn": "5711", "cn_large_bis": "6115"}, "6120"),
}
