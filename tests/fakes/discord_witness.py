"""What Discord shows of a reply, compared with what was meant."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simcord.backend.models import Message

from bot.document import Section
from bot.messages import Chat, Reply
from bot.records import Queued
from bot.testing import FakeMessenger

if TYPE_CHECKING:
    from discord_bench import DiscordBench

BUTTON, SELECT = 2, 3
"""Types of components (discord.com/developers/docs/components/reference)."""

LOADING = 1 << 7
"""The flag of a message of which only "thinking" is shown."""


class Witness(FakeMessenger):
    """Stands between the outbox and the adapter: notes each reply once Discord shows it as it was meant."""

    def __init__(self, bench: "DiscordBench") -> None:
        super().__init__()
        self._bench = bench
        self.reached: list[Reply] = []
        self.objections: list[AssertionError] = []

    def way(self, queued: Queued) -> str:
        """Where it goes."""
        return self._bench.discord.way(queued)

    async def send(self, queued: Queued) -> str:
        """Sends a reply and looks at the screen."""
        self.check_it_works()
        chat, reply = queued.chat, queued.reply
        before = self._bench.screen(chat)
        shown = await self._bench.discord.send(queued)
        if not shown and self._bench.strangers:
            assert before == self._bench.screen(chat)
            return ""
        self._look(chat, reply, before, shown)
        self.shown[chat].append(reply)
        return shown

    async def reach(self, chat: Chat, reply: Reply) -> None:
        """Shows a reply in private messages and looks at them. It is no part of what is said where the person is."""
        before = self._bench.screen(chat)
        await self._bench.discord.reach(chat, reply)
        self._look(chat, reply, before, "")
        self.reached.append(reply)

    async def edit(self, chat: Chat, message: str, reply: Reply) -> None:
        """Changes a message."""
        await self._bench.discord.edit(chat, message, reply)

    async def hide(self, chat: Chat) -> None:
        """Takes away what a chat shows."""
        await super().hide(chat)
        await self._bench.discord.hide(chat)

    async def is_shown(self, queued: Queued) -> bool:
        """Whether it stands there."""
        return await self._bench.discord.is_shown(queued)

    def _look(self, chat: Chat, reply: Reply, before: Mapping[int, str], shown: str) -> None:
        screen = self._bench.screen(chat)
        if reply.replaces and reply.replaces == shown:
            fresh = [int(shown)]
        else:
            fresh = [id for id, seen in screen.items() if before.get(id) != seen]
        messages = [self._bench.message(id) for id in fresh]
        if reply.files and messages and messages[-1].is_ephemeral:  # they are in private, and it is said where; or not
            texts = self._bench.library.words(reply.language).texts
            told, shown = messages.pop().content, ""
            if read(told) == texts["discord/files_closed"].text:
                return
            assert told.startswith(texts["discord/files_sent"].text.partition("{")[0])
        try:
            check(reply, messages, chat.id, self._bench)
            assert not shown or shown == str(messages[-1].id)
        except AssertionError as error:
            self.objections.append(error)
            raise
        for token in [button.token for button in reply.buttons]:
            self._bench.carried[chat, token] = messages[-1].id


def check(reply: Reply, messages: Sequence[Message], owner: str, bench: "DiscordBench") -> None:
    """Every word and every button of a reply is on the screen, and nothing else but what the adapter adds."""
    assert messages, f"nothing was shown of {reply}"
    texts, now = bench.library.words(reply.language).texts, bench.clock.now()
    text = reply.text
    if reply.docked and reply.key in ("common/docked", "common/again", "common/undocked"):
        text = texts["discord/docked" if reply.buttons else "discord/undocked"].text
    wanted = words(f"{read(text)}\n{reply.quote}")
    if reply.until is not None and reply.until > now:
        left = -int((now - reply.until).total("seconds") // 60)
        footer = texts["discord/minutes_left"].text.replace("{minutes}", str(left))
        wanted += words(f"*{footer if left > 1 else texts['discord/last_minute'].text}*")
    seen = words("\n".join(read(message.content) for message in messages))
    assert seen == wanted or (len(messages) > 1 and "".join(seen) == "".join(wanted)), (seen, wanted)
    assert [part for message in messages for part in parts(message)] == parts_of(reply, owner, messages[-1], texts)
    pictures = [attachment for message in messages for attachment in message.attachments]
    wanted_pictures = [(Path(reply.picture.path).name, reply.picture.alt)] if reply.picture else []
    wanted_pictures += [(file.name, None) for file in reply.files]
    assert [(picture["filename"], picture.get("description")) for picture in pictures] == wanted_pictures
    for message in messages:
        assert not (reply.quote and marks(message.content))
        assert not message.embeds
        assert not message.flags & LOADING
        assert not message.ping_user_ids
        assert not message.mention_everyone


def words(text: str) -> list[str]:
    """The words of a text."""
    return text.split()


def read(text: str) -> str:
    """A text as Discord shows it, but for bold and the like: without the marks of quotes, and of what is literal."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub(r"^> ?", "", text, flags=re.MULTILINE))


def marks(text: str) -> list[str]:
    """Signs in somebody's own words that Discord would not show as they are."""
    return re.findall(r"[*_~`|<>@#\[]", re.sub(r"\\.", "", "".join(re.findall(r"^> ?(.*)", text, re.MULTILINE))))


def parts(message: Message) -> Iterator[tuple[str, str]]:
    """Label and custom_id of every button, and what a select offers, in order."""
    for component in cells(message):
        if component["type"] == BUTTON:
            yield component["label"], unnumbered(component["custom_id"])
        else:
            yield component["placeholder"], component["custom_id"]
            yield from ((option["label"], option["value"]) for option in component["options"])


def parts_of(reply: Reply, owner: str, message: Message, texts: Mapping[str, Section]) -> list[tuple[str, str]]:
    """What there must be to press of a reply."""
    answers, ways = reply.groups
    listed = answers[: reply.listed] if reply.listed > 3 else ()
    made = [(texts["discord/choose"].text, f"h1s:{owner}:"), *((b.label, b.token) for b in listed)] if listed else []
    made += [(texts["discord/write"].text, f"h1w:{owner}:{reply.writes}")] if reply.writes else []
    made += [(b.label, f"h1b:{owner}:{b.token}") for b in (*answers[len(listed) :], *ways)]
    elsewhere = message.is_ephemeral and not (reply.docked and not reply.buttons)
    return made + ([(texts["discord/private"].text, f"h1p:{owner}:")] if elsewhere else [])


def cells(message: Message) -> Iterable[dict[str, Any]]:
    """The buttons and selects of a message."""
    return [cell for row in message.components for cell in row["components"]]


def unnumbered(custom_id: str) -> str:
    """A custom_id without what tells apart those that do the same."""
    return re.sub(r"^(h1.)\.\d+:", r"\1:", custom_id)
