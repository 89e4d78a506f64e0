import logging

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError

from odoo.addons.alarm_subscriber.tools.evidence_chain import ChainKey, Head, Keyring

_logger = logging.getLogger(__name__)

_AT_ONCE = 50_000


def migrate(cr, version):
    """The ends of chains are signed as such from now on; those that are there as they stand. Here
    and nowhere else: whoever could do it later could sign the end of a chain that was cut."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    try:
        keyring = Keyring(env["alarm.secret"]._derive_keys("alarm evidence"))
    except UserError as error:
        _logger.error("Ends of evidence stay unsigned, each until its chain grows: %s", error)
        return
    last = 0
    while True:
        cr.execute(
            "SELECT id, ledger, chain, strand, seq, mac FROM alarm_evidence_head"
            " WHERE id > %s AND end_mac IS NULL ORDER BY id LIMIT %s",
            [last, _AT_ONCE],
        )
        rows = cr.fetchall()
        if not rows:
            break
        last = rows[-1][0]
        cr.execute(
            "UPDATE alarm_evidence_head AS head SET end_mac = signed.end_mac"
            " FROM unnest(%s::int[], %s::text[]) AS signed (id, end_mac)"
            " WHERE head.id = signed.id",
            [
                [row[0] for row in rows],
                [
                    keyring.sign_end(ChainKey(ledger, chain, strand), Head(seq, mac))
                    for _id, ledger, chain, strand, seq, mac in rows
                ],
            ],
        )
