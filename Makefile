# What a person types. All that is made stands in .venv and build; `make clean` takes build away, and .venv is yours.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
RUNS   := $(VENV)/leadline-runs
WEB    := $(VENV)/leadline-web
READY  := $(VENV)/ready
DEMO   := build/demo
# Many tests wait for processes of their own: four at a time keep two cores at work.
JOBS   ?= 4
# How often `make nightly` kills server and worker.
KILLS  ?= 50
# The tests start hundreds of processes: each reads what Python compiled before, also where that is switched off.
TOLD   := PYTHONDONTWRITEBYTECODE=
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# What the tests on PostgreSQL say, until the others are through.
OTHER  := build/postgresql.log
# Where those tests are: each process would collect all the others as well, and run none of them.
BOTH    = $(shell grep --recursive --files-with-matches --include='*.py' 'mark[.]both' tests/web)
# What is compiled to run tests: once, or each process that needs it would, all at the same time.
COMPILED := from leadline.web.serving.warming import fetch_fold; fetch_fold()
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
           --no-annotate --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help setup demo test nightly lint format bench truth docs lock wheel clean

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: $(READY)  ## Put everything that is needed to work on Leadline into .venv
	@echo "Ready: $(BIN)/leadline"

demo: $(WEB)  ## Open the application with a made-up business in it
	@LEADLINE_HOME=$(DEMO) $(BIN)/leadline try

test: $(READY)  ## Run every test but those of `make nightly`
	@echo "Running the tests, and those that ask the database much once more, on PostgreSQL …"
	@mkdir -p build
	@$(TOLD) $(BIN)/python -c "$(COMPILED)"
	@$(MAKE) --no-print-directory --keep-going --jobs 2 sqlite postgresql; ended=$$?; cat $(OTHER); exit $$ended

nightly: $(READY)  ## Kill processes, fill the disk, upgrade databases, and all else on PostgreSQL; KILLS=3 for a few
	@$(TOLD) LEADLINE_KILLS=$(KILLS) TESTS_EXAMPLES=all $(BIN)/python -m pytest -m 'nightly or hypothesis' -n $(JOBS) --dist worksteal $(PYTEST_ARGS)
	@$(TOLD) $(BIN)/python -m tests.web.postgresql -m 'not both and not one_database' -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

lint: $(READY)  ## Check style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	LEADLINE_HOME=build/home $(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(READY)  ## Put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## Measure speed and memory beside the peers
	$(BIN)/python bench/stages.py

truth: $(READY)  ## Hold what the reports say to 200 invented businesses whose truth is known
	$(BIN)/python -m bench.truth

docs: $(READY)  ## Write docs/reference anew, and paste real output into every page
	$(BIN)/python docs/reference/generate.py
	$(BIN)/python -m tests.reader

wheel: $(READY)  ## Build the package into build/dist
	@rm -rf build/dist
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir build/dist .

lock: $(READY)  ## Choose the newest versions of everything anew
	$(PIP) uv
	$(COMPILE) --upgrade --extra build --extra web --extra dev --extra bench --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra build --constraint requirements.lock --output-file requirements-run.lock pyproject.toml
	$(COMPILE) --extra build --extra web --constraint requirements.lock --output-file requirements-web.lock pyproject.toml

clean:  ## Remove what was built
	rm -rf build

.PHONY: sqlite postgresql
sqlite:
	@$(TOLD) $(BIN)/python -m pytest -m 'not nightly' -n $(JOBS) --dist worksteal $(PYTEST_ARGS)

postgresql:
	@$(TOLD) $(BIN)/python -m tests.web.postgresql $(BOTH) -m 'both and not one_database' $(PYTEST_ARGS) > $(OTHER) 2>&1

# What Leadline itself needs, every package by its hash, and Leadline from src, in place.
$(RUNS): requirements-run.lock pyproject.toml
	@command -v $(PYTHON) > /dev/null || { echo "Leadline needs Python 3.11 or newer, and there is no $(PYTHON) here."; exit 1; }
	@$(PYTHON) -c 'import sys; v = "%d.%d" % sys.version_info[:2]; \
	  sys.version_info >= (3, 11) or sys.exit("Leadline needs Python 3.11 or newer, and $(PYTHON) is " + v + ".")'
	@$(PYTHON) -c 'import ensurepip' 2> /dev/null || $(MAKE) --no-print-directory python3-venv
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || { echo "Making $(VENV) …"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing Leadline into $(VENV): about a minute the first time …"
	@$(PIP) --require-hashes --requirement requirements-run.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

# What the application needs besides.
$(WEB): requirements-web.lock $(RUNS)
	@echo "Installing what the application needs into $(VENV) …"
	@$(PIP) --require-hashes --requirement requirements-web.lock
	@touch $@

# What the tests, the checks and the benchmarks need besides.
$(READY): requirements.lock $(RUNS)
	@echo "Installing what tests and checks need into $(VENV): another minute the first time …"
	@$(PIP) --require-hashes --requirement requirements.lock
	@touch $@

# Debian keeps the part of Python that makes environments in a package of its own.
.PHONY: python3-venv
python3-venv:
	@command -v apt-get > /dev/null && [ "$$(id -u)" = 0 ] || \
	  { echo "Install the package python3-venv first (on Debian: sudo apt-get install python3-venv), then try again."; exit 1; }
	@echo "Installing Debian's package python3-venv …"
	@apt-get update -qq
	@DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv > /dev/null
