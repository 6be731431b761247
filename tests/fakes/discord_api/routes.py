"""What can be asked, and with what body: docs.discord.com/developers/reference and the sections of each."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import bodies, schema
from .channels import ChannelMethods
from .check import Kind
from .errors import not_found, wrong_method
from .interactions import InteractionMethods
from .ledger import Request
from .messages import MessageMethods
from .profile import ProfileMethods

Handler = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path. `open`: needs no token. `body` None: there must be none."""

    method: str
    path: str
    work: Handler
    body: Kind | None = None
    query: frozenset[str] = frozenset()
    status: int = 200
    open: bool = False


class Routes:
    """All routes."""

    def __init__(
        self,
        messages: MessageMethods,
        channels: ChannelMethods,
        interactions: InteractionMethods,
        profile: ProfileMethods,
    ) -> None:
        every = [*_messages(messages), *_channels(channels), *_interactions(interactions), *_profile(profile)]
        self._routes = [(re.compile(_pattern(route.path)), route) for route in every]

    def find(self, request: Request) -> tuple[Route, list[str]]:
        """The route of a request and what stands in its path."""
        there = False
        for pattern, route in self._routes:
            found = pattern.fullmatch(request.path)
            if found is not None:
                there = True
                if route.method == request.method:
                    return route, list(found.groups())
        raise wrong_method() if there else not_found()


def _pattern(path: str) -> str:
    """`{}` is an id, `{token}` a token, `{message}` an id or @original, `{member}` an id or @me."""
    kinds = {"{token}": r"([\w.-]+)", "{message}": r"(\d+|@original)", "{member}": r"(\d+|@me)", "{}": r"(\d+)"}
    for name, pattern in kinds.items():
        path = path.replace(name, pattern)
    return path


def _q(*names: str) -> frozenset[str]:
    return frozenset(names)


def _messages(do: MessageMethods) -> list[Route]:
    all_of, one = "/channels/{}/messages", "/channels/{}/messages/{}"
    return [
        Route("POST", all_of, do.create, bodies.CREATE_MESSAGE),
        Route("GET", all_of, do.list, None, _q("limit", "before", "after", "around")),
        Route("GET", one, do.get),
        Route("PATCH", one, do.edit, bodies.EDIT_MESSAGE),
        Route("DELETE", one, do.delete, status=204),
    ]


def _channels(do: ChannelMethods) -> list[Route]:
    pins = [f"/channels/{{}}/{path}/{{}}" for path in ("pins", "messages/pins")]
    return [
        Route("POST", "/users/@me/channels", do.create_dm, schema.CREATE_DM),
        Route("GET", "/channels/{}", do.get),
        Route("POST", "/channels/{}/typing", do.typing, status=204),
        Route(
            "POST", "/channels/{}/messages/{}/threads", do.thread_from_message, schema.THREAD_FROM_MESSAGE, status=201
        ),
        Route("POST", "/channels/{}/threads", do.thread, schema.THREAD, status=201),
        Route("PUT", "/channels/{}/thread-members/{member}", do.add_to_thread, status=204),
        Route("GET", "/channels/{}/messages/pins", do.pins, None, _q("limit", "before")),
        *[Route("PUT", path, do.pin, status=204) for path in pins],
        *[Route("DELETE", path, do.unpin, status=204) for path in pins],
        Route("GET", "/guilds/{}", do.guild, None, _q("with_counts")),
        Route("GET", "/guilds/{}/channels", do.channels),
        Route("DELETE", "/users/@me/guilds/{}", do.leave, status=204),
    ]


def _interactions(do: InteractionMethods) -> list[Route]:
    one = "/webhooks/{}/{token}/messages/{message}"
    told = _q("thread_id", "with_components")
    return [
        Route(
            "POST", "/interactions/{}/{token}/callback", do.callback, schema.CALLBACK, _q("with_response"), open=True
        ),
        Route("POST", "/webhooks/{}/{token}", do.followup, bodies.FOLLOWUP, told | {"wait"}, open=True),
        Route("GET", one, do.get, None, told, open=True),
        Route("PATCH", one, do.edit, bodies.EDIT_WEBHOOK_MESSAGE, told, open=True),
        Route("DELETE", one, do.delete, None, told, 204, open=True),
    ]


def _profile(do: ProfileMethods) -> list[Route]:
    everywhere, somewhere = "/applications/{}/commands", "/applications/{}/guilds/{}/commands"
    localized = _q("with_localizations")
    return [
        Route("GET", "/gateway", do.get_gateway, open=True),
        Route("GET", "/gateway/bot", do.get_gateway_bot),
        Route("GET", "/users/@me", do.me),
        Route("GET", "/users/{}", do.user),
        Route("GET", "/applications/@me", do.application),
        Route("GET", "/oauth2/applications/@me", do.application),
        Route("GET", everywhere, do.get_commands, None, localized),
        Route("PUT", everywhere, do.put_commands, schema.GLOBAL_COMMANDS),
        Route("GET", somewhere, do.get_commands, None, localized),
        Route("PUT", somewhere, do.put_commands, schema.GUILD_COMMANDS),
    ]
