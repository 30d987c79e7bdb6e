# The commands that README.md names. `make setup` does nothing when nothing changed.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
PYTHON ?= python3.11
BIN := .venv/bin
CARGO := cargo
SHARED ?= $(or $(SOL2ZK_SHARED),../shared)
MANIFEST := --manifest-path zkvm/prover/Cargo.toml
NATIVE := zkvm/_native.abi3.so
RUST := $(shell find zkvm/prover -path zkvm/prover/target -prune -o \( -name '*.rs' -o -name Cargo.toml -o -name Cargo.lock \) -print) .cargo/config.toml

.PHONY: setup demo quick test test-python test-rust slow conformance lint lint-python lint-rust format requirements clean
.DEFAULT_GOAL := setup
.NOTPARALLEL:

setup: .venv/requirements.stamp node_modules/.package-lock.json .venv/native.stamp

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/requirements.stamp: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
	touch $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	npm ci --ignore-scripts
	touch $@

.venv/native.stamp: pyproject.toml $(RUST) .venv/requirements.stamp
	PIP_NO_INDEX=1 VIRTUAL_ENV="$(CURDIR)/.venv" $(BIN)/maturin develop --release --locked
	touch $@

demo: setup
	$(BIN)/sol2zk migrate contracts/tokens/Token.sol --demo --output build/demo

# Before a commit: style, types, layers, layout, and the tests of documents and of each file that take no seconds.
quick: setup lint-python
	$(CARGO) fmt $(MANIFEST) --all --check
	$(BIN)/python -m pytest -q -n 2 --dist loadfile --max-worker-restart 0 -m "not slow and not long" tests/spec tests/unit

test: setup test-rust test-python

# In the profile of the extension: what setup has built is not built again.
test-rust: setup
	$(CARGO) test $(MANIFEST) --release --locked --workspace --exclude sol2zk-native

# A worker that dies ends the run: to replace it leaves the others waiting for ever.
test-python: setup
	$(BIN)/python -m pytest -n 2 --dist loadfile --max-worker-restart 0

# All of Ethereum's test files, a sample of them in both machines; `make test` runs a smaller one. They lie in the folder of test data.
conformance: setup
	$(BIN)/sol2zk statetest $(SHARED)/conformance/GeneralStateTests $(SHARED)/conformance/VMTests --jobs 2
	$(BIN)/sol2zk statetest $(SHARED)/conformance/GeneralStateTests --machine both --sample 1500 --jobs 2

# More of the same than `make test` runs: thousands of transactions and trees, all of Ethereum's test files in the Rust machine.
slow: setup
	$(BIN)/python -m pytest -n 2 --max-worker-restart 0 -m slow
	$(BIN)/sol2zk fuzz-trees --count 4000 --machine rust --jobs 2
	@if [ -d $(SHARED)/conformance/GeneralStateTests ]; \
	  then $(BIN)/sol2zk statetest $(SHARED)/conformance/GeneralStateTests --jobs 2; \
	  else echo "LEFT OUT: the GeneralStateTests, for there is no $(SHARED)/conformance (SOL2ZK_SHARED names the folder)"; fi

lint: lint-python lint-rust

lint-python: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lint-rust: setup
	$(CARGO) fmt $(MANIFEST) --all --check
	$(CARGO) clippy $(MANIFEST) --release --locked --workspace --all-targets -- --deny warnings

format: setup
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .
	$(CARGO) fmt $(MANIFEST) --all

# Pins stand in pyproject.toml; this writes what follows from them, with hashes and without addresses.
requirements:
	$(BIN)/pip-compile --quiet --generate-hashes --no-emit-index-url --no-emit-find-links --strip-extras --allow-unsafe --no-build-isolation \
	  --extra dev --output-file requirements.txt pyproject.toml

clean:
	rm -rf build .venv node_modules $(NATIVE) zkvm/prover/target .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
