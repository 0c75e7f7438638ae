# `make demo` shows the product, `make test` tests it. Both set up all they need.

PYTHON ?= python3
PY := .venv/bin/python
MANAGE := $(PY) manage.py
PYTEST_ARGS ?=
BENCH ?=
SCHEMA := docs/openapi.yaml
.DEFAULT_GOAL := help
.PHONY: help env demo training demo-reset demo-check test check format schema bench soak lock psql dump \
	messages

help:  ## Say what each target does
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

env:  ## Make .venv, node_modules and the built pages' files
	@command -v $(PYTHON) >/dev/null || \
		{ echo "There is no $(PYTHON) here. Install Python 3.11 or later, or make PYTHON=…"; exit 1; }
	@$(PYTHON) tools/bootstrap.py

demo: env  ## Run the main job on demo content and serve it until Ctrl-C
	@LIWANAG_DEMO=1 $(MANAGE) demo

training: env  ## Serve a training room beside the real one, cleared each night
	@LIWANAG_TRAINING=1 $(MANAGE) demo

demo-reset: env  ## Start the demo over
	@LIWANAG_DEMO=1 $(MANAGE) demo --reset

demo-check: env  ## Run the main job on demo content, check every step and stop
	@LIWANAG_DEMO=1 $(MANAGE) demo --check

test: env  ## Run every test, browser journeys included
	@$(PY) -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

check: env  ## Lint, types, contracts between the apps, migrations, API schema
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) spectacular --validate --fail-on-warn --file .local/openapi.yaml
	@diff -u $(SCHEMA) .local/openapi.yaml || { echo "$(SCHEMA) is old: run make schema"; exit 1; }

format: env  ## Format the code and put right what can be put right by itself
	$(PY) -m ruff check --fix
	$(PY) -m ruff format

schema: env  ## Write the API's schema anew
	$(MANAGE) spectacular --validate --fail-on-warn --file $(SCHEMA)

bench: env  ## Measure speed and memory, as ratios; make bench BENCH="notes log" for some
	@$(PY) -m bench $(BENCH)

soak: env  ## Walk as every role, tamper, run under load, kill -9 200 times: over an hour
	@LIWANAG_EVERY_ROLE=1 $(PY) -m pytest -n 2 tests/architecture/test_every_address.py
	@CI=1 LIWANAG_SOAK=1 $(PY) -m pytest -n 2 -m soak
	@LIWANAG_SOAK=1 $(PY) -m pytest -n 2 tests/architecture/test_canaries.py
	@$(PY) -m bench.soak

lock: env  ## Pin the newest allowed versions of all Python packages, with hashes
	@$(PY) tools/lock.py

psql: env  ## Open a superuser shell on the database
	@$(PY) -m config.database_shell psql

dump: env  ## Write a plain pg_dump: make dump FILE=liwanag.sql
	@test -n "$(FILE)" || { echo "Name the file: make dump FILE=liwanag.sql"; exit 1; }
	@$(PY) -m config.database_shell dump "$(FILE)"

messages: env  ## Gather the texts to translate and compile the translations
	$(MANAGE) makemessages --locale fil --ignore node_modules --ignore .venv
	$(MANAGE) compilemessages --ignore node_modules --ignore .venv
