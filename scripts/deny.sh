#!/bin/sh
# Checks licences, banned crates and sources of the dependencies with cargo-deny, where it is installed.
# It takes minutes to build, so only CI insists on it: DOORSTEP_REQUIRE_DENY=1.
set -eu

if cargo deny --version >/dev/null 2>&1; then
    exec cargo deny --locked --all-features check licenses bans sources
fi
echo "lint: cargo-deny is not installed, dependency rules not checked (cargo install --locked cargo-deny)"
[ "${DOORSTEP_REQUIRE_DENY:-0}" = 0 ]
