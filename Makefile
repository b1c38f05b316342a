# Kontor: `make help` lists what can be done. Needs Python 3.11 or newer and make; the rest is set up from the locks.
SHELL := /bin/sh
.DEFAULT_GOAL := help
PYTHON := .venv/bin/python
# `make run DEMO=0` starts empty.
DEMO ?= 1
# Processes that tests share the work between.
JOBS ?= 2
# More for pytest, e.g. make test PYTEST="-k import".
PYTEST ?=

.PHONY: help run test coverage test-deep types-now tests-now lint types setup setup-tests requirements bench designer lock format clean

help: ## List these targets
	@echo "Kontor: make TARGET"
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):[^#]*## (.*)/  \1|\2/' | awk -F'|' '{printf "%-16s %s\n", $$1, $$2}'

run: ## Set up everything and serve Kontor (DEMO=0: start empty, without the demo ecosystem)
	@exec ./kontor run $(if $(filter 0 no false,$(DEMO)),--no-demo)

test: setup-tests lint ## Set up what tests need, then lint, types and all tests (at most 10 minutes)
	@rm -f build/requirements.json
	@$(MAKE) --no-print-directory --jobs 2 types-now tests-now

# Beside each other: the tests wait for browsers and workers at times, types never wait.
types-now:
	$(PYTHON) -m mypy

tests-now:
	$(PYTHON) -m pytest -n $(JOBS) --dist loadgroup -m "not deep" $(PYTEST)

coverage: setup-tests ## Every branch of the engines: fails where a test leaves one out (about 6 minutes)
	@rm -rf build/coverage && mkdir -p build/coverage
	$(PYTHON) -m coverage run -m pytest -n $(JOBS) --dist loadgroup -m "not deep and not browser" $(PYTEST) \
		tests/models tests/dashboard/api tests/faults tests/pages/test_figure_lines.py
	$(PYTHON) -m coverage combine --quiet
	$(PYTHON) -m coverage report

test-deep: setup-tests ## The long tests: load, faults in every step, soak
	$(PYTHON) -m pytest -n $(JOBS) --dist loadgroup -o faulthandler_timeout=3600 -m deep $(PYTEST)

lint: setup ## Style alone
	$(PYTHON) -m ruff check . kontor
	$(PYTHON) -m ruff format --check .

types: setup types-now ## Types alone (mypy, strict)

format: setup ## Format the code and mend what lint can mend
	$(PYTHON) -m ruff format .
	$(PYTHON) -m ruff check --fix .

setup: ## Make or renew .venv with the tools for tests and checks
	@./kontor setup --dev

setup-tests: setup
	@$(PYTHON) -m tests.support.chromium

requirements: setup ## Per area: how many written requirements have a passing test
	@$(PYTHON) -m tests.plugin.report

bench: setup ## Measure what we claim about speed: import, trend, page, decide, queue, worker, canvas, engine, statistics, explore
	@for name in import trend page decide queue worker canvas engine statistics explore; do ./kontor bench $$name --json || exit 1; done

designer: ## Rebuild the canvas of the workflow designer from its sources (needs Node 20 or newer)
	cd dashboard/designer/frontend && npm ci --no-audit --no-fund && npm run check && npm run build

# The pins name no index: whoever installs uses their own. Hashes make the source irrelevant.
lock: ## Compile the locks from requirements.in and requirements-dev.in (needs uv)
	uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --universal --python-version 3.11 requirements.in -o requirements.txt
	uv pip compile --quiet --generate-hashes --no-header --no-emit-index-url --universal --python-version 3.11 requirements-dev.in -o requirements-dev.txt

clean: ## Remove what checks and tests left behind (state under var/ stays)
	rm -rf build .hypothesis .pytest_cache .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +
