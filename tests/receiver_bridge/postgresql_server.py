"""A PostgreSQL of a test's own: a throw-away cluster that can be stopped, killed and cut off."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
from bridge_process import free_port

_USER = "postgres"
"""As root the cluster belongs to this user, because PostgreSQL refuses to run as root."""


def _binaries() -> Path:
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name)
    )
    assert found, "no PostgreSQL under /usr/lib/postgresql: apt-get install postgresql"
    return found[-1]


def _as_owner(*command: str | Path) -> list[str]:
    plain = [str(part) for part in command]
    return ["runuser", "-u", _USER, "--", *plain] if os.getuid() == 0 else plain


def _run(*command: str | Path) -> str:
    done = subprocess.run(
        _as_owner(*command), cwd="/", capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


class PostgresqlServer:
    """Listens on ``host``, any local port; ``url`` names an empty database ``journal``."""

    def __init__(self, folder: Path, durable: bool = False) -> None:
        self._data = folder / "data"
        self._binaries = _binaries()
        self.port = free_port()
        self.owner = _USER if os.getuid() == 0 else pwd.getpwuid(os.getuid()).pw_name
        _run(
            *(self._binaries / "initdb", "-D", self._data, "-U", "postgres"),
            *("--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"),
        )
        fsync = "on" if durable else "off"
        settings = (
            f"unix_socket_directories = '{folder}'\nport = {self.port}\nfsync = {fsync}\n"
            f"full_page_writes = {fsync}\nlisten_addresses = '0.0.0.0'\nshared_buffers = 32MB\n"
            "max_connections = 60\nautovacuum_naptime = 5s\nrestart_after_crash = on\n"
            "logging_collector = off\n"
        )
        # Its owner may be another than we.
        self._write(self._data / "postgresql.conf", settings)
        self._write(self._data / "pg_hba.conf", "local all all trust\nhost all all all trust\n")
        self._folder = folder
        self.start()
        with self.session("postgres") as cursor:
            cursor.execute("CREATE DATABASE journal")

    @property
    def url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/journal"

    def start(self) -> None:
        _run(
            *(self._binaries / "pg_ctl", "-D", self._data, "-l", self._folder / "log"),
            *("-w", "-t", "60", "start"),
        )

    def stop(self, mode: str = "fast") -> None:
        _run(self._binaries / "pg_ctl", "-D", self._data, "-m", mode, "-w", "-t", "60", "stop")

    def kill(self) -> None:
        """SIGKILL to the postmaster and all that it started."""
        main = self._main_process()
        # Stopped, it starts no more of them.
        os.kill(main, signal.SIGSTOP)
        children = subprocess.run(
            ["pgrep", "-P", str(main)], capture_output=True, text=True, check=False
        )
        processes = [main, *map(int, children.stdout.split())]
        for pid in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 20
        while any(map(_alive, processes)):
            assert time.monotonic() < end, "the killed server does not end"
            time.sleep(0.01)
        # Where nobody reaps them, dead processes look alive to who starts the next server.
        for lock in (self._data / "postmaster.pid", self._folder / f".s.PGSQL.{self.port}.lock"):
            lock.unlink(missing_ok=True)

    def running(self) -> bool:
        done = subprocess.run(
            _as_owner(self._binaries / "pg_ctl", "-D", self._data, "status"),
            cwd="/",
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    @contextlib.contextmanager
    def session(self, database: str = "journal") -> Iterator[Any]:
        """A cursor that commits each statement."""
        connection = psycopg2.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database
        )
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def rows(self, query: str, *parameters: object) -> list[Any]:
        with self.session() as cursor:
            cursor.execute(query, parameters or None)
            return list(cursor.fetchall())

    def _main_process(self) -> int:
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def _write(self, path: Path, text: str) -> None:
        with path.open("a" if path.name == "postgresql.conf" else "w") as file:
            file.write(text)


@contextlib.contextmanager
def serve_postgresql(durable: bool = False) -> Iterator[PostgresqlServer]:
    """A running server, stopped and removed at the end."""
    # Not pytest's folder: root's is closed to everybody else.
    folder = Path(tempfile.mkdtemp(prefix="journal-pg-"))
    try:
        if os.getuid() == 0:
            shutil.chown(folder, _USER)
        server = PostgresqlServer(folder, durable)
        try:
            yield server
        finally:
            if server.running():
                server.stop("immediate")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _alive(pid: int) -> bool:
    """Not gone, nor dead and only waiting to be noticed."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"
