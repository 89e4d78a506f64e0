"""The commented example in config/ is one that really runs."""

from __future__ import annotations

import re
from pathlib import Path

from bridge_process import BridgeProcess
from certificates import make_certificate
from odoo_server import KEY, serve_odoo
from test_reload import Panel, alarm, free_numbers

from receiver_bridge.codecs import codec_names
from receiver_bridge.config import load_config

EXAMPLE = Path(__file__).parents[2] / "config" / "bridge.toml"


def in_folder(folder: Path, text: str) -> Path:
    """The example with its files in ``folder`` instead of /etc and /var."""
    for name, content in (("odoo.key", "key"), ("panels.key", f"1234 = {'00' * 16}")):
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(content)
    for name in ("server", "panels-ca", "receiver"):
        make_certificate(folder, name)
    text = text.replace("/etc/receiver-bridge", str(folder))
    text = text.replace("/var/lib/receiver-bridge", str(folder))
    path = folder / "bridge.toml"
    path.write_text(text)
    return path


def test_the_example_has_no_mistake(tmp_path: Path) -> None:
    config = load_config(in_folder(tmp_path, EXAMPLE.read_text()), codec_names())
    assert [receiver.name for receiver in config.receivers] == ["dc09-tcp", "dc09-udp"]


def everything() -> str:
    """The example with all that it comments out."""
    text = re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", EXAMPLE.read_text())
    return re.sub(r"(?m)^ca_file.*$", "", text)


def test_what_the_example_comments_out_is_allowed_too(tmp_path: Path) -> None:
    config = load_config(in_folder(tmp_path, everything()), codec_names())
    assert [receiver.name for receiver in config.receivers] == [
        "dc09-tcp",
        "dc09-udp",
        "dc09-tls",
        "system-3",
        "mlr2",
        "lupus",
    ]
    first = config.receivers[0]
    assert first.tolerate == {"crc", "length"}
    assert first.capture is not None
    # What it comments out is what counts without it, where the comment names no other reason.
    plain = load_config(in_folder(tmp_path, EXAMPLE.read_text()), codec_names())
    for name in (
        *("idle_timeout", "frame_timeout", "dead_peer_timeout", "max_connections", "max_frame"),
        *("max_connections_per_address", "frames_per_second", "bytes_per_second"),
        "repeat_window",
    ):
        assert getattr(first, name) == getattr(plain.receivers[0], name), name
    assert (config.limits, config.log) == (plain.limits, plain.log)


def test_the_example_runs_with_all_that_it_comments_out(tmp_path: Path) -> None:
    ports = free_numbers(5)
    with serve_odoo() as odoo:
        text = everything().replace("http://127.0.0.1:8069", odoo.url)
        for written, port in zip(("9000", "9001", "9002", "9470", "1025"), ports, strict=True):
            text = text.replace(f":{written}", f":{port}")
        text = text.replace("192.0.2.7", "127.0.0.1").replace("/dev/ttyS0", f"{tmp_path}/ttyS0")
        text = text.replace('allow = ["192.0.2.0/24"', 'allow = ["127.0.0.0/8"')
        # The panel of this test has a key and speaks in clear all the same.
        text = text.replace('\nclear = "refuse"', '\nclear = "accept"')
        text = text.replace('unknown_accounts = "refuse"', 'unknown_accounts = "accept"')
        config = in_folder(tmp_path, text)
        (tmp_path / "odoo.key").write_text(KEY)
        bridge = BridgeProcess(config)
        with Panel(ports[0]) as panel:
            assert b"ACK" in panel.ask(alarm(1))
        odoo.wait_for(lambda: len(odoo.signals) == 1)
        assert "every receiver as before" in bridge.reload()
        assert bridge.stop() == 0
        assert b"ADM-CID" in (tmp_path / "dc09-tcp.capture").read_bytes()


def test_the_shared_journal_of_the_example_is_allowed(tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    shared = "".join(re.findall(r"(?m)^#     (.*\n)", text))
    assert "postgresql://" in shared
    text = re.sub(r"(?ms)^\[journal\]$.*?(?=^\[metrics\]$)", f"[journal]\n{shared}", text)
    text = text.replace("# state_dir", "state_dir")
    password = tmp_path / "journal.password"
    password.touch(mode=0o600)
    password.write_text("secret")
    journal = load_config(in_folder(tmp_path, text), codec_names()).journal
    assert (journal.shared, journal.password, journal.schema) == (True, "secret", "receiver_bridge")
