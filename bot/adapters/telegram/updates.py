"""Updates as the Bot API sends them, each read by itself: one that nobody can read must not stop those behind it."""

import json
import logging
from typing import Any

from telegram import Bot, Update
from telegram.error import TelegramError

from bot.adapters.telegram.transport import AiohttpRequest, lean

log = logging.getLogger(__name__)


WORDS = ("message_id", "date", "chat", "from", "text", "caption")
"""Fields of a message that say who wrote what."""


class UpdatesBot(Bot):
    """python-telegram-bot's, where an update that it cannot read comes as one without anything in it."""

    __slots__ = ("_answers",)

    def __init__(self, token: str, base_url: str, base_file_url: str) -> None:
        self._answers = KeepsTheLast()
        super().__init__(token, base_url, base_file_url, request=AiohttpRequest(), get_updates_request=self._answers)

    async def get_updates(self, *args: Any, **kwargs: Any) -> tuple[Update, ...]:
        """Waits for updates.

        Raises:
            TelegramError: there was no answer, or it holds no updates.
        """
        try:
            return await super().get_updates(*args, **kwargs)
        except TelegramError:
            raise
        except Exception:
            return self._one_by_one(json.loads(self._answers.body))

    def _one_by_one(self, answer: Any) -> tuple[Update, ...]:
        raw = answer.get("result") if isinstance(answer, dict) else None
        if not isinstance(raw, list) or not all(is_update(update) for update in raw):
            raise TelegramError("an answer that holds something else than updates")
        return tuple(read_update(update, self) for update in raw)


class KeepsTheLast(AiohttpRequest):
    """Keeps the last answer, for when python-telegram-bot cannot read all of it."""

    __slots__ = ("body",)

    def __init__(self) -> None:
        super().__init__()
        self.body = b""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """Sends one request, and gives the status and the body of the answer."""
        status, self.body = await super().do_request(*args, **kwargs)
        return status, self.body


def is_update(raw: object) -> bool:
    """Whether it has the number of an update, at least: one that the databases can keep."""
    if not isinstance(raw, dict) or type(id := raw.get("update_id")) is not int:
        return False
    return 0 <= id < 2**63


def read_update(raw: dict[str, Any], bot: Bot) -> Update:
    """An update, without anything in it if it cannot be read. Of what it says nothing is logged."""
    try:
        return Update.de_json(lean(raw), bot)
    except Exception:
        return _words_of(raw, bot)


def _words_of(raw: dict[str, Any], bot: Bot) -> Update:
    """What is written in an update, without all else."""
    try:
        kind = "message" if "message" in raw else "edited_message"
        message = {name: value for name, value in raw[kind].items() if name in WORDS}
        return Update.de_json({"update_id": raw["update_id"], kind: message}, bot)
    except Exception as error:
        log.error("the update %d could not be read (%s); it is left out", raw["update_id"], type(error).__name__)
        return Update(raw["update_id"])
