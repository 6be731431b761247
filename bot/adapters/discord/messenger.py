"""Shows replies on Discord: as the answer to an interaction while there is one, and else in private messages."""

import asyncio
import logging
from contextlib import suppress
from secrets import token_hex

import discord

from bot.adapters.discord.addresses import Addresses
from bot.adapters.discord.calls import FAULTS, FEW, NONSENSE, is_gone, is_hopeless, reason, seconds, within
from bot.adapters.discord.places import Expired, Place, Places
from bot.adapters.discord.private import PrivateMessages
from bot.adapters.discord.screens import Screens
from bot.adapters.discord.shown import Shown
from bot.library import Library
from bot.messages import Chat, Reply
from bot.pace import Pace
from bot.ports import Clock, Messenger, Refused, Store, TryLater, Unreachable
from bot.records import Queued

log = logging.getLogger(__name__)

UNASKED_A_SECOND, A_SECOND, ARRIVING = 45.5, 46, 49
"""The pace of what comes by itself, 91 % of what a bot may request; the most that leaves in any second; and the most
that may arrive in one. A bot may make 50 requests (discord.com/developers/docs/topics/rate-limits#global-rate-limit),
those that answer interactions not counted: one is left for others."""

REACHED_WITHIN = 6.0
"""Seconds after which somebody who is asked for private messages is told that they seem closed."""

CHANGED_WITHIN = 3.0
"""Seconds that a change of a message may hold up others. It is made all the same when Discord takes it later."""

HIDDEN_WITHIN = 2.0
"""Seconds that hiding what was said may hold up the answer."""

UNDERSTOOD = (*FAULTS, *NONSENSE)


class DiscordMessenger(Messenger):
    """Sends replies. What comes unasked goes to private messages, evenly paced. A button pressed in a server is
    answered another way than private messages."""

    def __init__(
        self, client: discord.Client, library: Library, clock: Clock, store: Store, pace: Pace | None = None
    ) -> None:
        self._client = client
        self._library = library
        self._screens = Screens(library, clock)
        self.places = Places(clock)
        self.addresses = Addresses(client, store)
        self.private = PrivateMessages(client)
        self._shown = Shown(self.places, self.addresses, self.private, self._screens)
        self._pace = pace or Pace(UNASKED_A_SECOND, A_SECOND, limit=ARRIVING)

    def way(self, queued: Queued) -> str:
        """Each interaction is answered by itself; all else goes to private messages."""
        place = self._place(queued)
        return "" if place is None else place.name

    async def turn(self, queued: Queued) -> None:
        """Waits until what comes unasked may leave. While discord.py waits by itself, since Discord has refused the
        whole bot, all of it waits here: else it would leave at once in the end."""
        over = getattr(self._client.http, "_global_over", None)
        if isinstance(over, asyncio.Event):
            await over.wait()
        await self._pace.turn(queued.chat.id)

    async def send(self, queued: Queued) -> str:
        """Tries to show a reply, and gives the id of its last message.

        Raises:
            Unreachable: the person's private messages are closed.
            Refused: Discord will never take it.
            TryLater: too many requests, no connection, or a fault of Discord's.
        """
        try:
            return await self._try(queued)
        except UNDERSTOOD as error:
            raise self._meaning(queued, error) from error

    async def _try(self, queued: Queued) -> str:
        chat, reply = queued.chat, queued.reply
        place = None if reply.unasked else self.places.of(chat)
        answering = place is not None and place.answering
        if reply.replaces and not queued.parts and not answering and await self._replace(chat, reply):
            return reply.replaces
        if answered := self._place(queued):
            with suppress(Expired):
                return await self.answer(answered, chat, reply, queued.nonce)
        address = await self.addresses.of(chat)
        if not address and (reply.unasked or reply.files):
            address = await self._opened(chat)
        if not address:
            log.info("Discord: there is no place any more to show a message to somebody")
            return ""
        return await self._send(queued, address)

    def _place(self, queued: Queued) -> Place | None:
        """The interaction to be answered with this, if it is not to go to private messages."""
        place = None if queued.reply.unasked else self.places.of(queued.chat)
        if place is None or (place.private and (place.spoken or not place.answering)):
            return None
        return place if queued.way in (None, place.name) else None

    async def _replace(self, chat: Chat, reply: Reply) -> bool:
        """False if there is nothing to replace any more, or no way to."""
        try:
            return await within(CHANGED_WITHIN, self._shown.change(chat, reply.replaces, reply, FEW, whole=True))
        except FAULTS as error:
            log.info("Discord: a message could not be replaced (%s)", reason(error))
            return False

    async def answer(self, place: Place, chat: Chat, reply: Reply, nonce: str = "") -> str:
        """Shows a reply where somebody did something. In private messages only its first message needs the
        interaction; the others have a nonce.

        Raises:
            Expired: too late for that.
        """
        if reply.files and not place.private:
            told = await self._hand_over(chat, reply)
            with suppress(Expired):  # the files have left: they are not sent again
                return await self.answer(place, chat, told)
            return ""
        screens = self._screens.of(chat, reply, private=place.private)
        shown = await place.show(screens[0], reply.replaces)
        address = await self.addresses.of(chat) if place.private else 0
        for number, screen in enumerate(screens[1:], 1):
            if address:
                try:
                    shown = await self.private.post(address, screen, f"{nonce or token_hex(8)}-{number}")
                except UNDERSTOOD as error:
                    raise self._meaning(Queued(chat, reply), error, number) from error
            else:
                shown = await place.show(screen)
        if len(screens) == 1 or not address:
            self.places.made(shown, place)
        self.private.saw(address, shown)
        return str(shown)

    async def _hand_over(self, chat: Chat, reply: Reply) -> Reply:
        """Shows a reply with files in private messages, and gives what is said about that where others are around."""
        words = self._library.words(reply.language)
        try:
            await within(REACHED_WITHIN, self.show_in_private(chat, reply))
        except Unreachable:
            return words.reply("discord/files_closed", {})
        except (*UNDERSTOOD, TryLater, Refused) as error:
            log.info("Discord: files could not be handed over (%s)", reason(error))
            return words.reply("discord/files_later", {})
        where = f"https://discord.com/channels/@me/{await self.addresses.of(chat)}"
        return words.reply("discord/files_sent", {"where": where})

    async def _send(self, queued: Queued, address: int) -> str:
        """Sends to private messages, part after part. Each may be tried again."""
        shown = 0
        for number, screen in enumerate(self._screens.of(queued.chat, queued.reply, private=True)):
            if number < queued.parts:
                continue
            if number > queued.parts or not queued.reply.unasked:  # the first has had its turn
                await self._pace.turn(queued.chat.id, unasked=queued.reply.unasked)
            departure = await self._pace.leave() if queued.reply.unasked else None
            try:
                shown = await self.private.post(address, screen, f"{queued.nonce}-{number}")
            except UNDERSTOOD as error:
                raise self._meaning(queued, error, number) from error
            finally:
                if departure is not None:
                    self._pace.answered(departure)
        return str(shown)

    def _meaning(self, queued: Queued, error: Exception, parts: int = 0) -> Exception:
        """What an error means for a message, of which so many parts are shown."""
        if isinstance(error, NONSENSE):
            return TryLater("no answer of Discord's", parts=parts)
        if is_gone(error):
            return Unreachable()
        assert isinstance(error, FAULTS)  # noqa: S101
        if is_hopeless(error):
            return Refused(reason(error))
        wait = seconds(error)
        if wait is not None:
            self._pace.refused(queued.chat.id, wait, unasked=queued.reply.unasked)
        return TryLater(reason(error), wait, parts)

    async def edit(self, chat: Chat, message: str, reply: Reply) -> None:
        """Puts a later state of a reply in its message's place, if it is still there."""
        try:
            await within(CHANGED_WITHIN, self._shown.change(chat, message, reply, 1 if reply.until else FEW))
        except FAULTS as error:
            log.info("Discord: a message could not be changed (%s)", reason(error))

    async def is_shown(self, queued: Queued) -> bool:
        """Whether a message that a process before this one may have sent stands in the private messages. What was
        shown elsewhere cannot be looked at: there its buttons, or the command, are pressed once more."""
        try:
            return await self._shown.holds(queued)
        except FAULTS as error:
            log.info("Discord does not say what was sent before (%s)", reason(error))
            return False

    async def hide(self, chat: Chat) -> None:
        """Puts something neutral in the place of what only the person sees among others, and deletes what the bot wrote
        in private messages. What takes longer goes on by itself: of those many messages the newest go first."""
        try:
            await within(HIDDEN_WITHIN, self._shown.hide(chat))
        except FAULTS as error:
            log.info("Discord: messages are not hidden yet (%s)", reason(error))

    async def reach(self, chat: Chat, reply: Reply) -> None:
        """Opens private messages, and shows the reply there.

        Raises:
            Unreachable: they are closed, or Discord does not let us see in time that they are open.
        """
        try:
            await within(REACHED_WITHIN, self.show_in_private(chat, reply))
        except (*FAULTS, TryLater, Refused) as error:
            log.info("Discord: somebody could not be reached (%s)", reason(error))
            raise Unreachable from error

    async def show_in_private(self, chat: Chat, reply: Reply) -> str:
        """Opens private messages, and shows the reply there. Gives the id of its last message.

        Raises:
            Unreachable: they are closed.
        """
        shown = await self._send(Queued(chat, reply), await self._opened(chat))
        if not shown:
            raise Unreachable
        return shown

    async def _opened(self, chat: Chat) -> int:
        try:
            return await self.addresses.open(chat)
        except discord.HTTPException as error:
            if is_hopeless(error):
                raise Unreachable from error
            raise
