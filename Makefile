# `make` lists what there is. Settings go on the command line: make demo PORT=9000 DETACH=1
.DEFAULT_GOAL := help
SHELL := bash
export PORT AREA DEVICES SPEED SCENARIO DRILL HOST DETACH

# More words for pytest: make test PYTEST="-k hj212"
# Files go to the processes in the order of pyproject's testpaths, the long ones first: so both processes end together.
PYTEST ?= -n 2 --dist loadfile --no-loadscope-reorder
# Bytecode is kept, and kept under .run, whatever the shell says: without it each process compiles its libraries anew, for seconds.
PYTEST_RUN = env -u PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX=$(CURDIR)/.run/pycache .venv/bin/python -m pytest
# A file for pytest's own exit code, which make would turn into 2 (.ci/run asks for it).
PYTEST_RESULT ?=

.PHONY: help
help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

.PHONY: setup
setup: ## install all that running needs into this folder
	@deploy/setup.sh

.PHONY: demo
demo: setup ## the living demo district (PORT AREA DEVICES SPEED SCENARIO DRILL=1 HOST DETACH=1)
	@exec ./yiping demo

.PHONY: stop
stop: ## end what `make demo` started (PORT: only that one)
	@exec ./yiping stop

.PHONY: test
test: ## install all that testing needs and run the whole suite
	@deploy/setup.sh --tests
	@$(PYTEST_RUN) $(PYTEST); code=$$?; \
	if [ -n "$(PYTEST_RESULT)" ]; then echo $$code >"$(PYTEST_RESULT)"; fi; exit $$code

.PHONY: unit
unit: ## the pure tests alone, in one process, with the time they took
	@deploy/setup.sh --tests
	@TIMEFORMAT="the unit ring took %R s"; time $(PYTEST_RUN) tests/unit -q -p no:xdist -p no:anyio -p no:hypothesispytest

.PHONY: check
check: ## lint, types, import contracts
	@deploy/setup.sh --tests
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy .
	.venv/bin/lint-imports

.PHONY: bench
bench: setup ## measure, with the figures printed
	@.venv/bin/python -m bench

.PHONY: screenshots
screenshots: ## open every page, say what is wrong with its looks, keep pictures in docs/images (PAGES="duty wall-water")
	@deploy/setup.sh --tests
	@.venv/bin/python -m shots $(PAGES)

.PHONY: fmt
fmt: ## format and sort imports
	@deploy/setup.sh --tests
	@.venv/bin/ruff check --fix-only --quiet .
	@.venv/bin/ruff format .

# The locks name no index: any mirror may serve them, the hashes tell whether it did so honestly.
LOCK = .venv/bin/uv pip compile pyproject.toml --universal --generate-hashes --quiet --no-config \
       --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
.PHONY: lock
lock: setup ## choose library versions anew (LOCK_UPGRADE=1: the newest allowed)
	$(LOCK) $(if $(LOCK_UPGRADE),--upgrade) -o requirements.lock
	$(LOCK) $(if $(LOCK_UPGRADE),--upgrade) --group dev -c requirements.lock -o requirements-dev.lock
	$(subst pyproject.toml ,,$(LOCK)) $(if $(LOCK_UPGRADE),--upgrade) --group tools -o deploy/tools.lock
	$(subst pyproject.toml ,,$(LOCK)) $(if $(LOCK_UPGRADE),--upgrade) --group node -o deploy/node.lock
	npm install --package-lock-only --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved

.PHONY: clean
clean: ## remove .run/, the environment and everything else a checkout made for itself
	@if [ -x .venv/bin/python ]; then ./yiping stop; fi
	@if [ -x .venv/bin/python ] && [ -d .run/dev ]; then .venv/bin/python -m deploy.local stop --run .run/dev; fi
	rm -rf .run .venv node_modules assets/vendor geodata/vendor
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
