# Odoo databases, built in two layers that are copied: base (Odoo's own modules), then the suite on it.

SUITE_COUNTRY=CN
SUITE_LANGUAGE=zh_CN

# The key that Odoo's secrets (panel keys) are encrypted with; it never enters the database.
ensure_secret_key() {
    export ALARM_SECRET_KEY_FILE=$ARC_HOME/secret.key
    [[ -s $ALARM_SECRET_KEY_FILE ]] ||
        (umask 077 && "$VENV/bin/python" -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())' >"$ALARM_SECRET_KEY_FILE")
}

# odoo_command SUBCOMMAND-OR-EMPTY ARGUMENTS...: Odoo with this state folder's paths.
odoo_command() {
    local sub=$1
    shift
    "$VENV/bin/odoo" ${sub:+"$sub"} -c "$ROOT/config/odoo.conf" --addons-path "$ODOO_ADDONS,$ROOT/addons" \
        --db_host "$PGHOST" --db_port "$PGPORT" --db_user "$PGUSER" --data-dir "$DATA_DIR" "$@"
}

suite_modules() { (cd "$ROOT/addons" && printf '%s\n' */__manifest__.py | sed 's|/.*||' | paste -sd,); }

# What the suite builds on outside itself, with the localisation of the country.
base_modules() {
    "$VENV/bin/python" - "$ROOT/addons" <<'PY'
import ast
import pathlib
import sys

manifests = {p.parent.name: ast.literal_eval(p.read_text("utf-8")) for p in pathlib.Path(sys.argv[1]).glob("*/__manifest__.py")}
depends = {d for m in manifests.values() for d in m.get("depends", [])} - set(manifests)
print(",".join(sorted(depends | {"account", "l10n_cn"})))
PY
}

base_key() { printf '%s %s %s %s' "$(hash_of "$ROOT/requirements.txt")" "$(base_modules)" "$SUITE_COUNTRY$SUITE_LANGUAGE" "$(stat -c %Y "$ODOO_PYTHONPATH/odoo/release.py")" | sha256sum | cut -c1-10; }
suite_key() { (cd "$ROOT/addons" && find . -type f -o -type l | grep -v -e __pycache__ -e '/tests/' | sort | xargs -d '\n' sha256sum | sha256sum | cut -c1-10); }

build_base() {
    local target=$1
    drop_database base_part
    odoo_command db init --country "$SUITE_COUNTRY" --language "$SUITE_LANGUAGE" base_part
    odoo_command "" -d base_part -i "$(base_modules)" --load-language en_US,zh_CN --stop-after-init --no-http
    # Lets the suite bring its own demonstration records without Odoo's, which are another company's.
    psql -Xq -d base_part -c "UPDATE ir_module_module SET demo = true WHERE state = 'installed'"
    psql -XqAt -c "SELECT datname FROM pg_database WHERE datname LIKE 'base_%' AND datname NOT IN ('base_part', '$target')" |
        while read -r old; do drop_database "$old"; done
    rename_database base_part "$target"
}

ensure_base() {
    BASE_DB=base_$(base_key)
    database_exists "$BASE_DB" || run_logged "building the Odoo template database (a minute)" "database-$PG_CLUSTER-base" build_base "$BASE_DB"
}

# build_suite TARGET demo|clean [with-assets]
build_suite() {
    local target=$1 demo=()
    [[ $2 != demo ]] || demo=(--with-demo)
    copy_database "$BASE_DB" "${target}_part"
    # Odoo brings a module's demonstration records wherever what it builds on says to have its own: a clean
    # database says no, at its making and at every update.
    [[ $2 == demo ]] || psql -Xq -d "${target}_part" -c "UPDATE ir_module_module SET demo = false WHERE demo"
    odoo_command "" -d "${target}_part" -i "$(suite_modules)" "${demo[@]}" --stop-after-init --no-http
    # Odoo goes on without records that fail to load; a half demo company is a failed step here.
    [[ $(psql -XqAt -d "${target}_part" -c "SELECT count(*) FROM ir_module_module WHERE name LIKE 'alarm\_%' AND state = 'installed'") -gt 0 ]]
    if [[ $2 == demo ]]; then
        local failed
        failed=$(psql -XqAt -d "${target}_part" -c "SELECT string_agg(name, ' ') FROM ir_module_module WHERE name LIKE 'alarm\_%' AND state = 'installed' AND NOT demo")
        [[ -z $failed ]] || {
            echo "demonstration records failed to load: $failed"
            exit 1
        }
    fi
    if [[ ${3:-} == with-assets ]]; then
        DATABASE=${target}_part odoo_shell_script "$ROOT/config/arc/pregenerate_assets.py"
    fi
    drop_database "$target"
    rename_database "${target}_part" "$target"
}

# The finished suite with its demo company, for tests: one database for each state of addons/.
ensure_suite_template() {
    SUITE_DB=suite_$(suite_key)
    database_exists "$SUITE_DB" && return
    run_logged "installing the suite and its demo company" "database-$PG_CLUSTER-suite" build_suite "$SUITE_DB" demo with-assets
    psql -XqAt -c "SELECT datname FROM pg_database WHERE datname LIKE 'suite_%' AND datname <> '$SUITE_DB'" |
        while read -r old; do drop_database "$old"; done
}

# Odoo's own modules that the suite has come to need since the database was made: as in the template, without
# the demonstration records that Odoo would bring where the database has those of the suite.
add_base_modules() {
    local database=$1 missing demo
    missing=$(psql -XqAt -d "$database" -c "SELECT string_agg(name, ',') FROM ir_module_module WHERE state <> 'installed' AND name = ANY(string_to_array('$(base_modules)', ','))")
    [[ -n $missing ]] || return 0
    demo=$(psql -XqAt -d "$database" -c "SELECT demo FROM ir_module_module WHERE name = 'base'")
    psql -Xq -d "$database" -c "UPDATE ir_module_module SET demo = false WHERE demo"
    odoo_command "" -d "$database" -i "$missing" --stop-after-init --no-http
    [[ $demo != t ]] || psql -Xq -d "$database" -c "UPDATE ir_module_module SET demo = true WHERE state = 'installed'"
}

update_suite() {
    add_base_modules "$1"
    odoo_command "" -d "$1" -u "$(suite_modules)" --stop-after-init --no-http
}

# The database of ./arc up: alarm_demo or alarm.
ensure_database() {
    local mode=$1 key stamp
    DATABASE=alarm
    [[ $mode != demo ]] || DATABASE=alarm_demo
    key=$(suite_key)
    stamp=$RUN/$DATABASE.addons
    if ! database_exists "$DATABASE"; then
        ensure_base
        rm -f "$RUN/$DATABASE".*
        run_logged "installing the suite$([[ $mode == demo ]] && echo " and its demo company")" "database-$DATABASE" build_suite "$DATABASE" "$mode"
        printf '%s' "$key" >"$stamp"
    elif [[ $(cat "$stamp" 2>/dev/null) != "$key" ]]; then
        run_logged "updating the suite in $DATABASE" "database-$DATABASE" update_suite "$DATABASE"
        # The demo company may have changed as well; a clean centre's password stays.
        # With new access comes a new key, under which what the bridge kept cannot be read.
        [[ $mode != demo ]] || rm -f "$RUN/$DATABASE.access.json" "$ARC_HOME/data/$DATABASE.journal.configuration"*
        printf '%s' "$key" >"$stamp"
    fi
    [[ -s $RUN/$DATABASE.bridge.key && -s $RUN/$DATABASE.access.json ]] ||
        run_logged "making the bridge's API key" "database-$DATABASE-access" prepare_access "$mode"
}

# Logins, the bridge's key, and the AES keys of the demo company's panels.
prepare_access() {
    odoo_shell_script "$ROOT/config/arc/prepare_access.py" ARC_MODE="$1" ARC_ACCESS_FILE="$RUN/$DATABASE.access.json" ARC_BRIDGE_KEY_FILE="$RUN/$DATABASE.bridge.key"
}

# odoo_shell_script FILE NAME=VALUE...: runs FILE in an Odoo shell; its failure is the step's.
odoo_shell_script() {
    local file=$1
    shift
    env "$@" "$VENV/bin/odoo" shell -c "$ROOT/config/odoo.conf" --addons-path "$ODOO_ADDONS,$ROOT/addons" \
        --db_host "$PGHOST" --db_port "$PGPORT" --db_user "$PGUSER" --data-dir "$DATA_DIR" -d "$DATABASE" --no-http <"$file"
}
