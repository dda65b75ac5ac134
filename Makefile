# Everything a person or a build server runs. `make help` lists it; `make demo` is the one to start with.
.DEFAULT_GOAL := help
SHELL := /bin/sh
.SUFFIXES:
.DELETE_ON_ERROR:

VENV := .venv
PY := $(VENV)/bin/python
COMPAT_VENV := .venv-compat
LOCK_VENV := .venv-lock

# Tried in this order; the first that starts and is new enough makes the environments. `make PYTHON=… setup` overrides.
CANDIDATES := python3.13 python3.12 python3.11 python3
PYTHON ?= $(shell for p in $(CANDIDATES); do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)

PIP_FLAGS := --quiet --quiet --disable-pip-version-check --require-hashes
LOCK_FLAGS := --universal --generate-hashes --no-annotate --no-header --quiet

# What make demo passes on, only when it is given.
DEMO_FLAGS = $(if $(PORT),--port $(PORT)) $(if $(RESET),--reset) $(if $(COMPANIES),--companies $(COMPANIES))

.PHONY: help setup setup-dev demo run test check browser bench compat lock clean

help: ## Show this list
	@echo "Deskhand: run Autotask PSA from Slack"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  make demo PORT=9000      another port for the page"
	@echo "  make demo RESET=1        forget what the demo remembers and start afresh"
	@echo "  make test ARGS='-k zone' pytest's own options (test, browser)"

define make_venv
@if [ -z "$(PYTHON)" ]; then \
	echo "No Python 3.11 or newer was found (tried: $(CANDIDATES)). Install one, or name it: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; fi
@if [ ! -x $(1)/bin/pip ]; then \
	echo "Creating $(1) with $$("$(PYTHON)" --version)" >&2; \
	"$(PYTHON)" -m venv $(1) > $(1).log 2>&1 || { cat $(1).log >&2; rm -rf $(1) $(1).log; \
		echo "This Python cannot create virtual environments. On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }; \
	rm -f $(1).log; fi
endef

$(VENV)/.runtime: requirements.lock
	$(call make_venv,$(VENV))
	@echo "Installing what the bot and its sandbox need (once)" >&2
	@$(PY) -m pip install $(PIP_FLAGS) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock requirements.lock
	$(call make_venv,$(VENV))
	@echo "Installing what the tests and checks need (once)" >&2
	@$(PY) -m pip install $(PIP_FLAGS) -r requirements-dev.lock
	@touch $(VENV)/.runtime $@

$(COMPAT_VENV)/.done: compat/requirements.lock
	$(call make_venv,$(COMPAT_VENV))
	@echo "Installing a foreign Autotask client in its own environment (once)" >&2
	@$(COMPAT_VENV)/bin/python -m pip install $(PIP_FLAGS) -r compat/requirements.lock
	@touch $@

setup: $(VENV)/.runtime ## Create .venv with what running needs

setup-dev: $(VENV)/.dev ## The same, with what tests and checks need

demo: $(VENV)/.runtime ## Sandbox and bot on this machine: prints the address of the page
	@exec $(PY) -m sandbox demo $(DEMO_FLAGS)

run: $(VENV)/.runtime ## Serve a real Slack workspace and a real Autotask, from .env
	@[ -f .env ] || { echo "There is no .env yet: cp .env.example .env, fill it in, and run this again." >&2; exit 1; }
	@exec $(PY) -m bot run

# Many tests wait for other processes, so there are more workers than processors, but not so many that all are late. In the order of the folders: the
# files of few and long tests come early, or everybody would wait for them at the end.
WORKERS ?= 4

test: $(VENV)/.dev ## All tests but the browser's
	@$(PY) -m pytest -m "not browser" --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(VENV)/.dev ## Format, lint, types, layers
	@$(VENV)/bin/ruff format --check --quiet . || { echo "Not formatted as agreed. Mend with: $(VENV)/bin/ruff format ." >&2; exit 1; }
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/mypy --no-error-summary
	@$(VENV)/bin/lint-imports --no-logo

browser: $(VENV)/.dev ## The tests that drive the page in Chromium
	@$(PY) -m pytest -m browser $(ARGS)

bench: $(VENV)/.dev ## Measure, side by side with the floor
	@$(PY) -m tests.benchmarks $(ARGS)

compat: $(VENV)/.runtime $(COMPAT_VENV)/.done ## A foreign Autotask client against our sandbox
	@$(COMPAT_VENV)/bin/python compat/check.py --sandbox-python $(PY)

lock: ## Renew the three lock files from what pyproject.toml and compat/requirements.in ask for
	$(call make_venv,$(LOCK_VENV))
	@$(LOCK_VENV)/bin/python -m pip install --quiet --disable-pip-version-check uv
	@$(LOCK_VENV)/bin/uv pip compile pyproject.toml --python-version 3.11 $(LOCK_FLAGS) -o requirements.lock
	@$(LOCK_VENV)/bin/uv pip compile pyproject.toml --extra dev --python-version 3.11 $(LOCK_FLAGS) -o requirements-dev.lock
	@$(LOCK_VENV)/bin/uv pip compile compat/requirements.in --python-version 3.11 $(LOCK_FLAGS) -o compat/requirements.lock
	@echo "Renewed requirements.lock, requirements-dev.lock, compat/requirements.lock"

clean: ## Remove environments and caches; what the demo remembers (var/) stays
	@rm -rf $(VENV) $(COMPAT_VENV) $(LOCK_VENV) build dist *.egg-info
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
