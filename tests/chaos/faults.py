"""What can go wrong, each with what must hold all the same."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import func, select

from bot.storage.tables import DUE
from tests.chaos import disk
from tests.chaos.databases import KINDS
from tests.chaos.scene import Scene

BOTH = ("telegram", "discord")

HOUR = 3600.0

LONG_AND_SHORT_DAYS = (
    ("Europe/Berlin", "2026-03-28 01:30"),
    ("Europe/Berlin", "2026-10-24 00:30"),
    ("Africa/Cairo", "2026-04-22 22:15"),
    ("America/Santiago", "2026-09-05 04:30"),
    ("Australia/Lord_Howe", "2026-04-03 14:45"),
)
"""Zones, and moments a day before a wall time that a clock skips or shows twice."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong.

    `exact`: it leaves database and clock alone, so that people see the right words, each once. `starts`: zones, and what
    the clock shows in UTC when the first check-ins are due, if that is not the present. `dates`: on how many each
    person is due one. `late`: whether their lateness means something. `why_not` says why it cannot be made here.
    """

    name: str
    happens: Callable[[Scene], Awaitable[None]]
    platforms: tuple[str, ...] = BOTH
    databases: tuple[str, ...] = KINDS
    exact: bool = True
    small_disk: bool = False
    bots: int = 1
    starts: tuple[tuple[str, str], ...] = ()
    dates: int = 1
    late: bool = True
    why_not: Callable[[], str] = lambda: ""


async def is_killed(scene: Scene) -> None:
    """kill -9, once or twice."""
    await _ends(scene, signal.SIGKILL)


async def is_told_to_stop(scene: Scene) -> None:
    """SIGTERM, once or twice."""
    await _ends(scene, signal.SIGTERM)


async def _ends(scene: Scene, by: signal.Signals) -> None:
    for _ in range(scene.chance.choice((1, 1, 2))):
        await scene.some_sends()
        await scene.ends(by)
        await asyncio.sleep(scene.chance.uniform(0, 0.3))
        await scene.bots[0].start()


async def is_cut_before(scene: Scene) -> None:
    """Requests do not arrive: some sends, some of any kind, and for a moment none at all."""
    for _ in range(scene.chance.randint(4, 8)):
        await scene.some_sends(10)
        scene.stage.spoil(scene.chance.choice(("cut before", "cut before", "anything")), scene.chance.randint(1, 4))
    await scene.some_sends(10)
    with scene.lasting("no connection"):
        await scene.disconnects()
        await asyncio.sleep(scene.chance.uniform(0.5, 2))
        await scene.stage.api.listen_again()


async def is_cut_after(scene: Scene) -> None:
    """Sends take effect, and the answer is cut off."""
    for _ in range(scene.chance.randint(4, 8)):
        await scene.some_sends(10)
        scene.stage.spoil("cut after", scene.chance.randint(1, 3))
    await scene.some_sends(10)


async def is_slow(scene: Scene) -> None:
    """A third of the crowd's messages take some seconds to be answered."""
    slow = scene.some_of_the_crowd(0.3)
    with scene.lasting("slow answers", reaches=True):
        for id in slow:
            scene.stage.spoil("slow", chat=id, seconds=scene.chance.uniform(1, 6))
        await scene.some_sends()
        await asyncio.sleep(4)


async def is_broken(scene: Scene) -> None:
    """The platform's server has a fault, again and again."""
    for _ in range(scene.chance.randint(2, 4)):
        await scene.some_sends(10)
        scene.stage.spoil("5xx", scene.chance.randint(2, 12))


async def people_leave(scene: Scene) -> None:
    """Some block the bot or close their messages before their check-in comes; of some the bot is not told."""
    for number in range(3):
        for id in scene.some_of_the_crowd(0.1):
            if id not in scene.left:
                scene.stage.leaves(id, told=number % 2 == 0)
                scene.left.add(id)
        await scene.some_sends()


async def chats_are_held(scene: Scene) -> None:
    """The platform wants some chats to be left alone for a while."""
    with scene.lasting("429 for single chats", reaches=True):
        for id in scene.some_of_the_crowd(0.1):
            scene.stage.spoil("429", 2, chat=id, seconds=scene.chance.randint(1, 3))
        await scene.some_sends()
        await asyncio.sleep(4)


async def bot_is_held(scene: Scene) -> None:
    """The platform wants the whole bot to be left alone for a while, once or twice."""
    for _ in range(scene.chance.choice((1, 2))):
        await scene.some_sends()
        seconds = scene.chance.randint(2, 4)
        with scene.lasting("429 for the bot"):
            scene.stage.spoil("429", 10**9, seconds=seconds)
            await asyncio.sleep(seconds)


async def disk_is_full(scene: Scene) -> None:
    """Nothing can be written for some seconds; by chance the bot is killed then, and comes back when there is room."""
    for _ in range(scene.chance.choice((1, 2))):
        await scene.some_sends()
        with scene.lasting("full disk", reaches=True):
            await scene.database.fill()
            await asyncio.sleep(scene.chance.uniform(2, 6))
        if scene.chance.random() < 0.3:
            await scene.ends(signal.SIGKILL)
        await scene.database.free()
        if scene.bots[0].code is not None:
            await scene.bots[0].start()


async def clock_jumps(scene: Scene) -> None:
    """Forward or back by hours, or back by more than a day, and to the right time again; by chance the bot is killed
    before that."""
    jump = scene.chance.choice((scene.chance.uniform(1, 2.5), -1, -5, -26)) * HOUR
    await scene.some_sends()
    scene.clock.move(jump)
    await asyncio.sleep(scene.chance.uniform(0.5, 3))
    if scene.chance.random() < 0.3:
        await scene.ends(signal.SIGKILL)
    scene.clock.move(-jump)
    if scene.bots[0].code is not None:
        await scene.bots[0].start()


async def days_pass(scene: Scene) -> None:
    """Three days, of which one has an hour less or more; the clock jumps to where everybody is due again."""
    for day in (1, 2):
        await scene.everybody_is_asked(day)
        latest = await scene.database.run(lambda one: one.execute(select(func.max(DUE.c.at))).scalar_one())
        scene.clock.move(latest.timestamp() + 1 - scene.clock.now())


async def everything_at_once(scene: Scene) -> None:
    """Several of the others in a row, while the crowd is asked."""
    for what in scene.chance.sample(AT_ONCE, 3):
        await what(scene)


AT_ONCE = (is_killed, is_told_to_stop, is_cut_before, is_cut_after, is_broken, people_leave, chats_are_held, bot_is_held)


FAULTS = (
    Fault("nothing", lambda scene: scene.some_sends()),
    Fault("kill -9", is_killed),
    Fault("SIGTERM", is_told_to_stop),
    Fault("connection cut before the request", is_cut_before),
    Fault("connection cut before the answer", is_cut_after),
    Fault("slow answers", is_slow),
    Fault("5xx", is_broken),
    Fault("people leave (403)", people_leave),
    Fault("429 for a chat", chats_are_held),
    Fault("429 for the bot", bot_is_held),
    Fault("full disk", disk_is_full, databases=("sqlite",), exact=False, small_disk=True, why_not=disk.why_not),
    Fault("clock jumps by hours", clock_jumps, exact=False, late=False),
    Fault("clock crosses DST", days_pass, ("telegram",), exact=False, late=False, starts=LONG_AND_SHORT_DAYS, dates=3),
    Fault("several in a row", everything_at_once),
)
"""A row of the table each."""
