# Every command of the project. `make` alone prints them.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 5000
ARGS ?=

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

.PHONY: demo
demo: $(VENV)/runs ## Crawl a shop of our own and serve what was found, until Ctrl-C (PORT=5000)
	@$(BIN)/python -m tests.mockshop.demo --port $(PORT)

.PHONY: crawl
crawl: $(VENV)/runs ## Crawl the first 25 men's casual shoes of AliExpress (ARGS="-a limit=100")
	@$(BIN)/scrapy crawl casual_shoes $(ARGS)

.PHONY: api
api: $(VENV)/runs ## Serve the products on this machine, until Ctrl-C (PORT=5000 HOST=127.0.0.1)
	@$(BIN)/gunicorn --config gunicorn.conf.py --bind $(HOST):$(PORT) 'webapi:create_app()'

.PHONY: browser
browser: $(VENV)/runs ## Get a browser for product pages, by the best way this machine offers
	@$(BIN)/python -m aliscrape.browser.obtain

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

.PHONY: bench
bench: $(VENV)/tests ## Measure how fast lists are answered (ARGS="--products 100000")
	@$(BIN)/python -m bench.reading $(ARGS)

.PHONY: clean
clean: ## Remove what was installed and cached, but no data
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
