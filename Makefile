# legato's commands. Each sets up what it needs on its first use; they work from any folder (`make -C FOLDER run`).
#
#   make run ARGS="listen talk.flac --json"    legato itself; with no ARGS, its window
#   make test                                  the tests
#   make check                                 what CI runs: the checkers, then the tests
#   make bench                                 the figures of the README that this machine decides
#   make docs                                  the user's guide, into build/site
#   make screenshots                           pictures of every page of the window, into docs/screens
#
# VENV names the virtual environment (.venv beside this file), PYTHON the interpreter that makes it.

SHELL := bash
.NOTPARALLEL:
.DEFAULT_GOAL := help

ROOT := $(shell cd "$$(dirname "$(strip $(MAKEFILE_LIST))")" && pwd -P)
VENV ?= $(ROOT)/.venv
override VENV := $(shell case "$(VENV)" in (/*) echo "$(VENV)" ;; (*) echo "$(CURDIR)/$(VENV)" ;; esac)
MODEL ?= $(ROOT)/app/assets/keywords.onnx
ARGS ?=
PATHS ?= tests

export VENV PYTHON
# One thread a process: the tests' networks are so small that more only get in one another's way.
test: export OMP_NUM_THREADS := 1
test lint: export QT_QPA_PLATFORM := offscreen

.PHONY: help run test lint check bench docs screenshots format clean

help:
	@sed -n 's/^#  *\(make .*\)/  \1/p' "$(ROOT)/Makefile"

run:
	@"$(ROOT)/scripts/setup" runtime
	@"$(VENV)/bin/legato" $(ARGS)

test:
	@"$(ROOT)/scripts/setup" development
	@cd "$(ROOT)" && "$(VENV)/bin/python" -m pytest $(PATHS)

lint:
	@"$(ROOT)/scripts/setup" development
	@cd "$(ROOT)" && "$(VENV)/bin/ruff" check
	@cd "$(ROOT)" && "$(VENV)/bin/ruff" format --check
	@cd "$(ROOT)" && "$(VENV)/bin/mypy"
	@cd "$(ROOT)" && "$(VENV)/bin/lint-imports" --no-logo

check: lint test

docs:
	@"$(ROOT)/scripts/setup" development
	@cd "$(ROOT)" && NO_MKDOCS_2_WARNING=1 "$(VENV)/bin/mkdocs" build --quiet --strict --site-dir build/site

screenshots:
	@"$(ROOT)/scripts/setup" development
	@cd "$(ROOT)" && QT_QPA_PLATFORM=offscreen "$(VENV)/bin/python" -m legato.app.desktop.screenshots docs/screens

format:
	@"$(ROOT)/scripts/setup" development
	@cd "$(ROOT)" && "$(VENV)/bin/ruff" format && "$(VENV)/bin/ruff" check --fix

bench:
	@"$(ROOT)/scripts/setup" development
	@"$(VENV)/bin/legato" bench $(ARGS)
	@"$(VENV)/bin/legato" verify "$(MODEL)" --minutes 10

clean:
	@cd "$(ROOT)" && rm -rf build dist legato.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
