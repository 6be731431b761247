#!/bin/sh
# Every check a change must pass, cheapest first. Run through `make test`.
set -eu
ruff check .
ruff format --check .
mypy
lint-imports
python -m bot content check --strict
python -m pytest -q --numprocesses auto --dist worksteal
