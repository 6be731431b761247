"""Two processes on one PostgreSQL, of which one or the other is killed at random moments: nothing is lost, nothing is
handled twice, and at most what was just being sent comes once more.

    PYTHONPATH=tests/fakes python -m tests.telegram_process.pairs --trials 20 --webhook

It takes its time: after some kills another process waits until it may lead.
"""

import argparse
import asyncio
import random
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from balancer import Balancer
from postgres import Server
from telegram_api import BotApi

from bot.storage.migrate import database_url, migrate
from tests.telegram_process import trials
from tests.telegram_process.process import Process
from tests.whole_bot import free_port

PATIENCE = 120.0
IN_FLIGHT_SECONDS = 0.3


class Pair:
    """Two bots that look like one to the trials."""

    def __init__(self, bots: Sequence[Process], seed: int) -> None:
        self._bots = bots
        self._random = random.Random(seed)

    async def start(self) -> None:
        """Starts what does not run, and waits until updates can come."""
        runs = any(bot.code is None for bot in self._bots)
        for bot in self._bots:
            if bot.code is not None and (bot.webhook or not runs):
                await bot.start()
                runs = True
            elif bot.code is not None:
                bot.launch()  # by long polling it waits until the other one is gone

    async def is_killed(self) -> None:
        """One of them is, with kill -9. What it had sent by then arrives before it is looked at what was in flight."""
        await self._random.choice([bot for bot in self._bots if bot.code is None]).is_killed()
        await asyncio.sleep(IN_FLIGHT_SECONDS)

    async def until(self, condition: Any, _seconds: float = 0) -> None:
        """Waits until something is true."""
        await self._bots[0].until(condition, PATIENCE)

    def words(self, *tables: str) -> list[str]:
        """Reasons and letters that are kept."""
        return self._bots[0].words(*tables)

    def unsent(self) -> list[tuple[str, dict[str, Any]]]:
        """What waits to be sent."""
        return self._bots[0].unsent()

    def rows(self, query: str, *values: object) -> list[Any]:
        """What is in the database."""
        return self._bots[0].rows(query, *values)

    async def stop(self) -> None:
        """Kills both, and looks at what they have printed."""
        for bot in self._bots:
            await bot.is_killed()
            bot.check_nothing_leaked()


async def run(number: int, seed: int, folder: Path, *, webhook: bool) -> trials.Figures:
    """Runs trials."""
    front, ports = free_port(), [free_port(), free_port()]
    trials.ANSWERED_WITHIN = PATIENCE
    async with AsyncExitStack() as stack:
        server = stack.enter_context(Server())
        url = server.database()
        await asyncio.to_thread(migrate, database_url(url))
        api = await stack.enter_async_context(BotApi())
        await stack.enter_async_context(Balancer(front, ports))
        pair = Pair([_bot(api, folder, url, front, port, webhook) for port in ports], seed)
        try:
            return await trials.Trials(api, pair, seed).run(number)
        finally:
            await pair.stop()


def _bot(api: BotApi, folder: Path, url: str, front: int, port: int, webhook: bool) -> Process:
    settings = {"DATABASE_URL": url}
    if webhook:
        settings["TELEGRAM_WEBHOOK_URL"] = f"http://127.0.0.1:{front}/hook"
        settings["TELEGRAM_WEBHOOK_LISTEN"] = f"127.0.0.1:{port}"
    return Process(api, folder / str(port), webhook=webhook, environment=settings)


def main() -> int:
    """Prints the figures of so many trials. 1 if something was not as it must be."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--trials", type=int, default=5)
    options.add_argument("--seed", type=int, default=7)
    options.add_argument("--webhook", action="store_true", help="both listen, instead of one of them polling")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = asyncio.run(run(given.trials, given.seed, Path(folder), webhook=given.webhook))
    print(f"two processes, {'webhook' if given.webhook else 'long polling'}, seed {given.seed}\n{made.table()}")
    return int(bool(made.lost or made.twice or made.odd))


if __name__ == "__main__":
    sys.exit(main())
