"""kill -9 at random moments. `python -m tests.telegram_process.trials` makes as many trials as one likes."""

from pathlib import Path

import pytest

from tests.telegram_process.trials import run


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_nothing_is_lost_or_handled_twice_however_often_it_is_killed(tmp_path: Path, webhook: bool) -> None:
    made = await run(3, 7 + webhook, tmp_path, webhook=webhook, real=False, debug=webhook)
    assert made.kills >= 3
    assert (made.lost, made.twice, made.odd) == (0, 0, []), made.table()
    assert made.copies <= made.in_flight
