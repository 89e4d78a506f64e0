"""bridge.toml: every mistake is found, named and explained, all in one go."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from certificates import make_certificate

from receiver_bridge.cli import main
from receiver_bridge.config import (
    AccountSettings,
    CaptureSettings,
    Config,
    ConfigError,
    NetworkAddress,
    SerialPort,
    ServerTls,
    SupervisionSettings,
    load_config,
    parse_door,
    total_connections,
)

FORMATS = ["contactid-ip", "dc09", "surgard"]

GOOD = """
name = "hq-1"
[odoo]
url = "https://odoo.example:8069"
database = "arc"
login = "bridge"
key_file = "odoo.key"
[journal]
url = "sqlite:journal.db"
[metrics]
listen = "127.0.0.1:9470"
[[receiver]]
name = "sg-1"
format = "surgard"
connect = "serial:///dev/ttyS0?baudrate=1200&bytesize=7&parity=E"
heartbeat = 30
[[receiver]]
name = "dc-1"
format = "dc09"
connect = "tcp-listen://[::1]:9000"
key_file = "panels.key"
allow = ["192.0.2.0/24", "2001:db8::/32"]
timestamps = "ignore"
tolerate = ["crc"]
clear = "refuse"
"""


def secret(path: Path, text: str, mode: int = 0o600) -> None:
    path.write_text(text)
    path.chmod(mode)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    secret(tmp_path / "odoo.key", "the-api-key\n")
    secret(
        tmp_path / "panels.key",
        '# panels\n1002 = 00112233445566778899aabbccddeeff\n"*" = "' + "0F" * 32 + '"\n',
    )
    return tmp_path


def load(folder: Path, text: str) -> Config:
    path = folder / "bridge.toml"
    path.write_text(text)
    return load_config(path, FORMATS)


def mistakes(folder: Path, text: str) -> list[tuple[str, str, str]]:
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return [(mistake.key, mistake.found, mistake.allowed) for mistake in caught.value.mistakes]


def test_a_good_file_becomes_frozen_values(folder: Path) -> None:
    config = load(folder, GOOD)
    assert config.name == "hq-1"
    assert config.odoo.key == "the-api-key"
    assert config.odoo.transport == "xmlrpc"
    assert config.journal.path == folder / "journal.db"
    assert config.journal.retention_days == 7
    surgard, dc09 = config.receivers
    assert surgard.door == SerialPort("/dev/ttyS0", 1200, 7, "E", 1)
    assert surgard.heartbeat == 30
    assert surgard.repeat_window == 16
    assert dc09.door == NetworkAddress("tcp-listen", "::1", 9000)
    assert dc09.accounts["1002"].key == bytes.fromhex("00112233445566778899aabbccddeeff")
    assert dc09.accounts["*"].key == b"\x0f" * 32
    assert [str(network) for network in dc09.allow] == ["192.0.2.0/24", "2001:db8::/32"]
    assert (dc09.timestamps, dc09.tolerate, dc09.clear) == ("ignore", {"crc"}, "refuse")
    assert (surgard.timestamps, surgard.tolerate, surgard.clear) == ("check", set(), "accept")


def test_no_representation_shows_a_secret(folder: Path) -> None:
    shown = repr(load(folder, GOOD))
    assert "the-api-key" not in shown
    assert "\\x0f" not in shown


def test_the_journal_url_is_absolute_with_slashes(folder: Path) -> None:
    for url in (f"sqlite://{folder}/a b.db", f"sqlite:///{folder}/a%20b.db"):
        text = GOOD.replace("sqlite:journal.db", url)
        assert load(folder, text).journal.path == folder / "a b.db"


@pytest.mark.parametrize(
    ("old", "new", "key", "found", "allowed"),
    [
        ('name = "hq-1"', "", "name", "nothing", "letters"),
        ('name = "hq-1"', 'name = "a:b"', "name", "'a:b'", "no colon"),
        (
            'name = "hq-1"',
            'nmae = "x"\nname = "hq-1"',
            "nmae",
            "an unknown key",
            "journal, limits, log, metrics",
        ),
        ('name = "hq-1"', "name = 5", "name", "5", "letters"),
        ("https://odoo", "ftp://odoo", "odoo.url", "'ftp://odoo", "http:// or https://"),
        ("example:8069", "example:port", "odoo.url", "port", "a port from 1"),
        ('database = "arc"', "", "odoo.database", "nothing", "name of Odoo's database"),
        ('"odoo.key"', '"none.key"', "odoo.key_file", "No such file", "mode 0600"),
        (
            'login = "bridge"',
            'login = "b"\ntransport = "soap"',
            "odoo.transport",
            "'soap'",
            "json2",
        ),
        ('login = "bridge"', 'login = "b"\ntimeout = "5"', "odoo.timeout", "'5'", "seconds"),
        ('login = "bridge"', 'login = "b"\npassword = "x"', "odoo.password", "unknown", "key_file"),
        ('login = "bridge"', 'login = "b"\nca_file = "no"', "odoo.ca_file", "no", "PEM"),
        ("sqlite:journal.db", "mysql://x/y", "journal.url", "'mysql://x/y'", "sqlite:///path"),
        ("sqlite:journal.db", "sqlite:///none/j.db", "journal.url", "no folder", "exists"),
        ("127.0.0.1:9470", "9470", "metrics.listen", "'9470'", "host:port"),
        ("127.0.0.1:9470", "127.0.0.1:99999", "metrics.listen", "99999", "port 0 to 65535"),
        (
            '"surgard"',
            '"morse"',
            "receiver[1] (sg-1).format",
            "'morse'",
            '"contactid-ip" or "dc09" or "surgard"',
        ),
        ("baudrate=1200", "baudrate=fast", "receiver[1] (sg-1).connect", "fast", "baudrate from"),
        ("parity=E", "parity=X", "receiver[1] (sg-1).connect", "parity=X", "N or E or O"),
        ("parity=E", "speed=1", "receiver[1] (sg-1).connect", "speed=1", "not 'speed'"),
        ("serial:///dev/ttyS0", "serial://ttyS0", "receiver[1] (sg-1).connect", "tty", "three"),
        ("heartbeat = 30", "heartbeat = -1", "receiver[1] (sg-1).heartbeat", "-1", "from 0"),
        ("heartbeat = 30", "heartbeat = true", "receiver[1] (sg-1).heartbeat", "True", "number"),
        ("tcp-listen://[::1]", "tcp-listen://::1", "receiver[2] (dc-1).connect", "::1", "brackets"),
        ("tcp-listen", "tls-listen", "receiver[2] (dc-1).connect", "tls-listen", "udp-listen://"),
        ("192.0.2.0/24", "192.0.2.1/24", "receiver[2] (dc-1).allow", "host bits", "networks"),
        ('["crc"]', '["luck"]', "receiver[2] (dc-1).tolerate", "'luck'", '"length"'),
        ('["crc"]', '"crc"', "receiver[2] (dc-1).tolerate", "'crc'", "a list"),
        (
            '"ignore"',
            '"maybe"',
            "receiver[2] (dc-1).timestamps",
            "'maybe'",
            '"encrypted" or "ignore"',
        ),
        ('"refuse"', '"maybe"', "receiver[2] (dc-1).clear", "'maybe'", '"accept" or "refuse"'),
        ('name = "dc-1"', 'name = "sg-1"', "receiver[2].name", "receiver[1]", "name of its own"),
        ("[metrics]", "[metric]", "metric", "an unknown key", "metrics"),
    ],
)
def test_each_mistake_names_its_key_and_what_is_allowed(
    folder: Path, old: str, new: str, key: str, found: str, allowed: str
) -> None:
    assert old in GOOD
    noted = mistakes(folder, GOOD.replace(old, new, 1))
    match = [item for item in noted if item[0] == key]
    assert match, noted
    assert found in match[0][1]
    assert allowed in match[0][2]


@pytest.mark.parametrize(
    ("line", "key", "found", "allowed"),
    [
        ("frame_timeout = -1", "frame_timeout", "-1", "from 0 to 3600"),
        ("max_connections_per_address = 3000", "max_connections_per_address", "3000", "to 2000"),
        ("frames_per_second = 'many'", "frames_per_second", "'many'", "frames a second"),
        ("dead_peer_timeout = true", "dead_peer_timeout", "True", "0: never"),
        ("tls = true", "tls", "True", "a table tls"),
        ("tls = {key = 'server.key'}", "tls.certificate", "nothing", "PEM"),
        ("tls = {certificate = 'server.pem', key = 'none.key'}", "tls.key", "none.key", "0600"),
        ("tls = {certificate = 'server.pem', key = 'open.key'}", "tls.key", "mode 0644", "0600"),
        ("tls = {certificate = 'server.pem', key = 'other.key'}", "tls", "mismatch", "together"),
        ("tls = {certificate = 'odoo.key', key = 'server.key'}", "tls", "odoo.key", "together"),
        (
            "tls = {certificate = 'server.pem', key = 'server.key', minimum = '1.0'}",
            "tls.minimum",
            "'1.0'",
            '"1.2" or "1.3"',
        ),
        (
            "tls = {certificate = 'server.pem', key = 'server.key', ca_file = 'server.pem'}",
            "tls.ca_file",
            "unknown",
            "client_ca",
        ),
        ("capture = 'file'", "capture", "'file'", "a table capture"),
        ("capture = {path = 'none/file'}", "capture.path", "none/file", "folder that exists"),
        ("capture = {path = 'x', keep = -1}", "capture.keep", "-1", "old files"),
    ],
)
def test_mistakes_in_the_limits_of_a_door_are_named(
    folder: Path, line: str, key: str, found: str, allowed: str
) -> None:
    make_certificate(folder)
    make_certificate(folder, "other")
    (folder / "open.key").write_bytes((folder / "server.key").read_bytes())
    (folder / "open.key").chmod(0o644)
    text = GOOD.replace('name = "dc-1"', f'name = "dc-1"\n{line}')
    [(noted, what, may)] = mistakes(folder, text)
    assert noted == f"receiver[2] (dc-1).{key}"
    assert found in what
    assert allowed in may


def test_tls_belongs_to_connections_alone(folder: Path) -> None:
    make_certificate(folder)
    tls = "tls = {certificate = 'server.pem', key = 'server.key'}"
    text = GOOD.replace("tcp-listen://[::1]", "udp-listen://[::1]")
    [(key, found, allowed)] = mistakes(
        folder, text.replace('name = "dc-1"', f'name = "dc-1"\n{tls}')
    )
    assert (key, found) == ("receiver[2] (dc-1).tls", "TLS on udp-listen")
    assert "tcp-listen or tcp-connect" in allowed


def test_a_good_door_has_its_limits(folder: Path) -> None:
    certificate, key_file = make_certificate(folder)
    more = (
        "tls = {certificate = 'server.pem', key = 'server.key', client_ca = 'server.pem'}\n"
        "capture = {path = 'x.capture'}\nmax_connections = 10"
    )
    text = GOOD.replace('name = "dc-1"', f'name = "dc-1"\n{more}')
    surgard, dc09 = load(folder, text).receivers
    assert dc09.tls == ServerTls(certificate, key_file, client_ca=certificate)
    assert dc09.capture == CaptureSettings(folder / "x.capture", 100, 3)
    assert (dc09.max_connections, dc09.max_connections_per_address) == (10, 5)
    assert (dc09.frame_timeout, dc09.dead_peer_timeout) == (30, 300)
    assert surgard.tls is surgard.capture is None


@pytest.mark.parametrize(
    ("first", "second", "overlap"),
    [
        ("tcp-listen://0.0.0.0:9", "tcp-listen://192.0.2.1:9", True),
        ("tcp-listen://[::]:9", "tcp-listen://0.0.0.0:9", True),
        ("tcp-listen://192.0.2.1:9", "tcp-listen://192.0.2.1:9", True),
        ("serial:///dev/ttyS0", "serial:///dev/../dev/ttyS0?baudrate=300", True),
        ("tcp-listen://0.0.0.0:9", "udp-listen://0.0.0.0:9", False),
        ("tcp-listen://0.0.0.0:9", "tcp-listen://[2001:db8::1]:9", False),
        ("tcp-listen://192.0.2.1:9", "tcp-listen://192.0.2.2:9", False),
        ("tcp-listen://127.0.0.1:0", "tcp-listen://127.0.0.1:0", False),
        ("tcp-connect://192.0.2.1:9", "tcp-connect://192.0.2.1:9", False),
    ],
)
def test_two_receivers_need_two_doors(folder: Path, first: str, second: str, overlap: bool) -> None:
    text = GOOD.replace("serial:///dev/ttyS0?baudrate=1200&bytesize=7&parity=E", first)
    text = text.replace("tcp-listen://[::1]:9000", second)
    if not overlap:
        assert len(load(folder, text).receivers) == 2
        return
    [(key, found, allowed)] = mistakes(folder, text)
    assert key == "receiver[2] (dc-1).connect"
    assert "receiver[1]" in found
    assert "its own" in allowed


def test_a_door_is_not_the_metrics_port_and_a_capture_is_of_one_receiver(folder: Path) -> None:
    text = GOOD.replace("tcp-listen://[::1]:9000", "tcp-listen://0.0.0.0:9470")
    [(key, found, _allowed)] = mistakes(folder, text)
    assert (key, "receiver[2]" in found) == ("metrics.listen", True)
    capture = "\ncapture = {path = 'x'}"
    text = GOOD.replace('name = "dc-1"', f'name = "dc-1"{capture}')
    text = text.replace('name = "sg-1"', f'name = "sg-1"{capture}')
    [(key, found, _allowed)] = mistakes(folder, text)
    assert (key, "receiver[1]" in found) == ("receiver[2] (dc-1).capture.path", True)


def test_more_connections_than_the_process_may_have_are_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("receiver_bridge.config.descriptors.most_descriptors", lambda: 1024)
    monkeypatch.setattr("receiver_bridge.config.conflicts.most_descriptors", lambda: 1024)
    # What nobody has typed fits by itself.
    config = load(folder, GOOD)
    assert config.receivers[1].max_connections == 824
    assert total_connections(config.limits, config.receivers * 3) == 824
    greedy = GOOD.replace('name = "dc-1"', 'name = "dc-1"\nmax_connections = 825')
    greedy = greedy.replace("[metrics]", "[limits]\nmax_connections = 1000\n[metrics]")
    first, second = mistakes(folder, greedy)
    assert first[:2] == ("limits.max_connections", "1000 connections")
    assert second[:2] == ("receiver[2] (dc-1).max_connections", "825 connections")
    assert "up to 824" in first[2]
    assert "1024 open files (LimitNOFILE)" in first[2]
    limited = GOOD.replace("[metrics]", "[limits]\nmax_connections = 800\n[metrics]")
    config = load(folder, limited)
    assert total_connections(config.limits, config.receivers) == 800


def test_every_setting_of_a_serial_line_is_read() -> None:
    url = (
        "serial:///dev/ttyUSB0?baudrate=300&bytesize=5&parity=M&stopbits=1.5&rtscts=1&xonxoff=1"
        "&dsrdtr=1&rts=0&dtr=0&rs485=1&exclusive=0"
    )
    assert parse_door(url) == SerialPort(
        *("/dev/ttyUSB0", 300, 5, "M", 1.5, True, True, True, False, False, True, False)
    )
    with pytest.raises(ValueError, match="each setting once"):
        parse_door("serial:///dev/ttyS0?parity=E&parity=N")


def test_check_tries_the_doors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "bridge.toml"
    path.write_text(GOOD.replace("tcp-listen://[::1]:9000", "tcp-listen://192.0.2.1:9000"))
    assert main(["check", "--config", str(path)]) == 2
    error = capsys.readouterr().err
    assert "receiver[2] (dc-1).connect: found tcp-listen://192.0.2.1:9000: no address" in error
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        door = f"127.0.0.1:{taken.getsockname()[1]}"
        path.write_text(GOOD.replace("[::1]:9000", door))
        # As it is when the bridge of this very file runs.
        assert main(["check", "--config", str(path)]) == 0
        assert "taken by another program, or by a bridge that runs" in capsys.readouterr().out


def test_all_mistakes_are_reported_together(folder: Path) -> None:
    text = GOOD.replace('"surgard"', '"x"').replace("[[receiver]]", "[[receiver]]\nfoo = 1")
    assert len(mistakes(folder, text)) == 3


def test_a_file_without_tables_lacks_each_of_them(folder: Path) -> None:
    keys = [mistake[0] for mistake in mistakes(folder, "")]
    assert keys == ["name", "[odoo]", "[journal]", "[[receiver]]"]


def test_a_key_file_that_others_can_read_is_refused(folder: Path) -> None:
    (folder / "odoo.key").chmod(0o640)
    [(key, found, allowed)] = mistakes(folder, GOOD)
    assert key == "odoo.key_file"
    assert "0640" in found
    assert "0600" in allowed


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("1002 = 0011", "line 1: a key of 2 bytes, allowed: 16, 24, 32"),
        ("# fine\nno line", "line 2: no account and key"),
        ("1002 = {key", "line 1: account 1002: no table"),
        ("10G2 = 0011", "line 1: no account and key"),
        ('1 = {key = "0011"}', "line 1: a key of 2 bytes"),
        ('1 = {key = "0011 secret"}', "a key of other than hexadecimal digits"),
        ('1 = {key = "0011-schlüssel", text = true}', "a key of other than ASCII characters"),
        ('1 = {key = "0011", text = true}', "a key of 4 bytes"),
        ("1 = {key = 110011}", "a key of 3 bytes"),
        ('1 = {text = "yes"}', "account 1: text is 'yes', allowed: true or false"),
        ('1 = {timestamps = "no"}', 'timestamps is \'no\', allowed: "check" or "encrypted"'),
        ('1 = {tolerate = ["luck"]}', 'tolerate is \'luck\', allowed: "crc" or "length"'),
        ('1 = {clear = "no"}', 'clear is \'no\', allowed: "accept" or "refuse"'),
        ("1 = {colour = 1}", "colour is an unknown key"),
        ("1 = x\n2 = {}\n3 = {colour = 1}", "line 1: no account and key; line 3: account 3: co"),
        (f"1 = {'00' * 16}\n1 = {'11' * 16}", "a second time"),
        ("", "empty"),
    ],
)
def test_a_wrong_key_file_names_the_line_and_never_the_key(
    folder: Path, text: str, cause: str
) -> None:
    secret(folder / "panels.key", text)
    [(key, found, allowed)] = mistakes(folder, GOOD)
    assert key == "receiver[2] (dc-1).key_file"
    assert cause in found
    assert "0011" not in found.replace(str(folder), "") + allowed


def test_a_key_file_says_what_holds_for_single_accounts(folder: Path) -> None:
    text = f"""
        1 = {"00" * 16}          # without quotes
        2 = "{"11" * 24}"
        00ab = {{key = "0123456789abcdef0123456789ABCD#}}", text = true}}  # its characters
        4 = {{tolerate = ["crc", "length"], timestamps = "encrypted"}}
        * = {{key = "{"22" * 32}", clear = "refuse"}}
    """
    secret(folder / "panels.key", text)
    accounts = load(folder, GOOD).receivers[1].accounts
    assert accounts == {
        "1": AccountSettings(bytes(16)),
        "2": AccountSettings(b"\x11" * 24),
        "00AB": AccountSettings(b"0123456789abcdef0123456789ABCD#}"),
        "4": AccountSettings(None, "encrypted", frozenset({"crc", "length"})),
        "*": AccountSettings(b"\x22" * 32, clear="refuse"),
    }


def test_no_toml_and_no_file_are_said(folder: Path) -> None:
    [(_key, found, _allowed)] = mistakes(folder, "name = ")
    assert "no valid TOML" in found
    with pytest.raises(ConfigError, match="No such file"):
        load_config(folder / "missing.toml", FORMATS)


@pytest.mark.parametrize("port", ["0", "65536", "x", ""])
def test_a_port_to_connect_to_must_be_one(port: str) -> None:
    with pytest.raises(ValueError, match="port"):
        parse_door(f"tcp-connect://192.0.2.1:{port}")


def test_check_prints_every_mistake_and_exits_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = folder / "bridge.toml"
    path.write_text(GOOD)
    assert main(["check", "--config", str(path)]) == 0
    path.write_text(GOOD.replace('"surgard"', '"morse"').replace("hq-1", "h q"))
    assert main(["check", "--config", str(path)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"{path}: ") for line in lines)
    assert main(["run", "--config", str(path)]) == 2


def test_an_api_key_is_one_word_and_never_shown(folder: Path) -> None:
    for text in ("the-api-key\nanother", "the api-key", "the-\x01key", "schlüssel-key"):
        secret(folder / "odoo.key", text)
        [(key, found, allowed)] = mistakes(folder, GOOD)
        assert key == "odoo.key_file"
        assert "more than one word" in found
        assert "nothing but the API key" in allowed
        assert "-key" not in found.replace(str(folder), "")


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example"])
def test_a_host_that_can_never_be_found_is_a_mistake(folder: Path, host: str) -> None:
    wrong = GOOD.replace("tcp-listen://[::1]:9000", f"tcp-connect://{host}:9000")
    [(key, _found, allowed)] = mistakes(folder, wrong)
    assert key == "receiver[2] (dc-1).connect"
    assert "host name" in allowed


SUPERVISION = """
[supervision]
grace = 60
burst = 5
per_minute = 30
mass_share = 0.5
write_interval = 5
"""


def test_supervision_and_the_place_of_state_may_be_set(folder: Path) -> None:
    config = load(folder, GOOD)
    assert config.supervision == SupervisionSettings(180, 20, 60, 0.2, 10)
    assert config.configuration_path == folder / "journal.db.configuration"
    assert config.last_seen_path == folder / "journal.db.last-seen"
    assert config.receivers[0].unknown_accounts == "accept"
    assert (config.odoo.refresh, config.odoo.stale_after) == (60, 3600)
    (folder / "state").mkdir()
    text = GOOD.replace('timestamps = "ignore"', 'unknown_accounts = "refuse"')
    text = text.replace("[journal]", "refresh = 5\nstale_after = 600\n[journal]")
    config = load(folder, 'state_dir = "state"\n' + text + SUPERVISION)
    assert config.supervision == SupervisionSettings(60, 5, 30, 0.5, 5)
    assert config.configuration_path == folder / "state" / "hq-1.configuration"
    assert config.last_seen_path == folder / "state" / "hq-1.last-seen"
    assert config.receivers[1].unknown_accounts == "refuse"
    assert (config.odoo.refresh, config.odoo.stale_after) == (5, 600)


@pytest.mark.parametrize(
    ("old", "new", "key", "allowed"),
    [
        ("grace = 60", "grace = -1", "supervision.grace", "seconds from 0 to 86400"),
        ("burst = 5", "burst = 0", "supervision.burst", "accounts from 1"),
        ("per_minute = 30", "per_hour = 1", "supervision.per_hour", "burst, grace, mass_share"),
        ("mass_share = 0.5", "mass_share = 20", "supervision.mass_share", "from 0.01 to 1"),
        ("val = 5", "val = 0", "supervision.write_interval", "seconds from 0.5 to 60"),
        ('clear = "refuse"', 'unknown_accounts = "drop"', "unknown_accounts", '"accept" or'),
        ('name = "hq-1"', 'name = "hq-1"\nstate_dir = "no"', "state_dir", "a folder that exists"),
        ("[journal]", "stale_after = 5\n[journal]", "odoo.stale_after", "seconds from 120"),
        ("[journal]", "refresh = 0\n[journal]", "odoo.refresh", "seconds from 1 to 3600"),
    ],
)
def test_a_mistake_in_supervision_names_its_key(
    folder: Path, old: str, new: str, key: str, allowed: str
) -> None:
    text = (GOOD + SUPERVISION).replace(old, new, 1)
    assert text != GOOD + SUPERVISION
    [(found_key, _found, found_allowed)] = mistakes(folder, text)
    assert key in found_key
    assert allowed in found_allowed


OPEN = GOOD.replace('format = "surgard"', 'format = "contactid-ip"')


def test_what_a_format_leaves_open_is_chosen_under_options(folder: Path) -> None:
    inline = OPEN.replace("heartbeat = 30", 'options = { reply = "echo" }')
    assert load(folder, inline).receivers[0].options == {"reply": "echo"}
    table = OPEN.replace("heartbeat = 30", '[receiver.options]\nchecksum = "check"')
    assert load(folder, table).receivers[0].options == {"checksum": "check"}
    assert load(folder, OPEN).receivers[0].options == {}


@pytest.mark.parametrize(
    ("format_name", "options", "key", "found", "allowed"),
    [
        ("contactid-ip", '{ reply = "eco" }', "options.reply", "'eco'", '"ack" or "echo"'),
        ("contactid-ip", "{ reply = 6 }", "options.reply", "6", '"ack" or "echo"'),
        ("contactid-ip", '{ replay = "ack" }', "options.replay", "'ack'", "name: checksum, reply"),
        ("surgard", '{ reply = "ack" }', "options.reply", "'ack'", "leaves nothing open"),
        ("contactid-ip", '"echo"', "options", "'echo'", "a table options with its keys"),
    ],
)
def test_a_wrong_choice_is_named_with_those_there_are(
    folder: Path, format_name: str, options: str, key: str, found: str, allowed: str
) -> None:
    text = GOOD.replace('"surgard"', f'"{format_name}"')
    [(where, what, may)] = mistakes(folder, text.replace("heartbeat = 30", f"options = {options}"))
    assert where == f"receiver[1] (sg-1).{key}"
    assert found in what and allowed in may


def test_how_long_a_repeat_may_take_is_the_format_s_own(folder: Path) -> None:
    contact_id, dc09 = load(folder, OPEN).receivers
    assert (contact_id.repeat_window, dc09.repeat_window) == (60, 180)
