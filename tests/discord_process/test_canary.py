"""Marked words go down every path of the whole bot on Discord at DEBUG, and are looked for in all it leaves; files with
somebody's words are seen by them alone."""

import json

import pytest
from discord_api import Channel, DiscordApi, Fault, Message, Person

from tests.canary import DANGER, UNCLEAR, check_no_trace, kept, rows, spoil
from tests.discord_process.conftest import Make
from tests.discord_process.process import Process, act, seen_by, texts
from tests.whole_bot import WORD, said

JOINS = ("/start", "[I'm 18 or over, that's fine]", "[Not now]")
WITHOUT = ("inbox", "kept")
"""Tables that go on by themselves: what came in, and where the gateway stands."""


class Talk:
    """Somebody, and a bot that is waited for, in private or where others are around."""

    def __init__(self, bot: Process, person: Person, where: Channel | None = None) -> None:
        self._bot = bot
        self._person = person
        self._where = where

    async def does(self, *steps: str) -> None:
        """As `act` does it; in round brackets a form is filled in, that of the newest button for it."""
        for step in steps:
            before = self._seen()
            if step.startswith("("):
                act(self._person, "[Write it here]", self._where)
                await self._bot.until(lambda: self._person.modal)
                self._person.submits(step.strip("()"))
            else:
                act(self._person, step, self._where)
            await self._bot.until(lambda: self._seen() != before)  # noqa: B023
            await self._bot.until(lambda: self._bot.rows("SELECT count(*) FROM outbox") == [(0,)])

    def _seen(self) -> list[tuple[int, str]]:
        return [(message.id, message.text) for message in seen_by(self._person, self._where)]


async def test_what_is_not_kept_is_nowhere(make: Make, api: DiscordApi, kim: Person, general: Channel) -> None:
    bot = make(real=True, debug=True)
    await bot.start()
    private, server = Talk(bot, kim), Talk(bot, kim, general)
    await private.does(f"what a {WORD} day", *JOINS, f"/read {WORD}", f"/lines {WORD}")
    await private.does("/write", f"the {WORD} that is burned", "[Burn it]")
    await server.does(f"/read {WORD}", "/write", f"(the {WORD} sky)", "[Burn it]")
    mine = kim.types(f"so {WORD}")
    await bot.until(lambda: len(texts(kim)) and kim.dm.seen_by(kim)[-1].from_bot)
    kim.edits(mine, DANGER)
    await bot.until(lambda: said("safety/self_harm").split(".")[0] in texts(kim)[-1])
    await private.does("[I'm safe for now]")
    api.fault("POST", "/channels/*", Fault.NOT_FOUND, code=50035, message=f"Invalid {WORD}", times=3)
    kim.types("/help")
    await bot.says_line("is given up")
    api.clear_faults()
    spoil(bot, WORD)
    kim.types("/checkins on")
    await bot.says_line("could not be handled")
    await bot.says_line("ValueError")
    spoil(bot, "")
    assert WORD.encode() not in kept(bot)
    assert api.token.encode() not in kept(bot)
    await bot.is_stopped()
    assert WORD.encode() not in kept(bot)


@pytest.mark.parametrize("words", [DANGER, UNCLEAR], ids=["explicit", "unclear"])
async def test_words_of_danger_leave_no_trace(make: Make, kim: Person, words: str) -> None:
    bot = make(real=True, debug=True)
    await bot.start()
    private = Talk(bot, kim)
    await private.does(*JOINS)
    before, lines = rows(bot, WITHOUT), len(bot.lines)
    await private.does(
        words, *(["[I mean it]"] if words == UNCLEAR else []), "[I'm in danger now]", "[I'm safe for now]"
    )
    assert rows(bot, WITHOUT) == before
    check_no_trace(bot, bot.lines[lines:])
    await bot.is_stopped()


async def test_files_are_for_one_person_and_after_delete_nothing_is_left(
    make: Make, api: DiscordApi, kim: Person, lou: Person, general: Channel
) -> None:
    bot = make(real=True, debug=True)
    await bot.start()
    server = Talk(bot, kim, general)
    await server.does(*JOINS, "/reason", f"(the {WORD} reason)", "/write", f"(the {WORD} letter)", "[Keep it here]")
    await server.does("/write", f"(half a {WORD})")
    assert WORD.encode() in kept(bot) or b"gAAAAA" in kept(bot)
    await server.does("/export")
    with_files = [message for message in seen_by(kim) if message.attachments]
    assert [names(message) for message in with_files] == [["html", "json"]]
    assert not [message for message in seen_by(kim, general) if message.attachments]
    assert not [message for message in general.seen_by(lou) if message.from_bot]
    told = json.loads(content_of(api, with_files[0], "json"))
    assert told["letters"][0]["text"] == f"the {WORD} letter"
    await server.does("/delete", "[Delete everything]")
    await bot.until(lambda: WORD.encode() not in kept(bot))
    assert WORD not in str(rows(bot))
    await bot.is_killed()
    assert WORD.encode() not in kept(bot)


def names(message: Message) -> list[str]:
    """The kinds of the files of a message."""
    return [file["filename"].rpartition(".")[2] for file in message.attachments]


def content_of(api: DiscordApi, message: Message, kind: str) -> bytes:
    """What is in the file of that kind."""
    (url,) = [file["url"] for file in message.attachments if file["filename"].endswith(kind)]
    return api._service.world.files[url.removeprefix(api.url.partition("/api")[0])].data
