"""Receivers on RS-232, read by the event loop; a cable that is pulled is found again."""

from __future__ import annotations

import asyncio
import logging
import os
import termios

import serial

from ..backoff import Backoff
from ..config import SerialPort
from ..intake import Intake
from ..session import Session

_logger = logging.getLogger(__name__)

_READ_SIZE = 4096
_LAST_REPLIES = 5.0


class SerialListener:
    """The port is opened for us alone; a second program on the same line would steal bytes."""

    def __init__(self, intake: Intake, port: SerialPort) -> None:
        self._intake = intake
        self._port = port
        self._serial: serial.Serial | None = None
        self._fd = -1
        self._session: Session | None = None
        self._task: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._unsent = b""
        self._stopping = False

    async def start(self) -> None:
        opened = asyncio.Event()
        self._task = asyncio.create_task(self._keep_open(opened))
        await opened.wait()

    async def stop(self) -> None:
        self._stopping = True
        loop = asyncio.get_running_loop()
        if self._serial is not None:
            loop.remove_reader(self._fd)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._serial is not None:
            deadline = loop.time() + _LAST_REPLIES
            while self._busy() and loop.time() < deadline:
                await asyncio.sleep(0.01)
            self._close()

    async def _keep_open(self, tried: asyncio.Event) -> None:
        name = self._intake.settings.name
        backoff = Backoff(0.5, 10.0)
        while True:
            try:
                self._open()
            except (OSError, ValueError, termios.error) as error:
                # A device that goes while it is set up is told by termios in its own way.
                pause = backoff.pause()
                self._intake.line.closed(str(error))
                _logger.error("%s: %s; next try in %.1f s", name, error, pause)
                tried.set()
                await asyncio.sleep(pause)
                continue
            backoff.reset()
            tried.set()
            _logger.info("%s: %s is open", name, self._port.device)
            await self._lost.wait()
            await asyncio.sleep(backoff.pause())

    def _open(self) -> None:
        port = self._port
        self._serial = serial.Serial(
            port.device,
            baudrate=port.baudrate,
            bytesize=port.bytesize,
            parity=port.parity,
            stopbits=port.stopbits,
            rtscts=port.rtscts,
            xonxoff=port.xonxoff,
            timeout=0,
            exclusive=True,
        )
        self._fd = self._serial.fileno()
        self._lost.clear()
        self._unsent = b""
        self._session = Session(
            self._intake, port.device, port.device, self._reply, self._resume_reading
        )
        self._intake.line.opened()
        asyncio.get_running_loop().add_reader(self._fd, self._readable)

    def _readable(self) -> None:
        assert self._serial is not None and self._session is not None
        try:
            data = os.read(self._fd, _READ_SIZE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._broken(str(error))
            return
        if not data:
            self._broken("end of the line")
            return
        self._session.receive(data)
        if self._session is not None and self._session.full:
            asyncio.get_running_loop().remove_reader(self._fd)

    def _resume_reading(self) -> None:
        if self._session is None or self._session.full or self._stopping:
            return
        asyncio.get_running_loop().add_reader(self._fd, self._readable)

    def _reply(self, data: bytes) -> None:
        if self._serial is None:
            return
        waiting = bool(self._unsent)
        self._unsent += data
        if not waiting:
            self._write()

    def _write(self) -> None:
        if self._serial is None:
            return
        loop = asyncio.get_running_loop()
        try:
            self._unsent = self._unsent[os.write(self._fd, self._unsent) :]
        except (BlockingIOError, InterruptedError):
            pass
        except OSError as error:
            self._broken(str(error))
            return
        if self._unsent:
            loop.add_writer(self._fd, self._write)
        else:
            loop.remove_writer(self._fd)

    def _busy(self) -> bool:
        return bool(self._unsent) or (self._session is not None and not self._session.idle)

    def _broken(self, cause: str) -> None:
        _logger.error("%s: %s: %s", self._intake.settings.name, self._port.device, cause)
        session = self._session
        self._close()
        self._intake.line.closed(cause)
        if session is not None:
            session.end()
        self._lost.set()

    def _close(self) -> None:
        if self._serial is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._fd)
        loop.remove_writer(self._fd)
        self._serial.close()
        self._serial = self._session = None
