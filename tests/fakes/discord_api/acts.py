"""What people do, as INTERACTION_CREATE: docs.discord.com/developers/interactions/receiving-and-responding."""

import base64
from collections.abc import Mapping
from typing import Any

from . import payloads
from .gateway import Gateway
from .interactions import COMMAND, COMPONENT, MODAL_SUBMIT
from .permissions import OF_AN_APP_IN_A_DM, Permission
from .schema import BOOLEAN, CHANNEL, INTEGER, NUMBER, STRING, SUBCOMMAND, USER
from .schema import GROUP as SUBCOMMAND_GROUP
from .state import GuildState, Interaction, Message, Place, World

IN_GUILD, IN_BOT_DM, IN_PRIVATE = 0, 1, 2
"""…#interaction-object-interaction-context-types"""

Owners = dict[str, str]


def context_of(place: Place) -> int:
    """Where it happens."""
    if place.guild is not None:
        return IN_GUILD
    return IN_BOT_DM if payloads.is_private(place) else IN_PRIVATE


def owners_of(user_id: int, place: Place, types: list[int], *, installed: bool) -> Owners:
    """…#interaction-object-authorizing-integration-owners-object; empty: the app can't be used there."""
    owners: Owners = {}
    if 0 in types and place.guild is not None and place.guild.has_bot:
        owners["0"] = str(place.guild.id)
    if 0 in types and payloads.is_private(place):
        owners["0"] = "0"
    if 1 in types and installed:
        owners["1"] = str(user_id)
    return owners


class Acts:
    """Makes interactions and sends them."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway

    def command(
        self, user_id: int, place: Place, locale: str, command: dict[str, Any], given: Mapping[str, Any], owners: Owners
    ) -> Interaction:
        """…#interaction-object-application-command-data-structure"""
        data: dict[str, Any] = {"id": command["id"], "name": command["name"].split()[0], "type": command["type"]}
        data |= {"guild_id": command["guild_id"]} if "guild_id" in command else {}
        resolved: dict[str, Any] = {}
        options = self._options(command, given, place, resolved)
        for step in reversed(command.get("path", ())):
            options = [{**step, **({"options": options} if options else {"options": []})}]
        data |= {"options": options} if options else {}
        data |= {"resolved": resolved} if resolved else {}
        return self._send(COMMAND, user_id, place, locale, data, owners)

    def component(
        self, user_id: int, message: Message, locale: str, data: dict[str, Any], *, installed: bool
    ) -> Interaction:
        """…#interaction-object-message-component-data-structure"""
        owners = self._owners(user_id, message, installed=installed)
        return self._send(COMPONENT, user_id, message.place, locale, data, owners, source=message)

    def modal(self, user_id: int, opened: Interaction, locale: str, components: list[dict[str, Any]]) -> Interaction:
        """…#interaction-object-modal-submit-data-structure"""
        assert opened.modal is not None
        data = {"custom_id": opened.modal["custom_id"], "components": components, "resolved": {}}
        owners = opened.event["authorizing_integration_owners"]
        return self._send(
            MODAL_SUBMIT, user_id, opened.place, locale, data, owners, source=opened.source, opened_by=opened.id
        )

    def _owners(self, user_id: int, message: Message, *, installed: bool) -> Owners:
        if message.interaction is not None:
            found: Owners = message.interaction.event["authorizing_integration_owners"]
            return found
        return owners_of(user_id, message.place, [0, 1], installed=installed)

    def _send(
        self,
        kind: int,
        user_id: int,
        place: Place,
        locale: str,
        data: dict[str, Any],
        owners: Owners,
        *,
        source: Message | None = None,
        opened_by: int | None = None,
    ) -> Interaction:
        interaction_id = self.world.clock.snowflake()
        token = base64.urlsafe_b64encode(f"interaction:{interaction_id}:for:the:test".encode()).decode().rstrip("=")
        who = payloads.user(self.world, user_id)
        made = Interaction(interaction_id, token, kind, who, place, self.world.clock())
        made.source, made.opened_by = source, opened_by
        made.event = {
            "id": str(interaction_id),
            "application_id": str(self.world.app_id),
            "type": kind,
            "token": token,
            "version": 1,
            "data": data,
            "channel_id": str(place.id),
            "channel": payloads.place(self.world, place) | self._seen_from(place),
            "app_permissions": str(int(_app_permissions(place))),
            "locale": locale,
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": owners,
            "context": context_of(place),
            "attachment_size_limit": payloads.LIMIT,
            **self._who(user_id, place),
            **({"message": payloads.message(self.world, source)} if source is not None else {}),
        }
        self.world.interactions[token] = made
        self.gateway.push("INTERACTION_CREATE", made.event)
        return made

    def _seen_from(self, place: Place) -> dict[str, Any]:
        return {"permissions": str(int(place.guild.everyone))} if place.guild is not None else {}

    def _who(self, user_id: int, place: Place) -> dict[str, Any]:
        guild = place.guild
        if guild is None:
            return {"user": payloads.user(self.world, user_id)}
        return {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": payloads.member(self.world, guild, user_id, permissions=guild.everyone),
        }

    def _options(
        self, command: dict[str, Any], given: Mapping[str, Any], place: Place, resolved: dict[str, Any]
    ) -> list[dict[str, Any]]:
        known = {option["name"]: option for option in command.get("options") or ()}
        if given.keys() - known.keys():
            raise AssertionError(f"/{command['name']} has no option {sorted(given.keys() - known.keys())}")
        missing = [name for name, option in known.items() if option.get("required") and name not in given]
        if missing:
            raise AssertionError(f"/{command['name']} needs {missing}")
        found = []
        for name, value in given.items():
            option = known[name]
            _fits(option, value)
            if option["type"] in (USER, CHANNEL):
                _resolve(self.world, option["type"], value, place.guild, resolved)
                value = str(value.id)
            found.append({"name": name, "type": option["type"], "value": value})
        return found


def _app_permissions(place: Place) -> Permission:
    if place.guild is not None:
        return place.permissions
    return OF_AN_APP_IN_A_DM | (Permission.USE_EXTERNAL_EMOJIS if payloads.is_private(place) else Permission(0))


def _fits(option: Mapping[str, Any], value: Any) -> None:
    """…/interactions/application-commands#application-command-object-application-command-option-structure"""
    kinds: dict[int, Any] = {
        STRING: str,
        INTEGER: int,
        BOOLEAN: bool,
        NUMBER: (int, float),
        USER: object,
        CHANNEL: object,
    }
    kind = option["type"]
    if kind not in kinds or not isinstance(value, kinds[kind]):
        raise AssertionError(f"{value!r} is nothing for option {option['name']} of type {kind}")
    choices = [choice["value"] for choice in option.get("choices") or ()]
    if choices and value not in choices:
        raise AssertionError(f"{value!r} is none of {choices}")
    size = len(value) if isinstance(value, str) else value
    low = option.get("min_length" if kind == STRING else "min_value")
    high = option.get("max_length", 6000) if kind == STRING else option.get("max_value")
    if (low is not None and size < low) or (high is not None and size > high):
        raise AssertionError(f"Discord would not send {value!r}: from {low} to {high}")


def _resolve(world: World, kind: int, value: Any, guild: GuildState | None, resolved: dict[str, Any]) -> None:
    if kind == CHANNEL:
        resolved.setdefault("channels", {})[str(value.id)] = payloads.place(world, value.place)
        return
    resolved.setdefault("users", {})[str(value.id)] = payloads.user(world, value.id)
    if guild is not None and value.id in guild.members:
        who = payloads.member(world, guild, value.id, permissions=guild.everyone)
        del who["user"]
        resolved.setdefault("members", {})[str(value.id)] = who


def find_command(commands: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    """A slash command by its name; "group sub" leads to a subcommand, whose way is in `path`."""
    first, *rest = name.split()
    found = next((one for one in commands if one["type"] == 1 and one["name"] == first), None)
    if found is None:
        return None
    path = []
    inner = found
    for step in rest:
        below = [one for one in inner.get("options") or () if one["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP)]
        found_below = next((one for one in below if one["name"] == step), None)
        if found_below is None:
            return None
        path.append({"name": step, "type": found_below["type"]})
        inner = found_below
    if any(one["type"] in (SUBCOMMAND, SUBCOMMAND_GROUP) for one in inner.get("options") or ()):
        return None
    return found | {"options": inner.get("options") or [], "path": path}
