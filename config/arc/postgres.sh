# Private PostgreSQL clusters, reached by unix sockets only: `main` (durable) and `test` (fsync off).

# PostgreSQL refuses to run as root. As root the clusters belong to the package's user postgres and lie
# where that user can reach them: a state folder under /root is closed to it.
if [[ $(id -u) == 0 ]]; then
    PG_ROOT=/var/lib/alarm-centre/$ARC_ID
else
    PG_ROOT=$ARC_HOME/postgres
fi

as_postgres() {
    if [[ $(id -u) == 0 ]]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

pg_bin() {
    local bin
    bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -n | tail -n 1)
    [[ -x $bin/postgres ]] || die "no PostgreSQL server was found under /usr/lib/postgresql" "apt-get install postgresql"
    printf '%s' "$bin"
}

# A socket's path may have 107 bytes; a deep state folder has its sockets in /tmp.
pg_socket_dir() {
    local dir=$PG_ROOT/$1.run
    ((${#dir} <= 80)) || dir=/tmp/alarm-centre-$ARC_ID-$1
    printf '%s' "$dir"
}

# Makes a cluster the one that psql, createdb and Odoo talk to.
pg_use() {
    PG_CLUSTER=$1
    PGHOST=$(pg_socket_dir "$1")
    PGPORT=5432 PGUSER=odoo PGDATABASE=postgres
    export PGHOST PGPORT PGUSER PGDATABASE
    DATA_DIR=$ARC_HOME/data/$1
    mkdir -p "$DATA_DIR"
}

pg_create() {
    local cluster=$1 bin=$2 data=$PG_ROOT/$1 part=$PG_ROOT/$1.part
    as_postgres rm -rf "$part"
    as_postgres "$bin/initdb" -D "$part" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8
    as_postgres tee -a "$part/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 256MB
random_page_cost = 1.1
CONF
    if [[ $cluster == test ]]; then
        # Only what can be made anew lies here.
        as_postgres tee -a "$part/postgresql.conf" >/dev/null <<CONF
fsync = off
synchronous_commit = off
full_page_writes = off
CONF
    fi
    as_postgres mv "$part" "$data"
}

pg_running() { as_postgres "$(pg_bin)/pg_ctl" -D "$PG_ROOT/$1" status >/dev/null 2>&1; }

# pg_start CLUSTER: creates it on first use.
pg_start() {
    local cluster=$1 bin socket
    bin=$(pg_bin)
    socket=$(pg_socket_dir "$cluster")
    if [[ $(id -u) == 0 ]]; then
        install -d -m 755 /var/lib/alarm-centre
        install -d -m 700 -o postgres -g postgres "$PG_ROOT"
    else
        mkdir -p "$PG_ROOT"
    fi
    as_postgres mkdir -p -m 700 "$socket"
    [[ -d $PG_ROOT/$cluster ]] || run_logged "creating the $cluster database cluster" "postgres-$cluster-create" pg_create "$cluster" "$bin"
    local have
    have=$(as_postgres cat "$PG_ROOT/$cluster/PG_VERSION")
    [[ -x /usr/lib/postgresql/$have/bin/postgres ]] ||
        die "the $cluster cluster was made by PostgreSQL $have, which is no longer installed" "install postgresql-$have again, or ./arc clean (this removes the data)"
    if ! pg_running "$cluster"; then
        run_logged "starting PostgreSQL ($cluster)" "postgres-$cluster-start" \
            as_postgres "$bin/pg_ctl" -D "$PG_ROOT/$cluster" -o "-p 5432 -k '$socket'" -l "$PG_ROOT/$cluster.log" -w -t 60 start
    fi
    pg_use "$cluster"
    # Odoo's role owns its databases and nothing else.
    psql -XqAt -U postgres -c "SELECT 1 FROM pg_roles WHERE rolname = 'odoo'" | grep -q 1 ||
        psql -XqAt -U postgres -c "CREATE ROLE odoo LOGIN CREATEDB"
}

pg_stop() {
    [[ -d $PG_ROOT/$1 ]] || return 0
    if pg_running "$1"; then
        as_postgres "$(pg_bin)/pg_ctl" -D "$PG_ROOT/$1" -m fast -w -t 60 stop >/dev/null
    fi
}

database_exists() { [[ $(psql -XqAt -c "SELECT 1 FROM pg_database WHERE datname = '$1'") == 1 ]]; }

drop_database() {
    dropdb --if-exists --force "$1"
    rm -rf "$DATA_DIR/filestore/$1"
}

# copy_database FROM TO: within a second; the filestore comes along.
copy_database() {
    drop_database "$2"
    createdb -T "$1" "$2"
    mkdir -p "$DATA_DIR/filestore"
    [[ ! -d $DATA_DIR/filestore/$1 ]] || cp -a --reflink=auto "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2"
}

# rename_database FROM TO: the last act of building one, so that a name means a finished database.
rename_database() {
    rm -rf "$DATA_DIR/filestore/$2"
    [[ ! -d $DATA_DIR/filestore/$1 ]] || mv "$DATA_DIR/filestore/$1" "$DATA_DIR/filestore/$2"
    psql -XqAt -c "ALTER DATABASE \"$1\" RENAME TO \"$2\""
}
