"""[journal] of a shared journal: no password in the file, every mistake named."""

from __future__ import annotations

from pathlib import Path

import pytest

from receiver_bridge.config import Config, ConfigError, load_config

TEXT = """
name = "hq-1"
state_dir = "."
[odoo]
url = "https://odoo.example:8069"
database = "arc"
login = "bridge"
key_file = "odoo.key"
[journal]
url = "postgresql://bridge@db1.example,db2.example:5433/journal?sslmode=verify-full"
[[receiver]]
name = "sg-1"
format = "surgard"
connect = "tcp-connect://192.0.2.7:1025"
[[receiver]]
name = "sg-2"
format = "surgard"
connect = "serial:///dev/ttyS0"
[[receiver]]
name = "sg-3"
format = "surgard"
connect = "tcp-listen://[::1]:9000"
"""
URL = "postgresql://bridge@db1.example,db2.example:5433/journal?sslmode=verify-full"
SQLITE = "sqlite:journal.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, mode in (("odoo.key", 0o600), ("secret", 0o600), ("open", 0o644)):
        (tmp_path / name).write_text("geheim")
        (tmp_path / name).chmod(mode)
    return tmp_path


def load(folder: Path, text: str) -> Config:
    path = folder / "bridge.toml"
    path.write_text(text)
    return load_config(path, ["dc09", "surgard"])


def mistakes(folder: Path, text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(ConfigError) as refused:
        load(folder, text)
    assert "geheim" not in str(refused.value)
    return [(mistake.key, mistake.found, mistake.allowed) for mistake in refused.value.mistakes]


def test_a_shared_journal_is_told_by_its_address(folder: Path) -> None:
    config = load(folder, TEXT)
    assert config.journal.shared
    assert config.journal.url == URL
    assert (config.journal.schema, config.journal.password) == ("receiver_bridge", None)
    assert config.configuration_path.parent == folder
    assert not load(folder, TEXT.replace(URL, SQLITE)).journal.shared


def test_the_password_comes_from_a_file_of_its_own_and_is_never_shown(folder: Path) -> None:
    text = TEXT.replace("[[receiver]]", 'password_file = "secret"\n[[receiver]]', 1)
    config = load(folder, text)
    assert config.journal.password == "geheim"
    assert "geheim" not in repr(config)
    [(key, found, _allowed)] = mistakes(folder, text.replace('"secret"', '"open"'))
    assert key == "journal.password_file"
    assert "others can read it" in found


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://bridge:geheim@db1.example/journal",
        "postgresql://bridge@db1.example/journal?password=geheim",
        "postgresql://bridge:geheim@db1.example:1,db2.example:2/journal",
        "postgres://:geheim@/journal",
        "postgresql://db/journal?sslpassword=geheim",
    ],
)
def test_a_password_in_the_address_is_refused_and_not_repeated(folder: Path, url: str) -> None:
    [(key, found, allowed)] = mistakes(folder, TEXT.replace(URL, url))
    assert key == "journal.url"
    assert "password" in found
    assert "password_file" in allowed


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://db1.example/journal?sslmod=require", "sslmod"),
        ("postgresql://bridge@db1.example", "names no database"),
        ("postgresql://[::1/journal", '"]"'),
        ("mysql://db1.example/journal", "mysql"),
    ],
)
def test_an_address_that_leads_nowhere_is_a_mistake(folder: Path, url: str, said: str) -> None:
    [(key, found, allowed)] = mistakes(folder, TEXT.replace(URL, url))
    assert key == "journal.url"
    assert said in found
    assert "postgresql://" in allowed


def test_a_service_file_may_name_the_database(folder: Path) -> None:
    assert load(folder, TEXT.replace(URL, "postgresql:///?service=journal")).journal.shared


def test_a_schema_must_be_a_plain_name(folder: Path) -> None:
    for schema in ("Journal", "pg_journal", 'x"; DROP', "1a"):
        text = TEXT.replace("[[receiver]]", f"schema = '{schema}'\n[[receiver]]", 1)
        [(key, _found, _allowed)] = mistakes(folder, text)
        assert key == "journal.schema"


def test_what_is_no_signal_needs_a_place_of_its_own(folder: Path) -> None:
    [(key, found, allowed)] = mistakes(folder, TEXT.replace('state_dir = "."\n', ""))
    assert (key, found, allowed) == ("state_dir", "nothing", "a folder that exists")


def test_a_receiver_to_connect_to_is_exclusive_where_the_journal_is_shared(folder: Path) -> None:
    assert [one.exclusive for one in load(folder, TEXT).receivers] == [True, False, False]
    alone = load(folder, TEXT.replace(URL, SQLITE))
    assert [one.exclusive for one in alone.receivers] == [False, False, False]
    chosen = TEXT.replace("1025", '1025"\nexclusive = false\n#"').replace(
        "ttyS0", 'ttyS0"\nexclusive = true\n#"'
    )
    assert [one.exclusive for one in load(folder, chosen).receivers] == [False, True, False]
    [(key, found, allowed)] = mistakes(folder, chosen.replace("= true", '= "yes"'))
    assert (key, found, allowed) == ("receiver[2] (sg-2).exclusive", "'yes'", "true or false")
