"""Real parts for tests and benches: an Odoo process on a copy of the finished suite, a bridge
process, a pseudo-terminal for its serial line.

./arc test and ./arc bench say where everything is, in variables ARC_STACK_*.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import tty
import urllib.request
import xmlrpc.client
from collections.abc import Callable, Iterator
from random import randrange
from typing import Any

import psycopg2

ROOT = pathlib.Path(__file__).resolve().parent.parent
START_TIMEOUT = 120.0


def wait_for(
    what: str, condition: Callable[[], Any], timeout: float = 30.0, pause: float = 0.05
) -> Any:
    """The first true value of ``condition``; AssertionError naming ``what`` after ``timeout`` s."""
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"waited {timeout:.0f} s in vain for: {what}")
        time.sleep(pause)


def free_port() -> int:
    """Below those that the kernel gives to outgoing connections: nobody gets it by chance while
    what listened there is restarted."""
    while True:
        port = randrange(15_000, 30_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("0.0.0.0", port))
            return port


def own_database(name: str) -> str:
    """A name that no other worker of a run side by side uses."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    return f"{name}_{worker}" if worker else name


def _env(name: str) -> str:
    value = os.environ.get(f"ARC_STACK_{name}")
    if not value:
        raise RuntimeError(
            f"ARC_STACK_{name} is not set: run this through ./arc test or ./arc bench"
        )
    return value


class Process:
    """A child process in a session of its own, with its output in a log file."""

    def __init__(self, name: str, folder: pathlib.Path) -> None:
        self.log = folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def _start(self, command: list[str], **env: str) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=ROOT,
                env={**os.environ, **env}, start_new_session=True,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def signal(self, number: int) -> None:
        """To the whole family: Odoo's workers too."""
        if self.alive:
            os.killpg(self.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self._wait(10)

    def stop(self) -> int:
        """Ask it to end; its exit code. What does not end within 60 s is killed.

        After its first start Odoo does all the jobs of a day, and ends with the round it is at.
        """
        if self.alive:
            os.kill(self.pid, signal.SIGTERM)
        try:
            return self._wait(60)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def _wait(self, timeout: float) -> int:
        return self._process.wait(timeout) if self._process else 0

    def tail(self) -> str:
        return self.log.read_text("utf-8", "replace")[-3000:] if self.log.exists() else ""


class Odoo(Process):
    """One Odoo on a database of its own. ``workers`` 0 is one threaded process that also serves the
    websocket; with workers a second port serves it."""

    def __init__(self, folder: pathlib.Path, database: str, workers: int = 0) -> None:
        super().__init__(f"odoo-{database}", folder)
        self.folder, self.database, self.workers = folder, database, workers
        self.port = free_port()
        self.websocket_port = free_port() if workers else self.port
        self.url = f"http://127.0.0.1:{self.port}"
        self._data = pathlib.Path(_env("DATA"))
        self.access: dict[str, Any] = {}

    def create(self) -> None:
        """Copy the template, and make logins and the bridge's key as ./arc up does."""
        template = _env("TEMPLATE")
        self.drop()
        subprocess.run(["createdb", "-T", template, self.database], check=True)
        store = self._data / "filestore"
        if (store / template).exists():
            shutil.copytree(store / template, store / self.database)
        access = self.folder / f"{self.database}.access.json"
        with (ROOT / "config/arc/prepare_access.py").open() as script:
            subprocess.run(
                [*self._command("shell"), "--no-http"], stdin=script, check=True, cwd=ROOT,
                capture_output=True,
                env={**os.environ, "ARC_MODE": "demo", "ARC_ACCESS_FILE": str(access),
                     "ARC_BRIDGE_KEY_FILE": str(self.bridge_key_file)},
            )  # fmt: skip
        self.access = json.loads(access.read_text("utf-8"))

    def drop(self) -> None:
        drop = ["dropdb", "--if-exists", self.database]
        if subprocess.run([*drop, "--force"]).returncode:
            # A vacuum of the server's own must not be ended by force; without force it gives way.
            subprocess.run(drop, check=True)
        self._drop_copy()
        self.seal_file.unlink(missing_ok=True)
        shutil.rmtree(self._data / "filestore" / self.database, ignore_errors=True)

    def back_up(self) -> None:
        """Copy the database; Odoo must not be running."""
        self._drop_copy()
        subprocess.run(["createdb", "-T", self.database, f"{self.database}_copy"], check=True)

    def restore(self) -> None:
        """Put the copy in place of the database; Odoo must not be running."""
        subprocess.run(["dropdb", "--force", self.database], check=True)
        subprocess.run(["createdb", "-T", f"{self.database}_copy", self.database], check=True)
        self._drop_copy()

    def _drop_copy(self) -> None:
        subprocess.run(["dropdb", "--if-exists", "--force", f"{self.database}_copy"], check=True)

    @property
    def bridge_key_file(self) -> pathlib.Path:
        return self.folder / f"{self.database}.bridge.key"

    @property
    def seal_file(self) -> pathlib.Path:
        """Its own: the next database of this name has another history."""
        return self.folder / f"{self.database}.seals"

    def _command(self, *sub: str) -> list[str]:
        return [
            _env("ODOO"), *sub, "-c", _env("CONF"), "--addons-path", _env("ADDONS"),
            "--db_host", os.environ["PGHOST"], "--db_port", os.environ["PGPORT"],
            "--db_user", os.environ["PGUSER"], "--data-dir", str(self._data), "-d", self.database,
        ]  # fmt: skip

    def start(self) -> None:
        workers = ["--workers", str(self.workers)]
        if self.workers:
            workers += ["--gevent-port", str(self.websocket_port)]
        self._start([
            *self._command(), "--http-interface", "127.0.0.1", "--http-port", str(self.port),
            *workers,
        ], ALARM_SEAL_FILE=str(self.seal_file))  # fmt: skip
        wait_for(f"Odoo at {self.url}\n{self.tail()}", self._serves, START_TIMEOUT)

    def _serves(self) -> bool:
        assert self.alive, f"Odoo has ended:\n{self.tail()}"
        with contextlib.suppress(OSError):
            urllib.request.urlopen(f"{self.url}/web/login", timeout=30).read()
            socket.create_connection(("127.0.0.1", self.websocket_port), timeout=5).close()
            return True
        return False

    def login(self, login: str) -> Rpc:
        return Rpc(self.url, self.database, login, self.access["logins"][login])

    def bridge_rpc(self) -> Rpc:
        return Rpc(self.url, self.database, "bridge", self.bridge_key_file.read_text().strip())

    @contextlib.contextmanager
    def sql(self) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
        """A function that runs one statement in a transaction of its own and gives its rows."""
        connection = psycopg2.connect(dbname=self.database)
        connection.autocommit = True
        try:

            def run(statement: str, *values: Any) -> list[tuple[Any, ...]]:
                with connection.cursor() as cursor:
                    cursor.execute(statement, values)
                    return cursor.fetchall() if cursor.description else []

            yield run
        finally:
            connection.close()


class Rpc:
    """Odoo over XML-RPC as one user: ``rpc("model", "method", arguments...)``."""

    def __init__(self, url: str, database: str, login: str, password: str) -> None:
        self._database, self._password = database, password
        common = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/common")
        self.uid = common.authenticate(database, login, password, {})
        assert self.uid, f"{login} cannot log in"
        self._object = xmlrpc.client.ServerProxy(f"{url}/xmlrpc/2/object")

    def __call__(self, model: str, method: str, *arguments: Any, **keywords: Any) -> Any:
        return self._object.execute_kw(
            self._database, self.uid, self._password, model, method, list(arguments), keywords
        )


class Bridge(Process):
    """One bridge process with a serial line (Sur-Gard) and two TCP doors (DC-09 clear and AES)."""

    def __init__(
        self, folder: pathlib.Path, odoo: Odoo, name: str = "test-1", journal: str | None = None,
        refresh: int = 60, grace: int = 180,
    ) -> None:  # fmt: skip
        """``journal``: the URL of a shared one. ``refresh``, ``grace``: as in bridge.toml."""
        super().__init__(f"bridge-{name}", folder)
        self.odoo = odoo
        self.name = name
        self.config = folder / f"{name}.toml"
        self.journal = folder / "journal.sqlite"
        self.tcp_port, self.aes_port, self.metrics_port = free_port(), free_port(), free_port()
        self.serial = SerialLine()
        self.config.write_text(
            f"""
name = "{name}"
state_dir = "{folder}"
[odoo]
url = "{odoo.url}"
database = "{odoo.database}"
login = "bridge"
key_file = "{odoo.bridge_key_file}"
refresh = {refresh}
[journal]
url = "{journal or f"sqlite:///{self.journal}"}"
[supervision]
grace = {grace}
[metrics]
listen = "127.0.0.1:{self.metrics_port}"
[[receiver]]
name = "sg-1"
format = "surgard"
connect = "serial://{self.serial.path}?baudrate=9600"
[[receiver]]
name = "ip-1"
format = "dc09"
connect = "tcp-listen://127.0.0.1:{self.tcp_port}"
timestamps = "ignore"
[[receiver]]
name = "ip-aes"
format = "dc09"
connect = "tcp-listen://127.0.0.1:{self.aes_port}"
""",
            "utf-8",
        )

    def start(self) -> None:
        self._start([sys.executable, "-m", "receiver_bridge", "run", "--config", str(self.config)])
        wait_for(f"the bridge's health\n{self.tail()}", self._healthy, 30)

    def _healthy(self) -> bool:
        assert self.alive, f"the bridge has ended:\n{self.tail()}"
        with contextlib.suppress(OSError):
            # Who it is can be asked before its doors are open.
            receivers = self.health()["receivers"]
            return all(receiver["state"] != "down" for receiver in receivers)
        return False

    def metric(self, name: str) -> float:
        """The sum over all labels."""
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=5
        ) as answer:
            found = re.findall(
                rf"^{name}(?:\{{.*\}})? (\S+)$", answer.read().decode(), re.MULTILINE
            )
        return sum(map(float, found))

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.metrics_port}/healthz", timeout=5
        ) as answer:
            return json.load(answer)


@contextlib.contextmanager
def running_odoo(folder: pathlib.Path, database: str, workers: int = 0) -> Iterator[Odoo]:
    """An Odoo that serves a fresh copy of the suite; in the end both are gone."""
    odoo = Odoo(folder, database, workers)
    try:
        odoo.create()
        odoo.start()
        yield odoo
    finally:
        try:
            odoo.stop()
        finally:
            odoo.drop()


@contextlib.contextmanager
def running_bridge(folder: pathlib.Path, odoo: Odoo, **settings: Any) -> Iterator[Bridge]:
    """A bridge that delivers to this Odoo, with settings as of `Bridge`; stopped at the end."""
    bridge = Bridge(folder, odoo, **settings)
    try:
        bridge.start()
        yield bridge
    finally:
        try:
            if bridge.alive:
                bridge.stop()
        finally:
            bridge.serial.close()


class SerialLine:
    """A pseudo-terminal: the bridge opens ``path``, the test is the receiver at the other end."""

    def __init__(self) -> None:
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)

    def send(self, record: bytes, timeout: float = 4.0) -> bytes:
        """Write one record and give the bridge's answer; empty when none came in time."""
        os.write(self._master, record)
        ready, _, _ = select.select([self._master], [], [], timeout)
        return os.read(self._master, 64) if ready else b""

    def close(self) -> None:
        os.close(self._master)
        os.close(self._slave)


def tcp_exchange(port: int, frame: bytes, timeout: float = 4.0) -> bytes:
    """Send one DC-09 frame on a new connection and give the reply; empty when none came in time."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.sendall(frame)
        with contextlib.suppress(socket.timeout):
            return connection.recv(4096)
    return b""
