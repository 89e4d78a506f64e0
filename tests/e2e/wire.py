"""What simulated panels and receivers put on the wire in these tests."""

import contextlib
import threading
from datetime import datetime, timedelta, timezone

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.dc09_encoder import encode_adm_cid, encode_null
from receiver_bridge.codecs.surgard_encoder import encode_contact_id
from tests.stack import tcp_exchange


def burglary(zone, qualifier="new"):
    return Event("cid", "130", qualifier=qualifier, area="01", zone=zone, address=zone)


def periodic_test():
    return Event("cid", "602", qualifier="new", area="00", zone="000", address="000")


def dc09(account, event, sequence=1, key=None, late=0.0):
    """An ADM-CID frame, stamped ``late`` seconds ago; encrypted where a key (bytes) is given."""
    stamp = datetime.now(timezone.utc) - timedelta(seconds=late)
    return encode_adm_cid(account, event, sequence=f"{sequence:04d}", timestamp=stamp, key=key)


def surgard(account, event):
    return encode_contact_id(account, event)


@contextlib.contextmanager
def polling(port, account, interval):
    """A panel that says that it is there, every so many seconds, whether or not somebody hears."""
    ended = threading.Event()

    def poll():
        while not ended.is_set():
            with contextlib.suppress(OSError):
                tcp_exchange(port, encode_null(account), timeout=interval)
            ended.wait(interval)

    panel = threading.Thread(target=poll)
    panel.start()
    try:
        yield
    finally:
        ended.set()
        panel.join()
