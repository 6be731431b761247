"""A person plays everything through, in private and in a server, and between the steps the bot is stopped or killed and
started again."""

import itertools
import signal
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from discord_api import Channel, DiscordApi, Person

from tests.discord_process.conftest import Make
from tests.discord_process.process import Process, act, labels, last, seen_by, texts
from tests.whole_bot import WORD, said

Steps = Sequence[tuple[str, str]]

WRITE = "[Write it here]"

PRIVATE = (
    ("/start", "I'm Holdfast."),
    ("[I'm 18 or over, that's fine]", said("welcome/agreed")),
    ("[Ask me]", said("profile/side")),
    ("[They did]", said("profile/ties")),
    ("[Children]", said("profile/danger")),
    ("[None of these]", said("profile/hope")),
    ("[Skip]", said("profile/country")),
    ("Germany", said("welcome/done")),
    ("/urge", said("urge/name_it")),
    ("[I miss them]", "[Wait with me]"),
    ("[Wait with me]", said("urge/wait")),
    ("[Write it here instead]", said("urge/write")),
    (WRITE, "(form)"),
    (f"(I still have your {WORD} jumper)", said("urge/letter")),
    ("[Burn it]", said("urge/how_now")),
    ("[It has passed]", said("urge/passed")),
    ("/checkins", said("checkins/when")),
    ("[Both]", said("checkins/morning_time")),
    ("[7:30]", said("checkins/evening_time")),
    ("[20:30]", said("checkins/zone")),
    ("Berlin", "[Yes]"),
    ("[Yes]", said("checkins/with_read")),
    ("[Only the question]", "Morning: 07:30. Evening: 20:30. By the clock of Berlin"),
    ("/read", said("reading/topics")),
    ("[Missing them]", said("reading/list")),
    ("[Grief keeps no timetable]", "1 of "),
    ("[Read on]", "2 of "),
    ("/reason", said("urge/my_reason")),
    (f"Mornings are {WORD}", said("urge/bye")),
    ("/delete", "It can't be undone"),
    ("[Delete everything]", said("privacy/deleted")),
)
"""What the person types or calls, taps in brackets, and writes into a form in parentheses; and what they see then."""

IN_A_SERVER = (
    ("/urge", said("urge/name_it")),
    ("[I miss them]", "[Wait with me]"),
    ("[Wait with me]", said("urge/wait")),
    ("[Write it here instead]", said("urge/write")),
    (WRITE, "(form)"),
    (f"(I still have your {WORD} jumper)", said("urge/letter")),
    ("[Keep it here]", said("urge/how_now")),
    ("[It has passed]", said("urge/passed")),
    ("[Leave a line]", said("urge/my_reason")),
    (WRITE, "(form)"),
    (f"(Mornings are {WORD})", said("urge/bye")),
    ("/start", "I'm Holdfast."),
    ("[I'm 18 or over, that's fine]", said("welcome/agreed")),
    ("[Not now]", said("welcome/done")),
    ("/letters", "jumper"),
    ("/read the pull", "The pull to do something"),
    ("/checkins", said("checkins/when")),
    ("[In the morning]", said("checkins/morning_time")),
    ("[7:30]", said("checkins/zone")),
    (WRITE, "(form)"),
    ("(Berlin)", "[Yes]"),
    ("[Yes]", said("checkins/with_read")),
    ("[Only the question]", "Morning: 07:30"),
)


async def play(bot: Process, person: Person, steps: Steps, first: int, where: Channel | None) -> None:
    """Does one thing after another, with an end and a start before every second one."""
    endings = itertools.cycle((signal.SIGTERM, signal.SIGKILL))
    for number, (does, sees) in enumerate(steps):
        if number % 2 == first:
            bot.gets(ending := next(endings))
            assert await bot.ends() == (0 if ending is signal.SIGTERM else -signal.SIGKILL)
            await bot.start()
        if does.startswith("("):
            person.submits(does.strip("()"))
        else:
            act(person, does, where)
        if sees == "(form)":
            await bot.until(lambda: person.modal)
        else:
            await bot.until(lambda sees=sees: sees in last(person, where))


@pytest.mark.parametrize("first", [0, 1])
async def test_everything_in_private(make: Make, api: DiscordApi, kim: Person, first: int) -> None:
    bot = make()
    await bot.start()
    await play(bot, kim, PRIVATE, first, None)
    await bot.is_stopped()
    for table in ("person", "chat", "reason", "letter", "due", "outbox", "countdown", "shown"):
        assert not bot.rows(f"SELECT * FROM {table}")  # noqa: S608 - a name from above
    assert not [file for file in bot.folder.iterdir() if WORD.encode() in file.read_bytes()]
    assert not api.unanswered
    bot.check_it_was_clean()


@pytest.mark.parametrize("first", [0, 1])
async def test_everything_in_a_server(
    make: Make, api: DiscordApi, kim: Person, lou: Person, general: Channel, first: int
) -> None:
    bot = make()
    await bot.start()
    await play(bot, kim, IN_A_SERVER, first, general)
    assert all(message.viewer == kim.id for message in general.from_bot)
    assert general.seen_by(lou) == []
    assert [one.place for one in api.interactions] == [general.place] * len(api.interactions)
    assert texts(kim) == [said("common/here")]
    assert not lou.dm.messages
    await bot.is_stopped()
    make_it_due(bot.file)
    await bot.start()
    await bot.until(lambda: len(seen_by(kim)) == 2)
    assert "Pause a week" in labels(seen_by(kim)[-1])
    act(kim, "/delete", general)
    await bot.until(lambda: "It can't be undone" in last(kim, general))
    act(kim, "[Delete everything]", general)
    await bot.until(lambda: said("privacy/deleted") in last(kim, general))
    await bot.is_stopped()
    assert not bot.rows("SELECT * FROM person UNION ALL SELECT * FROM person")
    assert not [file for file in bot.folder.iterdir() if WORD.encode() in file.read_bytes()]
    assert not api.unanswered
    bot.check_it_was_clean()


def make_it_due(file: Path) -> None:
    """Lets everything be due by now."""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE due SET at = (unixepoch() - 60) * 1000, free_at = (unixepoch() - 60) * 1000")
