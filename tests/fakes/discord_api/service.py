"""All parts of the fake in one place."""

from collections.abc import Callable
from typing import Any

from .channels import ChannelMethods
from .clock import Clock
from .faults import Faults, Flood
from .gateway import Gateway
from .interactions import InteractionMethods
from .ledger import Ledger
from .messages import MessageMethods
from .profile import ProfileMethods
from .routes import Routes
from .state import World


class Service:
    """The state of one bot's Discord."""

    def __init__(self, me: dict[str, Any], clock: Clock, token: Callable[[], str]) -> None:
        self.ledger = Ledger()
        self.faults = Faults()
        self.flood: Flood | None = None
        self.world = World(me, clock)
        self.gateway = Gateway(self.world, self.ledger, token)
        self.messages = MessageMethods(self.world, self.gateway)
        self.channels = ChannelMethods(self.world, self.messages)
        self.interactions = InteractionMethods(self.world, self.messages, self.ledger)
        self.profile = ProfileMethods(self.world, self.gateway)
        self.routes = Routes(self.messages, self.channels, self.interactions, self.profile)
