"""Run in an Odoo shell by ./arc rotate-key: a new API key for the bridge."""

import os

key = env["alarm.receiver"]._rotate_bridge_key("bridge", 365)  # noqa: F821
env.cr.commit()  # noqa: F821
path = os.environ["ARC_BRIDGE_KEY_FILE"]
with open(os.open(f"{path}.part", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
    file.write(key + "\n")
os.replace(f"{path}.part", path)
