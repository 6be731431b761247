"""Marked words and the token go down every path of the whole bot at DEBUG. They are looked for in all it leaves: log,
tracebacks, figures, lists, the bytes of the database and of its log."""

import json
import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import Callable

import aiohttp
import pytest
from telegram_api import BotApi, Fault
from telegram_api.people import Person

from tests.canary import DANGER, UNCLEAR, check_no_trace, kept, rows, spoil
from tests.telegram_process.conftest import Make
from tests.telegram_process.process import Process
from tests.whole_bot import ROOT, WORD, free_port, said


async def everything_said_by(command: str, process: Process, *more: str) -> str:
    """All that a command prints beside the bot."""
    program = (sys.executable, "-m", "bot", "--debug", *command.split(), *more)
    asked = await create_subprocess_exec(*program, cwd=ROOT, env=process.settings(), stdout=PIPE, stderr=PIPE)
    out, err = await asked.communicate()
    assert asked.returncode == 0
    return (out + err).decode()


async def figures(listen: str) -> str:
    async with aiohttp.ClientSession() as session, session.get(f"http://{listen}/metrics") as answer:
        return await answer.text()


class Talk:
    """Somebody, and a bot that is waited for."""

    def __init__(self, bot: Process, api: BotApi, person: Person) -> None:
        self._bot = bot
        self._api = api
        self._person = person

    async def is_quiet(self) -> None:
        """Everything that came in is answered, and noted."""
        open_ = "SELECT (SELECT count(*) FROM inbox WHERE body IS NOT NULL) + (SELECT count(*) FROM outbox)"
        await self._bot.until(lambda: not self._api.pending and self._bot.rows(open_) == [(0,)])

    async def after(self, does: Callable[[], object]) -> None:
        """Does something, and waits for the answer."""
        before = self._seen()
        does()
        await self._bot.until(lambda: self._seen() != before)
        await self.is_quiet()

    def _seen(self) -> list[tuple[int, str | None]]:
        return [(message.message_id, message.text) for message in self._person.chat.from_bot]

    async def says(self, *texts: str) -> None:
        for text in texts:
            await self.after(lambda text=text: self._person.says(text))

    async def taps(self, label: str) -> None:
        with_it = [message for message in self._person.chat.from_bot if label in str(message.buttons)]
        await self.after(lambda: self._person.taps(with_it[-1], label))


def odd_updates(person: Person) -> list[dict[str, object]]:
    """What no Telegram sends: words where none belong."""
    chat = {"id": person.id, "type": "private", "first_name": WORD}
    message = {"message_id": 900, "date": 1, "chat": chat, "from": {"id": person.id, "is_bot": False}}
    return [
        {"message": {**message, "text": {WORD: WORD}}},
        {"message": {**message, "date": WORD, "text": WORD}},
        {"callback_query": {"id": WORD, "from": {"id": WORD}, "data": WORD, "chat_instance": WORD}},
        {"my_chat_member": {"chat": WORD}},
        {WORD: {WORD: WORD}},
    ]


async def test_what_is_not_kept_is_nowhere(make: Make, api: BotApi) -> None:
    listen = f"127.0.0.1:{free_port()}"
    bot, kim = make(real=True, debug=True, environment={"METRICS_LISTEN": listen}), api.user(1001, WORD)
    await bot.start()
    talk = Talk(bot, api, kim)
    await talk.says("/start", f"what a {WORD} day", f"/read {WORD}", f"/lines {WORD}", f"/{WORD}", f"/link {WORD}")
    await talk.taps("I'm 18 or over, that's fine")
    await talk.says("/menu", "/write", f"the {WORD} that is burned")
    await talk.taps("Burn it")
    await talk.says(f"{WORD} " * 500)
    mine = [message for message in kim.chat.messages if not message.from_bot][-1]
    await talk.after(lambda: kim.edits(mine, f"{WORD} {DANGER}"))
    await talk.after(lambda: kim.sends("photo", caption=WORD))
    await talk.after(lambda: kim.forges(f"urge:{WORD}"))
    for update in odd_updates(kim):
        api.push(update, odd=True)
    api.group(-100, "Friends", kim).chat  # noqa: B018
    await talk.says("/menu")
    for number, fault in enumerate((Fault.TOO_MANY, Fault.SERVER_ERROR, Fault.HTML, Fault.CUT_AFTER, Fault.CANT_PARSE)):
        other = api.user(3000 + number, WORD)
        api.fault("sendMessage", fault, chat=other.id)
        other.says(f"/help {WORD}")
        await bot.until(lambda other=other: other.chat.from_bot)
    await talk.is_quiet()
    assert WORD.encode() not in kept(bot)
    spoil(bot, WORD)
    await talk.after(lambda: kim.says("/checkins on"))
    await bot.says_line("what came in could not be handled")
    await bot.says_line("ValueError")
    spoil(bot, "")
    api.fault("sendMessage", Fault.BAD_REQUEST, times=2, description=f"Bad Request: {WORD}")
    kim.says("/help")
    await bot.says_line("is given up")
    for printed in (
        await figures(listen),
        await everything_said_by("status", bot),
        await everything_said_by("status", bot, "--json"),
        await everything_said_by("dead list", bot),
        await everything_said_by("dead list", bot, "--chats"),
    ):
        assert WORD not in printed.casefold()
        assert api.token not in printed
    assert "help" not in await everything_said_by("dead list", bot)
    assert WORD.encode() not in kept(bot)
    assert api.token.encode() not in kept(bot)
    await bot.is_stopped()
    assert WORD.encode() not in kept(bot)


@pytest.mark.parametrize("words", [DANGER, UNCLEAR], ids=["explicit", "unclear"])
async def test_words_of_danger_leave_no_trace(make: Make, api: BotApi, words: str) -> None:
    bot, kim = make(real=True, debug=True), api.user(1001, "Kim")
    await bot.start()
    talk = Talk(bot, api, kim)
    await talk.says("/start")
    await talk.taps("I'm 18 or over, that's fine")
    await talk.taps("Not now")
    before, lines = rows(bot), len(bot.lines)
    await talk.says(words)
    if words == UNCLEAR:
        await talk.taps("I mean it")
    await talk.taps("I'm in danger now")
    await talk.taps("I'm safe for now")
    await talk.is_quiet()
    assert rows(bot) == before
    check_no_trace(bot, bot.lines[lines:])
    await bot.is_stopped()


async def test_what_was_kept_is_nowhere_else_and_after_delete_nowhere(make: Make, api: BotApi) -> None:
    bot, kim = make(real=True, debug=True), api.user(1001, "Kim")
    await bot.start()
    talk = Talk(bot, api, kim)
    await talk.says("/start")
    await talk.taps("I'm 18 or over, that's fine")
    await talk.says("/write", f"dear you, the {WORD} letter")
    await talk.taps("Keep it here")
    await talk.says("/reason", f"the {WORD} reason", "/letters", "/reasons", "/write", f"half a {WORD}")
    before = len(kim.chat.from_bot)
    kim.says("/export")
    await bot.until(lambda: len([each for each in kim.chat.from_bot if each.document]) == 2)
    await talk.is_quiet()
    sent = [each.document for each in kim.chat.from_bot[before:] if each.document]
    assert [each.name.rpartition(".")[2] for each in sent] == ["html", "json"]
    told = json.loads(sent[1].data)
    assert told["letters"][0]["text"] == f"dear you, the {WORD} letter"
    assert f"half a {WORD}" in str(told["chats"])
    await talk.says("/delete everything")
    assert said("privacy/deleted").split(".")[0] in kim.chat.from_bot[-1].text
    await talk.is_quiet()
    assert WORD.encode() not in kept(bot)
    assert WORD not in str(rows(bot))
    await bot.is_killed()
    assert WORD.encode() not in kept(bot)
