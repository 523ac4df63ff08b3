# One command each; every target sets up what it needs in .venv first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
SOURCES := pyproject.toml hatch_build.py $(shell find js fonts weights -type f \( -name '*.ts' -o -name '*.css' -o -name '*.json' -o -name '*.mjs' -o -name '*.py' \) -not -path '*/node_modules/*' 2>/dev/null)
NPM    := PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm --prefix js --no-audit --no-fund --no-update-notifier

.DEFAULT_GOAL := help
.PHONY: help setup demo lab test test-lowest test-full check format bench chromium clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.dev ## Set up .venv with everything a developer needs

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "nemo_nb needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
	  || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq python3-venv; } \
	  || { echo "Python's venv module is missing. On Debian: sudo apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.lab: $(BIN)/python $(SOURCES)
	@echo "Installing nemo_nb with JupyterLab into $(VENV) (first time: a few minutes)…"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[lab]"
	@touch $@

$(VENV)/.dev: $(VENV)/.lab
	@echo "Installing the developer's tools into $(VENV)…"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev]"
	$(NPM) ci --silent
	@touch $@

demo: $(VENV)/.lab ## Run the quickstart notebook headless and show what it made
	@$(BIN)/python -m nemo_nb demo

lab: $(VENV)/.lab ## Open JupyterLab on the notebooks
	@$(BIN)/python -m nemo_nb lab

test: $(VENV)/.dev chromium ## Run all fast tests: Python, front end, browser
	$(NPM) test --silent
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not slow and not browser"
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "browser and not slow"

test-lowest: $(VENV)/.dev ## Run the tests on the oldest versions that pyproject.toml allows
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)-lowest
	$(BIN)/uv pip install --quiet --python $(VENV)-lowest/bin/python --resolution lowest-direct -e ".[dev]"
	$(VENV)-lowest/bin/python -m pytest -n 2 --dist loadgroup -m "not slow and not browser"

test-full: $(VENV)/.dev chromium test-lowest ## Also what is slow, and the oldest versions: before a release
	$(NPM) test --silent
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not browser"
	$(BIN)/python -m pytest -n 2 --dist loadfile -m browser

check: $(VENV)/.dev ## Format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(NPM) run check --silent

format: $(VENV)/.dev ## Let the formatters write
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(NPM) run format --silent

bench: $(VENV)/.dev ## Run the benchmarks behind the README's numbers
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium; } \
	  || { echo "The browser tests need Chromium. On Debian: sudo apt-get install chromium"; exit 1; }

clean: ## Remove what was built
	rm -rf $(VENV) $(VENV)-lowest js/node_modules fonts/node_modules nemo_nb/notebook/widgets/static nemo_nb/studio/render/fonts nemo_nb/studio/weights demo-out artifacts dist
