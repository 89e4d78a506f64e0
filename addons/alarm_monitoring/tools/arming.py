"""Which codes say that a site was armed by somebody who leaves it. Pure."""

_SIA = frozenset({"CA", "CB", "CF", "CG", "CJ", "CK", "CL", "CP", "CQ", "CR", "CS", "CW"})
_CID = frozenset(
    {"400", "401", "402", "403", "405", "407", "408", "409", "441", "442", "443", "444", "450"}
    | {"451", "452", "456", "459", "463"}
)

# Code systems and codes, with the qualifier that makes them a closing ("" where they say it alone).
CLOSINGS = frozenset(
    {("cid", code, "restore") for code in _CID}
    | {("sia", code, "") for code in _SIA}
    | {("radionics", "C", ""), ("ademco-hs", "4", "")}
)


def is_closing(code_system, code, qualifier):
    """Whether the signal reports that the system was armed.

    >>> is_closing("cid", "401", "restore"), is_closing("cid", "401", "new")
    (True, False)
    """
    return bool({(code_system, code, qualifier or ""), (code_system, code, "")} & CLOSINGS)
