# Needs Python 3.11 or newer (with pip) and nothing else; `make help` lists what it does.

PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
COMPILE := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links --quiet

.DEFAULT_GOAL := help
.PHONY: help demo run test check format bench lock

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: $(VENV)/runtime ## start the site with its demo on 127.0.0.1:8000 (PORT=…)
	@exec $(BIN)/python manage.py demo --port $(PORT)

run: $(VENV)/everything ## start Django's development server on the same data (PORT=…)
	$(BIN)/python manage.py migrate --verbosity 0
	DEBUG=1 $(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

test: $(VENV)/everything ## run every test; TESTS= picks some
	$(BIN)/python -m pytest -n auto -q $(TESTS)

check: $(VENV)/everything ## lint, formats, import direction, migrations, deploy checks, house rules
	PATH="$(CURDIR)/$(BIN):$$PATH" sh .ci/check

format: $(VENV)/everything ## format Python and templates
	$(BIN)/ruff check --fix --quiet
	$(BIN)/ruff format
	git ls-files --cached --others --exclude-standard 'templates/*.html' | xargs -r $(BIN)/djade --target-version 5.2

bench: $(VENV)/everything ## measure every public page (ARGS=…)
	$(BIN)/python -m tests.benchmarks $(ARGS)

lock: $(VENV)/everything ## pin pyproject.toml anew (LOCK=--upgrade takes newer releases)
	$(COMPILE) $(LOCK) pyproject.toml -o requirements.txt
	$(COMPILE) $(LOCK) pyproject.toml --all-extras -c requirements.txt -o requirements-dev.txt

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "Afterimage needs Python 3.11 or newer; none was found."; exit 1; }
	@echo "Making $(VENV) with $(PYTHON) …"
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --without-pip $(VENV)

# A stamp is newer than the requirements it was installed from, or the install runs again.
$(VENV)/runtime: requirements.txt | $(BIN)/python
	@echo "Installing what the site needs …"
	@$(PYTHON) -m pip --python $(BIN)/python install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(VENV)/everything: requirements-dev.txt | $(BIN)/python
	@echo "Installing what the site and its tests need …"
	@$(PYTHON) -m pip --python $(BIN)/python install -qq --disable-pip-version-check --require-hashes -r $<
	@touch $@ $(VENV)/runtime
