# make run: the bot.  make test: every check CI makes.  Both set up .venv first.
.DELETE_ON_ERROR:
.PHONY: run test safety pictures bench chaos fuzz lock format clean

BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
FIND_PYTHON := for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; python=; done; \
	test -n "$$python" || { echo "Holdfast needs Python 3.11 or newer with its venv module (Debian: apt install python3-venv). Or name one: make run PYTHON=/path/to/python3" >&2; exit 1; }

# A virtual environment does not survive being moved: it is made anew.
ifneq ($(wildcard .venv/run.stamp),)
ifneq ($(file < .venv/run.stamp),$(CURDIR))
$(shell rm -rf .venv)
endif
endif

run: .venv/run.stamp
	@exec $(BIN)/python -m bot

test: .venv/test.stamp
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tests/gate.sh

.venv/run.stamp: requirements.txt pyproject.toml
	@$(FIND_PYTHON); test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 || { rm -rf .venv && "$$python" -m venv .venv; }
	@echo "Setting up .venv (once, about a minute)" >&2
	@$(PIP) install --require-hashes --requirement requirements.txt >&2
	@$(PIP) install --no-deps --no-build-isolation --editable . >&2
	@printf '%s\n' "$(CURDIR)" > $@

.venv/test.stamp: .venv/run.stamp requirements-dev.txt
	@$(PIP) install --require-hashes --requirement requirements-dev.txt >&2
	@touch $@

# New versions: edit pyproject.toml, then `make lock` (needs uv). The files name hashes and no download address.
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet
lock:
	$(LOCK) --group build --output-file requirements.txt
	$(LOCK) --group dev --output-file requirements-dev.txt
	$(subst pyproject.toml,benchmarks/requirements.in,$(LOCK)) --output-file benchmarks/requirements.txt
	$(subst pyproject.toml,pyproject.toml tools/requirements.in,$(LOCK)) --group dev --output-file tools/requirements.txt

# The pictures in README.md and docs/, made from real conversations (needs Chromium).
pictures: .venv-pictures/stamp
	@PYTHONPATH=.:tests/fakes .venv-pictures/bin/python tools/make_pictures.py

.venv-pictures/stamp: tools/requirements.txt | .venv/run.stamp
	@rm -rf .venv-pictures && $(BIN)/python -m venv .venv-pictures
	@.venv-pictures/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes --requirement $< >&2
	@touch $@

# Holdfast beside what one would use instead, about an hour: benchmarks/README.md. BENCH=--quick is a short form.
bench: .venv/run.stamp .venv-bench/stamp
	@.venv-bench/bin/python -m benchmarks --python $(BIN)/python $(BENCH)

.venv-bench/stamp: benchmarks/requirements.txt | .venv/run.stamp
	@rm -rf .venv-bench && $(BIN)/python -m venv .venv-bench
	@.venv-bench/bin/python -m pip --quiet --disable-pip-version-check install --require-hashes --requirement $< >&2
	@touch $@

# Whole bots that are killed, cut off and left without a disk: docs/reliability.md. CHAOS="--trials 20 --seed 7"
chaos: .venv/test.stamp
	@PYTHONPATH=.:tests/fakes $(BIN)/python -m tests.chaos $(CHAOS)

# Made up input against everything that reads some, with other examples each time. FUZZ="--minutes 30 --seed 7"
fuzz: .venv/test.stamp
	@$(BIN)/python tests/fuzz/__main__.py $(FUZZ)

# How well crisis words are heard, and what is missed: docs/safety.md. After every change of sentences or rules.
safety: .venv/run.stamp
	@PYTHONPATH=. $(BIN)/python -m tools.safety $(SAFETY)

format: .venv/test.stamp
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

clean:
	rm -rf .venv .venv-bench .venv-pictures .mypy_cache .ruff_cache .pytest_cache build dist
