#!/usr/bin/env bash
# All linters, one after another; every failure is named at the end. Called by ./arc lint.
set -uo pipefail
cd "$ROOT"
here=config/lint
failed=()

check() {
    local name=$1
    shift
    printf -- '-- %s\n' "$name"
    "$@" || failed+=("$name")
}

ruff_check=(check)
ruff_format=(format --check)
prettier_mode=--check
eslint_fix=()
if [[ -n ${FIX:-} ]]; then
    ruff_check=(check --fix)
    ruff_format=(format)
    prettier_mode=--write
    eslint_fix=(--fix)
fi

# Node resolves plugins beside the configuration file: both lie where the packages are.
cp "$here/prettier.config.cjs" "$here/eslint.config.cjs" "$NODE/"
tracked() { git ls-files -z --cached --others --exclude-standard -- "$@"; }

shell_syntax() { bash -n arc .ci/run && tracked '*.sh' | xargs -0 -n 1 bash -n; }
prettier_all() {
    tracked 'addons/*.js' 'addons/*.xml' 'addons/*.scss' 'config/lint/*.cjs' |
        xargs -0 -r "$NODE/node_modules/.bin/prettier" --config "$NODE/prettier.config.cjs" --log-level warn "$prettier_mode"
}
eslint_all() {
    tracked 'addons/*.js' |
        xargs -0 -r "$NODE/node_modules/.bin/eslint" -c "$NODE/eslint.config.cjs" "${eslint_fix[@]}"
}
pylint_odoo() {
    local modules=()
    mapfile -t modules < <(printf '%s\n' addons/*/__manifest__.py | sed 's|/__manifest__.py$||')
    "$PYTHON" -m pylint --rcfile="$here/pylintrc" -j 2 "${modules[@]}"
}

check "shell syntax" shell_syntax
check "ruff" "$PYTHON" -m ruff "${ruff_check[@]}" .
check "ruff format" "$PYTHON" -m ruff "${ruff_format[@]}" .
check "mypy (bridge, strict)" "$PYTHON" -m mypy
check "pylint-odoo" pylint_odoo
check "translations" "$PYTHON" "$here/translations.py" addons
check "prettier" prettier_all
check "eslint" eslint_all

if ((${#failed[@]})); then
    printf 'lint failed: %s\n' "${failed[*]}"
    exit 1
fi
echo "lint passed"
