"""The processes of the bridge's benches: the bridge itself, the servers beside it, the panels."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CONNECTIONS = 100
NOBODY = "http://127.0.0.1:9"
"""Where no Odoo is: the journal only fills."""

CONFIG = """\
name = "bench"
[odoo]
url = "{odoo}"
database = "none"
login = "bridge"
key_file = "odoo.key"
[journal]
url = "sqlite:journal.db"
[metrics]
listen = "127.0.0.1:{metrics}"
[[receiver]]
name = "dc-1"
format = "dc09"
connect = "tcp-listen://127.0.0.1:{port}"
# All panels of the bench have one address.
frames_per_second = 0
bytes_per_second = 0
"""


@contextmanager
def running_bridge(
    folder: pathlib.Path, port: int, odoo: str = NOBODY, metrics: int = 0
) -> Iterator[int]:
    """The process id of a bridge that listens on ``port``, with the log level that is usual."""
    (folder / "odoo.key").touch(mode=0o600)
    (folder / "odoo.key").write_text("nobody")
    config = folder / "bridge.toml"
    config.write_text(CONFIG.format(port=port, odoo=odoo, metrics=metrics))
    command = [sys.executable, "-m", "receiver_bridge", "run", "--config", str(config)]
    with (folder / "bridge.log").open("wb") as log:
        # As the unit of systemd sets it.
        environment = {**os.environ, "MALLOC_ARENA_MAX": "1"}
        bridge = subprocess.Popen(command, stderr=log, env=environment)
    try:
        wait_for_port(port)
        yield bridge.pid
    finally:
        bridge.terminate()
        bridge.wait(20)


@contextmanager
def running_server(name: str) -> Iterator[int]:
    """The port of a server of ``_servers``."""
    command = [sys.executable, "-m", "tests.bench._servers", name]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield int(server.stdout.readline())
    finally:
        server.kill()
        server.wait()


def wait_for_port(port: int) -> None:
    end = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def panels(**plan: Any) -> dict[str, Any]:
    """One run of the panels' process."""
    answer = subprocess.run(
        [sys.executable, "-m", "tests.bench._panels"],
        input=json.dumps({"connections": CONNECTIONS, **plan}),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return dict(json.loads(answer.stdout))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
