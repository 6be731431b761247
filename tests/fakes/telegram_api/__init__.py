"""A strict, stateful Telegram Bot API for tests, on a real port. README.md says what it models."""

from .api import BotApi
from .check import Upload
from .faults import Fault, Flood
from .ledger import Request
from .people import Person
from .places import Channel, Group
from .state import Chat, ChatAction, InlineButton, Message, Query, ReplyKeyboard

__all__ = [
    "BotApi",
    "Channel",
    "Chat",
    "ChatAction",
    "Fault",
    "Flood",
    "Group",
    "InlineButton",
    "Message",
    "Person",
    "Query",
    "ReplyKeyboard",
    "Request",
    "Upload",
]
