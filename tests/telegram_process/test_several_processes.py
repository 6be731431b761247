"""Several processes on one PostgreSQL: they share what comes in, one of them looks after the rest, and another one
does when it is gone."""

import asyncio
import random
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from balancer import Balancer
from postgres import AVAILABLE, execute, fetch
from telegram_api import BotApi

from bot.storage.keys import new_key
from tests.telegram_process import pairs
from tests.telegram_process.conftest import Make
from tests.telegram_process.process import Process, shown
from tests.telegram_process.trials import PEOPLE, Talker, collapsed
from tests.whole_bot import WORD, an_hour_on, free_port, said

HANDOVER = 30.0
"""Seconds in which another process has taken over from one that was killed."""


@pytest.fixture
async def workers(server_database: str, make: Make) -> AsyncIterator[tuple[Process, Process, Balancer]]:
    """Two that listen, and what stands in front of them."""
    front, ports = free_port(), [free_port(), free_port()]

    def worker(name: str, port: int) -> Process:
        settings = {
            "DATABASE_URL": server_database,
            "TELEGRAM_WEBHOOK_URL": f"http://127.0.0.1:{front}/hook",
            "TELEGRAM_WEBHOOK_LISTEN": f"127.0.0.1:{port}",
        }
        return make(name, webhook=True, environment=settings)

    first, second = worker("first", ports[0]), worker("second", ports[1])
    async with Balancer(front, ports) as balancer:
        await first.start()
        await second.start()
        yield first, second, balancer


def rounds(seed: int) -> list[Any]:
    """Three of somebody's: who does not wait for answers keeps reasons only, since a tap has a way of its own."""
    waits = bool(seed % 2)
    kinds = [random.Random(seed + number).choice(("reason", "write")) if waits else "reason" for number in range(3)]
    return [(kind, f"{WORD} number {number} of {seed}", waits) for number, kind in enumerate(kinds)]


async def test_two_workers_share_what_comes_in_and_each_chat_is_answered_in_order(
    workers: tuple[Process, Process, Balancer], api: BotApi
) -> None:
    first, second, balancer = workers
    api.latency = 0.004
    talkers = [Talker(api.user(1001 + number), rounds(number)) for number in range(8)]
    await asyncio.gather(*(talker.talks(api) for talker in talkers))
    for talker in talkers:
        assert shown(api, talker.person.id) == talker.wanted
        for update in talker.updates:
            api.redeliver(update)
    await first.until(lambda: not api.pending)
    await first.until(lambda: not first.rows("SELECT 1 FROM inbox WHERE body IS NOT NULL"))
    await first.until(lambda: not first.rows("SELECT 1 FROM outbox"))
    for talker in talkers:
        assert shown(api, talker.person.id) == talker.wanted
    assert len(balancer.answered) == 2
    kept = first.words()
    assert len(kept) == len(set(kept)) == 24
    assert not api.violations
    for bot in (first, second):
        await bot.is_stopped()
        bot.check_it_was_clean()


async def test_who_was_shown_lines_gets_no_coaching_from_another_worker(
    workers: tuple[Process, Process, Balancer], api: BotApi
) -> None:
    _, second, balancer = workers
    kim = api.user(1001)
    kim.says("/start")
    await second.until(lambda: kim.chat.from_bot)
    kim.says("I want to kill myself")
    for number in range(4):
        before = len(kim.chat.from_bot)
        await second.until(lambda before=before: len(kim.chat.from_bot) > before or len(kim.chat.from_bot) >= 2)
        await asyncio.sleep(0.3)
        before = len(kim.chat.from_bot)
        kim.says(f"I do not know {number}")
        await second.until(lambda before=before: len(kim.chat.from_bot) > before)
        assert shown(api, kim.id)[-1].startswith(said("safety/still_here")[:20])
    assert len(balancer.answered) == 2


async def test_hiding_takes_away_what_either_worker_has_seen(
    workers: tuple[Process, Process, Balancer], api: BotApi
) -> None:
    first, _, balancer = workers
    kim = api.user(1001)
    for words in ("/start", "/urge", "/help", "/menu", "/urge"):
        before = len(kim.chat.from_bot)
        kim.says(words)
        await first.until(lambda before=before: len(kim.chat.from_bot) > before and not api.pending)
    assert len(balancer.answered) == 2
    kim.says("/hide")
    await first.until(lambda: [message.text for message in kim.messages] == [said("hide/neutral")])


async def test_when_one_worker_is_killed_the_other_one_answers(
    workers: tuple[Process, Process, Balancer], api: BotApi
) -> None:
    first, second, _ = workers
    people = [api.user(1001 + number) for number in range(6)]
    for person in people:
        person.says("/reason")
    await first.until(lambda: any(person.chat.from_bot for person in people))
    await first.is_killed()
    for person in people:
        person.says(f"the {WORD} sky of {person.id}")
    await second.until(lambda: len(second.words("reason")) == len(people), 60)
    assert sorted(second.words("reason")) == sorted(f"the {WORD} sky of {person.id}" for person in people)


async def waits(bot: Process, api: BotApi) -> Any:
    """Somebody who waits for ten minutes with the bot."""
    kim = api.user(1001)
    kim.says("/urge")
    await bot.until(lambda: kim.chat.last.buttons)
    for label in ("I miss them", "Wait with me"):
        await bot.until(lambda label=label: label in [b.label for row in kim.chat.last.buttons for b in row])
        kim.taps(kim.chat.last, label)
    await bot.until(lambda: bot.rows("SELECT 1 FROM due WHERE kind = 'wait'"))
    await bot.until(lambda: not bot.rows("SELECT 1 FROM outbox"))
    return kim


def make_it_due(url: str) -> None:
    """The wait is over by now."""
    execute(url, "UPDATE due SET at = at - 3600000, free_at = at - 3600000")
    for platform, chat, run in fetch(url, "SELECT platform, id, run FROM chat WHERE run IS NOT NULL"):
        later = an_hour_on(platform, chat, run)
        execute(url, "UPDATE chat SET run = $1 WHERE platform = $2 AND id = $3", later, platform, chat)


@pytest.mark.parametrize("how", ["killed", "stopped"])
async def test_who_takes_over_delivers_what_is_due_and_fetches_what_came(
    server_database: str, how: str, make: Make, api: BotApi
) -> None:
    settings = {"DATABASE_URL": server_database}
    first, second = make("first", environment=settings), make("second", environment=settings)
    await first.start()
    second.launch()
    kim = await waits(first, api)
    before = len(kim.chat.from_bot)
    assert not [line for line in second.lines if "long polling" in line]
    await (first.is_killed() if how == "killed" else first.is_stopped())
    make_it_due(server_database)
    seconds = HANDOVER if how == "killed" else HANDOVER / 3
    await second.until(lambda: not second.rows("SELECT 1 FROM due WHERE kind = 'wait'"), seconds)
    kim.says("/reason")
    await second.until(lambda: len(kim.chat.from_bot) > before and "sentences" in shown(api, kim.id)[-1], seconds)
    await second.says_line("long polling")
    assert not [line for line in second.lines if "another program" in line]
    await second.is_stopped()
    second.check_it_was_clean()
    assert second.rows("SELECT * FROM lease") == []


async def test_who_wakes_up_after_another_took_over_leaves_it_to_that(
    server_database: str, make: Make, api: BotApi
) -> None:
    settings = {"DATABASE_URL": server_database}
    first, second = make("first", environment=settings), make("second", environment=settings)
    await first.start()
    second.launch()
    first.gets(signal.SIGSTOP)
    await second.says_line("long polling")
    first.gets(signal.SIGCONT)
    await first.says_line("another process looks after telegram")
    kim = api.user(1001)
    kim.says("/reason")
    await second.until(lambda: kim.chat.from_bot)
    assert len(collapsed(shown(api, kim.id))) == len(shown(api, kim.id)) == 1
    for bot in (first, second):
        await bot.is_stopped()


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_nothing_is_lost_or_handled_twice_when_one_of_two_is_killed(tmp_path: Path, webhook: bool) -> None:
    if not AVAILABLE:
        pytest.skip("pgserver has no wheel for this machine and this Python")
    made = await pairs.run(1, 3 + webhook, tmp_path, webhook=webhook)
    assert made.kills >= 1
    assert (made.lost, made.twice) == (0, 0), made.table()
    assert not [line for line in made.odd if "out of order" in line], made.table()
    assert made.copies <= made.kills * PEOPLE, "an urgent answer may leave just before it is written down"


async def test_one_with_other_keys_does_not_start_beside_the_first(server_database: str, make: Make) -> None:
    first = make("first", environment={"DATABASE_URL": server_database})
    await first.start()
    second = make("second", environment={"DATABASE_URL": server_database, "ENCRYPTION_KEYS": new_key()})
    second.launch()
    assert await second.ends(30) == 2
    assert second.lines == [
        "ENCRYPTION_KEYS: the processes at work on this database have other keys; give this one the same"
    ]
