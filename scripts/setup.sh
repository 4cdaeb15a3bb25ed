#!/bin/sh
# Runs setup.py, installing Python first where the machine has none.
set -eu

if ! command -v python3 >/dev/null 2>&1; then
    install='apt-get update && apt-get install -y --no-install-recommends python3'
    echo "setup: installing python3"
    if [ "$(id -u)" = 0 ]; then
        sh -c "$install"
    elif command -v sudo >/dev/null 2>&1; then
        sudo sh -c "$install"
    else
        echo "setup: python3 is missing; as root run: $install" >&2
        exit 1
    fi
fi
exec python3 "$(dirname "$0")/setup.py" "$@"
