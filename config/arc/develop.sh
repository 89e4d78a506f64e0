# Tests, lint, bench, clean.

setup_for_tests() {
    lock_setup
    setup_system test
    setup_odoo
    setup_python
    setup_test_tools
    unlock_setup
}

# A copy of the finished suite on the test cluster, in DATABASE.
test_database() {
    ensure_secret_key
    # The cluster is stopped by whoever is last to use it.
    exec 8>"$ARC_HOME/test.lock"
    flock -s 8
    trap 'if flock -n -x 8; then pg_stop test; fi' EXIT
    pg_start test
    # Whoever comes second finds them made.
    exec 7>"$ARC_HOME/database.lock"
    flock 7
    ensure_base
    ensure_suite_template
    exec 7>&-
}

py() { "$VENV/bin/python" "$@"; }

# side_by_side NUMBER FOLDER PYTEST-ARGUMENTS...: so many tests at a time; `-n0` among the arguments: one.
side_by_side() {
    local number=$1
    shift
    py -m pytest -p no:odoo -p tests.no_skips -p tests.patience -n "$number" --dist worksteal "$@"
}

test_bridge() {
    say "== bridge"
    local tests=$ROOT/tests/receiver_bridge codes=()
    # They wait more than they compute, but for one that measures how long honest panels are kept waiting.
    side_by_side 4 "$tests" --ignore="$tests/test_hostile.py" "$@" || codes+=($?)
    side_by_side 0 "$tests/test_hostile.py" "$@" || codes+=($?)
    # 5: the arguments choose nothing of one of the two.
    [[ -z ${codes[*]} || ${codes[*]} == 5 ]]
}

test_addons() {
    say "== addons"
    test_database
    copy_database "$SUITE_DB" test_addons
    local conf=$RUN/test_addons.conf paths=()
    {
        cat "$ROOT/config/odoo.conf"
        printf 'addons_path = %s\ndb_host = %s\ndb_port = %s\ndb_user = %s\ndata_dir = %s\n' "$ODOO_ADDONS,$ROOT/addons" "$PGHOST" "$PGPORT" "$PGUSER" "$DATA_DIR"
    } >"$conf"
    mapfile -t paths < <(compgen -G "$ROOT/addons/*/tests" | grep -v /report_chromium/)
    local odoo=(py -m pytest -p tests.no_skips -p tests.patience -p tests.own_filestore --odoo-config="$conf" --odoo-database=test_addons --odoo-http)
    # Each of the two has a copy of the database. What watches the whole machine runs alone: the browsers
    # that print, and the oldest transaction of the cluster.
    local alone=("$ROOT/addons/report_chromium/tests" "$ROOT/addons/alarm_monitoring/tests/test_configuration_changes.py") codes=()
    (cd "$ROOT" && "${odoo[@]}" -n 2 --dist loadfile "${paths[@]}" --ignore="${alone[1]}" "$@") || codes+=($?)
    (cd "$ROOT" && "${odoo[@]}" "${alone[@]}" "$@") || codes+=($?)
    # 5: the arguments choose nothing of one of the two.
    [[ -z ${codes[*]} || ${codes[*]} == 5 ]]
}

test_e2e() {
    say "== end to end"
    test_database
    (cd "$ROOT" && stack_env side_by_side 2 "$ROOT/tests/e2e" "$@")
}

test_faults() {
    say "== faults"
    test_database
    (cd "$ROOT" && stack_env side_by_side 2 "$ROOT/tests/faults" "$@")
}

# What tests and benches need to start an Odoo and a bridge of their own.
stack_env() {
    ARC_STACK_ODOO=$VENV/bin/odoo ARC_STACK_CONF=$ROOT/config/odoo.conf ARC_STACK_ADDONS=$ODOO_ADDONS,$ROOT/addons \
        ARC_STACK_TEMPLATE=$SUITE_DB ARC_STACK_DATA=$DATA_DIR ARC_STACK_LOGS=$LOGS "$@"
}

cmd_test() {
    local part=all failed=()
    case ${1:-} in
        bridge | addons | e2e | faults) part=$1 && shift ;;
        '' | --) ;;
        *) die "./arc test does not know '$1'" "allowed: bridge, addons, e2e, faults" ;;
    esac
    [[ ${1:-} != -- ]] || shift
    setup_for_tests
    if [[ $part != all ]]; then
        "test_$part" "$@"
        return
    fi
    # Made while the bridge's tests run, which need none and wait more than they compute. What fails
    # here fails again, and says why, where it is needed.
    (test_database) &
    local name making=$!
    for name in bridge addons e2e faults; do
        [[ $name == bridge ]] || wait "$making" || true
        # Each in a process of its own: one part's failure does not hide the next.
        "$ROOT/arc" test "$name" -- "$@" || failed+=("$name")
    done
    ((${#failed[@]} == 0)) || die "tests failed: ${failed[*]}" "run one part with ./arc test ${failed[0]}"
}

setup_lint() {
    setup_for_lint_key=$(hash_of "$ROOT/config/lint/package.json" "$ROOT/config/lint/package-lock.json")
    step node "$setup_for_lint_key" "installing prettier and eslint" install_node_tools
}

install_node_tools() {
    rm -rf "$ARC_HOME/node"
    mkdir -p "$ARC_HOME/node"
    cp "$ROOT/config/lint/package.json" "$ROOT/config/lint/package-lock.json" "$ARC_HOME/node/"
    (cd "$ARC_HOME/node" && PATH="$VENV/bin:$PATH" npm ci --ignore-scripts --no-audit --no-fund)
}

cmd_lint() {
    local fix=
    [[ ${1:-} != --fix ]] || fix=1
    setup_for_tests
    lock_setup
    setup_lint
    unlock_setup
    PATH="$VENV/bin:$PATH" ROOT=$ROOT NODE=$ARC_HOME/node PYTHON=$VENV/bin/python FIX=$fix bash "$ROOT/config/lint/run.sh"
}

# A bench is called by the name of its figures: bridge-decode is tests/bench/bridge_decode.py.
bench_names() { (cd "$ROOT/tests/bench" && printf '%s\n' [a-z]*.py | sed 's/\.py$//' | tr _ -); }
bench_module() { printf '%s' "${1//-/_}"; }

cmd_bench() {
    local names name module failed=0
    mapfile -t names < <(bench_names)
    if [[ -n ${1:-} && $1 != --* ]]; then
        [[ " ${names[*]} " == *" $1 "* ]] || die "there is no bench '$1'" "allowed: ${names[*]}"
        names=("$1")
        shift
    fi
    setup_for_tests
    for name in "${names[@]}"; do
        # Not every bench needs Odoo; those that do start one by tests/stack.py.
        module=$(bench_module "$name")
        if grep -q 'tests.stack' "$ROOT/tests/bench/$module.py" && [[ -z ${SUITE_DB:-} ]]; then test_database; fi
        (cd "$ROOT" && SUITE_DB=${SUITE_DB:-} DATA_DIR=${DATA_DIR:-} stack_env py -m "tests.bench.$module" "$@") || failed=1
    done
    return "$failed"
}

cmd_clean() {
    if [[ -x $VENV/bin/python ]]; then stop_all; fi
    compgen -G '/usr/lib/postgresql/*/bin' >/dev/null && pg_stop test || true
    say "removing $ARC_HOME and $PG_ROOT"
    rm -rf "$PG_ROOT" "/tmp/alarm-centre-$ARC_ID-main" "/tmp/alarm-centre-$ARC_ID-test"
    rm -rf "$ARC_HOME"
}
