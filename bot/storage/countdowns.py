"""Messages that count down. Statements on one connection."""

from typing import Any

from sqlalchemy import Connection, select

from bot.messages import Chat
from bot.records import Countdown
from bot.storage.alone import alone
from bot.storage.outbox import body_of, reply_of
from bot.storage.seal import Sealed
from bot.storage.tables import COUNTDOWN, upsert

SET = upsert(COUNTDOWN, "platform", "chat", "message", "body", sets=("message", "body"))


def find(connection: Connection, where: Any) -> list[Countdown | tuple[Chat, str]]:
    """Messages that count down. Of one that cannot be read there are only the chat and its id."""
    return [_countdown(connection, row) for row in connection.execute(select(COUNTDOWN).where(where)).all()]


def _countdown(connection: Connection, row: Any) -> Countdown | tuple[Chat, str]:
    chat = Chat(row.platform, row.chat)
    try:
        reply = reply_of(connection, chat, row.body)
    except Sealed:
        reply = None
    return Countdown(chat, row.message, reply) if reply is not None else (chat, row.message)


def begin(connection: Connection, countdown: Countdown) -> None:
    """From now on that message counts down in its chat, and no other."""
    chat = countdown.chat
    if alone(connection, chat):
        body = body_of(connection, chat, countdown.reply)
        SET.run(connection, platform=chat.platform, chat=chat.id, message=countdown.message, body=body)
