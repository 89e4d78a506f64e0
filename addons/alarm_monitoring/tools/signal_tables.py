"""What the ORM does not make for the tables of signals: the archive beside the live table, the view
over both, the one path on which a row may leave, and the counting of rows by day."""

from odoo.tools import SQL, sql

from odoo.addons.alarm_subscriber.tools.append_only import refuse_changes

from .injection import PREFIX
from .retention import LEGAL_MINIMUM_DAYS

LIVE, ARCHIVE, HISTORY = "alarm_signal", "alarm_signal_archive", "alarm_signal_history"

# No foreign keys and fewer indexes than the live table: rows only come in bulk and are looked for
# by identity, by subscriber and by time.
_ARCHIVE_INDEXES = {
    "uid_digest_uniq": ("UNIQUE INDEX", "(uid, digest)"),
    "subscriber_idx": ("INDEX", "(subscriber_id, received_at, id)"),
    "received_order_idx": ("INDEX", "(received_at, id)"),
}

# A row leaves a table only when a record of its leaving was written before, in the same
# transaction; and afterwards it must be in the archive, or old enough, exported and not on hold.
_LEAVING = f"""
CREATE OR REPLACE FUNCTION alarm_signal_may_leave() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM alarm_signal_removal
                    WHERE transaction_key = txid_current()::text AND source = TG_TABLE_NAME) THEN
        RAISE EXCEPTION '% of % is refused: its rows are evidence and stay as they were written',
            TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION alarm_signal_has_left() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    told record;
    leaving bigint;
    wrong bigint;
BEGIN
    SELECT count(*) INTO leaving FROM gone;
    IF leaving = 0 THEN
        RETURN NULL;
    END IF;
    SELECT * INTO told FROM alarm_signal_removal
     WHERE transaction_key = txid_current()::text AND source = TG_TABLE_NAME
     ORDER BY id DESC LIMIT 1;
    IF told.kind = 'archive' THEN
        SELECT count(*) INTO wrong
          FROM gone LEFT JOIN {ARCHIVE} kept ON kept.id = gone.id
         WHERE TG_TABLE_NAME <> '{LIVE}' OR kept.id IS NULL
            OR NOT to_jsonb(kept) @> to_jsonb(gone);
    ELSE
        SELECT count(*) INTO wrong
          FROM gone
         WHERE told.sha256 IS NULL
            OR told.received_before
               > now() AT TIME ZONE 'UTC' - interval '{LEGAL_MINIMUM_DAYS} days'
            OR gone.received_at >= told.received_before
            OR gone.stored_at >= told.received_before
            OR gone.company_id IS DISTINCT FROM told.company_id
            OR EXISTS (SELECT FROM alarm_legal_hold hold
                        WHERE hold.subscriber_id = gone.subscriber_id AND hold.lifted_at IS NULL);
    END IF;
    IF wrong > 0 OR leaving <> told.signals THEN
        RAISE EXCEPTION '% of % is refused: % of % rows do not fit removal %, which names %',
            TG_OP, TG_TABLE_NAME, wrong, leaving, told.id, told.signals
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION alarm_link_may_leave() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM alarm_signal_removal
                    WHERE transaction_key = txid_current()::text AND kind = 'expiry')
       OR EXISTS (SELECT FROM alarm_legal_hold hold
                   WHERE hold.incident_id = OLD.incident_id AND hold.lifted_at IS NULL) THEN
        RAISE EXCEPTION '% of % is refused: what belongs to an incident stays',
            TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN OLD;
END $$
"""

# A trigger's function keeps its plans for the whole connection, and a plan that was made while the
# register was small scans it whole for each batch ever after. A batch is small: the keys are asked.
SMALL_BATCH = "SET enable_hashjoin = off SET enable_mergejoin = off"

_COUNTING = """
CREATE OR REPLACE FUNCTION alarm_signal_count() RETURNS trigger LANGUAGE plpgsql
{small_batch} AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO alarm_signal_day_change
                    (day, company_id, subscriber_id, event_code_id, decision, signals)
        {inserted};
    ELSE
        INSERT INTO alarm_signal_day_change
                    (day, company_id, subscriber_id, event_code_id, decision, signals)
        SELECT day, company_id, subscriber_id, event_code_id, decision, sum(signals)
          FROM ({inserted} UNION ALL {deleted}) change
         GROUP BY 1, 2, 3, 4, 5 HAVING sum(signals) <> 0;
    END IF;
    RETURN NULL;
END $$
"""


def counted(relation, sign="", only=""):
    """SELECT that counts the rows of ``relation`` by day, company, subscriber, code and decision.

    The day is that of the premises. A zone that PostgreSQL does not know counts as UTC: counting
    must never keep a signal from being stored. What somebody injected to try the system is no
    signal of anybody's day.

    :param relation: table, view or transition table with the columns of a signal
    :param sign: "-" to take away
    :param only: condition on ``signal``, if any
    """
    only = " AND ".join(filter(None, (f"NOT starts_with(signal.uid, '{PREFIX}')", only)))
    zone = "coalesce(subscriber.tz, partner.tz, 'UTC')"
    return f"""
        SELECT (signal.received_at AT TIME ZONE 'UTC' AT TIME ZONE alarm_known_zone({zone}))::date
                   AS day,
               signal.company_id, signal.subscriber_id, signal.event_code_id, signal.decision,
               {sign}count(*)::int AS signals
          FROM {relation} signal
     LEFT JOIN alarm_subscriber subscriber ON subscriber.id = signal.subscriber_id
     LEFT JOIN res_company company
            ON company.id = signal.company_id AND signal.subscriber_id IS NULL
     LEFT JOIN res_partner partner ON partner.id = company.partner_id
         WHERE {only}
         GROUP BY 1, 2, 3, 4, 5"""


_ZONE = """
CREATE OR REPLACE FUNCTION alarm_known_zone(zone text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    PERFORM now() AT TIME ZONE zone;
    RETURN zone;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN 'UTC';
END $$
"""


def prepare(cr):
    """Make what is missing and renew the rest; on each update of a module that touches signals.

    The archive gets every column that the live table has, whichever module added it.
    """
    _prepare_archive(cr)
    _prepare_history(cr)
    refuse_changes(cr, ARCHIVE)
    cr.execute(_LEAVING)
    for table in (LIVE, ARCHIVE):
        _let_leave(cr, table)
    _trigger(
        cr,
        "alarm_incident_signal",
        "no_delete",
        "BEFORE DELETE",
        "FOR EACH ROW EXECUTE FUNCTION alarm_link_may_leave()",
    )
    _prepare_counting(cr)


def signal_columns(cr):
    """Names of the live table's columns, in the order of the table."""
    cr.execute(
        """
        SELECT attname FROM pg_attribute
         WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
        """,
        [LIVE],
    )
    return [name for [name] in cr.fetchall()]


def references(cr):
    """``(table, column)`` of every foreign key that keeps rows in the live table."""
    cr.execute(
        """
        SELECT con.conrelid::regclass::text, att.attname
          FROM pg_constraint con
          JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
         WHERE con.confrelid = %s::regclass AND con.contype = 'f' AND con.confdeltype <> 'n'
         ORDER BY 1, 2
        """,
        [LIVE],
    )
    return cr.fetchall()


def _prepare_archive(cr):
    archive = SQL.identifier(ARCHIVE)
    cr.execute(SQL("CREATE TABLE IF NOT EXISTS %s (LIKE %s)", archive, SQL.identifier(LIVE)))
    cr.execute(
        """
        SELECT live.attname, format_type(live.atttypid, live.atttypmod)
          FROM pg_attribute live
         WHERE live.attrelid = %s::regclass AND live.attnum > 0 AND NOT live.attisdropped
           AND NOT EXISTS (SELECT FROM pg_attribute archived
                            WHERE archived.attrelid = %s::regclass
                              AND archived.attname = live.attname AND NOT archived.attisdropped)
        """,
        [LIVE, ARCHIVE],
    )
    for name, type_name in cr.fetchall():
        cr.execute(
            SQL("ALTER TABLE %s ADD COLUMN %s %s", archive, SQL.identifier(name), SQL(type_name))
        )
    if not sql.index_exists(cr, f"{ARCHIVE}_pkey"):
        cr.execute(SQL("ALTER TABLE %s ADD PRIMARY KEY (id)", archive))
    for suffix, (kind, definition) in _ARCHIVE_INDEXES.items():
        cr.execute(
            SQL(
                "CREATE %s IF NOT EXISTS %s ON %s %s",
                SQL(kind),
                SQL.identifier(f"{ARCHIVE}_{suffix}"),
                archive,
                SQL(definition),
            )
        )


def _prepare_history(cr):
    columns = SQL(", ").join(SQL.identifier(name) for name in signal_columns(cr))
    view = SQL.identifier(HISTORY)
    cr.execute(SQL("DROP VIEW IF EXISTS %s", view))
    cr.execute(
        SQL(
            "CREATE VIEW %s AS SELECT %s, FALSE AS archived FROM %s"
            " UNION ALL SELECT %s, TRUE AS archived FROM %s",
            view,
            columns,
            SQL.identifier(LIVE),
            columns,
            SQL.identifier(ARCHIVE),
        )
    )


def _let_leave(cr, table):
    """Put the controlled path in the place of the plain refusal to delete."""
    _trigger(
        cr,
        table,
        "no_delete",
        "BEFORE DELETE",
        "FOR EACH STATEMENT EXECUTE FUNCTION alarm_signal_may_leave()",
    )
    _trigger(
        cr,
        table,
        "left",
        "AFTER DELETE",
        "REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION alarm_signal_has_left()",
    )


def _trigger(cr, table, suffix, event, action):
    name = SQL.identifier(f"{table}_{suffix}")
    cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", name, SQL.identifier(table)))
    cr.execute(
        SQL("CREATE TRIGGER %s %s ON %s %s", name, SQL(event), SQL.identifier(table), SQL(action))
    )


def _prepare_counting(cr):
    """Count each statement's rows; at first all rows that are there already."""
    cr.execute(_ZONE)
    # Table names in the body are those of the transition tables.
    cr.execute(
        _COUNTING.replace("{small_batch}", SMALL_BATCH)
        .replace("{inserted}", counted("after"))
        .replace("{deleted}", counted("before", "-"))
    )
    cr.execute(
        "SELECT FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname = %s",
        [LIVE, f"{LIVE}_count_new"],
    )
    if not cr.rowcount:
        cr.execute(SQL("LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", SQL.identifier(LIVE)))
        # Text of this file alone. pylint: disable-next=sql-injection
        cr.execute(
            f"""
            INSERT INTO alarm_signal_day_change
                        (day, company_id, subscriber_id, event_code_id, decision, signals)
            {counted(LIVE)}
            """
        )
    run = "FOR EACH STATEMENT EXECUTE FUNCTION alarm_signal_count()"
    _trigger(cr, LIVE, "count_new", "AFTER INSERT", f"REFERENCING NEW TABLE AS after {run}")
    _trigger(
        cr,
        LIVE,
        "count_changed",
        "AFTER UPDATE",
        f"REFERENCING OLD TABLE AS before NEW TABLE AS after {run}",
    )
