"""What is answered where others read along: a way into the private chat, and nothing personal."""

from contextlib import suppress

from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, InlineQueryResultsButton, ReplyParameters
from telegram.error import ChatMigrated, TelegramError

from bot.adapters.telegram.calls import FEW, Calls
from bot.adapters.telegram.formatting import NO_PREVIEW, Formatted, markdown
from bot.adapters.telegram.reading import Event
from bot.ears import Ears
from bot.library import Library

CACHED_SECONDS = 300
"""How long Telegram may give the same answer to the same inline query: to the same person, if there are languages."""


class Elsewhere:
    """Answers in groups, and to inline queries. Words of danger are heard here, too: the way then leads to the lines,
    and the answer names, for everybody who reads it, where people can be called."""

    def __init__(self, bot: Bot, calls: Calls, library: Library) -> None:
        self._bot = bot
        self._calls = calls
        self._library = library
        self._ears = Ears(library.languages)
        self._directory = library.helplines.directory

    async def answer(self, event: Event) -> None:
        """Answers a command, or words of danger that were said to the bot. To anything else it keeps quiet."""
        danger = self._ears.means_danger(event.text)
        with suppress(TelegramError):
            if event.kind == "inline":
                await self._offer(event, danger)
            elif danger or event.text.startswith("/"):
                await self._point(event, danger)

    async def _point(self, event: Event, danger: bool) -> None:
        urge = event.text[1:].casefold().startswith("urge")
        start = "?start=not_safe" if danger else "?start=urge" if urge else ""
        url = f"https://t.me/{self._bot.username}{start}"
        markup = InlineKeyboardMarkup([[InlineKeyboardButton(self._text(event, "telegram/open"), url=url)]])
        text = markdown(self._for_everybody(event) if danger else self._text(event, "telegram/group"))
        attempts = None if danger else FEW
        try:
            await self._say(event.chat, text, markup, attempts, event)
        except ChatMigrated as moved:
            await self._say(moved.new_chat_id, text, markup, attempts)

    async def _say(
        self, chat: int, text: Formatted, markup: InlineKeyboardMarkup, attempts: int | None, to: Event | None = None
    ) -> None:
        reply = ReplyParameters(to.message, allow_sending_without_reply=True) if to else None
        thread = to.thread or None if to else None
        await self._calls.insist(
            lambda: self._bot.send_message(
                chat,
                text.text,
                entities=text.entities,
                message_thread_id=thread,
                reply_parameters=reply,
                reply_markup=markup,
                link_preview_options=NO_PREVIEW,
            ),
            attempts,
            chat=chat,
        )

    async def _offer(self, event: Event, danger: bool) -> None:
        """Nothing is written into other chats from here: whoever asks is offered the way to this one."""
        label, start = ("telegram/numbers", "not_safe") if danger else ("telegram/open", "urge")
        button = InlineQueryResultsButton(self._text(event, label), start_parameter=start)
        personal = len(self._library.languages) > 1
        await self._bot.answer_inline_query(
            event.query, [], cache_time=CACHED_SECONDS, is_personal=personal, button=button
        )

    def _for_everybody(self, event: Event) -> str:
        emergency = self._text(event, "helplines/emergency_unknown")
        lines = f"- {emergency}\n- **{self._directory.name}**: {self._directory.url}"
        return self._text(event, "telegram/group_danger").replace("{text}", lines)

    def _text(self, event: Event, key: str) -> str:
        return self._library.words(event.language).texts[key].text
