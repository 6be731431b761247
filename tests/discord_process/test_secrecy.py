"""Neither a secret nor a word of a person is ever printed, whatever happens, and what an interaction is answered with
is kept nowhere. `make` looks at the end of every test; here is everything that can go wrong."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from discord_api import Channel, DiscordApi, Fault, Person

from tests.discord_process.conftest import Make
from tests.discord_process.process import act, seen_by, texts
from tests.whole_bot import WORD

FAULTS = (
    {"kind": Fault.TOO_MANY, "retry_after": 0.1},
    {"kind": Fault.BANNED},
    {"kind": Fault.SERVER_ERROR, "status": 503},
    {"kind": Fault.BAD_JSON},
    {"kind": Fault.CUT_BEFORE},
    {"kind": Fault.CUT_AFTER},
    {"kind": Fault.UNAUTHORIZED},
)


def spoil(file: Path, value: str) -> None:
    """Puts a time into the database that is none: whoever reads it, fails, and quotes it."""
    with closing(sqlite3.connect(file, timeout=10)) as database, database:
        database.execute("UPDATE person SET adult = 1, zone = 'Europe/Berlin', morning = ?", (value,))


@pytest.mark.parametrize("debug", [False, True], ids=["plain", "debug"])
async def test_whatever_happens(make: Make, api: DiscordApi, kim: Person, general: Channel, debug: bool) -> None:
    bot = make(real=True, debug=debug)
    await bot.start()
    assert not [secret for secret in bot.secrets() if secret in bot.command_line()]

    async def answered(does: str, where: Channel | None = None) -> None:
        before = [(message.id, message.text) for message in seen_by(kim, where)]
        kim.submits(does.strip("()")) if does.startswith("(") else act(kim, does, where)
        await bot.until(lambda: [(message.id, message.text) for message in seen_by(kim, where)] != before)

    await answered(f"what a {WORD} day")
    await answered("/write", general)
    act(kim, "[Write it here]", general)
    await bot.until(lambda: kim.modal)
    await answered(f"(the {WORD} sky)", general)
    await answered("[Keep it here]", general)
    await answered("/letters", general)
    others = [api.user(2001 + number) for number in range(len(FAULTS))]
    api.guild(5001).adds(*others)
    for other, fault in zip(others, FAULTS, strict=True):
        api.fault("POST", f"/channels/{other.dm.id}/messages", message=f"{WORD} {api.token}", **fault)
        api.fault("POST", "/interactions/*", message=f"{WORD} {api.token}", **fault)
        other.types(f"/help {WORD}")
        act(other, f"/read {WORD}", general)
        await bot.until(lambda other=other: not api.faults_waiting and texts(other))
    api.fault("POST", "/channels/*", Fault.FORBIDDEN, code=50007, message=f"{WORD}")
    kim.types("/reasons")
    await bot.says_line("cannot be written to")
    for number, value in enumerate((api.token, api.token.rpartition(".")[2]), 1):
        spoil(bot.file, value)
        kim.types("/checkins on")
        await bot.says_line("what came in could not be handled", times=number)
    await bot.says_line("ValueError", times=2)
    bot.check_no_interaction_is_kept()
    await bot.is_stopped()
    assert "never retrieved" not in bot.err
