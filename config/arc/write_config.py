"""Writes what ./arc up starts from: bridge.toml, simulator.toml, and state.json for its status."""

import json
import os
import pathlib
import urllib.parse

env = os.environ
run = pathlib.Path(env["RUN"])
database = env["DATABASE"]
demo = env["MODE"] == "demo"
access = json.loads((run / f"{database}.access.json").read_text("utf-8"))
bind = env["ARC_BIND"]
# Where this machine reaches itself when the services listen on every address.
local = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)


def text(value):
    """A TOML string; JSON's escapes are TOML's."""
    return json.dumps(str(value), ensure_ascii=False)


def host(address):
    return f"[{address}]" if ":" in address else address


def receiver(name, format_, connect, **more):
    lines = [
        "[[receiver]]",
        f"name = {text(name)}",
        f"format = {text(format_)}",
        f"connect = {text(connect)}",
    ]
    lines += [
        f"{key} = {value if isinstance(value, int) else text(value)}" for key, value in more.items()
    ]
    return "\n".join(lines)


def write(name, content, mode=0o600):
    with open(
        os.open(run / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8"
    ) as file:
        file.write(content)


serial_path = urllib.parse.quote(env["SERIAL_LINK"])
url = f"http://{host(local)}:{env['ARC_HTTP_PORT']}"
metrics = f"{host(bind)}:{env['METRICS_PORT']}"
doors = [
    receiver("ip-1", "dc09", f"tcp-listen://{host(bind)}:{env['DC09_PORT']}", timestamps="ignore"),
    receiver("ip-aes", "dc09", f"tcp-listen://{host(bind)}:{env['DC09_AES_PORT']}"),
]
addresses = {
    "ip-1": f"tcp://{host(bind)}:{env['DC09_PORT']}",
    "ip-aes": f"tcp://{host(bind)}:{env['DC09_AES_PORT']}",
}
if demo:
    # A clean centre has no simulated receiver; its own serial lines are added by hand.
    doors.insert(
        0, receiver("sg-1", "surgard", f"serial://{serial_path}?baudrate=9600", heartbeat=30)
    )
    addresses["sg-1"] = env["SERIAL_LINK"]

write(
    "bridge.toml",
    f"""\
# Written by ./arc up. The commented example is config/bridge.toml.
name = "hq-1"

[odoo]
url = {text(url)}
database = {text(database)}
login = "bridge"
key_file = {text(run / (database + ".bridge.key"))}

[journal]
url = {text("sqlite:///" + urllib.parse.quote(env["JOURNAL"]))}

[metrics]
listen = {text(metrics)}

"""
    + "\n\n".join(doors)
    + "\n",
)


def simulated(name, format_, connect, **more):
    mine = {
        account: entry for account, entry in access["accounts"].items() if entry["receiver"] == name
    }
    lines = [
        "[[door]]",
        f"name = {text(name)}",
        f"format = {text(format_)}",
        f"connect = {text(connect)}",
    ]
    lines += [f"{key} = {text(value)}" for key, value in more.items()]
    lines.append(f"accounts = {json.dumps(sorted(mine))}")
    keys = ", ".join(
        f"{text(account)} = {text(entry['key'])}" for account, entry in mine.items() if entry["key"]
    )
    if keys:
        lines.append(f"keys = {{{keys}}}")
    # Somewhat faster than they have to be, as real ones are set; the fastest is lost now and then.
    polled = {
        account: round(entry["supervision"] * 0.75, 1)
        for account, entry in mine.items()
        # Of panels on another receiver it is the receiver that polls.
        if entry["supervision"] and format_ == "dc09"
    }
    if polled:
        seconds = ", ".join(f"{text(account)} = {every}" for account, every in polled.items())
        lines.append(f"polled = {{{seconds}}}")
        lines.append(f"falls_silent = {json.dumps([min(polled, key=polled.get)])}")
    return "\n".join(lines)


if demo:
    write(
        "simulator.toml",
        "mean_interval = 6.0\n\n"
        + "\n\n".join(
            [
                simulated("sg-1", "surgard", f"pty://{serial_path}"),
                simulated("ip-1", "dc09", f"tcp://{host(local)}:{env['DC09_PORT']}", system="sia"),
                simulated(
                    "ip-aes", "dc09", f"tcp://{host(local)}:{env['DC09_AES_PORT']}", system="cid"
                ),
            ]
        )
        + "\n",
    )

write(
    "state.json",
    json.dumps(
        {
            "running": True,
            "url": url,
            "board": f"{url}/odoo/alarm-board",
            "database": database,
            "demo": demo,
            "logins": access["logins"],
            "bridge_config": str(run / "bridge.toml"),
            "metrics": f"http://{host(local)}:{env['METRICS_PORT']}/metrics",
            "receivers": addresses,
            "accounts": access["accounts"],
        },
        ensure_ascii=False,
    ),
)
