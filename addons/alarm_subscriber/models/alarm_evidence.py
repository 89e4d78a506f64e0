import logging
from collections import Counter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.append_only import refuse_changes
from ..tools.evidence_chain import ChainKey, Head, Keyring, Link, canonical, extend, first_break

_logger = logging.getLogger(__name__)

# Where a row stands in its chain, which the signature covers by itself, and the signature.
_PLACE = frozenset({"id", "strand", "seq", "key_id", "mac"})


class AlarmEvidence(models.AbstractModel):
    """Rows that are only ever added, and that show when somebody tampers with them.

    Ids and text instead of foreign keys, so that no other table's fate touches a row; triggers
    against UPDATE, DELETE and TRUNCATE; and, because whoever owns the table can drop a trigger,
    a chain of signatures with a key that is not in the database.

    A ledger names the column whose rows make one chain in `_evidence_chain`, declares the unique
    index ``(that column, strand, seq)``, and adds its rows by `_append`.
    """

    _name = "alarm.evidence"
    _description = "Evidence"
    _log_access = False

    # Column with the id of the record that a chain is about.
    _evidence_chain = None
    # Whether rows are written all the same while there is no key file. Verifying names them.
    _evidence_unsigned = False

    company_key = fields.Integer(
        required=True, readonly=True, help="Id of the company it is of; 0: of all companies."
    )
    at = fields.Datetime(required=True, readonly=True)
    strand = fields.Integer(
        readonly=True,
        help="Those who write about one thing under different locks have strands of their own.",
    )
    seq = fields.Integer(
        string="Place", readonly=True, help="The row's place in its chain, from 1."
    )
    key_id = fields.Char(string="Signing Key", readonly=True)
    mac = fields.Char(
        string="Signature", readonly=True, help="Over this row and the signature of the row before."
    )

    def init(self):
        if not self._abstract:
            refuse_changes(self.env.cr, self._table)

    # Never allowed, so there is nothing to hand on.
    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("Evidence is written by what it is about, never by hand."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Evidence stays as it was written."))

    # Evidence is refused always; `ondelete` would let an uninstallation take it row by row.
    def unlink(self):
        if self:
            # pylint: disable-next=no-raise-unlink
            raise UserError(self.env._("Evidence is never deleted."))
        return super().unlink()

    @api.model
    def _append(self, rows, strand=0):
        """Add rows to the ends of their chains: three statements however many there are.

        The heads of the chains stay locked until the transaction ends, so that nobody else adds to
        them meanwhile: who comes second waits (READ COMMITTED), or is told to begin anew
        (REPEATABLE READ), which Odoo does by itself for what comes over the network.

        :param rows: mappings of column -> value, in order; all with the same columns. `at` is set
            here, by the database's clock after the locks.
        """
        if not rows:
            return
        keyring = self._keyring()
        counts = Counter(row[self._evidence_chain] for row in rows)
        heads, now = self.env["alarm.evidence.head"]._take(self._name, strand, counts)
        contents = {}
        for row in rows:
            contents.setdefault(row[self._evidence_chain], []).append(canonical({**row, "at": now}))
        links = {
            chain: iter(extend(keyring, ChainKey(self._name, chain, strand), heads[chain], content))
            for chain, content in contents.items()
        }
        ends, values = {}, []
        for row in rows:
            chain = row[self._evidence_chain]
            link = next(links[chain])
            ends[chain] = Head(link.seq, link.mac)
            values.append((*row.values(), now, strand, link.seq, link.key_id, link.mac))
        columns = [*rows[0], "at", "strand", "seq", "key_id", "mac"]
        self.env.cr.execute_values(
            SQL(
                "INSERT INTO %s (%s) VALUES ",
                SQL.identifier(self._table),
                SQL(", ").join(SQL.identifier(column) for column in columns),
            ).code
            + "%s",
            values,
            page_size=len(values),
        )
        self.env["alarm.evidence.head"]._end(self._name, strand, ends, keyring)
        self.invalidate_model()

    @api.model
    def _adopt_unchained(self):
        """Sign rows that were there before their table became a ledger, and only then: whoever
        could call this later could have forged rows signed."""
        cr, table = self.env.cr, SQL.identifier(self._table)
        columns = self._evidence_columns()
        keyring = self._keyring()
        cr.execute(SQL("ALTER TABLE %s DISABLE TRIGGER USER", table))
        while True:
            cr.execute(
                SQL(
                    "SELECT id, %s FROM %s WHERE seq IS NULL ORDER BY id LIMIT 10000",
                    SQL(", ").join(SQL.identifier(column) for column in columns),
                    table,
                )
            )
            rows = cr.dictfetchall()
            if not rows:
                break
            counts = Counter(row[self._evidence_chain] for row in rows)
            heads, _now = self.env["alarm.evidence.head"]._take(self._name, 0, counts)
            values = []
            for row in rows:
                chain = row[self._evidence_chain]
                content = canonical({name: row[name] for name in columns})
                key = ChainKey(self._name, chain)
                [link] = extend(keyring, key, heads[chain], [content])
                heads[chain] = Head(link.seq, link.mac)
                values.append((row["id"], link.seq, link.key_id, link.mac))
            cr.execute_values(
                SQL(
                    "UPDATE %s AS entry SET strand = 0, seq = link.seq, key_id = link.key_id,"
                    " mac = link.mac FROM (VALUES ",
                    table,
                ).code
                + "%s) AS link (id, seq, key_id, mac) WHERE entry.id = link.id",
                values,
                page_size=len(values),
            )
            self.env["alarm.evidence.head"]._end(self._name, 0, heads, keyring)
        cr.execute(SQL("ALTER TABLE %s ENABLE TRIGGER USER", table))
        self.invalidate_model()

    @api.model
    def _keyring(self):
        try:
            return Keyring(self.env["alarm.secret"]._derive_keys("alarm evidence"))
        except UserError as error:
            if not self._evidence_unsigned:
                raise
            _logger.error("%s is written unsigned: %s", self._name, error)
            return Keyring()

    @api.model
    def _evidence_columns(self):
        """Columns that the signature covers, besides the row's place."""
        return sorted(
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and name not in _PLACE
        )

    @api.model
    def _verify_chains(self, lower, upper, sealed):
        """Check all chains whose ids lie in ``lower..upper``.

        :param sealed: ChainKey -> Heads that were written down outside the database
        :return: ``(chains, rows, breaks)``: how many were checked, and the first Break of each
            chain that has one
        """
        self.flush_model()
        keyring = Keyring(self.env["alarm.secret"]._derive_keys("alarm evidence"))
        links = self._read_links(lower, upper)
        heads = self.env["alarm.evidence.head"]._read_heads(self._name, lower, upper, keyring)
        breaks = [
            first_break(keyring, key, links.get(key, ()), heads.get(key), sealed.get(key, ()))
            for key in sorted({*links, *heads, *sealed})
        ]
        breaks += self._absent_chains(lower, upper, {*links, *heads, *sealed})
        return (
            len({key.chain for key in links}),
            sum(map(len, links.values())),
            [found for found in breaks if found],
        )

    @api.model
    def _read_links(self, lower, upper):
        """ChainKey -> Links of the chains whose ids lie in ``lower..upper``, by place."""
        columns = self._evidence_columns()
        chain = SQL.identifier(self._evidence_chain)
        self.env.cr.execute(
            SQL(
                "SELECT %s, coalesce(strand, 0), coalesce(seq, 0), coalesce(key_id, ''), mac, %s"
                " FROM %s WHERE %s BETWEEN %s AND %s ORDER BY 1, 2, 3, id",
                chain,
                SQL(", ").join(SQL.identifier(column) for column in columns),
                SQL.identifier(self._table),
                chain,
                lower,
                upper,
            )
        )
        links = {}
        for chain_id, strand, seq, key_id, mac, *values in self.env.cr.fetchall():
            content = canonical(dict(zip(columns, values, strict=True)))
            links.setdefault(ChainKey(self._name, chain_id, strand), []).append(
                Link(seq, key_id, mac, content)
            )
        return links

    @api.model
    def _absent_chains(self, lower, upper, known):
        """Breaks of kind "absent": chains that should be there and are not.

        :param known: ChainKeys of which something is there
        """
        return []

    @api.model
    def _chain_name(self, chain):
        """What a chain is about, in words."""
        return str(chain)

    @api.model
    def _chain_company(self, chain):
        """Id of the company that a chain is of, as far as it is known; else 0."""
        return 0


class AlarmEvidenceHead(models.Model):
    """Where each chain of evidence ends. Whoever adds to a chain locks its row here."""

    _name = "alarm.evidence.head"
    _description = "End of a Chain of Evidence"
    _log_access = False
    _rec_name = "ledger"

    ledger = fields.Char(required=True, readonly=True)
    chain = fields.Integer(required=True, readonly=True)
    strand = fields.Integer(required=True, readonly=True)
    seq = fields.Integer(required=True, readonly=True)
    mac = fields.Char(required=True, readonly=True)
    end_mac = fields.Char(
        string="Signature of the End",
        readonly=True,
        help="That this is the last row. Until it is sealed nothing else shows that the newest "
        "rows are missing.",
    )
    sealed_seq = fields.Integer(
        required=True, readonly=True, help="Place up to which the end was sealed."
    )

    _chain_uniq = models.UniqueIndex("(ledger, chain, strand)", "A chain has one end.")

    def init(self):
        refuse_changes(self.env.cr, self._table, columns=["ledger", "chain", "strand"])

    @api.model
    def _take(self, ledger, strand, counts):
        """Lock the ends of chains and reserve places behind them.

        :param counts: chain -> how many places
        :return: ``(chain -> Head as it was, now)``
        """
        chains = sorted(counts)
        self.env.cr.execute(
            """
            INSERT INTO alarm_evidence_head AS head (ledger, chain, strand, seq, mac, sealed_seq)
            SELECT %s, chain, %s, places, '', 0
              FROM unnest(%s::int[], %s::int[]) AS wanted (chain, places)
             ORDER BY chain
                ON CONFLICT (ledger, chain, strand)
                DO UPDATE SET seq = head.seq + excluded.seq
            RETURNING chain, seq, mac, clock_timestamp() AT TIME ZONE 'UTC'
            """,
            [ledger, strand, chains, [counts[chain] for chain in chains]],
        )
        rows = self.env.cr.fetchall()
        heads = {chain: Head(seq - counts[chain], mac) for chain, seq, mac, _now in rows}
        return heads, max(now for *_head, now in rows)

    @api.model
    def _end(self, ledger, strand, ends, keyring):
        """Note with which rows chains end now; chain -> Head."""
        self.env.cr.execute(
            """
            UPDATE alarm_evidence_head head SET mac = ended.mac, end_mac = ended.end_mac
              FROM unnest(%s::int[], %s::text[], %s::text[]) AS ended (chain, mac, end_mac)
             WHERE head.ledger = %s AND head.strand = %s AND head.chain = ended.chain
            """,
            [
                list(ends),
                [head.mac for head in ends.values()],
                [
                    keyring.sign_end(ChainKey(ledger, chain, strand), head)
                    for chain, head in ends.items()
                ],
                ledger,
                strand,
            ],
        )

    @api.model
    def _read_heads(self, ledger, lower, upper, keyring):
        """ChainKey -> Head; without the row's signature where the end is not signed as such."""
        self.env.cr.execute(
            """
            SELECT ledger, chain, strand, seq, mac, end_mac FROM alarm_evidence_head
             WHERE ledger = %s AND chain BETWEEN %s AND %s
            """,
            [ledger, lower, upper],
        )
        heads = {}
        for *place, seq, mac, end_mac in self.env.cr.fetchall():
            key, head = ChainKey(*place), Head(seq, mac)
            heads[key] = head if keyring.is_end(key, head, end_mac) else Head(seq, "")
        return heads
