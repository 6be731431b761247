"""The whole bot as a process of its own, in front of the Telegram of the tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from telegram_api import BotApi

from tests.whole_bot import WholeBot, free_port, squeezed

SHOWS = ("sendMessage", "editMessageText")
"""How a text comes into a chat."""


@dataclass
class Process(WholeBot):
    """The bot on Telegram. `port` is where it listens for a webhook."""

    api: BotApi
    webhook: bool = False
    port: int = field(default_factory=lambda: free_port())

    def platform(self) -> Mapping[str, str]:
        """Token and address, and those of the webhook."""
        here = {"TELEGRAM_BOT_TOKEN": self.token or self.api.token, "TELEGRAM_API_URL": self.api.url}
        if self.webhook:
            here["TELEGRAM_WEBHOOK_URL"] = f"http://127.0.0.1:{self.port}/hook"
            here["TELEGRAM_WEBHOOK_LISTEN"] = f"127.0.0.1:{self.port}"
        return here

    def secrets(self) -> Sequence[str]:
        """The token, whole and half, and the secret of the webhook."""
        token = self.token or self.api.token
        return (token, *token.split(":")[1:], self.settings().get("TELEGRAM_WEBHOOK_SECRET", ""))

    def mark(self) -> Callable[[], bool]:
        """Ready when updates can come."""
        seen = len(self.api.requests)
        return lambda: self._is_ready(seen)

    def _is_ready(self, seen: int) -> bool:
        new = self.api.requests[seen:]
        if self.webhook:
            return any(request.method == "setWebhook" and request.status == 200 for request in new)
        return any(request.method == "getUpdates" for request in new)


def shown(api: BotApi, chat: int) -> list[str]:
    """What was put into a chat for the bot, in order, changed messages too."""
    done = (request for request in api.requests if request.method in SHOWS and request.status == 200)
    return [squeezed(request.params["text"]) for request in done if request.params["chat_id"] == chat]
