#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL server, its URL in DOORSTEP_TEST_POSTGRES_URL.
# The server lives under var/test-postgres and is stopped and removed however the command ends.
set -euo pipefail

if [ $# = 0 ]; then
    echo "usage: scripts/postgres.sh COMMAND [ARGUMENT...]" >&2
    exit 2
fi
clusters="$(cd "$(dirname "$0")/.." && pwd)/var/test-postgres"
tools=""

find_tools() {
    local directory
    for directory in \
        "$(dirname "$(command -v initdb || echo /nowhere/initdb)")" \
        "$(pg_config --bindir 2>/dev/null || echo /nowhere)" \
        $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
        if [ -x "$directory/initdb" ] && [ -x "$directory/postgres" ]; then
            tools="$directory"
            return
        fi
    done
    echo "postgres.sh: no PostgreSQL server found; run: scripts/setup.sh system --for test" >&2
    exit 1
}

# PostgreSQL refuses to run as root.
as_owner() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        (cd / && "$@")
    fi
}

stop_cluster() {
    if [ -f "$1/data/postmaster.pid" ]; then
        as_owner "$tools/pg_ctl" --pgdata="$1/data" --mode=immediate --silent stop >/dev/null 2>&1 || true
    fi
    rm -rf "$1"
}

# What a killed run left behind; each directory is named after the process that made it.
remove_abandoned() {
    local directory
    for directory in "$clusters"/*/; do
        if [ -d "$directory" ] && ! kill -0 "$(basename "$directory")" 2>/dev/null; then
            stop_cluster "${directory%/}"
        fi
    done
}

make_cluster() {
    mkdir -p "$clusters/$$"
    cluster="$clusters/$$"
    if [ "$(id -u)" = 0 ]; then
        chown postgres "$cluster"
        if ! as_owner test -x "$cluster"; then
            rm -rf "$cluster"
            cluster="$(mktemp -d "${TMPDIR:-/tmp}/doorstep-postgres.XXXXXX")"
            chown postgres "$cluster"
        fi
    fi
    as_owner "$tools/initdb" --pgdata="$cluster/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C \
        --no-sync >"$cluster/log" 2>&1 || fail
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_server() {
    local options="-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200"
    options+=" -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    # Another process may take the port between its choice and its use.
    for _ in 1 2 3; do
        port="$(free_port)"
        if as_owner "$tools/pg_ctl" --pgdata="$cluster/data" --options="$options -p $port" --wait --silent start \
            >>"$cluster/log" 2>&1; then
            return
        fi
    done
    fail
}

fail() {
    echo "postgres.sh: the server did not start:" >&2
    tail -n 20 "$cluster/log" >&2
    exit 1
}

find_tools
mkdir -p "$clusters"
remove_abandoned
cluster="$clusters/$$"
trap 'stop_cluster "$cluster"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
make_cluster
start_server
export DOORSTEP_TEST_POSTGRES_URL="postgres://postgres@127.0.0.1:$port/postgres"
"$@"
