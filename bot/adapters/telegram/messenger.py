"""Shows replies in Telegram chats."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from telegram import Bot, InputMediaPhoto
from telegram.error import BadRequest, ChatMigrated, RetryAfter, TelegramError
from whenever import Instant

from bot.adapters.telegram import formatting
from bot.adapters.telegram.calls import FEW, Calls, is_gone, is_unchanged, reason, seconds
from bot.adapters.telegram.formatting import WITHOUT_PREVIEW, Formatted, Keyboard, with_keyboard
from bot.adapters.telegram.recent import Recent
from bot.countdowns import minutes_left
from bot.document import Section
from bot.library import Library
from bot.messages import Chat, File, Picture, Reply
from bot.pace import Pace
from bot.ports import Clock, Messenger
from bot.records import Queued

log = logging.getLogger(__name__)

HIDDEN_WITHIN = 3.0
"""Seconds that deleting a chat's last messages may take before something neutral is shown below them."""

REMEMBERED = 10_000
"""Chats whose last message is remembered; the one that was quiet longest is forgotten first."""


class TelegramMessenger(Messenger):
    """Sends a reply as new messages, or puts it in the place of one that is still the last of its chat."""

    def __init__(self, bot: Bot, calls: Calls, library: Library, clock: Clock, pace: Pace) -> None:
        self._bot = bot
        self._calls = calls
        self._pictures = library.folder / "pictures"
        self._library = library
        self._clock = clock
        self._pace = pace
        self._files: dict[Path, str] = {}
        self._last: OrderedDict[str, int] = OrderedDict()
        self._recent = Recent(clock)

    async def turn(self, queued: Queued) -> None:
        """Waits until what comes unasked may leave."""
        await self._pace.turn(queued.chat.id)

    async def send(self, queued: Queued) -> str:
        """Tries to show a reply, and gives the id of its last message.

        Raises:
            Unreachable: the person has blocked the bot, is gone, or never spoke to it.
            Refused: Telegram will never take it: what was refused as plain text is refused for good.
            TryLater: too many requests, no connection, or a fault of Telegram's.
        """
        chat, reply = queued.chat, queued.reply
        try:
            if reply.replaces and not queued.parts and await self._replace(chat, reply):
                return reply.replaces
        except TelegramError as error:
            raise self._meaning(queued, error) from error
        return str(await self._send(queued))

    def _meaning(self, queued: Queued, error: TelegramError, parts: int = 0) -> Exception:
        if isinstance(error, RetryAfter):
            self._pace.refused(queued.chat.id, seconds(error), unasked=queued.reply.unasked)
        return self._calls.meaning(error, parts)

    async def edit(self, chat: Chat, message: str, reply: Reply) -> None:
        """Puts a reply in a message's place, if it is still there. One that counts down is not tried again: the next
        minute comes soon."""
        await self._pace.turn()
        await self._pace.leave()
        try:
            await self._edit(chat, int(message), reply, attempts=1 if reply.until else FEW)
        except TelegramError as error:
            if not is_unchanged(error):
                log.info("a message could not be changed (%s)", reason(error))

    async def hide(self, chat: Chat) -> None:
        """Deletes the last messages of a chat, the person's too, with one call. One that cannot be deleted would keep
        all others there: then they go one by one, the newest first. All of it takes `HIDDEN_WITHIN` at most."""
        messages, here = self._recent.take(chat.id), int(chat.id)
        with suppress(TimeoutError):
            async with asyncio.timeout(HIDDEN_WITHIN):
                if messages and not await self._delete(chat, partial(self._bot.delete_messages, here, messages)):
                    for message in reversed(messages):
                        await self._delete(chat, partial(self._bot.delete_message, here, message))

    async def _delete(self, chat: Chat, call: Callable[[], Awaitable[bool]]) -> bool:
        try:
            return await self._calls.insist(call, FEW, chat=chat.id)
        except TelegramError as error:
            log.info("messages could not be deleted (%s)", reason(error))
            return False

    def met(self, chat: int, message: int) -> None:
        """A message stands in a chat, whenever it appeared there."""
        self._recent.note(str(chat), message)

    def saw(self, chat: int, message: int, at: Instant | None = None) -> None:
        """A message has appeared in a chat, the person's or ours: now, or at that moment."""
        key = str(chat)
        self._recent.note(key, message, at)
        self._last[key] = max(message, self._last.get(key, 0))
        self._last.move_to_end(key)
        if len(self._last) > REMEMBERED:
            self._last.popitem(last=False)

    def is_last(self, chat: int, message: int) -> bool:
        """Whether a message is known to be the last one in its chat."""
        return self._last.get(str(chat)) == message

    async def _replace(self, chat: Chat, reply: Reply) -> bool:
        """False if there is nothing to replace any more, or no way to."""
        messages = self._messages(reply)
        if reply.docked or reply.files or len(messages) > 1:
            return False
        await self._pace.turn(chat.id, unasked=False)
        try:
            if reply.picture is None:
                await self._edit(chat, int(reply.replaces), reply, attempts=1)
            else:
                await self._put_picture(chat, reply, reply.picture, messages[0])
        except (BadRequest, OSError) as error:
            return isinstance(error, BadRequest) and is_unchanged(error)
        return True

    async def _put_picture(self, chat: Chat, reply: Reply, picture: Picture, caption: Formatted) -> None:
        await self._with_file(
            picture,
            lambda photo, name: self._bot.edit_message_media(
                InputMediaPhoto(photo, caption.text, caption_entities=caption.entities, filename=name),
                chat_id=int(chat.id),
                message_id=int(reply.replaces),
                api_kwargs=with_keyboard(formatting.inline(reply)),
            ),
        )

    async def _edit(self, chat: Chat, message: int, reply: Reply, attempts: int) -> None:
        where: dict[str, Any] = {"chat_id": int(chat.id), "message_id": message}
        markup = with_keyboard(formatting.inline(reply))
        whole = self._messages(reply)[0]
        if reply.picture is not None:
            await self._calls.insist(
                lambda: self._bot.edit_message_caption(
                    **where, caption=whole.text, caption_entities=whole.entities, api_kwargs=markup
                ),
                attempts,
                chat=chat.id,
            )
        else:
            await self._calls.insist(
                lambda: self._bot.edit_message_text(
                    **where, text=whole.text, api_kwargs={**WITHOUT_PREVIEW, **whole.in_json, **markup}
                ),
                attempts,
                chat=chat.id,
            )

    async def _send(self, queued: Queued) -> int:
        chat, reply = queued.chat, queued.reply
        parts = self._parts(reply)
        shown = 0
        for number, (message, file) in enumerate(parts):
            if number < queued.parts:
                continue
            markup = formatting.keyboard(reply) if number == len(parts) - 1 else None
            if number > queued.parts or not reply.unasked:  # the first has had its turn
                await self._pace.turn(chat.id, unasked=reply.unasked)
            if reply.unasked:
                await self._pace.leave()
            try:
                if number == 0 and reply.picture is not None:
                    shown = await self._send_picture(chat, reply.picture, message, markup)
                elif file is not None:
                    shown = await self._send_file(chat, file, message, markup)
                else:
                    shown = await self._send_text(chat, message, markup)
            except TelegramError as error:
                raise self._meaning(queued, error, number) from error
        return shown

    async def _send_text(self, chat: Chat, message: Formatted, markup: Keyboard | None) -> int:
        """Sends one message, as plain text if its formatting is refused."""
        try:
            return await self._post(chat, message, markup)
        except BadRequest as error:
            if is_gone(error) or not message.entities:
                raise
            log.warning("formatting was refused (%s); sent as plain text", reason(error))
            return await self._post(chat, Formatted(message.text), markup)

    async def _post(self, chat: Chat, message: Formatted, markup: Keyboard | None, to: int = 0) -> int:
        more = {**WITHOUT_PREVIEW, **message.in_json, **with_keyboard(markup)}
        try:
            sent = await self._bot.send_message(to or int(chat.id), message.text, api_kwargs=more)
        except ChatMigrated as moved:
            return await self._post(chat, message, markup, to=moved.new_chat_id)
        self.saw(int(chat.id), sent.message_id)
        return sent.message_id

    async def _send_file(self, chat: Chat, file: File, caption: Formatted, markup: Keyboard | None) -> int:
        """Sends a file, its caption as plain text if it is refused."""
        try:
            return await self._post_file(chat, file, caption, markup)
        except BadRequest as error:
            if is_gone(error):
                raise
            log.warning("a file was refused (%s); its words are sent as plain text", reason(error))
            return await self._post_file(chat, file, Formatted(caption.text), markup)

    async def _post_file(self, chat: Chat, file: File, caption: Formatted, markup: Keyboard | None) -> int:
        sent = await self._bot.send_document(
            int(chat.id),
            file.content,
            filename=file.name,
            caption=caption.text or None,
            caption_entities=caption.entities,
            api_kwargs=with_keyboard(markup),
        )
        self.saw(int(chat.id), sent.message_id)
        return int(sent.message_id)

    async def _send_picture(self, chat: Chat, picture: Picture, caption: Formatted, markup: Keyboard | None) -> int:
        """Sends a picture. Without it, its words must do."""
        try:
            sent = await self._with_file(
                picture,
                lambda photo, name: self._bot.send_photo(
                    int(chat.id),
                    photo,
                    filename=name,
                    caption=caption.text,
                    caption_entities=caption.entities,
                    api_kwargs=with_keyboard(markup),
                ),
            )
        except (BadRequest, OSError) as error:
            if isinstance(error, BadRequest) and is_gone(error):
                raise
            log.warning("the picture %s could not be sent (%s)", picture.path, type(error).__name__)
            return await self._send_text(chat, caption, markup)
        self.saw(int(chat.id), sent.message_id)
        return int(sent.message_id)

    async def _with_file(self, picture: Picture, call: Callable[[str | bytes, str], Awaitable[Any]]) -> Any:
        """Shows a picture: uploaded once, and named by its id after that, for as long as that is known there."""
        file = self._pictures / picture.path
        photo = self._files.get(file) or file.read_bytes()
        try:
            sent = await call(photo, file.name)
        except BadRequest as error:
            if is_gone(error) or is_unchanged(error) or self._files.pop(file, None) is None:
                raise
            return await self._with_file(picture, call)
        if sent.photo:
            self._files[file] = sent.photo[-1].file_id
        return sent

    def _parts(self, reply: Reply) -> Sequence[tuple[Formatted, File | None]]:
        """The reply as messages, one for each file. The text is the first one's caption, if it is short enough."""
        messages = self._messages(reply)
        if not reply.files:
            return [(message, None) for message in messages]
        if messages[-1].length > formatting.LONGEST_CAPTION:
            messages = [*messages, Formatted("")]
        captions = [messages[-1], *(Formatted("") for _ in reply.files[1:])]
        return [*((message, None) for message in messages[:-1]), *zip(captions, reply.files, strict=True)]

    def _messages(self, reply: Reply) -> Sequence[Formatted]:
        """The reply as Telegram messages. A picture's caption holds what the picture shows, too."""
        texts = self._library.words(reply.language).texts
        footer = self._footer(reply, texts)
        longest = formatting.LONGEST_TEXT
        if reply.picture is not None:
            alt = texts["telegram/picture"].text.replace("{text}", reply.picture.alt)
            footer = f"{alt}\n\n{footer}" if footer else alt
            longest = formatting.LONGEST_CAPTION
        return formatting.messages(reply, footer, longest)

    def _footer(self, reply: Reply, texts: Mapping[str, Section]) -> str:
        """How to pass it on, or how long is left to wait, in whole minutes."""
        if reply.link:
            url = f"https://t.me/{self._bot.username}?start={reply.link}"
            return texts["telegram/pass_on"].text.replace("{text}", url)
        left = minutes_left(reply.until, self._clock.now()) if reply.until else 0
        if left > 1:
            return texts["telegram/minutes_left"].text.replace("{minutes}", str(left))
        return texts["telegram/last_minute"].text if left else ""
