"""Who an account is, on a display that stays open for weeks."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bridge_process import write_config
from odoo_server import KEY

from receiver_bridge.codecs import codec_names
from receiver_bridge.config import load_config
from receiver_bridge.directory import ConfigurationStore, Transfer, read_answer
from receiver_bridge.watch.people import People

RECEIVER = (
    '[[receiver]]\nname = "sg-1"\nformat = "surgard"\nconnect = "tcp-listen://127.0.0.1:1025"\n'
)


def row(account: str) -> Any:
    return SimpleNamespace(site=("sg-1", account))


def test_a_key_that_is_rotated_takes_nobody_from_a_display_that_is_open(tmp_path: Path) -> None:
    config = load_config(write_config(tmp_path, "http://127.0.0.1:1", RECEIVER), codec_names())
    accounts = [
        {"receiver_group": "HQ", "account": str(number), "directory": {"subscriber": "Corner shop"}}
        for number in range(1, 4)
    ]
    page = read_answer(
        {
            "version": "1",
            "accounts": accounts,
            "receivers": [{"name": "sg-1", "receiver_group": "HQ"}],
        }
    )
    store = ConfigurationStore(config.configuration_path, KEY)
    store.write(page, Transfer().after(page))
    people = People(config)
    assert people.of(row("1")) is not None

    (tmp_path / "odoo.key").write_text("rotated-key")
    store.change_secret("rotated-key")
    entry = people.of(row("2"))
    assert entry is not None and entry.subscriber == "Corner shop"
    assert people.error == ""

    # Not sealed anew yet, and then a file that cannot be read: said, not raised.
    (tmp_path / "odoo.key").write_text("another-key")
    store.change_secret("unknown-key")
    assert people.of(row("3")) is None
    assert "another API key" in people.error
    (tmp_path / "odoo.key").unlink()
    assert people.of(row("4")) is None
    people.close()
    store.close()
