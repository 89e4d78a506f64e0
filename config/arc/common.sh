# Paths, messages, and the runner of set-up steps.

ARC_HOME=${ARC_HOME:-$ROOT/.arc}
mkdir -p "$ARC_HOME" 2>/dev/null || { echo "arc: cannot create the state folder $ARC_HOME" >&2; exit 1; }
ARC_HOME=$(cd "$ARC_HOME" && pwd)
ARC_HTTP_PORT=${ARC_HTTP_PORT:-8069}
ARC_BIND=${ARC_BIND:-127.0.0.1}
LOGS=$ARC_HOME/logs
RUN=$ARC_HOME/run
STEPS=$ARC_HOME/steps
VENV=$ARC_HOME/venv
mkdir -p "$LOGS" "$RUN" "$STEPS"
chmod 700 "$RUN"

# A short name that is this state folder's alone, for what cannot lie inside it.
ARC_ID=$(printf '%s' "$ARC_HOME" | sha256sum | cut -c1-12)

export PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 LANG=C.UTF-8 LC_ALL=C.UTF-8
unset PYTHONPATH PYTHONHOME PGPORT PGDATABASE PGUSER PGHOST PGPASSWORD PGOPTIONS PGSERVICE

say() { printf '%s\n' "$*" >&2; }

# die MESSAGE [REMEDY]
die() {
    printf 'arc: %s\n' "$1" >&2
    [[ -z ${2:-} ]] || printf '     %s\n' "$2" >&2
    exit 1
}

# Of the contents alone: the same files elsewhere are the same.
hash_of() { cat "$@" | sha256sum | cut -c1-16; }

# as_root COMMAND...: directly as root, else through sudo with the proxy variables.
as_root() {
    if [[ $(id -u) == 0 ]]; then
        "$@"
    else
        local pass=() name
        for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY SSL_CERT_FILE; do
            [[ -z ${!name:-} ]] || pass+=("$name=${!name}")
        done
        sudo env "${pass[@]}" "$@"
    fi
}

# What a log says about why a step failed, as "cause|remedy".
explain() {
    local log=$1 cause remedy pattern
    while IFS='|' read -r pattern cause remedy; do
        if grep -qE "${pattern//;/|}" "$log"; then
            printf '%s|%s' "$cause" "$remedy"
            return
        fi
    done <<'CAUSES'
No space left on device;Disk quota exceeded|the disk is full|free some space (df -h), then call the same command again: it goes on where it stopped
CERTIFICATE_VERIFY_FAILED;certificate verif;SSL: ;self.signed certificate|a server's certificate is not trusted|name your CA bundle: export SSL_CERT_FILE=... PIP_CERT=... REQUESTS_CA_BUNDLE=... NODE_EXTRA_CA_CERTS=...
Temporary failure resolving;Could not resolve;Name or service not known;Network is unreachable;Failed to establish a new connection;Could not connect to;Connection timed out;EAI_AGAIN;ENOTFOUND|no network, or the package mirror cannot be reached|check the connection or set https_proxy, then call the same command again
Unable to locate package odoo;Can't find a source to download version.*odoo;Release .sid. for .odoo-19. was not found|the mirror no longer carries the package odoo-19|set ARC_ODOO to an Odoo 19.0 tree, or ARC_DEBIAN_MIRROR to a mirror that has it
Unable to locate package;no installation candidate|the distribution does not have a needed package|is this Debian 12? See the log for its name
No matching distribution found;Could not find a version|a Python package could not be found for this Python|use Python 3.10 - 3.13 (ARC_PYTHON), and check that your package index is complete
Could not get lock;Unable to acquire the dpkg|another program is installing packages|wait until it has finished, then call the same command again
Address already in use|a port is taken|choose another with ARC_HTTP_PORT=...
a password is required;not in the sudoers;sudo: not found|packages must be installed and sudo does not let me|run it as root once, or install the packages named above yourself
CAUSES
    printf '%s|%s' "see its last lines" "mend it, then call the same command again: finished steps are not repeated"
}

# Ends what this shell itself has in the background (not the services: they are no jobs of it).
end_jobs() {
    local pid
    for pid in $(jobs -p); do kill "$pid" 2>/dev/null || true; done
}

# What Ctrl-C and TERM do: end the step under way, then what the command has asked for.
STEP_PID=
ON_INTERRUPT=:
interrupted() {
    trap '' INT TERM
    [[ -z $STEP_PID ]] || kill -TERM -- "-$STEP_PID" 2>/dev/null || true
    end_jobs
    printf '\n' >&2
    "$ON_INTERRUPT"
    exit 130
}
trap interrupted INT TERM

# run_logged TITLE NAME COMMAND...: runs it with its output in a log; shows the time it takes.
run_logged() {
    local title=$1 name=$2 log=$LOGS/$2.log start=$SECONDS pid rc=0
    shift 2
    # A process group of its own, so that an interruption ends all that the step has started.
    set -m
    (
        set -Eeuo pipefail
        "$@"
    ) >"$log" 2>&1 </dev/null &
    pid=$!
    set +m
    STEP_PID=$pid
    if [[ -t 2 ]]; then
        while kill -0 "$pid" 2>/dev/null; do
            printf '\r  %s ... %d s ' "$title" $((SECONDS - start)) >&2
            sleep 0.5
        done
        printf '\r\033[K' >&2
    else
        say "  $title ..."
    fi
    wait "$pid" || rc=$?
    STEP_PID=
    if ((rc != 0)); then
        local why
        why=$(explain "$log")
        say "arc: step failed: $title"
        say "     cause:  ${why%%|*}"
        say "     remedy: ${why#*|}"
        say "     log:    $log"
        # Messages only: the log has the rest.
        { grep -vE ' INFO |^ |^Traceback|^$|^The above exception|^During handling' "$log" || true; } | tail -n 6 | cut -c1-200 | sed 's/^/       | /' >&2
        exit 1
    fi
    say "  $title: done ($((SECONDS - start)) s)"
}

# step NAME KEY TITLE COMMAND...: once for each KEY; a step that was cut off is run again.
step() {
    local name=$1 key=$2 title=$3
    shift 3
    [[ $(cat "$STEPS/$name" 2>/dev/null) == "$key" ]] && return
    rm -f "$STEPS/$name"
    run_logged "$title" "setup-$name" "$@"
    printf '%s' "$key" >"$STEPS/$name.part" && mv "$STEPS/$name.part" "$STEPS/$name"
}

# One set-up at a time in one state folder.
lock_setup() {
    exec 9>"$ARC_HOME/lock"
    flock -n 9 || {
        say "  another ./arc is setting up $ARC_HOME; waiting for it ..."
        flock 9
    }
}
unlock_setup() { exec 9>&-; }

free_disk_or_die() {
    local need=$1 have
    have=$(df -Pm "$ARC_HOME" | awk 'NR==2{print $4}')
    ((have >= need)) || die "the disk under $ARC_HOME has $have MB free, $need MB are needed" "free some space, or set ARC_HOME to another disk"
}
