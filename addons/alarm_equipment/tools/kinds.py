"""What a piece of equipment is, who owns it and where it is, as the choices of fields."""

KINDS = [
    ("panel", "Panel"),
    ("communicator", "Communicator"),
    ("keypad", "Keypad"),
    ("detector", "Detector"),
    ("siren", "Siren"),
    ("battery", "Battery"),
    ("power", "Power Supply"),
    ("camera", "Camera"),
    ("recorder", "Recorder"),
    ("reader", "Card Reader"),
    ("other", "Other"),
]

# Equipment of our stock is delivered in one of two ways.
DELIVERED = [("sold", "Sold"), ("leased", "Leased")]
OWNERSHIPS = [*DELIVERED, ("foreign", "Brought by Others")]

STATES = [
    ("in_stock", "In Stock"),
    ("at_site", "On Site"),
    ("in_repair", "In Repair"),
    ("elsewhere", "Elsewhere"),
    ("lost", "Lost"),
    ("scrapped", "Scrapped"),
]

# What the place of a piece of equipment says of its state where it stands at no subscriber.
STATE_BY_USAGE = {
    "internal": "in_stock",
    "transit": "in_stock",
    "view": "in_stock",
    # Back at the vendor: it was sent in.
    "supplier": "in_repair",
    "inventory": "scrapped",
    "production": "in_repair",
    "customer": "elsewhere",
}
