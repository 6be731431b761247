"""A few trials of `make chaos`, the same each time."""

from pathlib import Path

import pytest

from tests.chaos import databases
from tests.chaos.faults import FAULTS
from tests.chaos.trial import Plan, run

PEOPLE = 40

SOME = (
    ("kill -9", "telegram", "sqlite"),
    ("SIGTERM", "discord", "postgresql"),
    ("connection cut before the answer", "telegram", "postgresql"),
    ("full disk", "telegram", "sqlite"),
    ("PostgreSQL stops and comes back", "telegram", "postgresql"),
    ("clock crosses DST", "telegram", "sqlite"),
)


@pytest.mark.parametrize(("fault", "platform", "database"), SOME)
async def test_nobody_is_forgotten_and_nothing_comes_twice_without_need(
    tmp_path: Path, fault: str, platform: str, database: str
) -> None:
    (found,) = (one for one in FAULTS if one.name == fault)
    if why := databases.why_not(database) or found.why_not():
        pytest.skip(why)
    plan = Plan(found, platform, database, seed=7, people=PEOPLE)
    made = await run(plan, tmp_path)
    assert made.is_good, f"make chaos CHAOS='--trials 1 {plan} --people {PEOPLE}'\n" + "\n".join(made.odd)
    assert made.sends >= PEOPLE
    if platform == "discord":
        assert not made.doubled
