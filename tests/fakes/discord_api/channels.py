"""DMs, typing, threads, pins, servers: docs.discord.com/developers/resources/channel, /user, /guild."""

from typing import Any

from . import payloads
from .bodies import Flags
from .clock import written
from .errors import Objection, Refused, missing_permissions, unknown_guild
from .ledger import Request
from .messages import PINS, MessageMethods
from .permissions import Permission
from .state import PRIVATE_THREAD, PUBLIC_THREAD, TEXT_CHANNEL, GuildState, Message, Place, World


class ChannelMethods:
    """Everything about places but their messages. `opened`: whom the bot has opened a DM with, each time."""

    def __init__(self, world: World, messages: MessageMethods) -> None:
        self.world = world
        self.messages = messages
        self.opened: list[int] = []

    def create_dm(self, request: Request) -> dict[str, Any]:
        """…/resources/user#create-dm"""
        user_id = int(request.body["recipient_id"])
        self.opened.append(user_id)
        place = self.world.dms.get(user_id)
        if place is None:
            raise Refused(400, 50033, "Invalid Recipient(s)")
        return payloads.place(self.world, place)

    def get(self, request: Request, channel_id: str) -> dict[str, Any]:
        """…/resources/channel#get-channel"""
        return payloads.place(self.world, self.messages.place(channel_id))

    def typing(self, request: Request, channel_id: str) -> None:
        """…/resources/channel#trigger-typing-indicator"""
        place = self.messages.place(channel_id)
        if not place.permissions & Permission.SEND_MESSAGES:
            raise missing_permissions()
        place.typed_at.append(self.world.clock())

    def thread_from_message(self, request: Request, channel_id: str, message_id: str) -> dict[str, Any]:
        """…/resources/channel#start-thread-from-message"""
        message = self.messages.find(channel_id, message_id)
        self._may_start(message.place, PUBLIC_THREAD)
        if message.thread is not None:
            raise Refused(400, 160004, "A thread has already been created for this message")
        message.thread = self._start(message.place, request.body, PUBLIC_THREAD, message.id)
        message.flags |= Flags.HAS_THREAD
        return payloads.place(self.world, message.thread)

    def thread(self, request: Request, channel_id: str) -> dict[str, Any]:
        """…/resources/channel#start-thread-without-message; a private one, unless it says otherwise"""
        place, kind = self.messages.place(channel_id), request.body.get("type", PRIVATE_THREAD)
        self._may_start(place, kind)
        return payloads.place(self.world, self._start(place, request.body, kind, self.world.clock.snowflake()))

    def _may_start(self, place: Place, kind: int) -> None:
        if place.kind != TEXT_CHANNEL:
            raise Objection(400, 50024, "Cannot execute action on this channel type")
        public = kind == PUBLIC_THREAD
        if not place.permissions & (Permission.CREATE_PUBLIC_THREADS if public else Permission.CREATE_PRIVATE_THREADS):
            raise missing_permissions()

    def _start(self, place: Place, body: dict[str, Any], kind: int, thread_id: int) -> Place:
        assert place.guild is not None
        thread = Place(thread_id, kind, body["name"], place.guild, parent=place, owner=self.world.app_id)
        thread.archive_after = body.get("auto_archive_duration") or thread.archive_after
        self.world.places[thread.id] = thread
        place.guild.places.append(thread)
        told = payloads.place(self.world, thread) | {"newly_created": True}
        self.messages.gateway.push("THREAD_CREATE", told)
        return thread

    def add_to_thread(self, request: Request, channel_id: str, user_id: str) -> None:
        """…/resources/channel#add-thread-member"""
        thread = self.messages.place(channel_id)
        if not thread.is_thread:
            raise Objection(400, 50024, "Cannot execute action on this channel type")
        member = self.world.app_id if user_id == "@me" else int(user_id)
        if member not in thread.people:
            thread.people.append(member)

    def pins(self, request: Request, channel_id: str) -> dict[str, Any]:
        """…/resources/message#get-channel-pins"""
        pinned = [message for message in self.messages.place(channel_id).messages if message.pinned]
        items = [
            {"pinned_at": written(message.at), "message": payloads.message(self.world, message)}
            for message in pinned[::-1]
        ]
        return {"items": items, "has_more": False}

    def pin(self, request: Request, channel_id: str, message_id: str) -> None:
        """…/resources/message#pin-message"""
        message = self._pinnable(channel_id, message_id)
        if sum(one.pinned for one in message.place.messages) >= PINS:
            raise Refused(400, 30003, f"Maximum number of pins reached ({PINS})")
        self._set_pinned(message, True)

    def unpin(self, request: Request, channel_id: str, message_id: str) -> None:
        """…/resources/message#unpin-message"""
        self._set_pinned(self._pinnable(channel_id, message_id), False)

    def _pinnable(self, channel_id: str, message_id: str) -> Message:
        message = self.messages.find(channel_id, message_id)
        if not message.place.permissions & Permission.PIN_MESSAGES:
            raise missing_permissions()
        return message

    def _set_pinned(self, message: Message, pinned: bool) -> None:
        message.pinned = pinned
        guild = {"guild_id": str(message.place.guild.id)} if message.place.guild is not None else {}
        told = {"channel_id": str(message.place.id), "last_pin_timestamp": written(self.world.clock()), **guild}
        self.messages.gateway.push("CHANNEL_PINS_UPDATE", told)

    def guild(self, request: Request, guild_id: str) -> dict[str, Any]:
        """…/resources/guild#get-guild"""
        return payloads.guild(self.world, self._guild(guild_id))

    def channels(self, request: Request, guild_id: str) -> list[dict[str, Any]]:
        """…/resources/guild#get-guild-channels: without threads"""
        return [payloads.place(self.world, one) for one in self._guild(guild_id).places if not one.is_thread]

    def leave(self, request: Request, guild_id: str) -> None:
        """…/resources/user#leave-guild"""
        guild = self._guild(guild_id)
        guild.has_bot = False
        self.messages.gateway.push("GUILD_DELETE", {"id": guild_id})

    def _guild(self, guild_id: str) -> GuildState:
        guild = self.world.guilds.get(int(guild_id))
        if guild is None or not guild.has_bot:
            raise unknown_guild()
        return guild
