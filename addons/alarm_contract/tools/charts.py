"""Which account of a chart already does what contracts need one for. A chart that is not named, or
whose account is gone or of another kind, gets an account of its own."""

# 其他应付款: what is owed to others that is neither bought nor sold.
OTHER_PAYABLES = {"cn": ("2241",), "cn_large_bis": ("2241",)}

# field of the company: {chart: codes, of which the first one that there is}
ACCOUNTS = {
    "alarm_deposit_account_id": OTHER_PAYABLES,
    # 预收账款; the standard for large enterprises has 合同负债 for what a contract is paid ahead.
    "alarm_deferral_account_id": {"cn": ("2203",), "cn_large_bis": ("2204", "2203")},
}


def padded(code):
    """A code of the standard as a chart writes it: charts fill up their codes."""
    return (code, code.ljust(6, "0"))
