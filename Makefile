# Thin on purpose: each target is one command, and everything it needs is in scripts/.
SEEDS ?= 5000

.PHONY: demo test bench services lint sim

demo: ## A small living shop, end to end, on embedded defaults.
	scripts/demo

test: ## Installs and starts what the tests need, checks and runs everything, stops what it started.
	scripts/test

bench: ## Prints the performance table of the README.
	scripts/bench

services: ## Starts the private PostgreSQL and Redis of the tests and prints their addresses.
	scripts/services start

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

sim: ## Simulates SEEDS random workflows with crashes at every commit point.
	OPERANDI_SIM_SEEDS=$(SEEDS) cargo test -p operandi-tests --lib simulation_of -- --nocapture
