#!/bin/sh
# Tests the console in a real browser: alone, then against the server that `cargo test` has built.
# Pictures of every page are left in var/browser-test.
set -eu
cd "$(dirname "$0")/../tests/browser"

installed=node_modules/.package-lock.json
if [ ! -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
    npm ci --silent --no-audit --no-fund
    touch "$installed"
fi
SCREENSHOTS="${SCREENSHOTS:-$(cd ../.. && pwd)/var/browser-test}" npm test --silent
