# The virtualenv: Odoo's requirements, the OCA addons, the bridge, and the tools of tests and lint.

python_ok() { "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; }

find_python() {
    local candidate
    if [[ -n ${ARC_PYTHON:-} ]]; then
        command -v "$ARC_PYTHON" >/dev/null || die "ARC_PYTHON names $ARC_PYTHON, which is not there" "name a Python 3.10 - 3.13"
        python_ok "$ARC_PYTHON" || die "ARC_PYTHON is $("$ARC_PYTHON" --version 2>&1); Odoo 19 runs on 3.10 - 3.13" "name another Python, or leave the variable unset"
        printf '%s' "$ARC_PYTHON"
        return
    fi
    # The distribution's own first: its venv package was just installed.
    for candidate in /usr/bin/python3 python3.13 python3.12 python3.11 python3.10 python3; do
        if command -v "$candidate" >/dev/null && python_ok "$candidate" && "$candidate" -c 'import ensurepip' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    die "no Python 3.10 - 3.13 with venv was found" "install one and name it: ARC_PYTHON=/path/to/python3.12"
}

make_virtualenv() {
    local python=$1 site
    rm -rf "$VENV"
    "$python" -m venv "$VENV"
    site=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
    # Odoo is no package of a Python index: this names the tree, and the metadata lets addons depend on it.
    # Its own metadata would ask for libraries that requirements.txt replaces.
    printf '%s\n' "$ODOO_PYTHONPATH" >"$site/odoo-tree.pth"
    mkdir -p "$site/odoo-19.0.dist-info"
    printf 'Metadata-Version: 2.1\nName: odoo\nVersion: 19.0\n' >"$site/odoo-19.0.dist-info/METADATA"
    printf 'arc\n' >"$site/odoo-19.0.dist-info/INSTALLER"
    : >"$site/odoo-19.0.dist-info/RECORD"
    # Not `python -m odoo`: with workers Odoo starts its websocket process anew from argv[0].
    # Read by sh first, because a line #! cannot name a path with a space.
    cat >"$VENV/bin/odoo" <<SCRIPT
#!/bin/sh
'''exec' "$VENV/bin/python" "\$0" "\$@"
' '''
import odoo.cli

odoo.cli.main()
SCRIPT
    chmod +x "$VENV/bin/odoo"
}

install_requirements() {
    "$VENV/bin/python" -m pip install --no-input -r "$ROOT/requirements.txt"
    "$VENV/bin/python" -m pip install --no-input --no-deps --editable "$ROOT"
    "$VENV/bin/python" -c 'import odoo.init, lxml, psycopg2, receiver_bridge'
}

install_test_tools() {
    "$VENV/bin/python" -m pip install --no-input -r "$ROOT/requirements.txt" -r "$ROOT/tests/requirements.txt"
}

setup_python() {
    local python
    python=$(find_python)
    free_disk_or_die 1000
    local venv_key
    venv_key="$("$python" -c 'import sys; print(sys.version)') $ODOO_PYTHONPATH $VENV"
    [[ -x $VENV/bin/python ]] || rm -f "$STEPS/venv"
    if [[ $(cat "$STEPS/venv" 2>/dev/null) != "$venv_key" ]]; then
        rm -f "$STEPS/requirements" "$STEPS/test-tools"
    fi
    step venv "$venv_key" "making a virtualenv with $("$python" --version)" make_virtualenv "$python"
    step requirements "$(hash_of "$ROOT/requirements.txt" "$ROOT/pyproject.toml") $ROOT" "installing Odoo's requirements, the OCA addons and the bridge" install_requirements
}

setup_test_tools() {
    step test-tools "$(hash_of "$ROOT/requirements.txt" "$ROOT/tests/requirements.txt")" "installing the tools of tests and lint" install_test_tools
}
