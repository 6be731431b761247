"""kill -9 at random moments. `python -m tests.discord_process.trials` makes as many trials as one likes."""

from pathlib import Path

from tests.discord_process.trials import run


async def test_nothing_is_lost_or_handled_twice_however_often_it_is_killed(tmp_path: Path) -> None:
    made = await run(4, 7, tmp_path, real=False, debug=True)
    assert made.kills >= 4
    assert (made.lost, made.twice, made.doubled, made.odd) == (0, 0, 0, []), made.table()
