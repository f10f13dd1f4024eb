# What a person types; `make` alone lists it. All of it runs in .venv, which tools/set-up makes when it is needed.

# make demo CALLS=40 SPEED=1
CALLS ?= 12
SPEED ?= 4
SAVE ?= build/demo

# make soak KILLS=2000
KILLS ?= 500

# make lock UPGRADE=--upgrade takes newer versions; without it only what pyproject.toml asks for changes
UPGRADE ?=

PYTHON := .venv/bin/python
INSTALLED := .venv/.installed
TEST_TOOLS := .venv/.test-tools

# Tests on all cores; one that is done takes over from another that still has a long list. A small board has few cores,
# and a large machine gains nothing from more than these.
PARALLEL := -n auto --maxprocesses 8 --dist worksteal

.DEFAULT_GOAL := help
.PHONY: help demo test soak bench check lint format-check types lock clean

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

demo: $(INSTALLED)  ## answer simulated calls on simulated lines, with the board at http://127.0.0.1:8080
	.venv/bin/frontdesk demo --calls $(CALLS) --speed $(SPEED) --save $(SAVE)

test: $(TEST_TOOLS)  ## all tests, in less than 10 minutes
	$(PYTHON) -m pytest $(PARALLEL)

soak: $(TEST_TOOLS)  ## the tests that take longer; the result goes into bench/SOAK.md
	FRONTDESK_KILLS=$(KILLS) $(PYTHON) tools/soak.py

bench: $(INSTALLED)  ## the figures, into bench/RESULTS.md
	@tools/set-up --bench
	$(PYTHON) -m bench

check: lint format-check types  ## linter, formatter and type checker

lint: $(INSTALLED)
	$(PYTHON) -m ruff check .

format-check: $(INSTALLED)
	$(PYTHON) -m ruff format --check .

types: $(INSTALLED)
	$(PYTHON) -m mypy

lock: $(INSTALLED)  ## work out requirements.txt from pyproject.toml, for every Python we run on
	$(PYTHON) -m pip install --quiet uv
	$(PYTHON) -m uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
		--fork-strategy requires-python --no-annotate --quiet $(UPGRADE) \
		--custom-compile-command "make lock" --output-file requirements.txt

clean:  ## remove what was made here, the environment too
	rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(TEST_TOOLS): $(INSTALLED)
	@tools/set-up --tests
	@touch $@

$(INSTALLED): pyproject.toml requirements.txt tools/set-up
	@tools/set-up
	@touch $@
