# Every command of the project. `make` alone prints them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CRAWL_ARGS ?=

.DEFAULT_GOAL := help

.PHONY: help
help: ## Print what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/runs: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/tests: requirements.txt requirements-dev.txt $(VENV)/runs
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

.PHONY: install
install: $(VENV)/runs ## Install what the crawler and the service need into .venv

.PHONY: test
test: $(VENV)/tests ## Run the tests, the short profile
	$(BIN)/python -m pytest

.PHONY: test-long
test-long: $(VENV)/tests ## Run the same tests with their long counts
	HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest

.PHONY: lint
lint: $(VENV)/tests ## Check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

.PHONY: check
check: lint test ## Check everything: format, lint, types, tests

.PHONY: format
format: $(VENV)/tests ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: clean
clean: ## Remove what was installed and cached, but no data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
