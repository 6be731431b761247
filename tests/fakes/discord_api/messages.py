"""Writing, changing and removing messages: docs.discord.com/developers/resources/message."""

from typing import Any

from . import payloads
from .bodies import Flags, look_at_components
from .check import Problems
from .components import walk
from .errors import (
    InvalidForm,
    Objection,
    Refused,
    cannot_message,
    empty_message,
    invalid,
    missing_access,
    missing_permissions,
    other_author,
    unknown_channel,
    unknown_message,
)
from .gateway import Gateway
from .intents import HIDDEN, may_read
from .ledger import Request, Upload
from .permissions import Permission
from .state import Message, Place, World
from .uploads import attachments_of

NONCE_LIFETIME = 180.0
"""Seconds. The docs say "the past few minutes"."""
PINS = 250


class MessageMethods:
    """The bot's own messages, in DMs, channels and threads."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world = world
        self.gateway = gateway
        self.nonce_lifetime = NONCE_LIFETIME

    # Shared with answers to interactions

    def build(self, place: Place, body: dict[str, Any], files: dict[int, Upload], **fields: Any) -> Message:
        """A new message of the bot, as a body describes it."""
        content = (body.get("content") or "").strip()
        attachments = attachments_of(self.world, body, files, [])
        components = numbered(body.get("components") or [])
        if not (content or attachments or components or body.get("embeds") or body.get("poll")):
            raise empty_message()
        fields["flags"] = fields.get("flags", 0) | (body.get("flags") or 0)
        return self.world.add(
            place,
            self.world.me,
            content=content,
            embeds=body.get("embeds") or [],
            components=components,
            attachments=attachments,
            tts=body.get("tts", False),
            allowed_mentions=body.get("allowed_mentions"),
            **fields,
        )

    def change(self, message: Message, body: dict[str, Any], files: dict[int, Upload]) -> None:
        """Changes a message of the bot."""
        flags = message.flags | ((body.get("flags") or 0) & Flags.IS_COMPONENTS_V2)
        content = (body["content"] or "").strip() if "content" in body else message.content
        embeds = (body["embeds"] or []) if "embeds" in body else message.embeds
        components = numbered(body["components"] or []) if "components" in body else message.components
        problems = Problems()
        after = {"content": content, "embeds": embeds, "components": body.get("components")}
        look_at_components(after, bool(flags & Flags.IS_COMPONENTS_V2), (), problems)
        if problems:
            raise InvalidForm(problems)
        attachments = message.attachments
        if "attachments" in body or files:
            attachments = attachments_of(self.world, body, files, message.attachments)
        if not (content or embeds or components or attachments):
            raise empty_message()
        before, former = message.text, message.components
        if "flags" in body:
            flags = flags & ~Flags.SUPPRESS_EMBEDS | ((body["flags"] or 0) & Flags.SUPPRESS_EMBEDS)
        message.content, message.embeds, message.components = content, embeds, components
        message.attachments, message.flags = attachments, flags & ~Flags.LOADING
        message.allowed_mentions = body.get("allowed_mentions", message.allowed_mentions)
        message.edited_at = self.world.clock()
        if message.text != before:
            message.edits.append(before)
        if message.components != former:
            message.former_components.append(former)

    def tell(self, name: str, message: Message) -> None:
        """An event about a message; none about one that only one person sees, or where the bot is not."""
        if message.viewer is not None or not message.place.has_bot:
            return
        data = payloads.in_event(self.world, message)
        if name == "MESSAGE_DELETE":
            data = {key: data[key] for key in ("id", "channel_id", "guild_id") if key in data}
        self.gateway.push(name, data)

    # Requests

    def place(self, channel_id: str) -> Place:
        """A channel that the bot sees."""
        place = self.world.places.get(int(channel_id))
        if place is None:
            raise unknown_channel()
        if not place.has_bot or not place.permissions & Permission.VIEW_CHANNEL:
            raise missing_access()
        return place

    def create(self, request: Request, channel_id: str) -> dict[str, Any]:
        """…/resources/message#create-message"""
        place, body = self.place(channel_id), request.body
        self._may_send(place, body, request.files)
        known = self._known(body)
        if known is None:
            known = self.build(
                place, body, request.files, nonce=body.get("nonce"), reference=self._reference(place, body)
            )
            if known.nonce is not None:
                self.world.by_nonce[str(known.nonce)] = known
            known.kind = 19 if known.reference is not None else 0
            if place.guild is not None and not place.permissions & Permission.EMBED_LINKS:
                known.embeds = []
            self.tell("MESSAGE_CREATE", known)
        return payloads.message(self.world, known)

    def _may_send(self, place: Place, body: dict[str, Any], files: dict[int, Upload]) -> None:
        if place.guild is None:
            for one in place.people:
                if one in self.world.closed:
                    raise cannot_message(self.world.closed[one])
            return
        needed = Permission.SEND_MESSAGES_IN_THREADS if place.is_thread else Permission.SEND_MESSAGES
        needed |= Permission.ATTACH_FILES if files else Permission(0)
        needed |= Permission.SEND_TTS_MESSAGES if body.get("tts") else Permission(0)
        needed |= Permission.READ_MESSAGE_HISTORY if "message_reference" in body else Permission(0)
        if needed & ~place.permissions:
            raise missing_permissions()

    def _known(self, body: dict[str, Any]) -> Message | None:
        """The message that was written with the same nonce a short while ago."""
        if not body.get("enforce_nonce") or body.get("nonce") is None:
            return None
        found = self.world.by_nonce.get(str(body["nonce"]))
        return found if found is not None and found.at >= self.world.clock() - self.nonce_lifetime else None

    def _reference(self, place: Place, body: dict[str, Any]) -> dict[str, Any] | None:
        asked = body.get("message_reference")
        if asked is None:
            return None
        if place.find(int(asked["message_id"])) is None:
            if asked.get("fail_if_not_exists") is False:
                return None
            errors = {
                "message_reference": {"_errors": [{"code": "REPLIES_UNKNOWN_MESSAGE", "message": "Unknown message"}]}
            }
            raise Refused(400, 50035, "Invalid Form Body", errors)
        guild = {"guild_id": str(place.guild.id)} if place.guild is not None else {}
        return {"type": 0, "message_id": str(asked["message_id"]), "channel_id": str(place.id), **guild}

    def find(self, channel_id: str, message_id: str) -> Message:
        """A message the bot sees."""
        message = self.place(channel_id).find(int(message_id))
        if message is None:
            raise unknown_message()
        return message

    def get(self, request: Request, channel_id: str, message_id: str) -> dict[str, Any]:
        """…/resources/message#get-channel-message"""
        message = self.find(channel_id, message_id)
        if not message.place.permissions & Permission.READ_MESSAGE_HISTORY:
            raise missing_permissions()
        return self._readable(message)

    def list(self, request: Request, channel_id: str) -> list[dict[str, Any]]:
        """…/resources/message#get-channel-messages"""
        place, query = self.place(channel_id), request.query
        if not all(value.isdecimal() for value in query.values()):
            raise invalid(("limit",), "NUMBER_TYPE_COERCE", "Value is not int.")
        limit = int(query.get("limit", "50"))
        if not 1 <= limit <= 100 or len(query.keys() & {"around", "before", "after"}) > 1:
            raise invalid(("limit",), "NUMBER_TYPE_MAX", "1 to 100, and only one of around, before and after.")
        if not place.permissions & Permission.READ_MESSAGE_HISTORY:
            return []
        found = [message for message in place.messages if message.viewer is None]
        if "before" in query:
            found = [message for message in found if message.id < int(query["before"])]
        if "after" in query:
            found = [message for message in found if message.id > int(query["after"])][:limit]
        if "around" in query:
            found = sorted(found, key=lambda message: abs(message.id - int(query["around"])))[:limit]
        newest = sorted(found, key=lambda message: message.id, reverse=True)[:limit]
        return [self._readable(message) for message in newest]

    def _readable(self, message: Message) -> dict[str, Any]:
        """Without the intent MESSAGE_CONTENT content is hidden here too: …/events/gateway#message-content-intent."""
        found = payloads.message(self.world, message)
        hidden = message.place.guild is not None and not may_read(found, self.world.app_id)
        return found | HIDDEN if hidden else found

    def edit(self, request: Request, channel_id: str, message_id: str) -> dict[str, Any]:
        """…/resources/message#edit-message"""
        message = self.find(channel_id, message_id)
        if message.author is not self.world.me:
            raise other_author()
        self.change(message, request.body, request.files)
        self.tell("MESSAGE_UPDATE", message)
        return payloads.message(self.world, message)

    def delete(self, request: Request, channel_id: str, message_id: str) -> None:
        """…/resources/message#delete-message"""
        message = self.find(channel_id, message_id)
        if message.author is not self.world.me:
            if message.place.guild is None:
                raise Objection(403, 50003, "Cannot execute action on a DM channel")
            if not message.place.permissions & Permission.MANAGE_MESSAGES:
                raise missing_permissions()
        message.deleted = True
        self.tell("MESSAGE_DELETE", message)


def numbered(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every component has a number: docs.discord.com/developers/components/reference#anatomy-of-a-component."""
    taken = {part["id"] for part in walk(components) if part.get("id")}
    number = 0
    for part in walk(components):
        if not part.get("id"):
            number += 1
            while number in taken:
                number += 1
            part["id"] = number
    return components
