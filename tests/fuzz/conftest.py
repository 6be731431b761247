"""What everything that is made up shares: real tokens and commands to twist, and how many examples there are."""

from collections.abc import AsyncIterator
from pathlib import Path
from shutil import copy as copy_file

import pytest
from discord_bench import DiscordBench
from discord_server import ServerBench
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from telegram_bench import TelegramBench

from bot.testing import Bench, content
from handlers import ROUTES

BENCHES = {"telegram": TelegramBench, "discord": DiscordBench, "server": ServerBench}

SLOW = settings(
    max_examples=settings.default.max_examples // 5,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""For examples that go through a whole bot, all of them through the same one: each is somebody else."""

FLOWS = [flow.name for flow in ROUTES.flows]
STEPS = sorted({step for flow in ROUTES.flows for step in flow.steps})
CHOICES = sorted({choice.name for flow in ROUTES.flows for step in flow.steps.values() for choice in step.choices})
TOKENS = sorted(
    flow.token(name, choice.name, {})
    for flow in ROUTES.flows
    for name, step in flow.steps.items()
    for choice in step.choices
)
COMMANDS = sorted(ROUTES.commands)
WORDS = sorted(
    {
        target[1:].partition(" ")[2]
        for section in content().words("").texts.values()
        for target, _ in section.buttons
        if target.startswith("/")
    }
    | {"burn", "drop", "at", "everything", "yes", "no", "join", "done", "stop", "to", "here", "since", "now", "undo"}
    | set(content().words("").articles)
)

strange = st.text(st.characters(), max_size=30)
numbers = st.one_of(st.integers(-(2**70), 2**70), st.integers(0, 40)).map(str)
arguments = st.lists(st.one_of(st.sampled_from(WORDS), numbers, strange), max_size=3).map(" ".join)
commands = st.builds("/{} {}".format, st.sampled_from(COMMANDS), arguments).map(str.rstrip)
parts = st.one_of(st.sampled_from(FLOWS), st.sampled_from(STEPS), st.sampled_from(CHOICES), strange)
twisted = st.lists(parts, min_size=1, max_size=6).map(":".join)
flow_tokens = st.builds(":".join, st.tuples(st.sampled_from(FLOWS), st.sampled_from(STEPS), parts, parts))
tokens = st.one_of(st.sampled_from(TOKENS), flow_tokens, twisted, commands, strange).filter(bool)
"""What a button may send: what ours do, what older or newer ones may, and what nobody's does."""

payloads = st.one_of(st.sampled_from(["urge", "not_safe", "read-", "link-", "read-was-it-my-fault"]), strange, twisted)
texts = st.one_of(
    strange,
    st.text(max_size=4096),
    commands,
    st.builds("/start {}".format, payloads),
    st.sampled_from(["/", "//", "/ /", "/@"]),
)


@pytest.fixture(params=BENCHES)
async def bench(request: pytest.FixtureRequest, folder: Path, migrated: Path) -> AsyncIterator[Bench]:
    """The whole bot behind each platform."""
    copy_file(migrated, folder)
    made = BENCHES[request.param](folder)
    await made.run()
    yield made
    await made.aclose()
