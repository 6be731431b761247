"""What was made up reaches nobody else, changes nothing of anybody else, and is always answered."""

import itertools
import logging
from dataclasses import dataclass
from typing import Any

import pytest
from discord_bench import DiscordBench
from discord_server import ServerBench
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.discord import OPTIONS
from bot.messages import Incoming
from bot.testing import Bench, Person
from handlers import ROUTES
from tests.fuzz.conftest import SLOW, commands, numbers, strange, texts, tokens

WORD = "zaffre"
"""Stands in everything that belongs to somebody else."""


@dataclass
class Victim:
    """Somebody who keeps letters and reasons, and is in the middle of something."""

    person: Person

    async def state(self) -> Any:
        """All that is known of them."""
        store = self.person.bench.store
        known = await store.load(self.person.chat)
        return known, await store.letters(known.person), await store.link_of(self.person.chat)


@pytest.fixture
async def victim(bench: Bench, does: Any) -> Victim:
    person = bench.person("victim")
    await person.joins()
    await does(person, "/reason", f"> {WORD} reason", "/write", f"> {WORD} letter", "Keep it here")
    await does(person, "/write", f"> {WORD} tomorrow", "Show it to me tomorrow", "/save closure-without-them")
    await does(person, "/link", "/days", "/write", f"> {WORD} open letter")
    return Victim(person)


@pytest.fixture
def newcomers(bench: Bench) -> Any:
    """Somebody new for each example."""
    numbered = itertools.count()
    return lambda: bench.person(f"attacker {next(numbered)}")


def failures(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What an operator would be told failed."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]


async def check(bench: Bench, attacker: Person, victim: Victim, before: Any, caplog: pytest.LogCaptureFixture) -> None:
    shown = bench.messenger.shown[attacker.chat]
    assert "common/failed" not in [reply.key for reply in shown]
    assert WORD not in str(shown)
    assert failures(caplog) == []
    assert await victim.state() == before


does_something = st.one_of(st.tuples(st.just("tap"), tokens), st.tuples(st.just("say"), texts))


@SLOW
@given(doings=st.lists(does_something, min_size=1, max_size=5), knows=st.booleans())
async def test_buttons_and_commands(
    bench: Bench, victim: Victim, newcomers: Any, caplog: pytest.LogCaptureFixture, doings: list[Any], knows: bool
) -> None:
    attacker, before = newcomers(), await victim.state()
    if knows:
        await attacker.says("/start")
        await attacker.taps("I'm 18 or over, that's fine")
    for what, how in doings:
        attacker.look_away()
        await bench.receive(Incoming(attacker.chat, **{"token" if what == "tap" else "text": how}))
    await check(bench, attacker, victim, before, caplog)


@SLOW
@given(verb=st.sampled_from(["/letters burn", "/letters at", "/reasons drop", "/reasons at"]), number=numbers)
async def test_ids_of_what_belongs_to_somebody_else(
    bench: Bench, victim: Victim, newcomers: Any, caplog: pytest.LogCaptureFixture, verb: str, number: str
) -> None:
    attacker, before = newcomers(), await victim.state()
    await bench.receive(Incoming(attacker.chat, token=f"{verb} {number}"[:64]))
    assert attacker.keys[-1] in ("letters/none", "reasons_own/none")
    await check(bench, attacker, victim, before, caplog)


@SLOW
@given(token=tokens.filter(lambda token: not token.startswith("/")))
async def test_what_belongs_to_another_question_asks_the_open_one_again(
    bench: Bench, newcomers: Any, token: str
) -> None:
    """A flow that is not urgent has state: a button of elsewhere, or of an older version, changes nothing of it."""
    flow, step, _ = [*token.split(":"), "", ""][:3]
    if flow in {each.name for each in ROUTES.flows if each.urgent} or (flow, step) == ("welcome", "hello"):
        return
    somebody = newcomers()
    await somebody.says("/start")
    before = await bench.store.load(somebody.chat)
    await bench.receive(Incoming(somebody.chat, token=token))
    after = await bench.store.load(somebody.chat)
    assert (after.run, after.person) == (before.run, before.person)
    assert bench.messenger.shown[somebody.chat][-1].key == "welcome/hello"


custom_ids = st.one_of(
    st.builds("h1{}:{}:{}".format, st.sampled_from("bswmpx"), st.one_of(numbers, st.just("0")), tokens),
    st.builds("h{}{}.{}:{}:{}".format, numbers, st.sampled_from("bswmpx"), numbers, numbers, tokens),
    st.builds("setup:{}".format, strange),
    strange,
)


@SLOW
@given(custom_id=custom_ids, values=st.lists(st.one_of(tokens, strange), max_size=3), own=st.booleans())
async def test_custom_ids(
    bench: Bench,
    victim: Victim,
    newcomers: Any,
    caplog: pytest.LogCaptureFixture,
    custom_id: str,
    values: list[str],
    own: bool,
) -> None:
    if not isinstance(bench, DiscordBench):
        return
    attacker, before = newcomers(), await victim.state()
    await attacker.says("/menu")
    among_others = isinstance(bench, ServerBench) and not own
    somewhere = bench.seen((victim.person if among_others else attacker).chat)[-1]
    bench.press(int(attacker.chat.id), somewhere, custom_id[:100], [value[:100] for value in values])
    await bench.settled()
    bench.interactions[:] = [each for each in bench.interactions if not custom_id.startswith("setup:")]
    await check(bench, attacker, victim, before, caplog)


@SLOW
@given(owner=st.integers(1, 2**64 - 1), kind=st.sampled_from("bwmp"), token=tokens)
async def test_custom_ids_of_somebody_else_are_refused(
    bench: Bench, victim: Victim, newcomers: Any, caplog: pytest.LogCaptureFixture, owner: int, kind: str, token: str
) -> None:
    if not isinstance(bench, DiscordBench):
        return
    attacker, before = newcomers(), await victim.state()
    await attacker.says("/menu")
    for whose in (owner, int(victim.person.chat.id)):
        custom_id = f"h1{kind}:{whose}:{token}"
        if whose == int(attacker.chat.id) or len(custom_id) > 100:
            continue
        made = bench.press(int(attacker.chat.id), bench.seen(attacker.chat)[-1], custom_id)
        await bench.settled()
        assert made.responded
        assert made.modal is None
        assert "belongs to somebody else" in bench.seen(attacker.chat)[-1].content
    assert bench.messenger.shown[attacker.chat][-1].key == "common/menu"
    await check(bench, attacker, victim, before, caplog)


@SLOW
@given(command=st.sampled_from(sorted(OPTIONS)), words=st.one_of(strange, commands, st.text(max_size=6000)))
async def test_what_stands_behind_a_command(
    bench: Bench, victim: Victim, newcomers: Any, caplog: pytest.LogCaptureFixture, command: str, words: str
) -> None:
    if not isinstance(bench, DiscordBench) or not words:
        return
    attacker, before = newcomers(), await victim.state()
    bench.call(attacker.chat, command, words)
    await bench.settled()
    assert attacker.keys
    await check(bench, attacker, victim, before, caplog)
