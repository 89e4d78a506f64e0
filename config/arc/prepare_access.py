"""Run in an Odoo shell by ./arc: the bridge's API key, and a file of logins and accounts.

Variables: ARC_MODE (demo | clean), ARC_ACCESS_FILE, ARC_BRIDGE_KEY_FILE. Both files get mode 0600.
"""

import json
import os
import secrets

BRIDGE_LOGIN = "bridge"
KEY_DAYS = 365


def write_private(path, text):
    """Replace the file at once, readable by its owner only."""
    part = f"{path}.part"
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    os.replace(part, path)


def logins():
    """login -> password. The demo company's passwords are its logins; a clean database gets a
    random one for its only user."""
    if os.environ["ARC_MODE"] == "demo":
        demo = env["ir.model.data"].search(  # noqa: F821
            [
                ("module", "=like", "alarm_%"),
                ("model", "=", "res.users"),
                ("name", "=like", "demo_user_%"),
            ]
        )
        users = env["res.users"].browse(demo.mapped("res_id")).exists()  # noqa: F821
        return {"admin": "admin"} | {user.login: user.login for user in users}
    password = secrets.token_urlsafe(12)
    env.ref("base.user_admin").password = password  # noqa: F821
    return {"admin": password}


def accounts():
    """account -> the receiver it reports to, its AES key in hex if it has one, and after how many
    seconds it has to be heard (0: never)."""
    found = {}
    panels = env["alarm.panel"].search([("subscriber_id.state", "=", "active")])  # noqa: F821
    for panel in panels:
        key = panel._get_dc09_key()
        if panel.receiver_group_id.receiver_ids.filtered(
            lambda receiver: receiver.format == "surgard"
        ):
            receiver = "sg-1"
        else:
            receiver = "ip-aes" if key else "ip-1"
        found[panel.account] = {
            "receiver": receiver,
            "key": key.hex() if isinstance(key, bytes) else key or "",
            "subscriber": panel.subscriber_id.name,
            "supervision": panel.supervision_interval,
        }
    return found


demo = os.environ["ARC_MODE"] == "demo"
key = env["alarm.receiver"]._rotate_bridge_key(BRIDGE_LOGIN, KEY_DAYS)  # noqa: F821
access = {
    "logins": logins(),
    "accounts": accounts() if demo else {},
}
env.cr.commit()  # noqa: F821
write_private(os.environ["ARC_BRIDGE_KEY_FILE"], key + "\n")
write_private(os.environ["ARC_ACCESS_FILE"], json.dumps(access, ensure_ascii=False))
