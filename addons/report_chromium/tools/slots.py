"""How many browsers may work at once, over all processes of a server.

A slot is a locked file: the kernel gives it back when the process that holds it ends, however it
ends. The file says which profile its holder uses: the next one removes what a killed one left.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
import time

from .errors import ChromiumBusy

PAUSE = 0.05  # seconds between two looks at the slots
PREFIX = "odoo-chromium-"


@contextlib.contextmanager
def profile_in_slot(folder, processes, seconds):
    """An empty folder for a browser's profile, while one of the slots is held.

    :param folder: where the slots are; made when it is missing
    :param processes: number of slots
    :param seconds: how long to wait for one
    :raises ChromiumBusy: none became free
    """
    os.makedirs(folder, mode=0o700, exist_ok=True)
    with _locked_slot(folder, processes, seconds) as slot:
        _remove(os.pread(slot, 4096, 0).decode())
        profile = tempfile.mkdtemp(prefix=PREFIX)
        try:
            os.pwrite(slot, profile.encode(), 0)
            yield profile
        finally:
            _remove(profile)
            os.ftruncate(slot, 0)


@contextlib.contextmanager
def _locked_slot(folder, processes, seconds):
    end = time.monotonic() + seconds
    while True:
        for number in range(processes):
            slot = os.open(os.path.join(folder, f"{number}.slot"), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(slot)
                continue
            try:
                yield slot
            finally:
                os.close(slot)
            return
        if time.monotonic() >= end:
            raise ChromiumBusy(processes, seconds)
        time.sleep(PAUSE)


def _remove(profile):
    if os.path.basename(profile).startswith(PREFIX):
        shutil.rmtree(profile, ignore_errors=True)
