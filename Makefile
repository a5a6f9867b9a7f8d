# The commands of the project; `make help` lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
SAMPLE ?=
SPEED ?= 1
FILE ?=
STATE ?=
CITIES ?= tests/e2e tests/browser
LIVES ?= tests/simulation tests/unit $(wildcard tests/integration/test_deploy*.py) \
	tests/integration/test_recheck_machine.py
TESTS ?= $(addprefix --ignore=,$(CITIES) $(LIVES))

# The first interpreter on the path that is new enough and not too new; PYTHON=… names another.
_FITS := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c '$(_FITS)' >/dev/null 2>&1 && { echo "$$p"; break; }; done)

.PHONY: help setup check test run bench simulate deploy remove openapi layer lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.ready build/site/manifest.json ## .venv and the pages' scripts, all pinned; nothing to do when nothing changed

.venv/.ready: requirements/uv.txt requirements/dev.txt requirements/font.txt infra/bootstrap.py
	@if ! "$(PYTHON)" -c '$(_FITS)' >/dev/null 2>&1; then \
		echo "Python 3.11, 3.12 or 3.13 is needed (PYTHON=… names one); found: $$(python3 --version 2>&1)" >&2; \
		exit 1; fi
	@"$(PYTHON)" infra/bootstrap.py
	@touch $@

build/site/manifest.json: .venv/.ready infra/assets.py infra/site/package-lock.json $(wildcard infra/site/own/*)
	@$(BIN)/python -m infra.assets

check: setup ## format, lint, types, import rules, templates
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(if $(wildcard infra/*.yaml),$(BIN)/cfn-lint infra/*.yaml)

test: check ## make check and every test: cities with a browser, simulation, the others, side by side; ends on a summary
	@mkdir -p build; set -o pipefail; \
	$(BIN)/python -m pytest $(CITIES) >build/cities.log 2>&1 & cities=$$!; \
	$(BIN)/python -m pytest $(LIVES) >build/lives.log 2>&1 & lives=$$!; \
	$(BIN)/python -m pytest $(TESTS) | tee build/tests.log; failed=$$?; \
	for part in $$cities $$lives; do wait $$part || failed=1; done; \
	cat build/cities.log build/lives.log; tail -n 1 build/tests.log; exit $$failed

run: setup ## the whole city on this machine: FILE=rows.csv SAMPLE=1200; SPEED=6720 lives a fortnight
	@$(BIN)/sanwei up --speed "$(SPEED)" $(if $(FILE),--load "$(FILE)") $(if $(SAMPLE),--sample "$(SAMPLE)") \
		$(if $(STATE),--state "$(STATE)")

bench: setup ## figures into bench.json
	@$(BIN)/python -m tests.bench

simulate: setup ## the long simulations: months, floods, 100,000 rows
	@$(BIN)/python -m tests.simulation

deploy: setup ## foundation, layer, functions, wiring to AWS: STAGE=dev
	@$(BIN)/python -m infra.deploy "$(STAGE)"

remove: setup ## everything of a stage, in the opposite order: STAGE=dev
	@$(BIN)/python -m infra.deploy --remove "$(STAGE)"

openapi: setup ## write the API's description from its routes
	@$(BIN)/python -m infra.describe

layer: setup ## build the dependency layer and print its size
	@$(BIN)/python -m layers.build

_LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	$(if $(UPGRADE),--upgrade)

# Lambda's system is too old for Pillow, which fpdf2 needs for pictures only: notices have none.
lock: setup ## remake the locks from requirements/*.in: UPGRADE=1 takes newer versions
	$(_LOCK) requirements/dev.in -o requirements/dev.txt
	$(_LOCK) requirements/run.in -c requirements/dev.txt -o requirements/run.txt
	grep -v '^chalice' requirements/run.in | $(_LOCK) --no-emit-package pillow - -c requirements/dev.txt -o requirements/layer.txt
	$(_LOCK) --no-deps requirements/font.in -o requirements/font.txt
	grep '^uv' requirements/dev.in | $(_LOCK) - -c requirements/dev.txt -o requirements/uv.txt

clean: ## build results and caches; keeps .venv and the city's state
	@rm -rf build .chalice/deployments .mypy_cache .pytest_cache .ruff_cache .hypothesis \
		.import_linter_cache bench.json
	@find functions infra layers tests -name __pycache__ -type d -prune -exec rm -rf {} +
