"""A strict, stateful Discord for tests, on a real port. README.md says what it models."""

from .api import DiscordApi
from .bodies import Flags
from .clock import Clock
from .faults import Fault, Flood
from .forms import Field, Modal
from .ledger import Request
from .looks import Button, Menu
from .people import Person
from .permissions import Permission
from .places import Channel, Chat, Group, Guild
from .state import Interaction, Message

__all__ = [
    "Button",
    "Channel",
    "Chat",
    "Clock",
    "DiscordApi",
    "Fault",
    "Field",
    "Flags",
    "Flood",
    "Group",
    "Guild",
    "Interaction",
    "Menu",
    "Message",
    "Modal",
    "Permission",
    "Person",
    "Request",
]
