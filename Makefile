# Everyday commands. Nothing has to be installed first but Python >= 3.11: each target makes `.venv` if it needs it.

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# What a target hands on: `make demo ARGS=--once`, `make test ARGS="tests/domain -x"`.
ARGS ?=
# The interpreter of a new `.venv`; empty picks one: `make test PYTHON=python3.13`.
PYTHON ?=
# Branch coverage of domain/ and integrations/ that a whole test run must keep, in percent.
COVERAGE ?= 95
# How many executions `make fuzz` compares.
FUZZ_EXECUTIONS ?= 30000

# Bytecode is kept, whatever the shell says: tests and benchmarks start the product's processes many times.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo up test check conformance bench chaos migrate snapshot schema lock fmt fuzz clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## Start everything, tell four stories, keep running (ARGS=--once: check every step and stop)
	$(BIN)/python -m cli demo $(ARGS)

up: ## Build and run it in containers: API, worker, PostgreSQL, Redis, sandbox, mail catcher (needs Docker)
	docker compose up --build $(ARGS)

test: $(INSTALLED) ## Run all tests on real servers, with coverage (ARGS picks tests and leaves coverage out)
	$(BIN)/python -m pytest -n 2 $(if $(ARGS),$(ARGS),--cov --cov-report=term:skip-covered --cov-fail-under=$(COVERAGE))

check: $(INSTALLED) ## Run the linters and the type checker; see that schema.graphql is current
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/vulture
	$(BIN)/python -m cli check-schema

CLIENTS := tests/conformance
conformance: $(INSTALLED) ## Hold other people's clients, compilers and linters against it (needs node >= 20 with npm)
	@if command -v npm >/dev/null; then npm ci --prefix $(CLIENTS) --no-audit --no-fund --loglevel error; \
	else echo "npm is not here: what needs it is skipped"; fi
	for tool in ariadne-codegen schemathesis; do \
	  $(BIN)/uv venv --quiet --allow-existing --python $(BIN)/python $(VENV)/$$tool && \
	  $(BIN)/uv pip sync --quiet --python $(VENV)/$$tool --require-hashes $(CLIENTS)/$$tool.lock || exit 1; \
	done
	$(BIN)/python -m pytest $(CLIENTS) -v $(ARGS)

chaos: $(INSTALLED) ## Play faults against real processes and print what held (ARGS="--scale 0.05 --only 'redis gone'")
	$(BIN)/python -m tests.chaos.run $(ARGS)

bench: $(INSTALLED) ## Measure each workload beside its floor (Linux, two cores; ARGS="--only list,single" --full --keep)
	$(BIN)/python -m bench.run $(ARGS)

fuzz: $(INSTALLED) ## Compare the fast executor with graphql-core on 30,000 executions (FUZZ_EXECUTIONS=n for others)
	FUZZ_EXECUTIONS=$(FUZZ_EXECUTIONS) $(BIN)/python -m pytest -n 2 tests/fuzz $(ARGS)

migrate: $(INSTALLED) ## Bring the database (PROVENDER_DATABASE_URL, or the embedded one) to today's schema
	$(BIN)/python -m cli migrate

snapshot: $(INSTALLED) ## Write domain/migrations/snapshot.sql, which new databases take instead of every migration
	$(BIN)/python -m cli write-snapshot

schema: $(INSTALLED) ## Write schema/schema.graphql and docs/events.md
	$(BIN)/python -m cli export-schema
	$(BIN)/python -m cli export-events

# The runtime's versions are those the tests ran with: the second lock is held to the first.
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-header
lock: $(INSTALLED) ## Pin every dependency with its hashes (ARGS=--upgrade takes the newest versions)
	$(LOCK) $(ARGS) --extra embedded --extra tracing --extra dev --output-file requirements-dev.lock
	$(LOCK) $(ARGS) --extra tracing --constraint requirements-dev.lock --no-annotate --output-file requirements.lock
	@if command -v npm >/dev/null; then npm install --prefix $(CLIENTS) --package-lock-only --no-audit --no-fund --loglevel error \
	&& node $(CLIENTS)/strip-lock.mjs; else echo "npm is not here: $(CLIENTS)/package-lock.json stays as it is"; fi

fmt: $(INSTALLED) ## Format the code and fix what can be fixed by itself
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

clean: ## Remove .venv, caches and build output; keep .provender, which holds your data
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage* htmlcov
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(INSTALLED): requirements-dev.lock pyproject.toml .ci/install
	@sh .ci/install $(VENV) $(PYTHON)
	@touch $@
