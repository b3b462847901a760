# Everything runs in .venv, which the first target that needs it makes. `make help` lists all.

PYTHON ?= python3
BIN := .venv/bin
MINUTES ?= 5
PROFILE ?= ci
.DEFAULT_GOAL := help

.PHONY: help venv bench publish example quick test test-all check fuzz constraints clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: .venv/installed ## make the environment in .venv, with exactly the versions of constraints.txt

.venv/installed: constraints.txt pyproject.toml benchmarks/metrics/pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation \
	    --editable . --editable benchmarks/metrics
	@touch $@

bench: venv ## measure every strategy with asv (PROFILE=ci), verify, say what follows, make the page
	$(BIN)/parabench bench --profile $(PROFILE)

publish: venv .venv-node/installed ## make the site in results/html: the report, and asv's pages
	PATH="$$PATH:$(CURDIR)/.venv-node/bin" $(BIN)/parabench publish

example: venv ## put the newest report's figures and tables into docs/example
	$(BIN)/parabench report --html results/html
	@rm -rf docs/example && mkdir -p docs/example
	$(BIN)/parabench report --format terminal > docs/example/report.txt
	cp results/html/figures/*.svg docs/example/

# npm fetches what asv's pages load; where there is none, one comes from a wheel.
.venv-node/installed: constraints-node.txt
	@mkdir -p .venv-node
	@command -v npm >/dev/null || { $(PYTHON) -m venv .venv-node && \
	    .venv-node/bin/python -m pip install --quiet --no-deps --require-hashes \
	    --only-binary :all: -r constraints-node.txt; }
	@touch $@

quick: venv ## compare all strategies here and now with pytest-benchmark, in 2 minutes
	@mkdir -p results
	$(BIN)/python -m pytest benchmarks/quick --benchmark-only --benchmark-json results/quick.json \
	    --benchmark-columns median,iqr,min,max,rounds --benchmark-sort min \
	    --benchmark-group-by group

# A file a core, in the order of tests/conftest.py; pytest-benchmark would warn.
BESIDE := -n logical --dist loadfile --no-loadscope-reorder -p no:benchmark

test: venv ## run the tests: as many at once as there are cores, and then those that measure
	$(BIN)/python -m pytest $(BESIDE) -m "not alone and not exhaustive"
	$(BIN)/python -m pytest -m "alone and not exhaustive"

test-all: venv ## run the exhaustive tests, too, and see whether the tests find planted bugs
	$(BIN)/python -m pytest $(BESIDE) -m "not alone"
	$(BIN)/python -m pytest -m alone
	$(BIN)/python tests/planted/run.py

check: venv ## lint and check the types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

.venv-fuzz/installed: constraints-fuzz.txt
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/python -m pip install --quiet --no-deps --require-hashes \
	    --only-binary :all: -r constraints-fuzz.txt
	@touch $@

# In memory where that is possible, as each execution writes a file: twice as many a second.
fuzz: .venv-fuzz/installed ## fuzz the planner for MINUTES (5); what fails is kept in .fuzz
	@mkdir -p .fuzz/corpus
	TMPDIR=$$(TMPDIR=$(firstword $(wildcard /dev/shm /tmp)) mktemp -d) && \
	    trap 'rm -rf "$$TMPDIR"' EXIT && export TMPDIR && \
	    PYTHONPATH=.:tests .venv-fuzz/bin/python tests/fuzz/fuzz_planner.py \
	    -max_total_time=$$(($(MINUTES) * 60)) -max_len=256 -dict=tests/fuzz/csv.dict \
	    -artifact_prefix=.fuzz/ -print_final_stats=1 .fuzz/corpus tests/fuzz/corpus

constraints: venv ## pin the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --all-extras \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	    --output-file constraints.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --group fuzz \
	    --constraint constraints.txt \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	    --output-file constraints-fuzz.txt
	$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --group node \
	    --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links \
	    --output-file constraints-node.txt

clean: ## remove what make and asv have made here (not the dataset cache)
	rm -rf .venv .venv-fuzz .venv-node .fuzz .asv .benchmarks results/asv results/cells results/html \
	    results/quick.json results/faults.json
