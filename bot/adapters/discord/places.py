"""Where a person is when they do something: an interaction, which can be answered for fifteen minutes."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable
from typing import Any

from discord import Interaction, InteractionResponded, InteractionType
from discord.ui import Modal
from whenever import Instant

from bot.adapters.discord.calls import FAULTS, insist, is_acknowledged, reason
from bot.adapters.discord.screens import Screen
from bot.messages import Chat
from bot.ports import Clock

log = logging.getLogger(__name__)

ACKNOWLEDGED_WITHIN = 1.2
"""Seconds an answer may take before Discord is told that one will come. It must hear of it within three
(discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback), the way there included."""

ANSWERED_FOR = 15 * 60 - 30
"""Seconds for which an interaction can be answered: its token dies after fifteen minutes. It is held in memory only."""

ATTEMPTS = 5
"""How often an answer is tried: for about ten seconds beside what discord.py tries by itself."""

REMEMBERED = 10_000
"""People whose place is remembered; the one who was quiet longest is forgotten first."""


class Expired(Exception):
    """The interaction can be answered no more."""


class Place:
    """One interaction. `private` is False where others are around: there only the person sees the answers."""

    def __init__(self, interaction: Interaction[Any], *, private: bool, until: Instant) -> None:
        self.private = private
        self.answering = True
        self.until = until
        self._interaction = interaction
        self._turn = asyncio.Lock()
        self._answered = False
        self._loading = False
        self._deferring: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(ACKNOWLEDGED_WITHIN, self._run_late)

    def holds(self, message: str) -> bool:
        """Whether an answer can take the place of that message: its button was pressed, and nothing is said yet."""
        pressed = self._interaction.message
        return pressed is not None and str(pressed.id) == message and not self._answered

    async def show(self, screen: Screen, replaces: str = "") -> int:
        """Answers, in the place of the message whose button was pressed if that is `replaces`. Gives the id of the
        message.

        Raises:
            Expired: too late for that, or Discord could not be reached in time.
        """
        self._timer.cancel()
        async with self._turn:
            try:
                return await (self._follow_up(screen) if self._answered else self._answer(screen, replaces))
            except FAULTS as error:
                log.warning("Discord: an interaction could not be answered (%s)", reason(error))
                raise Expired from None

    async def edit(self, message: int, screen: Screen) -> None:
        """Changes an answer.

        Raises:
            discord.HTTPException: it is not there any more.
        """
        await self._interaction.followup.edit_message(message, **screen.changed())

    async def ask(self, form: Modal) -> None:
        """Opens a form. Nothing else may be answered before."""
        self._timer.cancel()
        async with self._turn:
            await self._quietly(self._interaction.response.send_modal(form))
            self._answered = True

    async def close(self) -> None:
        """Everything is said. Whoever was not answered is not kept waiting."""
        self.answering = False
        self._timer.cancel()
        async with self._turn:
            if not self._answered:
                await self._defer(thinking=False)
            if self._loading:
                await self._quietly(self._interaction.delete_original_response())

    async def _answer(self, screen: Screen, replaces: str) -> int:
        response = self._interaction.response
        try:
            if self.holds(replaces):
                await insist(lambda: response.edit_message(**screen.changed()), ATTEMPTS)
                shown = int(replaces)
            else:
                hidden = not self.private
                shown = (
                    await insist(lambda: response.send_message(**screen.new(), ephemeral=hidden), ATTEMPTS)
                ).message_id or 0
        except InteractionResponded:  # what came back was no answer, but discord.py has noted that it answered
            shown = await self._seen(screen)
        except FAULTS as error:
            if not is_acknowledged(error):
                raise
            shown = await self._seen(screen)
        self._answered = True
        return shown

    async def _seen(self, screen: Screen) -> int:
        """The interaction is acknowledged already: by an attempt of ours that only seemed to fail, or by somebody
        else."""
        self._answered = True
        original = await insist(self._interaction.original_response, ATTEMPTS)
        return original.id if original.content == screen.text else await self._follow_up(screen)

    async def _follow_up(self, screen: Screen) -> int:
        if self._loading:
            self._loading = False
            filled = await insist(lambda: self._interaction.edit_original_response(**screen.changed()), ATTEMPTS)
            return filled.id
        hidden = not self.private
        sent = await insist(
            lambda: self._interaction.followup.send(**screen.new(), ephemeral=hidden, wait=True), ATTEMPTS
        )
        return sent.id

    def _run_late(self) -> None:
        self._deferring = asyncio.create_task(self._acknowledge())

    async def _acknowledge(self) -> None:
        async with self._turn:
            if not self._answered:
                await self._defer(thinking=True)

    async def _defer(self, *, thinking: bool) -> None:
        command = self._interaction.type is InteractionType.application_command
        self._answered, self._loading = True, thinking or command
        await self._quietly(self._interaction.response.defer(ephemeral=not self.private, thinking=thinking))

    async def _quietly(self, what: Awaitable[object]) -> None:
        try:
            await what
        except FAULTS as error:
            log.info("Discord: an interaction could not be acknowledged (%s)", reason(error))


class Places:
    """The last place of each person."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last: OrderedDict[Chat, Place] = OrderedDict()
        self._made_in: OrderedDict[str, Place] = OrderedDict()

    def new(self, interaction: Interaction[Any], *, private: bool) -> Place:
        """Where an interaction is answered."""
        return Place(interaction, private=private, until=self._clock.now().add(seconds=ANSWERED_FOR))

    def enter(self, chat: Chat, place: Place) -> None:
        """From now on the person is answered there."""
        self._keep(self._last, chat, place)

    def leave(self, chat: Chat) -> None:
        """From now on the person is found in their private messages."""
        self._last.pop(chat, None)

    def of(self, chat: Chat) -> Place | None:
        """Where the person can be answered, if they can."""
        place = self._last.get(chat)
        return place if place is not None and self._clock.now() < place.until else None

    def made(self, message: int, place: Place) -> None:
        """That message is an answer given there: only from there it can be changed."""
        self._keep(self._made_in, str(message), place)

    def maker(self, message: str) -> Place | None:
        """Where a message was an answer, if it can still be changed from there."""
        place = self._made_in.get(message)
        return place if place is not None and self._clock.now() < place.until else None

    def _keep(self, kept: OrderedDict[Any, Place], key: Any, place: Place) -> None:
        """Keeps a place under a key, and lets go of those that have expired."""
        kept[key] = place
        kept.move_to_end(key)
        now = self._clock.now()
        while kept and (len(kept) > REMEMBERED or next(iter(kept.values())).until < now):
            kept.popitem(last=False)
