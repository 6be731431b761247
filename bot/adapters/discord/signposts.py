"""Shows people the way on Discord, beside the conversation: not here, not yours, not so much, a form to write in,
private messages."""

import logging
from contextlib import suppress
from typing import Any

import discord

from bot.adapters.discord import components
from bot.adapters.discord.calls import FAULTS, reason
from bot.adapters.discord.messenger import DiscordMessenger
from bot.adapters.discord.places import Expired, Place
from bot.adapters.discord.reading import Act
from bot.adapters.discord.servers import ServerSettings
from bot.conversation import Conversation
from bot.library import Words
from bot.messages import Chat
from bot.outbox import Outbox
from bot.ports import Refused, StorageDown, TryLater, Unreachable

log = logging.getLogger(__name__)


class Signposts:
    """What they say belongs to the place of the interaction, and to no flow."""

    def __init__(
        self,
        messenger: DiscordMessenger,
        conversation: Conversation,
        outbox: Outbox,
        servers: ServerSettings | None,
    ) -> None:
        self._messenger = messenger
        self._conversation = conversation
        self._outbox = outbox
        self._servers = servers

    def placed(self, interaction: discord.Interaction[Any], act: Act) -> Act:
        """The same, or that it is not to be done here. What was written into a form is never turned away, and what is
        urgent may be done everywhere."""
        places = self._servers.elsewhere(interaction) if self._servers is not None else ()
        if not places or act.kind in ("private", "foreign", "answer"):
            return act
        tap = act.kind == "tap"
        said = {"token": act.value} if tap else {"text": act.value}
        if self._conversation.is_for_everywhere(**said, question=act.question):
            return act
        return Act("elsewhere", ", ".join(f"<#{place}>" for place in places))

    async def not_yours(self, place: Place, chat: Chat) -> None:
        """The button is somebody else's."""
        await self._say(place, chat, "discord/not_yours")

    async def elsewhere(self, place: Place, chat: Chat, channels: str) -> None:
        """The admins want it to be done in other channels."""
        await self._say(place, chat, "discord/elsewhere", channels=channels)

    async def too_much(self, chat: Chat, place: Place | None = None, form: str = "") -> None:
        """Says, where the person is, that this was too much at once. What they wrote into a form is given back."""
        if place is None:
            self._messenger.places.leave(chat)
            await self._conversation.turn_away(chat)
            return
        self._messenger.places.enter(chat, place)
        async with place:
            await self._conversation.turn_away(chat, form, place.language)

    async def open_form(self, place: Place, chat: Chat, question: str) -> None:
        """Opens a form for one text."""
        async with place:
            await place.ask(components.form(self._words(place, chat), int(chat.id), question))

    async def go_private(self, place: Place, chat: Chat) -> None:
        """Goes on in private messages, with the open question or with everything there is."""
        async with place:
            try:
                question = await self._conversation.open_question(chat)
            except StorageDown:
                question = None
            reply = question or self._words(place, chat).reply("common/menu", {})
            try:
                shown = await self._messenger.show_in_private(chat, reply)
            except Unreachable:
                await self._say(place, chat, "discord/private_closed")
                return
            except (*FAULTS, TryLater, Refused) as error:
                log.warning("Discord: private messages could not be opened (%s)", reason(error))
                await self._say(place, chat, "discord/private_later")
                return
            where = f"https://discord.com/channels/@me/{await self._messenger.addresses.of(chat)}"
            await self._say(place, chat, "discord/went_private", where=where)
            self._messenger.places.leave(chat)
            await self._outbox.count_down(chat, shown, reply)

    async def _say(self, place: Place, chat: Chat, key: str, **values: str) -> None:
        """Says something of the platform's own, if it is not too late for that."""
        with suppress(Expired):
            await self._messenger.answer(place, chat, self._words(place, chat).reply(key, values))

    def _words(self, place: Place, chat: Chat) -> Words:
        return self._conversation.words(chat, place.language)
