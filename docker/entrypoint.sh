#!/usr/bin/env bash
# What a container of the image does. The steps are those of ./arc: its parts are used, not repeated.
set -Eeuo pipefail

ROOT=/opt/alarm-centre
STATE=/var/lib/alarm-centre
BRIDGE_CONFIG=/etc/alarm-centre/bridge.toml
BRIDGE_KEY=$STATE/bridge-key/bridge.key
PASSWORDS=$STATE/database-password
ACCESS=$STATE/secrets/access.json

usage() {
    cat <<'HELP'
secrets      make the passwords and keys that are not there yet
init         create the database with the suite, or bring it to the state of this image; make the bridge's key
odoo         Odoo's server
bridge [...] the receiver bridge; with arguments: receiver-bridge ARGUMENTS
shell        a Python shell in Odoo
rotate-key   a new API key for the bridge; the old one ends within a day
HELP
}

# The parts of ./arc that speak to a database, told where things lie in this image.
use_arc() {
    export ARC_HOME=$STATE/odoo ARC_ODOO=$ROOT/.arc/odoo
    local part
    for part in common odoo postgres database; do
        # shellcheck source=/dev/null
        source "$ROOT/config/arc/$part.sh"
    done
    VENV=$ROOT/.arc/venv
    DATA_DIR=$ARC_HOME/data
    DATABASE=alarm
    PGHOST=${DATABASE_HOST:-db} PGPORT=${DATABASE_PORT:-5432} PGUSER=odoo PGDATABASE=postgres
    # libpq reads passwords from a file of its own form, and only from one that nobody else can read.
    PGPASSFILE=/tmp/pgpass
    (umask 077 && printf '*:*:*:%s:%s\n' "$PGUSER" "$(<"$PASSWORDS/odoo")" >"$PGPASSFILE")
    export PGHOST PGPORT PGUSER PGDATABASE PGPASSFILE
    mkdir -p "$DATA_DIR"
    locate_odoo
    # A container's log is its output.
    run_logged() {
        say "== $1"
        shift 2
        "$@"
    }
}

wait_for_database() {
    local limit=$((SECONDS + 120))
    until psql -Xqc 'SELECT 1' >/dev/null 2>&1; do
        ((SECONDS < limit)) || {
            psql -Xqc 'SELECT 1' || true
            die "no database at $PGHOST:$PGPORT after 120 s" "docker compose logs db"
        }
        sleep 1
    done
}

# random_file FILE MODE COMMAND...: FILE holds what COMMAND prints, once and for all.
random_file() {
    local file=$1 mode=$2
    shift 2
    [[ ! -s $file ]] || return 0
    (umask 077 && "$@" >"$file.part")
    chmod "$mode" "$file.part"
    mv "$file.part" "$file"
    echo "made $file"
}

command_secrets() {
    local name
    # PostgreSQL's container runs as a user of its own; this volume is seen by no other but it and Odoo.
    for name in postgres odoo; do
        random_file "$PASSWORDS/$name" 444 python3 -c 'import secrets; print(secrets.token_urlsafe(32))'
    done
    # Panel keys are encrypted with this. It is in no database backup: keep a copy of it elsewhere.
    random_file "$ALARM_SECRET_KEY_FILE" 600 "$ROOT/.arc/venv/bin/python" -c \
        'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'
}

# The state of this image that a database has: what Odoo and the OCA addons are, and what the suite is.
# It stands in the database, so that a restored backup is brought up to date as well.
image_state() { printf '%s %s' "$(base_key)" "$(suite_key)"; }
database_state() { psql -XqAt -d "$DATABASE" -c "SELECT value FROM ir_config_parameter WHERE key = 'alarm_centre.image_state'"; }
write_database_state() {
    psql -Xq -d "$DATABASE" -c "INSERT INTO ir_config_parameter (key, value) VALUES ('alarm_centre.image_state', '$(image_state)')
        ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"
}

create_database() {
    BASE_DB=base_$(base_key)
    # An installation that was cut off goes on where it stopped.
    database_exists "$BASE_DB" || run_logged "installing Odoo's modules" base build_base "$BASE_DB"
    run_logged "installing the suite" suite build_suite "$DATABASE" clean
    drop_database "$BASE_DB"
}

update_database() {
    if [[ $(database_state) == "$(base_key) "* ]]; then
        run_logged "updating the suite" update update_suite "$DATABASE"
    else
        run_logged "updating Odoo and the suite" update odoo_command "" -d "$DATABASE" -u base --stop-after-init --no-http
    fi
}

# Scripts and styles are put together now; else the first browser waits for it.
build_assets() {
    run_logged "building the web client's assets" assets \
        odoo_shell_script <(echo 'env["ir.qweb"]._pregenerate_assets_bundles(); env.cr.commit()')
}

command_init() {
    use_arc
    wait_for_database
    if ! database_exists "$DATABASE"; then
        create_database
        write_database_state
        build_assets
    elif [[ $(database_state) != "$(image_state)" ]]; then
        update_database
        write_database_state
        build_assets
    fi
    if [[ ! -s $ACCESS ]]; then
        run_logged "making the administrator's password and the bridge's API key" access \
            odoo_shell_script "$ROOT/config/arc/prepare_access.py" ARC_MODE=clean ARC_ACCESS_FILE="$ACCESS" ARC_BRIDGE_KEY_FILE="$BRIDGE_KEY"
    elif [[ ! -s $BRIDGE_KEY ]]; then
        rotate_key
    fi
    say "the database $DATABASE is in the state of this image"
}

command_odoo() {
    use_arc
    wait_for_database
    exec "$VENV/bin/odoo" -c "$ROOT/config/odoo.conf" --addons-path "$ODOO_ADDONS,$ROOT/addons" \
        --db_host "$PGHOST" --db_port "$PGPORT" --db_user "$PGUSER" --data-dir "$DATA_DIR" -d "$DATABASE" \
        --http-interface 0.0.0.0 --http-port 8069 --gevent-port 8072 --proxy-mode --workers "${ODOO_WORKERS:-4}" "$@"
}

command_shell() {
    use_arc
    odoo_command shell -d "$DATABASE" --no-http "$@"
}

rotate_key() {
    run_logged "making a new API key for the bridge" rotate-key \
        odoo_shell_script "$ROOT/config/arc/rotate_key.py" ARC_BRIDGE_KEY_FILE="$BRIDGE_KEY"
}

command_rotate_key() {
    use_arc
    wait_for_database
    rotate_key
    say "now: docker compose restart bridge"
}

# The bridge depends on no other container: while Odoo is updated it takes signals in. The first time it
# waits here for its key.
command_bridge() {
    if (($# == 0)); then
        [[ -s $BRIDGE_KEY ]] || echo "waiting for $BRIDGE_KEY, which init makes"
        until [[ -s $BRIDGE_KEY ]]; do sleep 1; done
        set -- run --config "$BRIDGE_CONFIG"
    fi
    exec "$ROOT/.arc/venv/bin/receiver-bridge" "$@"
}

command=${1:-help}
(($# == 0)) || shift
case $command in
    secrets) command_secrets ;;
    init) command_init ;;
    odoo) command_odoo "$@" ;;
    bridge) command_bridge "$@" ;;
    shell) command_shell "$@" ;;
    rotate-key) command_rotate_key ;;
    help | --help | -h) usage ;;
    *)
        echo "the image has no command '$command'; it has:" >&2
        usage >&2
        exit 2
        ;;
esac
