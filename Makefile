# The house's tools. Everything works on a fresh clone: each target sets up what it needs first.
# make demo ARGS="--for 60"  ·  make test ARGS="-k journal"

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
SETUP := $(PYTHON) -m scripts.setup

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo setup test check tests bench soak lock clean

help:  ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

demo:  ## play a community's day; needs python3 only (ARGS="--for 60 --outage 15 --reader pcsc")
	@$(SETUP) $(if $(filter pcsc,$(subst =, ,$(ARGS))),--pcsc)
	@$(BIN)/onecard demo $(ARGS)

setup:  ## everything for development, with system packages where that is allowed
	@$(SETUP) --dev --pcsc --system

test: setup check tests  ## set-up, checks and all tests

check:  ## style, types and arrows (seconds; no system packages)
	@$(SETUP) --dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

# More workers than the two cores it is made for: more than half of a worker's time is waiting for readers, brokers and pages.
tests:
	$(BIN)/pytest -n 4 --dist worksteal $(ARGS)

# Each ends in a minute or so; `pages` and `live` have their goals' sizes without these arguments.
BENCHES = tap door card gossip journal decide policy ingest catchup revoke imports \
	"live --subscribers 200 --subscribers 1000 --seconds 5" "pages --size 5000 --size 20000 --rounds 10"
bench:  ## every benchmark beside its floor, or one (ARGS="tap --json tap.json")
	@$(SETUP) --pcsc
	@set -e; if [ -n "$(ARGS)" ]; then $(BIN)/onecard bench $(ARGS); else \
	for one in $(BENCHES); do echo "— $$one"; $(BIN)/onecard bench $$one; done; fi

soak:  ## an hour of the demo with outages, 10,000 histories, 50 power cuts, 1,000 examples of every property (ARGS="--for 600")
	@$(SETUP) --dev --pcsc
	@$(BIN)/onecard demo --for 3600 --outage 300 --report var/soak.json $(ARGS)
	@$(BIN)/pytest -m soak --timeout 0; code=$$?; [ $$code -eq 5 ] || exit $$code
	@$(BIN)/pytest tests/card_protocol tests/edge/core tests/gateway/core --hypothesis-profile soak --timeout 0

lock:  ## make the lock files anew after a dependency changed (ARGS="--upgrade")
	@scripts/lock.sh $(ARGS)

clean:  ## remove everything that was made here, the virtual environment too
	rm -rf .venv var build dist htmlcov .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	rm -rf server/static/vendor
	find card_protocol edge firmware_sim gateway onecard scripts server tests -name __pycache__ -prune -exec rm -rf {} +
	find server -name '*.mo' -delete
