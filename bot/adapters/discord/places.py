"""Where a person is when they do something: an interaction, which can be answered for fifteen minutes."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self, TypeVar

from discord import Interaction, InteractionResponded, InteractionType
from discord.ui import Modal
from whenever import Instant

from bot.adapters.discord.calls import FAULTS, insist, is_acknowledged, reason
from bot.adapters.discord.screens import Screen
from bot.languages import normalised
from bot.messages import Chat
from bot.ports import Clock

log = logging.getLogger(__name__)
T = TypeVar("T")

ACKNOWLEDGED_WITHIN = 1.2
"""Seconds an answer may take before Discord is told that one will come. It must hear of it within three
(discord.com/developers/docs/interactions/receiving-and-responding#interaction-callback), the way there included."""

ANSWERED_FOR = 15 * 60 - 30
"""Seconds for which an interaction can be answered: its token dies after fifteen minutes. It is held in memory only."""

ANSWER_SECONDS, ATTEMPTS = 1.5, 3
"""How long one attempt at the first answer may take, and how many there are. Discord takes none that comes later than
three seconds, so waiting for it longer gains nothing."""

FOLLOW_UP_SECONDS = 10.0
"""How long is waited for anything that is said after that."""

REMEMBERED = 10_000
"""People whose place is remembered; the one who was quiet longest is forgotten first."""


class Expired(Exception):
    """The interaction can be answered no more."""


class Place:
    """One interaction, while it is being answered and for as long as it can be. `private` is False where others are
    around: there only the person sees the answers."""

    def __init__(self, interaction: Interaction[Any], *, private: bool, until: Instant) -> None:
        self.private = private
        self.name = str(interaction.id)
        self.answering = True
        self.spoken = False
        self.until = until
        self._interaction = interaction
        self._turn = asyncio.Lock()
        self._answered = False
        self._loading = False
        self._deferring: asyncio.Task[None] | None = None
        self._timer = asyncio.get_running_loop().call_later(ACKNOWLEDGED_WITHIN, self._run_late)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> None:
        """Everything is said. Whoever was not answered is not kept waiting, unless the bot is being stopped."""
        self.answering = False
        self._timer.cancel()
        if kind is None or not issubclass(kind, asyncio.CancelledError):
            async with self._turn:
                if not self._answered:
                    await self._defer(thinking=False)
                if self._loading:
                    await self._quietly(self._interaction.delete_original_response)

    @property
    def user(self) -> str:
        """The id of who did it."""
        return str(self._interaction.user.id)

    @property
    def language(self) -> str:
        """The language that their app is set to."""
        return normalised(self._interaction.locale.value)

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
                shown = await (self._follow_up(screen) if self._answered else self._answer(screen, replaces))
            except FAULTS as error:
                log.warning("Discord: an interaction could not be answered (%s)", reason(error))
                raise Expired from None
            self.spoken = True
            return shown

    async def edit(self, message: int, **fields: Any) -> None:
        """Changes an answer.

        Raises:
            discord.HTTPException: it is not there any more.
        """
        await self._interaction.followup.edit_message(message, **fields)

    async def ask(self, form: Modal) -> None:
        """Opens a form. Nothing else may be answered before."""
        self._timer.cancel()
        async with self._turn:
            self._answered = await self._quietly(lambda: self._interaction.response.send_modal(form))

    async def _answer(self, screen: Screen, replaces: str) -> int:
        response = self._interaction.response
        try:
            if self.holds(replaces):
                await self._in_time(lambda: response.edit_message(**screen.changed()))
                shown = int(replaces)
            else:
                hidden = not self.private
                sent = await self._in_time(lambda: response.send_message(**screen.new(), ephemeral=hidden))
                shown = sent.message_id or 0
        except InteractionResponded:  # what came back was no answer, but discord.py has noted that it answered
            shown = await self._seen(screen)
        except FAULTS as error:
            if not is_acknowledged(error):
                raise
            shown = await self._seen(screen)
        self._answered = True
        return shown

    async def _in_time(self, call: Callable[[], Awaitable[T]]) -> T:
        """Makes the first answer. Attempts of discord.py's own that would come too late are broken off."""

        async def attempt() -> T:
            async with asyncio.timeout(ANSWER_SECONDS):
                return await call()

        return await insist(attempt, ATTEMPTS)

    async def _seen(self, screen: Screen) -> int:
        """The interaction is acknowledged already: by an attempt of ours that only seemed to fail, or by somebody
        else."""
        self._answered = True
        original = await self._patiently(self._interaction.original_response)
        return original.id if original.content == screen.text else await self._follow_up(screen)

    async def _follow_up(self, screen: Screen) -> int:
        """Says something more, first of all in the place of "thinking"."""
        if self._loading:
            try:
                shown = await self._patiently(lambda: self._interaction.edit_original_response(**screen.changed()))
            except FAULTS as error:
                log.info("Discord: a waiting sign could not be filled (%s)", reason(error))
            else:
                self._loading = False
                return shown.id
        hidden = not self.private
        send = self._interaction.followup.send
        return (await self._patiently(lambda: send(**screen.new(), ephemeral=hidden, wait=True))).id

    async def _patiently(self, call: Callable[[], Awaitable[T]]) -> T:
        async def attempt() -> T:
            async with asyncio.timeout(FOLLOW_UP_SECONDS):
                return await call()

        return await insist(attempt, ATTEMPTS)

    def _run_late(self) -> None:
        self._deferring = asyncio.create_task(self._acknowledge())

    async def _acknowledge(self) -> None:
        async with self._turn:
            if not self._answered:
                await self._defer(thinking=True)

    async def _defer(self, *, thinking: bool) -> None:
        """Says that an answer will come, or that there is none."""
        command = self._interaction.type is InteractionType.application_command
        response, hidden = self._interaction.response, not self.private
        self._answered = await self._quietly(lambda: response.defer(ephemeral=hidden, thinking=thinking))
        self._loading = self._answered and (thinking or command)

    async def _quietly(self, call: Callable[[], Awaitable[object]]) -> bool:
        """Whether Discord has heard it."""
        try:
            await self._in_time(call)
        except InteractionResponded:
            return True
        except FAULTS as error:
            log.info("Discord: an interaction could not be acknowledged (%s)", reason(error))
            return is_acknowledged(error)
        return True


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

    def take_hidden(self, chat: Chat) -> Sequence[tuple[int, Place]]:
        """The answers that only this person sees among others, where each can still be changed. From now on nobody
        else changes them."""
        now = self._clock.now()
        found = [(message, place) for message, place in self._made_in.items() if place.user == chat.id]
        hidden = [(message, place) for message, place in found if not place.private and now < place.until]
        for message, _ in hidden:
            del self._made_in[message]
        return [(int(message), place) for message, place in hidden]

    def _keep(self, kept: OrderedDict[Any, Place], key: Any, place: Place) -> None:
        """Keeps a place under a key, and lets go of those that have expired."""
        kept[key] = place
        kept.move_to_end(key)
        now = self._clock.now()
        while kept and (len(kept) > REMEMBERED or next(iter(kept.values())).until < now):
            kept.popitem(last=False)
