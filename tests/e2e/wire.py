"""What simulated panels and receivers put on the wire in these tests."""

from datetime import datetime, timezone

from receiver_bridge.codecs.base import Event
from receiver_bridge.codecs.dc09_encoder import encode_adm_cid
from receiver_bridge.codecs.surgard_encoder import encode_contact_id


def burglary(zone, qualifier="new"):
    return Event("cid", "130", qualifier=qualifier, area="01", zone=zone, address=zone)


def dc09(account, event, sequence=1, key=None):
    """An ADM-CID frame, stamped now; encrypted where a key (bytes) is given."""
    return encode_adm_cid(
        account, event, sequence=f"{sequence:04d}", timestamp=datetime.now(timezone.utc), key=key
    )


def surgard(account, event):
    return encode_contact_id(account, event)
