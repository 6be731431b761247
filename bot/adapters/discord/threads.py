"""The daily thread: something short to read, a question about oneself, and a thread below it."""

import logging
import random
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Literal, TypeVar

import discord
from discord.ui import View
from discord.utils import time_snowflake
from whenever import Date, Instant, Time, TimeDelta

from bot.adapters.discord import components
from bot.adapters.discord.calls import (
    FAULTS,
    FEW,
    MISSING_ACCESS,
    NO_PERMISSION,
    UNKNOWN_CHANNEL,
    insist,
    is_final,
    reason,
    within,
)
from bot.adapters.discord.custom_id import EVERYBODY
from bot.adapters.discord.servers import THREADING, ServerSettings, lacking, scheduled
from bot.calendar import is_zone, next_occasion
from bot.languages import normalised
from bot.library import Article, Library, Words
from bot.messages import Button
from bot.ports import Clock, StorageDown
from bot.records import Server

log = logging.getLogger(__name__)
T = TypeVar("T")

TICK_SECONDS = 30.0
"""How often is looked for threads that are due."""

LATE = TimeDelta(hours=3)
"""A thread that could not be begun for longer is left out that day."""

EACH_SECONDS = 15.0
"""How long one server may hold up the others."""

ARCHIVED_AFTER: Literal[1440] = 1440
"""Minutes without a message after which Discord puts a thread away."""

LONGEST_NAME = 100
"""Characters of a thread's name (discord.com/developers/docs/resources/channel#start-thread-from-message)."""

LOOKED_BACK = 50
"""Messages looked through for one that a process before this one may have posted."""

CLOSED = (UNKNOWN_CHANNEL, MISSING_ACCESS, NO_PERMISSION)
HAS_THREAD = 160004


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is posted, and the name of the thread below it."""

    name: str
    text: str
    view: View


def beginning(words: Words, server: int, on: Date) -> Beginning:
    """What a server gets on a date: a section and a question, none twice before all were there. What is not for
    everybody is left out."""
    day = on.to_stdlib().toordinal()
    sections = [(article, page) for article in _for_everybody(words) for page in range(len(article.sections))]
    article, page = _shuffled(sections, server)[day % len(sections)]
    section = article.sections[page]
    questions = _shuffled(list(words.decks["threads"]), server)
    question = words.texts[questions[day % len(questions)]].text
    onward = (page + 1) % len(article.sections) + 1
    way = Button(words.label("discord/thread", "article"), f"/article {article.id} {onward}")
    given = {"heading": section.name, "text": section.text, "question": question}
    reply = words.reply("discord/thread", given, [way])
    view = components.view(reply, words, EVERYBODY, private=True)
    return Beginning(section.name[:LONGEST_NAME], reply.text.strip(), view)


class Threads:
    """Begins the threads that are due."""

    def __init__(self, client: discord.Client, settings: ServerSettings, library: Library, clock: Clock) -> None:
        self._client = client
        self._settings = settings
        self._library = library
        self._under_way: set[int] = set()
        self._clock = clock

    async def tick(self) -> None:
        """Begins what is due now."""
        try:
            await self._settings.read()
            for server in await self._settings.due(self._clock.now()):
                await self._try(server)
        except StorageDown:
            log.warning("the database does not answer; threads that are due wait")

    async def _try(self, server: Server) -> None:
        """What fails in one server holds up no other."""
        try:
            if server.id not in self._under_way:
                await within(EACH_SECONDS, self._take_up_once(server))
        except StorageDown:
            raise
        except TimeoutError:
            log.warning("Discord: a thread takes long to begin; the others do not wait for it")
        except Exception:
            log.exception("a thread could not be begun; it is tried again")

    async def _take_up_once(self, server: Server) -> None:
        self._under_way.add(server.id)
        try:
            await self._take_up(server)
        finally:
            self._under_way.discard(server.id)

    async def _take_up(self, server: Server) -> None:
        """Begins a thread and notes it. What fails for a moment is tried again at the next tick."""
        due, now = server.next_at, self._clock.now()
        if due is None:
            return
        guild = self._client.get_guild(server.id)
        if now - due > LATE or not is_zone(server.zone):
            await self._settings.change(server.id, lambda kept: scheduled(kept, now))
        elif guild is not None and not guild.unavailable:
            on = next_occasion(due.subtract(milliseconds=1), server.zone, Time(server.wall)).on
            try:
                begun = await self._begin(guild, server, due, on)
            except FAULTS as error:
                log.warning("Discord: a thread could not be begun (%s)", reason(error))
                if not is_final(error):
                    return
                begun = True
            await self._settings.change(server.id, lambda kept: _noted(kept, server, on, now, begun=begun))

    async def _begin(self, guild: discord.Guild, server: Server, due: Instant, on: Date) -> bool:
        """Posts and opens the thread, unless that was done. False if the channel is gone or closed."""
        channel = guild.get_channel(server.thread_channel)
        if not isinstance(channel, discord.TextChannel) or lacking(channel, THREADING):
            return False
        what = beginning(self._library.words(normalised(guild.preferred_locale.value)), server.id, on)
        nonce = f"{server.id:x}-{on.to_stdlib():%Y%m%d}"
        try:
            message = await self._posted(channel, what, due)
            if message is None:
                post = partial(channel.send, what.text, view=what.view, nonce=nonce, suppress_embeds=True)
                message = await insist(post, FEW)
            if guild.get_thread(message.id) is None and not message.flags.has_thread:
                opening = partial(message.create_thread, name=what.name, auto_archive_duration=ARCHIVED_AFTER)
                await insist(opening, FEW)
        except discord.HTTPException as error:
            if error.code not in (*CLOSED, HAS_THREAD):
                raise
            return error.code == HAS_THREAD
        return True

    async def _posted(self, channel: discord.TextChannel, what: Beginning, due: Instant) -> discord.Message | None:
        """What a process before this one has posted but not noted. Discord knows a nonce for a few minutes only."""
        me = self._client.user
        since = discord.Object(time_snowflake(due.to_stdlib() - timedelta(minutes=1)))
        async for message in channel.history(after=since, limit=LOOKED_BACK):
            if me is not None and message.author.id == me.id and message.content == what.text:
                return message
        return None


def _noted(kept: Server, server: Server, on: Date, now: Instant, *, begun: bool) -> Server:
    """What was set or taken away meanwhile stays so. Where nothing can be posted, no more is."""
    if not kept.thread_channel:
        return kept
    if begun:
        return scheduled(replace(kept, last_on=on), now)
    return replace(kept, next_at=None) if kept.thread_channel == server.thread_channel else kept


def _for_everybody(words: Words) -> list[Article]:
    found = [article for _, article in sorted(words.articles.items()) if not article.avoid]
    return found or (_for_everybody(words.english) if words.english else [])


def _shuffled(things: list[T], server: int) -> list[T]:
    return random.Random(server).sample(things, len(things))
