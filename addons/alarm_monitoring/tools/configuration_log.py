"""Which panels' configuration has changed since when, noted by the database itself.

Two tables that are no models, because nobody but the database writes the one and nobody but the
answer to a bridge the other:

``alarm_configuration_change``
    A row for each panel that a transaction has touched, with the number of that transaction, and
    with the account that the panel had before, so that its removal can be told. Panel 0 stands for
    everything. Rows are only added: two people who change one subscriber never wait for each other.

``alarm_configuration_version``
    The versions that bridges were told: a random token and the oldest transaction that was still
    running then. All that is older has been told with that version or before it; what is not, is
    told with the next one. So a transaction that commits late is never missed. A token that is not
    there, because this is a restored or copied database, or comes from another one, is no version.
"""

from odoo.tools import SQL

_PREFIX = "alarm_configuration_of_"
_EVERYTHING = 0

_TABLES = """
CREATE TABLE IF NOT EXISTS alarm_configuration_change (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    panel_id integer NOT NULL,
    receiver_group varchar NOT NULL DEFAULT '',
    account varchar NOT NULL DEFAULT '',
    PRIMARY KEY (xid, panel_id, receiver_group, account)
);
CREATE INDEX IF NOT EXISTS alarm_configuration_change_panel_idx
    ON alarm_configuration_change (panel_id, xid);
CREATE TABLE IF NOT EXISTS alarm_configuration_version (
    token varchar PRIMARY KEY,
    origin varchar NOT NULL,
    xid xid8 NOT NULL,
    told_at timestamp NOT NULL DEFAULT (clock_timestamp() AT TIME ZONE 'UTC')
);
"""

_OF_PANEL = "INSERT INTO alarm_configuration_change (panel_id) SELECT DISTINCT panel_id FROM rows"
_OF_SUBSCRIBER = """
    INSERT INTO alarm_configuration_change (panel_id)
    SELECT DISTINCT panel.id FROM rows
      JOIN alarm_panel panel ON panel.subscriber_id = rows.subscriber_id"""
_ALL = "INSERT INTO alarm_configuration_change (panel_id) SELECT 0 FROM rows LIMIT 1"

# table -> (columns that the configuration is made of, what notes rows of it in which they changed)
_SOURCES = {
    "alarm_panel": (
        (
            "receiver_group_id",
            "account",
            "active",
            "subscriber_id",
            "supervision_interval",
            "dc09_key_encrypted",
            "dc09_timestamps",
            "dc09_clear",
            "dc09_tolerate_crc",
            "dc09_tolerate_length",
        ),
        """
        INSERT INTO alarm_configuration_change (panel_id, receiver_group, account)
        SELECT rows.id, coalesce(receiver_group.code, ''), coalesce(rows.account, '') FROM rows
     LEFT JOIN alarm_receiver_group receiver_group ON receiver_group.id = rows.receiver_group_id""",
    ),
    "alarm_receiver_group": (
        ("code",),
        """
        INSERT INTO alarm_configuration_change (panel_id, receiver_group, account)
        SELECT panel.id, rows.code, panel.account FROM rows
          JOIN alarm_panel panel ON panel.receiver_group_id = rows.id""",
    ),
    "alarm_subscriber": (
        ("name", "ref", "state", "address_id", "note", "company_id"),
        """
        INSERT INTO alarm_configuration_change (panel_id)
        SELECT DISTINCT panel.id FROM rows JOIN alarm_panel panel ON panel.subscriber_id = rows.id
        """,
    ),
    "alarm_area": (("panel_id", "number_key", "number", "name", "active"), _OF_PANEL),
    "alarm_zone": (
        ("panel_id", "number_key", "number", "name", "detector_type", "active"),
        _OF_PANEL,
    ),
    "alarm_panel_user": (("panel_id", "number_key", "number", "name", "active"), _OF_PANEL),
    "alarm_contact": (
        ("subscriber_id", "partner_id", "sequence", "role", "available", "note", "active"),
        _OF_SUBSCRIBER,
    ),
    "res_partner": (
        ("name", "phone", "street", "street2", "city", "zip", "state_id", "country_id"),
        """
        INSERT INTO alarm_configuration_change (panel_id)
        SELECT panel.id FROM rows
          JOIN alarm_subscriber subscriber ON subscriber.address_id = rows.id
          JOIN alarm_panel panel ON panel.subscriber_id = subscriber.id
         UNION
        SELECT panel.id FROM rows
          JOIN alarm_contact contact ON contact.partner_id = rows.id
          JOIN alarm_panel panel ON panel.subscriber_id = contact.subscriber_id""",
    ),
    # How addresses are written; seldom changed, and then everything is told anew.
    "res_country": (("address_format", "name", "code"), _ALL),
    "res_country_state": (("name", "code"), _ALL),
}

# No panel has to do with a new row of these yet, nor with one that may be deleted any more.
_UPDATES_ONLY = {
    "alarm_receiver_group",
    "alarm_subscriber",
    "res_partner",
    "res_country",
    "res_country_state",
}


def install(cr):
    """Make the tables, or find them, and make the triggers anew.

    What every bridge knows is told anew afterwards: an update of the suite may have changed what
    the answer is made of, and its words.
    """
    cr.execute(_TABLES)
    for table, (columns, note) in _SOURCES.items():
        for operation, rows in _changed_rows(columns).items():
            if operation == "update" or table not in _UPDATES_ONLY:
                _create_trigger(cr, table, operation, rows, note)
    cr.execute(
        "INSERT INTO alarm_configuration_change (panel_id) VALUES (%s) ON CONFLICT DO NOTHING",
        [_EVERYTHING],
    )


def note_changed(cr, panel_ids):
    """Note by hand that the configuration of these panels has changed."""
    cr.execute(
        """
        INSERT INTO alarm_configuration_change (panel_id)
        SELECT panel.id FROM unnest(%s::int[]) AS panel (id) ON CONFLICT DO NOTHING
        """,
        [list(panel_ids)],
    )


def uninstall(cr):
    """Remove tables and triggers; the latter would refuse every change once the former are gone."""
    for table in _SOURCES:
        for operation in _changed_rows(()):
            name = SQL.identifier(f"{_PREFIX}{table}_{operation}")
            cr.execute(SQL("DROP FUNCTION IF EXISTS %s CASCADE", name))
    cr.execute("DROP TABLE IF EXISTS alarm_configuration_change, alarm_configuration_version")


def _changed_rows(columns):
    """operation -> rows of the table that it has changed in one of the columns, as they were
    before and as they are."""
    before = ", ".join(f"old_rows.{column}" for column in columns)
    after = ", ".join(f"new_rows.{column}" for column in columns)
    differ = f"new_rows.id = old_rows.id AND ({before}) IS DISTINCT FROM ({after})"
    return {
        "insert": "SELECT * FROM new_rows",
        "update": (
            f"SELECT old_rows.* FROM old_rows JOIN new_rows ON {differ} UNION ALL"
            f" SELECT new_rows.* FROM old_rows JOIN new_rows ON {differ}"
        ),
        "delete": "SELECT * FROM old_rows",
    }


def _create_trigger(cr, table, operation, rows, note):
    """A trigger for the whole statement: an import of thousands of rows is noted at once.

    Planned anew each time (EXECUTE): a plan that was made for one row and kept would join thousands
    of them row by row.
    """
    name = SQL.identifier(f"{_PREFIX}{table}_{operation}")
    referencing = {
        "insert": "NEW TABLE AS new_rows",
        "update": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "delete": "OLD TABLE AS old_rows",
    }[operation]
    body = f"""
    BEGIN
        EXECUTE $note$ WITH rows AS ({rows}) {note} ON CONFLICT DO NOTHING $note$;
        RETURN NULL;
    END
    """
    # The parts come from the tables above; nothing of them is anybody's input.
    cr.execute(SQL("DROP TRIGGER IF EXISTS %s ON %s", name, SQL.identifier(table)))
    cr.execute(
        SQL(
            "CREATE OR REPLACE FUNCTION %s() RETURNS trigger LANGUAGE plpgsql AS %s",
            name,
            body,
        )
    )
    cr.execute(
        SQL(
            f"CREATE TRIGGER %s AFTER {operation} ON %s REFERENCING {referencing}"
            " FOR EACH STATEMENT EXECUTE FUNCTION %s()",
            name,
            SQL.identifier(table),
            name,
        )
    )


def current(cr):
    """``(origin, xid)``: which database this is, and its oldest running transaction.

    The origin differs between clusters, after a recovery to a point in time or a fail-over
    (timeline), between databases of one cluster, and after a dump was restored into the same one
    (the table's own number). To be asked before anything is read that a version is to stand for.
    """
    cr.execute(
        """
        SELECT concat_ws('/',
                         (SELECT system_identifier FROM pg_control_system()),
                         (SELECT timeline_id FROM pg_control_checkpoint()),
                         (SELECT oid FROM pg_database WHERE datname = current_database()),
                         'alarm_configuration_change'::regclass::oid),
               pg_snapshot_xmin(pg_current_snapshot())::text
        """,
    )
    return cr.fetchone()


def known_versions(cr, tokens, origin):
    """token -> xid of those tokens that this very database has told a bridge."""
    cr.execute(
        """
        SELECT token, xid::text FROM alarm_configuration_version
         WHERE token = ANY(%s) AND origin = %s
        """,
        [list(tokens), origin],
    )
    return dict(cr.fetchall())


def add_version(cr, token, origin, xid):
    cr.execute(
        "INSERT INTO alarm_configuration_version (token, origin, xid) VALUES (%s, %s, %s::xid8)",
        [token, origin, xid],
    )


def changed_panels(cr, xid, after, limit):
    """Ids of panels that have changed since the version of ``xid``, in their order.

    :param after: only ids greater than this; 0: from the first
    :return: at most ``limit`` ids; None when everything has to be told anew
    """
    cr.execute(
        """
        SELECT DISTINCT panel_id FROM alarm_configuration_change
         WHERE xid >= %s::xid8 AND (panel_id > %s OR panel_id = %s)
         ORDER BY panel_id LIMIT %s
        """,
        [xid, after, _EVERYTHING, limit],
    )
    panel_ids = [panel_id for [panel_id] in cr.fetchall()]
    return None if _EVERYTHING in panel_ids else panel_ids


def former_accounts(cr, xid, panel_ids):
    """``(receiver group's code, account)`` that these panels had before a change since ``xid``."""
    cr.execute(
        """
        SELECT DISTINCT receiver_group, account FROM alarm_configuration_change
         WHERE xid >= %s::xid8 AND panel_id = ANY(%s) AND receiver_group <> ''
         ORDER BY receiver_group, account
        """,
        [xid, list(panel_ids)],
    )
    return cr.fetchall()


def compact(cr):
    """Forget changes that a later one of the same panel and account stands for: nothing is lost,
    and the table has no more rows than accounts have ever been; and versions that no bridge can
    have any more unless it was away for a quarter: it is told everything then."""
    cr.execute(
        """
        DELETE FROM alarm_configuration_change older USING alarm_configuration_change newer
         WHERE newer.panel_id = older.panel_id AND newer.xid > older.xid
           AND newer.receiver_group = older.receiver_group AND newer.account = older.account
        """
    )
    cr.execute(
        """
        DELETE FROM alarm_configuration_version
         WHERE told_at < (now() AT TIME ZONE 'UTC') - interval '90 days'
        """
    )
