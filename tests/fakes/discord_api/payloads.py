"""Objects as Discord sends them: docs.discord.com/developers/resources."""

import re
from typing import Any

from .clock import written
from .state import DM, GROUP_DM, GuildState, Message, Place, World

LIMIT = 10 * 1024 * 1024
"""Bytes of a file: docs.discord.com/developers/reference#uploading-files."""


def user(world: World, user_id: int) -> dict[str, Any]:
    """docs.discord.com/developers/resources/user#user-object"""
    return world.me if user_id == world.app_id else world.users[user_id]


def new_user(user_id: int, name: str, *, bot: bool = False) -> dict[str, Any]:
    """Somebody new."""
    return {
        "id": str(user_id),
        "username": name.lower().replace(" ", "_"),
        "discriminator": "0",
        "global_name": None if bot else name,
        "avatar": None,
        "avatar_decoration_data": None,
        "banner": None,
        "accent_color": None,
        "collectibles": None,
        "primary_guild": None,
        "public_flags": 0,
        "flags": 0,
        **({"bot": True} if bot else {}),
    }


def member(world: World, guild: GuildState, user_id: int, *, permissions: int | None = None) -> dict[str, Any]:
    """docs.discord.com/developers/resources/guild#guild-member-object; `permissions` in interactions only."""
    is_bot = user_id == world.app_id
    return {
        "user": user(world, user_id),
        "nick": None,
        "avatar": None,
        "banner": None,
        "roles": [str(guild.bot_role_id)] if is_bot else [],
        "joined_at": written(guild.joined_at),
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "communication_disabled_until": None,
        "unusual_dm_activity_until": None,
        **({} if permissions is None else {"permissions": str(int(permissions))}),
    }


def place(world: World, where: Place) -> dict[str, Any]:
    """docs.discord.com/developers/resources/channel#channel-object"""
    last = where.messages[-1].id if where.messages else None
    payload: dict[str, Any] = {
        "id": str(where.id),
        "type": where.kind,
        "last_message_id": str(last) if last is not None else None,
        "flags": 0,
    }
    if where.guild is None:
        recipients = [user(world, one) for one in where.people]
        payload["recipients"] = recipients
        return payload | ({"name": where.name, "owner_id": str(where.people[0])} if where.kind == GROUP_DM else {})
    payload |= {"guild_id": str(where.guild.id), "name": where.name, "rate_limit_per_user": 0}
    if where.is_thread:
        return payload | _thread(where)
    overwrites = [
        {"id": str(where.guild.bot_role_id), "type": 0, "allow": str(where.allowed), "deny": str(where.denied)}
    ]
    return payload | {
        "position": where.guild.places.index(where),
        "permission_overwrites": overwrites if where.allowed or where.denied else [],
        "parent_id": None,
        "topic": where.topic,
        "nsfw": False,
    }


def _thread(where: Place) -> dict[str, Any]:
    """docs.discord.com/developers/resources/channel#thread-metadata-object"""
    assert where.parent is not None
    started = written(_time_of(where.id))
    return {
        "parent_id": str(where.parent.id),
        "owner_id": str(where.owner),
        "message_count": len(where.messages),
        "total_message_sent": len(where.everything),
        "member_count": 1,
        "thread_metadata": {
            "archived": False,
            "auto_archive_duration": where.archive_after,
            "archive_timestamp": started,
            "locked": False,
            "create_timestamp": started,
        },
    }


def _time_of(snowflake: int) -> float:
    return ((snowflake >> 22) + 1_420_070_400_000) / 1000


def guild(world: World, of: GuildState) -> dict[str, Any]:
    """docs.discord.com/developers/resources/guild#guild-object"""
    return {
        "id": str(of.id),
        "name": of.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(of.owner),
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": [
            _role(of.id, "@everyone", of.everyone, 0),
            _role(of.bot_role_id, world.me["username"], of.bot_role, 1),
        ],
        "emojis": [],
        "stickers": [],
        "features": [],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "max_members": 500000,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "preferred_locale": of.locale,
        "public_updates_channel_id": None,
        "nsfw_level": 0,
        "premium_progress_bar_enabled": False,
        "safety_alerts_channel_id": None,
    }


def guild_create(world: World, of: GuildState) -> dict[str, Any]:
    """docs.discord.com/developers/events/gateway-events#guild-create"""
    return guild(world, of) | {
        "joined_at": written(of.joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(of.members) + 1,
        "voice_states": [],
        "members": [member(world, of, world.app_id)],
        "channels": [place(world, one) for one in of.places if not one.is_thread],
        "threads": [place(world, one) for one in of.places if one.is_thread],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _role(role_id: int, name: str, permissions: int, position: int) -> dict[str, Any]:
    """docs.discord.com/developers/topics/permissions#role-object"""
    return {
        "id": str(role_id),
        "name": name,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": position,
        "permissions": str(int(permissions)),
        "managed": position > 0,
        "mentionable": False,
        "flags": 0,
    }


def message(world: World, of: Message) -> dict[str, Any]:
    """docs.discord.com/developers/resources/message#message-object"""
    payload: dict[str, Any] = {
        "id": str(of.id),
        "channel_id": str(of.place.id),
        "author": of.author,
        "content": of.content,
        "timestamp": written(of.at),
        "edited_timestamp": written(of.edited_at) if of.edited_at is not None else None,
        "tts": of.tts,
        "mention_everyone": False,
        "mentions": mentioned(world, of.content),
        "mention_roles": [],
        "attachments": of.attachments,
        "embeds": of.embeds,
        "pinned": of.pinned,
        "type": of.kind,
        "flags": of.flags,
        "components": of.components,
    }
    if of.nonce is not None:
        payload["nonce"] = of.nonce
    if of.reference is not None:
        payload["message_reference"] = of.reference
        asked = of.place.find(int(of.reference["message_id"]))
        payload["referenced_message"] = message(world, asked) if asked is not None else None
    if of.thread is not None:
        payload["thread"] = place(world, of.thread)
    if of.interaction is not None:
        payload |= {
            "webhook_id": str(world.app_id),
            "application_id": str(world.app_id),
            "interaction_metadata": metadata(of),
        }
    return payload


def mentioned(world: World, text: str) -> list[dict[str, Any]]:
    """docs.discord.com/developers/reference#message-formatting"""
    ids = dict.fromkeys(map(int, re.findall(r"<@!?(\d+)>", text)))
    return [user(world, one) for one in ids if one in world.users or one == world.app_id]


def metadata(of: Message) -> dict[str, Any]:
    """docs.discord.com/developers/resources/message#message-interaction-metadata-object"""
    by = of.interaction
    assert by is not None
    found: dict[str, Any] = {
        "id": str(by.id),
        "type": by.kind,
        "user": by.user,
        "authorizing_integration_owners": by.event["authorizing_integration_owners"],
    }
    if by.kind == 2:
        found |= {"name": by.event["data"]["name"], "command_type": by.event["data"]["type"]}
    elif by.kind == 3 and by.source is not None:
        found["interacted_message_id"] = str(by.source.id)
    elif by.kind == 5:
        found["triggering_interaction_metadata"] = {
            "id": str(by.opened_by),
            "type": 3 if by.source is not None else 2,
            "user": by.user,
            "authorizing_integration_owners": by.event["authorizing_integration_owners"],
            **({"interacted_message_id": str(by.source.id)} if by.source is not None else {}),
        }
    if of in by.followups and by.original is not None:
        found["original_response_message_id"] = str(by.original.id)
    return found


def in_event(world: World, of: Message) -> dict[str, Any]:
    """A message in an event, with more fields: docs.discord.com/developers/events/gateway-events#message-create."""
    payload = message(world, of) | {"channel_type": of.place.kind}
    if of.place.guild is not None:
        payload["guild_id"] = str(of.place.guild.id)
        who = {
            name: value for name, value in member(world, of.place.guild, int(of.author["id"])).items() if name != "user"
        }
        payload["member"] = who
    return payload


def is_private(where: Place) -> bool:
    """Whether it is the chat of one person with the bot."""
    return where.kind == DM and where.with_bot
