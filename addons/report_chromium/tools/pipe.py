"""The DevTools protocol over a pair of pipes: JSON messages that end with a zero byte.

A pipe, not a port: no other program of the machine can reach the browser, and nothing that has to
be kept secret stands on a command line.
"""

import json
import os
import selectors
import time

from .errors import ChromiumCrash, ChromiumRefusal, ChromiumTimeout

CHUNK = 1 << 20


class Deadline:
    """A moment `seconds` from now."""

    def __init__(self, seconds):
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self):
        """Seconds that are left.

        :raises ChromiumTimeout: none are
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise ChromiumTimeout(self.seconds)
        return left


class Pipe:
    """One conversation with a browser.

    :param read_fd: our end of what the browser says; `close` closes it
    :param write_fd: our end of what it is told; `close` closes it
    """

    def __init__(self, read_fd, write_fd):
        self._read_fd, self._write_fd = read_fd, write_fd
        os.set_blocking(read_fd, False)
        os.set_blocking(write_fd, False)
        self._received = bytearray()
        self._searched = 0
        self._last_id = 0
        self._awaited = set()
        self._replies = {}
        self._events = []

    def close(self):
        for fd in (self._read_fd, self._write_fd):
            os.close(fd)

    def tell(self, deadline, method, session=None, **params):
        """Send a command whose reply nobody waits for; returns its number."""
        self._last_id += 1
        message = {"id": self._last_id, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        rest = memoryview(json.dumps(message).encode() + b"\0")
        while rest:
            try:
                rest = rest[os.write(self._write_fd, rest) :]
            except BlockingIOError:
                # It may not read because it wants to write: hear it out.
                self._wait(deadline, writing=True)
            except BrokenPipeError as error:
                raise ChromiumCrash("the browser hung up") from error
        return self._last_id

    def call(self, deadline, method, session=None, on_event=None, **params):
        """Send a command and wait for its result; events that come meanwhile go to `on_event`.

        :raises ChromiumRefusal: the browser's answer is an error
        :raises ChromiumTimeout, ChromiumCrash: there is no answer
        """
        number = self.tell(deadline, method, session, **params)
        self._awaited.add(number)
        while number not in self._replies:
            self.pump(deadline, on_event)
        self._awaited.discard(number)
        reply = self._replies.pop(number)
        if "error" in reply:
            raise ChromiumRefusal(f"{method}: {reply['error'].get('message')}")
        return reply["result"]

    def pump(self, deadline, on_event=None):
        """Take in what comes next, and hand the events on."""
        deadline.left()
        if not self._events:
            self._wait(deadline)
        events, self._events = self._events, []
        for event in events:
            if on_event:
                on_event(event["method"], event.get("params", {}))

    def _wait(self, deadline, writing=False):
        with selectors.DefaultSelector() as selector:
            selector.register(self._read_fd, selectors.EVENT_READ)
            if writing:
                selector.register(self._write_fd, selectors.EVENT_WRITE)
            ready = selector.select(deadline.left())
        if any(key.fd == self._read_fd for key, _mask in ready):
            self._read()

    def _read(self):
        try:
            data = os.read(self._read_fd, CHUNK)
        except BlockingIOError:
            return
        if not data:
            raise ChromiumCrash("the browser hung up")
        self._received += data
        while (end := self._received.find(b"\0", self._searched)) >= 0:
            message = json.loads(self._received[:end])
            del self._received[: end + 1]
            self._searched = 0
            if "id" not in message:
                self._events.append(message)
            elif message["id"] in self._awaited:
                self._replies[message["id"]] = message
        self._searched = len(self._received)
