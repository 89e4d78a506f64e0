"""How often a fee comes back."""

RECURRENCES = [
    ("monthly", "Monthly"),
    ("two_monthly", "Every Two Months"),
    ("quarterly", "Quarterly"),
    ("half_yearly", "Half-yearly"),
    ("yearly", "Yearly"),
    ("two_yearly", "Every Two Years"),
    # Not by time: an attendance is charged when it happened.
    ("attendance", "Each Attendance"),
]
MONTHS = {
    "monthly": 1,
    "two_monthly": 2,
    "quarterly": 3,
    "half_yearly": 6,
    "yearly": 12,
    "two_yearly": 24,
}


def per_month(amount, recurrence):
    """What `amount` every period is for one month; 0 for what does not come back by time."""
    months = MONTHS.get(recurrence)
    return amount / months if months else 0.0


def creation_multiple(cost, monthly):
    """Months of fees until `cost` has come back; 0 without a fee or without a cost."""
    return cost / monthly if monthly > 0 and cost > 0 else 0.0
