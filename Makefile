# Each target is one line over cargo or the binary, after a set-up that is silent when nothing is missing.
# ARGS reach the program: make demo ARGS=--once

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo serve test lint bench fuzz setup-demo setup-test

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

demo: setup-demo ## hear it work: a recorded caller, then a console you can call from
	cargo run --release --locked -- demo $(ARGS)

serve: setup-demo ## the server, with config/doorstep.toml
	cargo run --release --locked -- serve $(ARGS)

bench: setup-demo ## capacity and latency, as one JSON object
	cargo run --release --locked --quiet -- bench $(ARGS)

test: setup-test lint ## everything that must hold before a commit
	python3 -m unittest discover --start-directory tests/setup
	cargo test --workspace --locked --no-run
	scripts/browser-test.sh
	scripts/postgres.sh cargo test --workspace --locked --no-fail-fast

lint: ## formatting, lints, documentation, dependency rules
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps --lib
	scripts/deny.sh

fuzz: ## hostile bytes at every decoder, a minute each: make fuzz SECONDS=600
	DOORSTEP_FUZZ_SECONDS=$(or $(SECONDS),60) cargo test --locked --test fuzz -- --nocapture

setup-demo:
	@scripts/setup.sh system --for demo
	@scripts/setup.sh models

setup-test:
	@scripts/setup.sh system --for test
	@scripts/setup.sh models
