# Everything runs in .venv, which the first target that needs it makes. `make help` lists all.

PYTHON ?= python3
BIN := .venv/bin
.DEFAULT_GOAL := help

.PHONY: help venv bench test check constraints clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: .venv/installed ## make the environment in .venv, with exactly the versions of constraints.txt

.venv/installed: constraints.txt pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

bench: venv ## measure every strategy with asv, verify, print the table, draw the plots
	$(BIN)/parabench bench

test: venv ## run the tests
	$(BIN)/python -m pytest

check: venv ## lint and check the types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

constraints: venv ## pin the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --all-extras \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	    --output-file constraints.txt pyproject.toml

clean: ## remove what make and asv have made here (not the dataset cache)
	rm -rf .venv .asv .benchmarks results/asv results/html
