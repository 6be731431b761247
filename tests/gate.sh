#!/bin/sh
# Every check a change must pass, cheapest first. Run through `make test`.
set -eu
ruff check .
ruff format --check .
mypy
lint-imports
python -m bot content check --strict
# One more than there are cores here: half of what takes long waits for a process, a clock or a disk.
python -m pytest -q --numprocesses "${TEST_WORKERS:-3}" --dist worksteal
