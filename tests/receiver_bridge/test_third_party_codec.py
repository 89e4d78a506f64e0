"""A format of somebody else's package: installed, found, used; and the page that says how."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from receiver_bridge import codecs
from receiver_bridge.config.files import read_toml

EXAMPLE = Path(__file__).parent / "example_codec"
PAGE = Path(codecs.__file__).with_name("README.md")
ROOT = Path(codecs.__file__).parents[2]


def build_wheel(folder: Path) -> Path:
    """The wheel that the example's pyproject.toml describes; made here, so that no build backend
    has to be fetched."""
    project = read_toml(EXAMPLE / "pyproject.toml")["project"]
    name = project["name"].replace("-", "_")
    info = f"{name}-{project['version']}.dist-info"
    entry_points = "".join(
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in points.items())
        for group, points in project["entry-points"].items()
    )
    files = {
        "beacon_codec.py": (EXAMPLE / "beacon_codec.py").read_text(),
        f"{info}/METADATA": (
            f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
        ),
        f"{info}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
        f"{info}/entry_points.txt": entry_points,
    }
    record = f"{info}/RECORD"
    lines = [f"{path},{_digest(text)},{len(text.encode())}\n" for path, text in files.items()]
    files[record] = "".join([*lines, f"{record},,\n"])
    wheel = folder / f"{name}-{project['version']}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel


def _digest(text: str) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
    return "sha256=" + digest.rstrip(b"=").decode()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a process in which the example is installed."""
    folder = tmp_path_factory.mktemp("third-party")
    target = folder / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
        + ["--disable-pip-version-check", "--target", str(target), str(build_wheel(folder))],
        check=True,
        capture_output=True,
    )
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(target), str(ROOT)])}


def run(
    environment: dict[str, str], *arguments: str, data: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "receiver_bridge", *arguments],
        input=data,
        capture_output=True,
        env=environment,
    )


def test_the_installed_format_decodes(installed: dict[str, str]) -> None:
    data = b"@01 1234 BA 005\n\xff@01\n"
    done = run(installed, "decode", "--format", "beacon", "--option", "zeros=strip", data=data)
    assert done.returncode == 0, done.stderr
    frames = [json.loads(line) for line in done.stdout.splitlines()]
    assert [frame["kind"] for frame in frames] == ["event", "unparsed", "heartbeat"]
    assert [frame["reply_hex"] for frame in frames] == [b"+".hex(), None, b"+".hex()]
    assert frames[0]["signals"][0]["zone"] == "5"
    assert sum(frame["consumed"] for frame in frames) == len(data)


def test_its_options_are_checked(installed: dict[str, str]) -> None:
    done = run(installed, "decode", "--format", "beacon", "--option", "zeros=eat")
    assert done.returncode == 2
    assert b'zeros=eat; allowed: "keep" or "strip"' in done.stderr


def test_a_configuration_may_name_it(installed: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "odoo.key").touch(mode=0o600)
    (tmp_path / "odoo.key").write_text("key")
    config = tmp_path / "bridge.toml"
    text = """
name = "hq-1"
[odoo]
url = "https://odoo.example"
database = "arc"
login = "bridge"
key_file = "odoo.key"
[journal]
url = "sqlite:journal.db"
[[receiver]]
name = "radio"
format = "beacon"
connect = "tcp-listen://127.0.0.1:9000"
options = { zeros = "strip" }
"""
    config.write_text(text)
    done = run(installed, "check", "--config", str(config))
    assert (done.returncode, done.stderr) == (0, b"")
    config.write_text(text.replace("zeros =", "noughts ="))
    done = run(installed, "check", "--config", str(config))
    assert done.returncode == 2
    assert b"receiver[1] (radio).options.noughts: found 'strip'; allowed: " in done.stderr
    assert b"as name: zeros (format beacon)" in done.stderr


def test_without_the_package_the_format_is_unknown() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = run(environment, "decode", "--format", "beacon")
    assert done.returncode == 2
    assert b"unknown format 'beacon'" in done.stderr


@pytest.mark.parametrize("file", ["beacon_codec.py", "pyproject.toml", "test_beacon_codec.py"])
def test_the_page_shows_exactly_what_runs(file: str) -> None:
    shown = re.findall(r"^```\w+\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    assert (EXAMPLE / file).read_text() in shown


def test_the_page_names_what_there_is() -> None:
    page = PAGE.read_text()
    for name in re.findall(r"`([a-z_]+\.py)`", page):
        assert PAGE.with_name(name).exists() or (EXAMPLE / name).exists(), name
    for name in ("Codec", "Decoder", "Frame", "Event", "DecodeOptions", "Encoder", "Setting"):
        assert hasattr(codecs, name)


def test_the_page_says_of_every_format_what_it_leaves_open() -> None:
    rows = re.findall(r"^\| (`[^|]*`) \| [^|]+ \| ([^|]*)\|$", PAGE.read_text(), re.M)
    table = {
        name: re.findall(r"`([a-z-]+)`", left_open)
        for names, left_open in rows
        for name in re.findall(r"`([a-z0-9-]+)`", names)
    }
    assert table == {
        name: sorted(setting.name for setting in codecs.settings_of(codecs.get_codec(name)))
        for name in codecs.codec_names()
    }
