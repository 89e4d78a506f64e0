import logging
import os

from psycopg2.errors import SerializationFailure

from odoo import api, fields, models, tools
from odoo.exceptions import UserError

from ..tools import seal_file, secrets
from ..tools.evidence_chain import ChainKey, Head, Keyring

_logger = logging.getLogger(__name__)

# Heads read and written at once.
_AT_ONCE = 50_000


class AlarmEvidenceHead(models.Model):
    """Writing down, outside the database, where the chains end."""

    _inherit = "alarm.evidence.head"

    @api.model
    def _seal(self):
        """Write down the ends of all chains that grew since they were last sealed.

        :raise UserError: there is no usable key file or the seal file cannot be written
        """
        path, keyring, database = self._seal_place()
        at = fields.Datetime.to_string(fields.Datetime.now())
        last = 0
        while True:
            self.env.cr.execute(
                """
                SELECT id, ledger, chain, strand, seq, mac FROM alarm_evidence_head
                 WHERE id > %s AND seq > sealed_seq ORDER BY id LIMIT %s
                """,
                [last, _AT_ONCE],
            )
            rows = self.env.cr.fetchall()
            heads = [
                (ChainKey(ledger, chain, strand), Head(seq, mac))
                for _id, ledger, chain, strand, seq, mac in rows
            ]
            # Without anything new, too: that a day was sealed is a fact of its own.
            if heads or not last:
                try:
                    seal_file.append_seals(path, keyring, database, at, heads)
                except (OSError, seal_file.SealFileError) as error:
                    raise UserError(
                        self.env._("The heads of evidence cannot be sealed in %s.", error)
                    ) from error
            if not rows:
                break
            last = rows[-1][0]
            self._note_sealed({row[0]: row[4] for row in rows})

    @api.model
    def _note_sealed(self, places):
        """Note up to where chains are sealed now: id -> place. What somebody is adding to at this
        moment is sealed once more the next time."""
        try:
            with self.env.cr.savepoint():
                self.env.cr.execute(
                    """
                    UPDATE alarm_evidence_head head SET sealed_seq = sealed.seq
                      FROM unnest(%s::int[], %s::int[]) AS sealed (id, seq)
                     WHERE head.id = sealed.id
                       AND head.id IN (SELECT id FROM alarm_evidence_head WHERE id = ANY(%s)
                                          FOR NO KEY UPDATE SKIP LOCKED)
                    """,
                    [list(places), list(places.values()), list(places)],
                )
        except SerializationFailure:
            _logger.info("%s sealed chains grew meanwhile and are sealed again", len(places))

    @api.model
    def _read_seals(self, ledger, chains):
        """Sealed of the chains, None when nothing of this database was ever sealed.

        :raise SealFileError, OSError: what is wrong with the file
        """
        path, keyring, database = self._seal_place()
        return seal_file.read_seals(path, keyring, database, ledger, chains)

    @api.model
    def _seal_place(self):
        """``(path, keyring, what the database is called there)``."""
        keyring = Keyring(self.env["alarm.secret"]._derive_keys("alarm seals"))
        key_path = secrets.key_file(tools.config, os.environ)
        path = seal_file.seal_file(tools.config, os.environ, key_path)
        uuid = self.env["ir.config_parameter"].sudo().get_param("database.uuid")
        return path, keyring, f"{self.env.cr.dbname}/{uuid}"

    @api.model
    def _unsealed_claims(self, ledger, lower, upper, sealed):
        """ChainKeys whose rows say that they are sealed further than the file does."""
        self.env.cr.execute(
            """
            SELECT ledger, chain, strand, sealed_seq FROM alarm_evidence_head
             WHERE ledger = %s AND chain BETWEEN %s AND %s AND sealed_seq > 0
            """,
            [ledger, lower, upper],
        )
        return [
            (key, seq)
            for *place, seq in self.env.cr.fetchall()
            for key in [ChainKey(*place)]
            if max((head.seq for head in sealed.get(key, ())), default=0) < seq
        ]

    @api.model
    def _seal_daily(self):
        try:
            self._seal()
        except UserError as error:
            _logger.error("%s", error)
            self.env["alarm.evidence.check"]._on_broken(
                self.env["alarm.evidence.check"], str(error)
            )
