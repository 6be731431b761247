"""When messages may leave: what comes unasked evenly, answers first, and nobody told to wait twice.

Time is the event loop's own, jumped ahead whenever nothing else is to be done: these tests take no time.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from bot.pace import CAUTIOUS_SECONDS, Pace

RATE, LIMIT = 29.4, 30
Scene = Callable[[], Coroutine[Any, Any, None]]


class Jumping(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    """Waits for nothing: instead it is later."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0

    def select(self, timeout: float | None = None) -> Any:
        """What is ready now; if nothing is, time passes."""
        ready = super().select(0)
        if not ready and timeout:
            self.now += timeout
        return ready


def play(scene: Scene) -> None:
    """Plays a scene in a time of its own."""
    selector = Jumping()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = lambda: selector.now  # type: ignore[method-assign]
    try:
        loop.run_until_complete(scene())
    finally:
        loop.close()


class Seen:
    """When each message left, in seconds since the beginning."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.began = asyncio.get_running_loop().time()
        self.left: list[tuple[str, float]] = []

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time() - self.began

    async def send(self, name: str, chat: str = "", *, unasked: bool) -> None:
        await self.pace.turn(chat, unasked=unasked)
        self.left.append((name, self.now))

    def times(self, name: str = "") -> list[float]:
        return [at for who, at in self.left if name in ("", who)]


def most_in_a_second(times: list[float]) -> int:
    return max(sum(at <= other < at + 1.0 for other in times) for at in times)


async def many(seen: Seen, count: int, name: str = "broadcast", *, unasked: bool = True) -> None:
    await asyncio.gather(*(seen.send(name, f"{name} {number}", unasked=unasked) for number in range(count)))


def test_a_broadcast_uses_its_limit_and_never_more() -> None:
    async def scene() -> None:
        seen = Seen(Pace(RATE, LIMIT))
        await many(seen, 1_000)
        assert most_in_a_second(seen.times()) <= LIMIT
        assert seen.now <= 1.03 * 1_000 / LIMIT

    play(scene)


def test_it_is_spread_evenly() -> None:
    async def scene() -> None:
        seen = Seen(Pace(RATE, LIMIT))
        await many(seen, 100)
        gaps = [later - sooner for sooner, later in zip(seen.times(), seen.times()[1:], strict=False)]
        assert max(gaps) < 1.1 / RATE
        assert min(gaps) > 0.5 / RATE

    play(scene)


def test_what_a_busy_machine_has_missed_is_made_up_for_within_the_limit() -> None:
    async def scene() -> None:
        seen = Seen(Pace(RATE, LIMIT))
        broadcast = asyncio.create_task(many(seen, 600))
        for _ in range(10):
            await asyncio.sleep(1)
            busy = asyncio.get_running_loop()
            busy._selector.now += 0.03  # type: ignore[attr-defined]  # nothing else runs meanwhile
        await broadcast
        assert most_in_a_second(seen.times()) <= LIMIT
        assert seen.now <= 1.03 * 600 / LIMIT

    play(scene)


def test_what_a_slow_database_has_held_up_together_leaves_within_the_limit() -> None:
    async def scene() -> None:
        seen = Seen(Pace(RATE, LIMIT))
        stuck = asyncio.Event()

        async def look(number: int) -> None:
            await seen.pace.turn(str(number))
            await stuck.wait()
            await seen.pace.leave()
            seen.left.append(("broadcast", seen.now))

        broadcast = asyncio.create_task(asyncio.wait([asyncio.create_task(look(number)) for number in range(300)]))
        for _ in range(5):
            stuck.set()
            await asyncio.sleep(1.2)
            stuck.clear()
            await asyncio.sleep(0.4)
        stuck.set()
        await broadcast
        assert len(seen.left) == 300
        assert most_in_a_second(seen.times()) <= LIMIT

    play(scene)


def test_where_what_arrives_is_counted_late_ones_leave_room_for_themselves() -> None:
    """For two tenths of a second, now and then, nothing gets through; then all of it arrives together."""

    async def scene() -> None:
        seen = Seen(Pace(45.5, 46, limit=49))
        arrived: list[float] = []

        async def send(number: int) -> None:
            await seen.pace.turn(str(number))
            departure = await seen.pace.leave()
            through = seen.now % 3.0
            await asyncio.sleep(max(0.0, 0.2 - through) + 0.05)
            arrived.append(seen.now)
            await asyncio.sleep(0.05)
            seen.pace.answered(departure)

        await asyncio.gather(*(send(number) for number in range(900)))
        assert most_in_a_second(arrived) <= 50
        assert seen.now <= 900 / 45

    play(scene)


def test_a_platform_that_answers_slowly_gets_messages_all_the_same() -> None:
    async def scene() -> None:
        seen = Seen(Pace(45.5, 46, limit=49))

        async def send(number: int) -> None:
            await seen.pace.turn(str(number))
            departure = await seen.pace.leave()
            await asyncio.sleep(5)
            seen.pace.answered(departure)

        await asyncio.gather(*(send(number) for number in range(300)))
        assert seen.now <= 300 / 30 + 5

    play(scene)


def test_answers_leave_at_once_while_nothing_comes_unasked() -> None:
    async def scene() -> None:
        seen = Seen(Pace(RATE, LIMIT))
        await many(seen, 500, unasked=False)
        assert seen.now == 0

    play(scene)


def test_an_answer_is_the_next_to_leave_during_a_broadcast() -> None:
    async def scene() -> None:
        seen = Seen(Pace(RATE, LIMIT))
        broadcast = asyncio.create_task(many(seen, 300))
        await asyncio.sleep(2.0001)
        asked = seen.now
        await seen.send("answer", "somebody", unasked=False)
        assert seen.now - asked <= 1.01 / RATE
        await broadcast

    play(scene)


def test_sixty_answers_at_once_during_a_broadcast_leave_within_the_limit_and_before_the_rest() -> None:
    async def scene() -> None:
        seen = Seen(Pace(RATE, LIMIT))
        broadcast = asyncio.create_task(many(seen, 300))
        await asyncio.sleep(2)
        await many(seen, 60, "answer", unasked=False)
        answers = seen.times("answer")
        assert answers[-1] - 2 <= 2.2
        assert not [at for at in seen.times("broadcast") if answers[0] < at < answers[-1]]
        await broadcast
        assert most_in_a_second(seen.times()) <= LIMIT

    play(scene)


def test_a_broadcast_that_begins_after_many_answers_waits_for_room() -> None:
    async def scene() -> None:
        seen = Seen(Pace(RATE, LIMIT))
        await many(seen, LIMIT, "answer", unasked=False)
        await many(seen, 100)
        assert most_in_a_second(seen.times()) <= LIMIT

    play(scene)


def test_what_comes_unasked_leaves_a_second_after_the_last_thing_in_its_chat() -> None:
    async def scene() -> None:
        seen = Seen(Pace(RATE, LIMIT))
        await seen.send("answer", "me", unasked=False)
        await asyncio.gather(seen.send("mine", "me", unasked=True), seen.send("theirs", "you", unasked=True))
        assert seen.times("mine")[0] >= 1.0
        assert seen.times("theirs")[0] < 0.1

    play(scene)


def test_so_it_does_when_the_answer_left_while_it_waited_for_its_turn() -> None:
    async def scene() -> None:
        seen = Seen(Pace(RATE, LIMIT))
        crowd = asyncio.create_task(many(seen, 58))
        await asyncio.sleep(0.01)
        mine = asyncio.create_task(seen.send("mine", "me", unasked=True))
        await asyncio.sleep(1.9)
        await seen.send("answer", "me", unasked=False)
        await asyncio.gather(crowd, mine)
        assert seen.times("mine")[0] >= seen.times("answer")[0] + 1.0

    play(scene)


def test_who_does_not_wait_any_more_takes_no_turn() -> None:
    async def scene() -> None:
        seen = Seen(Pace(RATE, LIMIT))
        leaving = asyncio.create_task(many(seen, 29))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.sleep(0)
        await seen.send("mine", "me", unasked=True)
        assert seen.now <= 2 / RATE

    play(scene)


class TestTooManyRequests:
    def test_what_comes_unasked_waits_in_a_chat_that_was_refused(self) -> None:
        async def scene() -> None:
            seen = Seen(Pace(RATE, LIMIT))
            seen.pace.refused("me", 20, unasked=False)
            await seen.send("mine", "me", unasked=True)
            assert seen.times("mine")[0] >= 20

        play(scene)

    def test_chats_that_got_two_at_once_have_themselves_to_blame(self) -> None:
        async def scene() -> None:
            seen = Seen(Pace(RATE, LIMIT))
            for chat in ("one", "two", "three", "four"):
                await seen.send("answer", chat, unasked=False)
                await seen.send("answer", chat, unasked=False)
                seen.pace.refused(chat, 60, unasked=False)
            await many(seen, 10)
            await seen.send("yours", "you", unasked=False)
            assert seen.now < 5

        play(scene)

    def test_one_chat_that_is_refused_holds_up_no_other(self) -> None:
        async def scene() -> None:
            seen = Seen(Pace(RATE, LIMIT))
            seen.pace.refused("me", 60, unasked=True)
            await many(seen, 10)
            await many(seen, 100, "answer", unasked=False)
            assert seen.now < 5

        play(scene)

    def test_another_one_later_is_another_matter(self) -> None:
        async def scene() -> None:
            seen = Seen(Pace(RATE, LIMIT))
            seen.pace.refused("me", 3600, unasked=True)
            await asyncio.sleep(60)
            seen.pace.refused("you", 30, unasked=True)
            await many(seen, 10)
            assert seen.now < 62

        play(scene)

    @pytest.mark.parametrize("unasked", [True, False])
    def test_two_that_are_refused_hold_what_comes_unasked_and_answers_go_on(self, unasked: bool) -> None:
        async def scene() -> None:
            seen = Seen(Pace(RATE, LIMIT))
            seen.pace.refused("me", 20, unasked=unasked)
            seen.pace.refused("you", 30, unasked=unasked)
            broadcast = asyncio.create_task(many(seen, 10))
            await many(seen, 60, "answer", unasked=False)
            assert seen.now < 2.2
            await broadcast
            assert seen.times("broadcast")[0] >= 30

        play(scene)

    def test_answers_that_are_refused_while_it_holds_are_held_too(self) -> None:
        async def scene() -> None:
            seen = Seen(Pace(RATE, LIMIT))
            for chat in ("a", "b"):
                seen.pace.refused(chat, 30, unasked=True)
            seen.pace.refused("c", 10, unasked=False)
            await seen.send("answer", "d", unasked=False)
            assert 10 <= seen.now < 11

        play(scene)

    def test_for_a_while_answers_keep_the_pace_too(self) -> None:
        async def scene() -> None:
            seen = Seen(Pace(RATE, LIMIT))
            for chat in ("a", "b"):
                seen.pace.refused(chat, 1, unasked=False)
            await many(seen, 90, "answer", unasked=False)
            assert most_in_a_second(seen.times()) <= LIMIT
            await asyncio.sleep(CAUTIOUS_SECONDS + 2)
            late = seen.now
            await many(seen, 90, "later", unasked=False)
            assert seen.now == late

        play(scene)
