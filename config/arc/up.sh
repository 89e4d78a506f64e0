# The main job: run database, Odoo, bridge and simulators, say where they are, stop them cleanly.

DC09_PORT=$((ARC_HTTP_PORT + 1000))
DC09_AES_PORT=$((ARC_HTTP_PORT + 1001))
METRICS_PORT=$((ARC_HTTP_PORT + 1401))
SERIAL_LINK=$RUN/sg-1.tty
# In the order in which they are stopped.
PROCESSES=(bridge simulator odoo)

# A process is known by number and start time: a number alone may be somebody else's by now.
process_started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

start_process() {
    local name=$1
    shift
    # A session of its own: Ctrl-C reaches ./arc, which then stops its processes in order.
    setsid "$@" >>"$LOGS/$name.log" 2>&1 </dev/null 9>&- &
    local pid=$!
    disown
    printf '%s %s\n' "$pid" "$(process_started "$pid")" >"$RUN/$name.pid"
}

process_pid() {
    local pid started
    read -r pid started 2>/dev/null <"$RUN/$1.pid" || return 1
    [[ -n $started && $(process_started "$pid") == "$started" ]] && printf '%s' "$pid"
}

stop_process() {
    local pid waited=0
    pid=$(process_pid "$1") || return 0
    kill -TERM "$pid" 2>/dev/null || true
    while process_pid "$1" >/dev/null && ((waited++ < 150)); do sleep 0.1; done
    if process_pid "$1" >/dev/null; then
        say "  $1 did not stop within 15 s: killed"
        kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
    fi
    rm -f "$RUN/$1.pid"
}

stop_all() {
    local name
    for name in "${PROCESSES[@]}"; do stop_process "$name"; done
    ! compgen -G '/usr/lib/postgresql/*/bin' >/dev/null || pg_stop main
    rm -f "$RUN/state.json"
}

running() {
    local name
    for name in "${PROCESSES[@]}"; do process_pid "$name" >/dev/null && return 0; done
    return 1
}

port_taken() { die "port $1 on $ARC_BIND is taken ($2)" "choose others with ARC_HTTP_PORT=... (all ports follow from it), or stop what listens there"; }

# Needs nothing but bash: there may be no Python yet.
nobody_listens_or_die() {
    local host=$ARC_BIND
    [[ $host != 0.0.0.0 && $host != :: ]] || host=127.0.0.1
    if (exec 3<>"/dev/tcp/$host/$1") 2>/dev/null; then port_taken "$@"; fi
}

port_free_or_die() {
    "$VENV/bin/python" - "$ARC_BIND" "$1" <<'PY' || port_taken "$@"
import socket
import sys

with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((sys.argv[1], int(sys.argv[2])))
    except OSError:
        sys.exit(1)
PY
}

# wait_until SECONDS NAME COMMAND...: until COMMAND succeeds; fails when process NAME ends.
wait_until() {
    local limit=$((SECONDS + $1)) name=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        process_pid "$name" >/dev/null || return 1
        ((SECONDS < limit)) || return 1
        sleep 0.2
    done
}

serves() { "$VENV/bin/python" -c 'import sys, urllib.request as r; r.urlopen(sys.argv[1], timeout=30).read()' "$1"; }

failed_process() {
    say "arc: $1 did not come up; the last lines of $LOGS/$1.log:"
    tail -n 12 "$LOGS/$1.log" | cut -c1-200 | sed 's/^/       | /' >&2
    stop_all
    exit 1
}

write_bridge_config() {
    BRIDGE_CONFIG=$RUN/bridge.toml
    ARC_BIND=$ARC_BIND ARC_HTTP_PORT=$ARC_HTTP_PORT DC09_PORT=$DC09_PORT DC09_AES_PORT=$DC09_AES_PORT METRICS_PORT=$METRICS_PORT \
        RUN=$RUN DATABASE=$DATABASE JOURNAL=$ARC_HOME/data/$DATABASE.journal SERIAL_LINK=$SERIAL_LINK MODE=$1 \
        "$VENV/bin/python" "$ROOT/config/arc/write_config.py"
}

cmd_setup() {
    local purpose=test
    # The production image has its database server elsewhere, and installs its browser itself.
    [[ ${1:-} != runtime ]] || purpose=runtime
    lock_setup
    [[ $purpose == runtime ]] || setup_system test
    setup_odoo
    setup_python
    [[ $purpose == runtime ]] || setup_test_tools
    unlock_setup
    say "set up in $ARC_HOME"
}

cmd_up() {
    local mode=demo detach=
    while (($#)); do
        case $1 in
            --no-demo) mode=clean ;;
            --detach) detach=1 ;;
            *) die "./arc up does not know '$1'" "allowed: --no-demo, --detach" ;;
        esac
        shift
    done
    if running; then
        say "already running in $ARC_HOME:"
        cmd_status
        return
    fi
    # Before minutes of set-up as well as after: whoever listens now will still do so then.
    nobody_listens_or_die "$ARC_HTTP_PORT" Odoo
    nobody_listens_or_die "$DC09_PORT" "DC-09"
    nobody_listens_or_die "$DC09_AES_PORT" "DC-09 with AES"
    nobody_listens_or_die "$METRICS_PORT" "metrics"
    lock_setup
    setup_system run
    setup_odoo
    setup_python
    unlock_setup
    ensure_secret_key
    port_free_or_die "$ARC_HTTP_PORT" Odoo
    port_free_or_die "$DC09_PORT" "DC-09"
    port_free_or_die "$DC09_AES_PORT" "DC-09 with AES"
    port_free_or_die "$METRICS_PORT" "metrics"
    [[ $ARC_BIND == 127.* || $ARC_BIND == localhost || $mode == clean ]] ||
        say "  Note: $ARC_BIND can be reached by others, and the demo company's passwords are known to all."
    ON_INTERRUPT=cmd_down
    pg_start main
    ensure_database "$mode"

    local base_url=http://$ARC_BIND:$ARC_HTTP_PORT
    say "  starting Odoo ..."
    # -d alone serves this database and no other; a filter would ask for the names of all at each call.
    start_process odoo "$VENV/bin/odoo" -c "$ROOT/config/odoo.conf" --addons-path "$ODOO_ADDONS,$ROOT/addons" \
        --db_host "$PGHOST" --db_port "$PGPORT" --db_user "$PGUSER" --data-dir "$DATA_DIR" \
        -d "$DATABASE" --http-interface "$ARC_BIND" --http-port "$ARC_HTTP_PORT"
    wait_until 120 odoo serves "$base_url/web/login" || failed_process odoo

    write_bridge_config "$mode"
    if [[ $mode == demo ]]; then
        # First the simulator: it makes the pseudo-terminal that the bridge opens as its serial line.
        start_process simulator "$VENV/bin/python" -m receiver_bridge simulate demo --config "$RUN/simulator.toml"
        wait_until 20 simulator test -e "$SERIAL_LINK" || failed_process simulator
    fi
    start_process bridge "$VENV/bin/python" -m receiver_bridge run --log-signals --config "$BRIDGE_CONFIG"
    wait_until 30 bridge serves "http://$ARC_BIND:$METRICS_PORT/healthz" || failed_process bridge
    cmd_status
    if [[ -n $detach ]]; then
        ON_INTERRUPT=:
        say "running in the background: ./arc logs, ./arc down"
        return
    fi
    say "events as they arrive (Ctrl-C stops everything):"
    follow_events
}

# One readable line per event, until a process ends or Ctrl-C.
follow_events() {
    local name
    tail -n 0 -F "$LOGS/bridge.log" 2>/dev/null | grep --line-buffered -E ' (cid|sia) | (receiver_status|unparsed)| (WARNING|ERROR|CRITICAL) ' &
    while true; do
        for name in "${PROCESSES[@]}"; do
            [[ -e $RUN/$name.pid ]] || continue
            process_pid "$name" >/dev/null || {
                end_jobs
                failed_process "$name"
            }
        done
        sleep 1 &
        wait $! || true
    done
}

cmd_down() {
    say "stopping ..."
    stop_all
    say "stopped"
}

cmd_status() {
    local name states=()
    for name in "${PROCESSES[@]}"; do states+=("$name=$(process_pid "$name" || true)"); done
    states+=("postgres=$(compgen -G '/usr/lib/postgresql/*/bin' >/dev/null && as_postgres head -n 1 "$PG_ROOT/main/postmaster.pid" 2>/dev/null || true)")
    if [[ ! -x $VENV/bin/python || ! -e $RUN/state.json ]]; then
        [[ ${1:-} == --json ]] && echo '{"running": false}' || say "not running in $ARC_HOME"
        return
    fi
    "$VENV/bin/python" "$ROOT/config/arc/status.py" "$RUN/state.json" "${1:-}" "${states[@]}"
}

cmd_logs() {
    local name=${1:-}
    [[ -e $LOGS/odoo.log ]] || die "nothing has run in $ARC_HOME yet" "./arc up first"
    case $name in
        '') exec tail -n 20 -F "$LOGS/odoo.log" "$LOGS/bridge.log" ;;
        odoo | bridge | simulator) exec tail -n 100 -F "$LOGS/$name.log" ;;
        postgres) as_postgres tail -n 100 -F "$PG_ROOT/main.log" ;;
        *) die "there is no log '$name'" "allowed: odoo, bridge, simulator, postgres" ;;
    esac
}

# The database that ./arc up uses, started for a moment if it does not run.
use_running_database() {
    [[ -x $VENV/bin/python ]] || die "nothing is set up in $ARC_HOME" "./arc up first"
    locate_odoo
    pg_start main
    ensure_secret_key
    DATABASE=$(sed -n 's/.*"database": "\([^"]*\)".*/\1/p' "$RUN/state.json" 2>/dev/null || true)
    [[ -n $DATABASE ]] || DATABASE=$(database_exists alarm_demo && echo alarm_demo || echo alarm)
    database_exists "$DATABASE" || die "there is no database yet" "./arc up first"
}

cmd_shell() {
    use_running_database
    odoo_command shell -d "$DATABASE" --no-http "$@"
}

cmd_psql() {
    use_running_database
    psql -d "$DATABASE" "$@"
}

cmd_rotate_key() {
    use_running_database
    rm -f "$RUN/$DATABASE.bridge.key.new"
    run_logged "making a new API key for the bridge" rotate-key \
        odoo_shell_script "$ROOT/config/arc/rotate_key.py" ARC_BRIDGE_KEY_FILE="$RUN/$DATABASE.bridge.key"
    if process_pid bridge >/dev/null; then
        # It reads its key again, and seals with it what it keeps of Odoo's configuration.
        kill -HUP "$(process_pid bridge)"
        say "  the bridge goes on with the new key"
    fi
}
