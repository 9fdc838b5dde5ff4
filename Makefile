# make setup   everything, the `ccgather` command too, into .venv (the other targets call it)
# make run     the whole site on this machine; PORT, CCGATHER_VAR, DEMO=0 change it
# make test    the tests; make acceptance: the long ones
# make check   style, types, imports, settings, migrations
# make fmt     put the style right
# make bench   measure; make bench-ranking: a million people, about twelve minutes
# make bench-live   300 open live pages beside 20 submissions a second; about two minutes
# make bench-trust   honest people and cheats through the endpoint: who is held, what cheats gain
# make bench-news   2,000 articles through fetch, extract and de-duplicate; about three minutes
# make bench-cli   measure the command beside ccusage and tokscale
# make screenshots   the README's pictures, from a site that `make run` serves
# make prices  write the price table that the command carries from the one the site uses
# make lock    resolve requirements/*.in again; make lock UPGRADE=1 takes the newest releases

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help setup run demo test acceptance check bench bench-ranking bench-live bench-trust bench-news bench-cli fmt screenshots prices lock

VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
LOCKED := requirements/dev.txt $(wildcard cli/pyproject.toml)
# A database of its own, so that checking never touches the one of `make run`.
APART := CCGATHER_MODE=local CCGATHER_VAR=var/test EMBEDDED_POSTGRES_DURABLE=0 LOG_LEVEL=WARNING
# Settings as on a server; nothing is connected to.
SERVER := CCGATHER_MODE=production CCGATHER_VAR=var/test PUBLIC_URL=https://ccgather.example.org \
	SECRET_KEY=checked-only-never-served-0123456789-abcdefghijklmnop \
	DATABASE_URL=postgresql://localhost/ccgather REDIS_URL=redis://localhost HSTS_SUBDOMAINS=1 \
	HSTS_PRELOAD=1 EMAIL_URL=smtp://localhost LOG_LEVEL=WARNING

help:
	@sed -n 's/^# make/make/p' Makefile

# The stamp holds the checksum of what was installed: the second time needs no network and no time.
setup:
	@sum=$$(cat $(LOCKED) | cksum); \
	if [ "$$(cat $(VENV)/.installed 2>/dev/null)" = "$$sum" ] && $(PYTHON) -c '' 2>/dev/null; then \
		exit 0; \
	fi; \
	set -e; \
	if ! $(PYTHON) -m pip --version >/dev/null 2>&1; then \
		for python in python3.13 python3.14 python3.12 python3 python \
			"$$HOME"/.pyenv/versions/*/bin/python3 /usr/local/bin/python3 /opt/*/bin/python3; do \
			"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null \
				&& found="$$python" && break; \
		done; \
		[ -n "$${found:-}" ] || { echo "CCGather needs Python 3.12 or newer; none was found." >&2; exit 1; }; \
		echo "Making $(VENV) with $$("$$found" --version)"; \
		"$$found" -m venv --clear $(VENV); \
	fi; \
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --root-user-action=ignore uv; \
	VIRTUAL_ENV=$(VENV) $(BIN)/uv pip sync --quiet --require-hashes requirements/dev.txt; \
	if [ -f cli/pyproject.toml ]; then \
		VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e cli; \
	fi; \
	echo "$$sum" > $(VENV)/.installed; \
	echo "Installed into $(VENV)"

run: setup
	@set -a; if [ -f .env ]; then . ./.env; fi; set +a; exec $(PYTHON) manage.py serve

demo: setup
	@$(PYTHON) manage.py demo --people 500 --days 180

test: setup
	@$(PYTHON) -m pytest -n auto --maxprocesses 8 -m "not acceptance" $(ARGS)

acceptance: setup
	@$(PYTHON) -m pytest -n 0 -m acceptance $(ARGS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@if [ -f cli/pyproject.toml ]; then echo "cd cli && mypy"; cd cli && ../$(BIN)/mypy; fi
	$(BIN)/lint-imports
	@echo "manage.py check, makemigrations --check"
	@$(APART) $(PYTHON) manage.py check --fail-level WARNING
	@$(SERVER) $(PYTHON) manage.py check --deploy --fail-level WARNING
	@$(APART) $(PYTHON) manage.py makemigrations --check --dry-run

fmt: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

screenshots: setup
	@$(PYTHON) tools/screenshots.py --url http://127.0.0.1:$${PORT:-8000} --out docs/screenshots \
		--first-screen --no-axe /

bench: setup
	@$(PYTHON) -m benchmarks $(ARGS)

bench-ranking: setup
	@$(PYTHON) -m benchmarks.ranking $(ARGS)

bench-live: setup
	@$(PYTHON) -m benchmarks.live $(ARGS)

bench-trust: setup
	@$(PYTHON) -m benchmarks.trust $(ARGS)

bench-news: setup
	@$(PYTHON) -m benchmarks.news $(ARGS)

bench-cli: setup
	@$(PYTHON) -m benchmarks.cli $(ARGS)

prices: setup
	@$(PYTHON) -m tools.price_table

# Addresses of registries and folders of this machine stay out of the locked files.
LOCK := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.12 \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
	$(if $(UPGRADE),--upgrade)
lock: setup
	$(LOCK) requirements/dev.in -o requirements/dev.txt
	$(LOCK) requirements/site.in -c requirements/dev.txt -o requirements/site.txt
