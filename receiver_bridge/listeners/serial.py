"""Receivers on RS-232, read by the event loop; a cable that is pulled is found again."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import termios

import serial
import serial.rs485

from ..backoff import Backoff
from ..config import SerialPort
from ..intake import Intake
from ..session import Session
from .doors import Shared, explain_no_access

_logger = logging.getLogger(__name__)

_READ_SIZE = 4096
_LAST_REPLIES = 5.0
_LOOK_EVERY = 2.0


class SerialListener:
    """The port is opened for us alone; a second program on the same line would steal bytes."""

    def __init__(self, intake: Intake, port: SerialPort, shared: Shared) -> None:
        self._intake = intake
        self._port = port
        self._turns = shared.turns
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

    def reload_tls(self) -> None:
        """A cable has none."""

    async def _keep_open(self, tried: asyncio.Event) -> None:
        name = self._intake.settings.name
        said = {"receiver": name, "peer": self._port.device}
        backoff = Backoff(0.5, 10.0)
        while True:
            try:
                self._open()
            except (OSError, ValueError, termios.error) as error:
                # A device that goes while it is set up is told by termios in its own way.
                pause = backoff.pause()
                cause = _explain(error, self._port.device)
                self._intake.line.closed(cause)
                _logger.error("%s: %s; next try in %.1f s", name, cause, pause, extra=said)
                tried.set()
                await asyncio.sleep(pause)
                continue
            backoff.reset()
            tried.set()
            _logger.info("%s: %s is open", name, self._port.device, extra=said)
            await self._watch()
            await asyncio.sleep(backoff.pause())

    async def _watch(self) -> None:
        """Until the line is lost. Some drivers say nothing when their device is unplugged, and a
        noise that looked like the beginning of a record must not spoil the next one."""
        while not self._lost.is_set():
            try:
                await asyncio.wait_for(self._lost.wait(), _LOOK_EVERY)
            except asyncio.TimeoutError:
                timeout = self._intake.settings.frame_timeout
                if self._session is not None and timeout:
                    self._session.gives_up(timeout)
                if self._serial is not None and not _is_same(self._port.device, self._fd):
                    self._broken("the device has gone")

    def _open(self) -> None:
        port = self._port
        opened = serial.Serial(
            baudrate=port.baudrate,
            bytesize=port.bytesize,
            parity=port.parity,
            stopbits=port.stopbits,
            rtscts=port.rtscts,
            xonxoff=port.xonxoff,
            dsrdtr=port.dsrdtr,
            timeout=0,
            exclusive=port.exclusive or None,
        )
        # Told before it opens, so that the pins never show another level.
        opened.port, opened.rts, opened.dtr = port.device, port.rts, port.dtr
        opened.open()
        if port.rs485:
            try:
                opened.rs485_mode = serial.rs485.RS485Settings()
            except (OSError, ValueError) as error:
                opened.close()
                raise OSError(f"{port.device}: its driver does not do RS-485: {error}") from error
        self._serial = opened
        self._fd = opened.fileno()
        self._lost.clear()
        self._unsent = b""
        self._session = Session(
            self._intake,
            port.device,
            port.device,
            self._reply,
            self._resume_reading,
            self._turns,
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
        name, device = self._intake.settings.name, self._port.device
        _logger.error("%s: %s: %s", name, device, cause, extra={"receiver": name, "peer": device})
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


def _is_same(device: str, descriptor: int) -> bool:
    """Whether the path still leads to the device that is open."""
    try:
        return os.stat(device).st_rdev == os.fstat(descriptor).st_rdev
    except OSError:
        return False


def _explain(error: Exception, device: str) -> str:
    """The cause in words that say what to do."""
    # pyserial puts the cause into its text; termios has the number as its first argument.
    cause = error.__context__ if getattr(error, "errno", None) is None else None
    first = next(iter((cause or error).args), None)
    number = getattr(error, "errno", None) or first
    if number == errno.EACCES:
        return explain_no_access(device)
    if number == errno.ENOTTY:
        return f"{device} is no serial line"
    if number in (errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK):
        return f"{device}: another program has it open"
    return str(error)
