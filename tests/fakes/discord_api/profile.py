"""The bot itself, its app and its commands: docs.discord.com/developers/resources/application, /interactions."""

from copy import deepcopy
from typing import Any

from .errors import missing_access, unknown
from .gateway import Gateway
from .ledger import Request
from .state import World

Command = dict[str, Any]


class ProfileMethods:
    """`overwrites`: how often commands were written, the global and the others."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway
        self.overwrites: list[list[Command]] = []

    def get_gateway(self, request: Request) -> dict[str, Any]:
        """…/events/gateway#get-gateway"""
        return {"url": self.world.url.replace("http", "ws", 1) + "/gateway"}

    def get_gateway_bot(self, request: Request) -> dict[str, Any]:
        """…/events/gateway#get-gateway-bot"""
        return self.get_gateway(request) | {"shards": 1, "session_start_limit": dict(self.gateway.start_limit)}

    def me(self, request: Request) -> dict[str, Any]:
        """…/resources/user#get-current-user"""
        return self.world.me | {"verified": True, "mfa_enabled": False, "email": None, "locale": "en-US"}

    def user(self, request: Request, user_id: str) -> dict[str, Any]:
        """…/resources/user#get-user"""
        found = self.world.users.get(int(user_id))
        if found is None:
            raise unknown("User", 10013)
        return found

    def application(self, request: Request) -> dict[str, Any]:
        """…/resources/application#get-current-application"""
        return {
            "id": str(self.world.app_id),
            "name": self.world.me["username"],
            "icon": None,
            "description": "",
            "summary": "",
            "type": None,
            "bot_public": True,
            "bot_require_code_grant": False,
            "verify_key": "0" * 64,
            "flags": 0,
            "bot": self.world.me,
            "owner": self.world.users[min(self.world.users)] if self.world.users else self.world.me,
            "team": None,
            "redirect_uris": [],
            "interactions_endpoint_url": None,
            "integration_types_config": {"0": {}, "1": {}},
            "approximate_guild_count": sum(guild.has_bot for guild in self.world.guilds.values()),
            "approximate_user_install_count": 0,
        }

    def get_commands(self, request: Request, app_id: str, guild_id: str | None = None) -> list[Command]:
        """…/interactions/application-commands#get-global-application-commands"""
        commands = self._of(app_id, guild_id)
        if request.query.get("with_localizations", "").lower() in ("true", "1"):
            return commands
        hidden = ("name_localizations", "description_localizations")
        return [{name: value for name, value in one.items() if name not in hidden} for one in commands]

    def put_commands(self, request: Request, app_id: str, guild_id: str | None = None) -> list[Command]:
        """…#bulk-overwrite-global-application-commands: a command keeps its id as long as its name"""
        ids = {(one["type"], one["name"]): one["id"] for one in self._of(app_id, guild_id)}
        written = [self._written(one, ids, guild_id) for one in request.body]
        self.world.commands[int(guild_id) if guild_id else None] = written
        self.overwrites.append(written)
        return written

    def _of(self, app_id: str, guild_id: str | None) -> list[Command]:
        if app_id != str(self.world.app_id):
            raise missing_access()
        if guild_id is None:
            return self.world.commands.get(None, [])
        guild = self.world.guilds.get(int(guild_id))
        if guild is None or not guild.has_bot:
            raise missing_access()
        return self.world.commands.get(guild.id, [])

    def _written(self, body: Command, ids: dict[tuple[int, str], str], guild_id: str | None) -> Command:
        kind = body.get("type", 1)
        permissions = body.get("default_member_permissions")
        command = deepcopy(body) | {
            "id": ids.get((kind, body["name"]), str(self.world.clock.snowflake())),
            "application_id": str(self.world.app_id),
            "version": str(self.world.clock.snowflake()),
            "type": kind,
            "description": body.get("description", ""),
            "nsfw": body.get("nsfw", False),
            "default_member_permissions": None if permissions is None else str(permissions),
        }
        if guild_id is not None:
            return command | {"guild_id": guild_id}
        contexts = body.get("contexts")
        if contexts is None and body.get("dm_permission") is False:
            contexts = [0]
        return command | {"contexts": contexts, "integration_types": body.get("integration_types") or [0]}
