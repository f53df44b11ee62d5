# Every command of the project. `make` alone prints them.

HOST ?= 127.0.0.1
PORT ?= 5000
ARGS ?=
RUN := .venv/bin/python -m

.DEFAULT_GOAL := help

.PHONY: help
help: ## Print these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: install
install: ## Install what the crawler and the service need into .venv (PYTHON=python3.12)
	@sh install.sh requirements.txt

.PHONY: install-tests
install-tests: install ## Install what the tests need into .venv
	@sh install.sh requirements-dev.txt

.PHONY: demo
demo: install ## Crawl a mock shop on this machine and serve the products, until Ctrl-C (PORT=5000, NO_BROWSER=1)
	@$(RUN) tests.mockshop.demo --host $(HOST) --port $(PORT)

.PHONY: crawl
crawl: install ## Crawl the first 25 men's casual shoes of AliExpress (ARGS="-a limit=100", NO_BROWSER=1)
	@$(RUN) aliscrape.browser.obtain || true
	@$(RUN) scrapy crawl casual_shoes $(if $(filter 1,$(NO_BROWSER)),-a details=no) $(ARGS)

.PHONY: cron
cron: ## Print the crontab lines of a daily crawl (INSTALL=1 or REMOVE=1, ARGS="-a limit=100")
	@sh install.sh requirements.txt >&2
	@$(RUN) aliscrape.schedule $(if $(filter 1,$(INSTALL)),--install) $(if $(filter 1,$(REMOVE)),--remove) $(if $(filter 1,$(NO_BROWSER)),-a details=no) $(ARGS)

.PHONY: api
api: install ## Serve the products, until Ctrl-C (PORT=5000 HOST=127.0.0.1 SCRIPT_NAME=/shoes)
	@$(RUN) webapi.serve $(HOST) $(PORT)$(if $(SCRIPT_NAME), $(SCRIPT_NAME))

.PHONY: browser
browser: install ## Get a browser for product pages, if none works here
	@$(RUN) aliscrape.browser.obtain

.PHONY: doctor
doctor: install ## Check this machine and the site, and store nothing (ARGS="--report report.zip")
	@$(RUN) scrapy doctor $(ARGS)

.PHONY: backup
backup: install ## Copy the database, also while it is used (FILE=data/backups/<instant>.db)
	@$(RUN) db.backup $(if $(FILE),"$(FILE)")

.PHONY: restore
restore: install ## Put a backup in the place of the database, and keep that beside it (FILE=…)
	@$(RUN) db.restore $(if $(FILE),"$(FILE)")

.PHONY: copy
copy: install ## Copy the database into an empty one, such as Postgres's (TO=postgresql://user@host/name)
	@$(RUN) db.transfer $(if $(TO),"$(TO)")

.PHONY: prune
prune: install ## Delete old price history without which the charts look the same (KEEP_DAYS=90)
	@$(RUN) db.prune "$(KEEP_DAYS)"

# If this were set, each process of the tests would compile all test modules again.
test test-long: export PYTHONDONTWRITEBYTECODE =

.PHONY: test
test: install-tests ## Run the tests, the short profile
	@$(RUN) pytest $(ARGS)

.PHONY: test-long
test-long: install-tests ## Run the same tests with their long counts
	@HYPOTHESIS_PROFILE=long $(RUN) pytest --dist=worksteal $(ARGS)

.PHONY: lint
lint: install-tests ## Check format, lint and types
	@$(RUN) ruff format --check .
	@$(RUN) ruff check .
	@$(RUN) mypy

.PHONY: check
check: lint test ## Check everything: format, lint, types, tests

.PHONY: format
format: install-tests ## Format the code
	@$(RUN) ruff format .
	@$(RUN) ruff check --fix .

.PHONY: bench
bench: install-tests ## Measure crawl, store and API against other programs (QUICK=1, FULL=1)
	@QUICK=$(QUICK) FULL=$(FULL) $(RUN) bench

.PHONY: screenshots
screenshots: install-tests ## Take pictures of the web pages with the demo's data, into docs/screenshots
	@$(RUN) tests.mockshop.screenshots

.PHONY: clean
clean: ## Remove what was installed and cached, but no data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
