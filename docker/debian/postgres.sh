#!/usr/bin/env bash
# A cluster on first use, then the server: with the folders and variables of the public image postgres:15.
set -Eeuo pipefail

make_cluster() {
    local part=$PGDATA/part file
    rm -rf "$part"
    initdb -D "$part" -U postgres -E UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256 \
        --pwfile="$POSTGRES_PASSWORD_FILE"
    echo 'host all all all scram-sha-256' >>"$part/pg_hba.conf"
    # By its socket alone, so that nobody takes it for the finished server.
    pg_ctl -D "$part" -o "-c listen_addresses=''" -w start
    for file in /docker-entrypoint-initdb.d/*.sql; do
        [[ ! -e $file ]] || psql -X -U postgres -d postgres -v ON_ERROR_STOP=1 -f "$file"
    done
    pg_ctl -D "$part" -m fast -w stop
    mv "$part" "$PGDATA/cluster"
}

[[ -d $PGDATA/cluster ]] || make_cluster
[[ ${1:-} != postgres ]] || set -- "$@" -D "$PGDATA/cluster" -c "listen_addresses=*"
exec "$@"
