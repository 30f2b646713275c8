# Everything a developer or CI runs. `make help` lists the targets.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .make
PYTEST := $(BIN)/pytest
WORKERS ?= 2

.PHONY: help setup devenv system system-test run test test-slow test-spark check fix docs docs-build docs-check pins sbom clean \
	bench-collect bench-protect bench-link bench-link-large bench-link-accuracy bench-world bench-publish bench-scale bench magnitudes sources-table

help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 18

# --- set-up -----------------------------------------------------------------------------------------------------------

$(STAMPS)/uv: requirements/uv.txt
	@mkdir -p $(STAMPS)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

$(STAMPS)/base: $(STAMPS)/uv requirements/base.txt pyproject.toml
	@echo "Installing Piperoll and what it needs into $(VENV)"
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install -q --compile-bytecode --require-hashes -r requirements/base.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install -q --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(STAMPS)/dev: $(STAMPS)/base requirements/dev.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install -q --compile-bytecode --require-hashes -r requirements/dev.txt
	@touch $@

$(STAMPS)/style: package.json package-lock.json tools/stylesheet.py $(STAMPS)/base
	@tools/npm-ci --omit=dev
	@$(BIN)/python tools/stylesheet.py
	@touch $@

$(STAMPS)/node: package.json package-lock.json $(STAMPS)/style
	@tools/npm-ci
	@touch $@

system: ## Install the system packages that a run needs (as root; else say the command)
	@tools/system-packages fonts-liberation nodejs npm unixodbc libsqliteodbc

system-test: ## Install the system packages that the tests need
	@tools/system-packages fonts-liberation nodejs npm chromium libreoffice-calc-nogui postgresql poppler-utils default-jre-headless \
		unixodbc libsqliteodbc odbc-postgresql dovecot-imapd exim4-daemon-light

setup: system $(STAMPS)/base $(STAMPS)/style ## A virtual environment with Piperoll, and the stylesheet

devenv: system-test $(STAMPS)/dev $(STAMPS)/style $(STAMPS)/node ## What developing and testing need

# --- the main job -----------------------------------------------------------------------------------------------------

run: setup ## Simulate, collect, release and verify; says at the end where to look
	@$(BIN)/python tools/main_job.py

# --- tests ------------------------------------------------------------------------------------------------------------

test: devenv check ## Everything CI needs
	@$(PYTEST) -q -m "not slow" -n $(WORKERS) --dist loadfile

$(STAMPS)/spark: $(STAMPS)/dev requirements/spark.txt
	@VIRTUAL_ENV=$(CURDIR)/$(VENV) $(BIN)/uv pip install -q --require-hashes -r requirements/spark.txt
	@touch $@

test-slow: devenv $(STAMPS)/spark ## Full browser, engine and fault runs
	@$(PYTEST) -q -m "slow and not spark" -n $(WORKERS) --dist loadfile

test-spark: devenv $(STAMPS)/spark ## Every model and table on both engines, cell by cell; ONLY="PUBLICATION or ..." for some
	@$(PYTEST) -q -m spark $(if $(ONLY),-k "$(ONLY)")

check: $(STAMPS)/dev ## Lint, types, the rooms' walls, generated documents
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check -q . || (echo "Run make fix" && exit 1)
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python tools/docs.py --check

fix: $(STAMPS)/dev ## Format, and mend what can be mended
	@$(BIN)/ruff check -q --fix . ; $(BIN)/ruff format -q .

# --- documents --------------------------------------------------------------------------------------------------------

docs: $(STAMPS)/dev ## Make the generated documents anew
	@$(BIN)/python tools/docs.py

docs-build: docs ## Build the documentation site into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -q --strict

# --- benchmarks -------------------------------------------------------------------------------------------------------

bench-collect: $(STAMPS)/dev ## Collecting, beside a bare copy and beside peers
	@$(BIN)/python benchmarks/collect.py

bench-protect: $(STAMPS)/dev ## Disclosure control, beside tau-Argus' engine; ONLY="NAME ..." for some instances
	@$(BIN)/python benchmarks/protect.py $(if $(ONLY),--only $(ONLY))

bench-link-accuracy: $(STAMPS)/dev ## Linkage against the truth, beside Splink; ONLY="NAME ..." for some data
	@$(BIN)/python benchmarks/link_accuracy.py $(if $(ONLY),--only $(ONLY))

bench-link: $(STAMPS)/dev ## Speed of linkage, beside Splink; SIZES="RECORDS ..." for other sizes
	@$(BIN)/python benchmarks/link_speed.py $(if $(SIZES),--sizes $(SIZES))

bench-link-large: $(STAMPS)/dev ## A linkage of ten million people, with its log of steps; PEOPLE=N for fewer
	@$(BIN)/python benchmarks/link_large.py $(if $(PEOPLE),--people $(PEOPLE))

magnitudes: $(STAMPS)/dev ## The simulated world beside published figures: docs/reference/magnitudes.md
	@$(BIN)/python tools/magnitudes.py

bench-world: $(STAMPS)/dev ## A simulated world and collecting all of it; WORLD="--scale S --persons P --from M --to M"
	@$(BIN)/python benchmarks/world.py $(WORLD)

bench-scale: $(STAMPS)/spark ## Counting on DuckDB and on Spark, with ever more records; SCALE="--shares S ..." for others
	@$(BIN)/python benchmarks/scale.py --write $(SCALE)

bench-publish: $(STAMPS)/dev ## Everything due for a quarter at a tenth of its scale; PUBLISH="--scale S --period P --write"
	@$(BIN)/python benchmarks/publish.py $(PUBLISH)

sources-table: $(STAMPS)/dev ## The sources as a run finds them: docs/reference/sources.md
	@$(BIN)/python tools/sources_table.py

# --- upkeep -----------------------------------------------------------------------------------------------------------

PIN := $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --no-annotate --python-version 3.11
pins: $(STAMPS)/uv ## Pin the newest allowed versions anew
	@$(BIN)/uv pip compile -q --generate-hashes --no-header --no-emit-index-url --no-annotate requirements/uv.in -o requirements/uv.txt
	@$(PIN) --upgrade requirements/base.in -o requirements/base.txt
	@$(PIN) --upgrade -c requirements/base.txt requirements/dev.in -o requirements/dev.txt
	@$(PIN) --upgrade -c requirements/base.txt -c requirements/dev.txt requirements/spark.in -o requirements/spark.txt

clean: ## Remove what make has made (not the home)
	@rm -rf $(VENV) $(STAMPS) node_modules site
