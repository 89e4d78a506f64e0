"""The life of what a technician says the customer pays for."""

STATES = [
    ("draft", "Not Done Yet"),
    ("to_charge", "To Charge"),
    ("charged", "Charged"),
    ("waived", "Waived"),
    ("cancelled", "Cancelled"),
]

# In these nothing is decided yet.
OPEN = ("draft", "to_charge")

# Why a line waits although the work is done.
WAITS = [
    ("no_contract", "No contract of the site is in force"),
    ("several", "Several contracts: pick one"),
    ("no_price", "Without a price"),
    ("decide", "Charge, invoice or waive it"),
]
