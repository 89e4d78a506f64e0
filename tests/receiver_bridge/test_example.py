"""The commented example in config/ is one that really runs."""

from __future__ import annotations

import re
from pathlib import Path

from receiver_bridge.codecs import codec_names
from receiver_bridge.config import load_config

EXAMPLE = Path(__file__).parents[2] / "config" / "bridge.toml"


def in_folder(folder: Path, text: str) -> Path:
    """The example with its files in ``folder`` instead of /etc and /var."""
    for name, content in (("odoo.key", "key"), ("panels.key", f"1234 = {'00' * 16}")):
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(content)
    text = text.replace("/etc/receiver-bridge", str(folder))
    text = text.replace("/var/lib/receiver-bridge", str(folder))
    path = folder / "bridge.toml"
    path.write_text(text)
    return path


def test_the_example_has_no_mistake(tmp_path: Path) -> None:
    config = load_config(in_folder(tmp_path, EXAMPLE.read_text()), codec_names())
    assert [receiver.name for receiver in config.receivers] == ["dc09-tcp", "dc09-udp"]


def test_what_the_example_comments_out_is_allowed_too(tmp_path: Path) -> None:
    text = re.sub(r"(?m)^# (?=\[\[|[a-z_]+ = )", "", EXAMPLE.read_text())
    text = re.sub(r"(?m)^ca_file.*$", "", text)
    config = load_config(in_folder(tmp_path, text), codec_names())
    assert [receiver.name for receiver in config.receivers] == [
        "dc09-tcp",
        "dc09-udp",
        "system-3",
        "mlr2",
    ]
    assert config.receivers[0].tolerate == {"crc", "length"}


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
