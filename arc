#!/usr/bin/env bash
# The one entry script. ./arc alone explains itself; its parts lie in config/arc/.
set -Eeuo pipefail

ROOT=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
for part in common system odoo python postgres database up develop; do
    # shellcheck source=/dev/null
    source "$ROOT/config/arc/$part.sh"
done

usage() {
    cat <<'HELP'
Alarm Centre: an alarm receiving centre in Odoo 19, and the receiver bridge beside it

  ./arc up [--no-demo] [--detach]   set up on first use, then run: database, Odoo, bridge, simulated panels
  ./arc down                        stop what ./arc up --detach left running
  ./arc status [--json]             what runs, where, and the logins
  ./arc logs [odoo|bridge|simulator|postgres]     follows them; Ctrl-C ends it
  ./arc shell | psql                a Python shell in Odoo | SQL, on the running database
  ./arc rotate-key                  a new API key for the bridge; the old one ends within a day

  ./arc test [bridge|addons|e2e|faults] [-- PYTEST ARGUMENTS]
  ./arc lint [--fix]
  ./arc bench [NAME] [--quick]      one JSON object a line; without NAME: all
  ./arc setup                       only the set-up
  ./arc clean                       stop, and remove the state folder with everything in it

Variables
  ARC_HOME=.arc           state: Odoo, virtualenv, database clusters, filestore, logs
  ARC_HTTP_PORT=8069      Odoo; the bridge listens on +1000 (DC-09), +1001 (DC-09 with AES), +1401 (metrics)
  ARC_BIND=127.0.0.1      address all of them listen on
  ARC_ODOO                an existing Odoo 19 tree instead of the download
  ARC_PYTHON              a Python 3.10 - 3.13 instead of the distribution's
  ARC_DEBIAN_MIRROR       where Debian's packages come from, when not from this machine's own mirror
Proxy and CA variables (https_proxy, SSL_CERT_FILE, PIP_CERT, ...) reach every tool.
HELP
}

main() {
    local command=${1:-help}
    (($# == 0)) || shift
    case $command in
        help | --help | -h) usage ;;
        setup) cmd_setup "$@" ;;
        up) cmd_up "$@" ;;
        down) cmd_down "$@" ;;
        status) cmd_status "$@" ;;
        logs) cmd_logs "$@" ;;
        shell) cmd_shell "$@" ;;
        psql) cmd_psql "$@" ;;
        rotate-key) cmd_rotate_key "$@" ;;
        test) cmd_test "$@" ;;
        lint) cmd_lint "$@" ;;
        bench) cmd_bench "$@" ;;
        clean) cmd_clean "$@" ;;
        *) die "there is no command '$command'" "./arc --help lists the commands" ;;
    esac
}

main "$@"
