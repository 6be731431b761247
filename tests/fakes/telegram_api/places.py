"""Groups and channels, and what happens in them."""

from typing import Any

from .delivery import Updates
from .errors import Refused, forbidden
from .formatting import commands_in
from .people import Person, membership, send, write
from .state import Chat, Message, World


class Group:
    """A group or supergroup. The bot is in it until it is removed, and reads everything that is said."""

    def __init__(self, world: World, updates: Updates, chat: Chat, admin: Person) -> None:
        self.world = world
        self.updates = updates
        self.chat = chat
        self.admin = admin
        world.chats[chat.id] = chat

    @property
    def messages(self) -> list[Message]:
        """All messages of the group."""
        return self.chat.messages

    def says(
        self,
        person: Person,
        text: str,
        thread_id: int | None = None,
        *,
        at: int | None = None,
        reply_to: int | Message | None = None,
    ) -> int:
        """Somebody writes in the group, or in a topic of it."""
        message = write(person, self.chat, text, at=at, reply_to=reply_to)
        return self._push(message, thread_id)

    def sends(self, person: Person, kind: str, thread_id: int | None = None, **fields: Any) -> int:
        """Somebody sends something else."""
        return self._push(send(person, self.chat, kind, **fields), thread_id)

    def topic(self, thread_id: int) -> None:
        """A topic that exists though nobody has written in it."""
        self.chat.threads.add(thread_id)

    def adds_bot(self, person: Person | None = None) -> int:
        """The bot is added by somebody; the id is that of the my_chat_member update."""
        person = person or self.admin
        self.chat.refusal = None
        update_id = self.updates.push({"my_chat_member": membership(person, self.chat, "left", "member")})
        self._service(person, "new_chat_members", [self._bot()])
        return update_id

    def removes_bot(self, person: Person | None = None) -> int:
        """The bot is removed by somebody."""
        person = person or self.admin
        update_id = self.updates.push({"my_chat_member": membership(person, self.chat, "member", "kicked")})
        kind = "supergroup" if self.chat.type == "supergroup" else "group"
        self.chat.refusal = forbidden(f"bot was kicked from the {kind} chat")
        return update_id

    def migrates(self, to_id: int) -> "Group":
        """Becomes a supergroup with another id: core.telegram.org/bots/api#responseparameters."""
        new = Group(self.world, self.updates, Chat(to_id, "supergroup", dict(self.chat.about)), self.admin)
        self._service(self.admin, "migrate_to_chat_id", to_id)
        new._service(self.admin, "migrate_from_chat_id", self.chat.id)
        self.chat.refusal = Refused(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": to_id},
        )
        return new

    def _service(self, person: Person, kind: str, value: object) -> None:
        message = self.world.add(self.chat, from_bot=False, sender=person.user)
        message.payload[kind] = value
        self.updates.push({"message": message.json()})

    def _push(self, message: Message, thread_id: int | None) -> int:
        if thread_id is not None:
            self.chat.threads.add(thread_id)
            message.thread_id = thread_id
        elif message.reply_to is not None and self.chat.type == "supergroup":
            answered = self.chat.by_id.get(message.reply_to)
            message.thread_id = (answered.thread_id if answered else None) or message.reply_to
        return self.updates.push({"message": message.json()})

    def _bot(self) -> dict[str, Any]:
        return {name: self.world.me[name] for name in ("id", "is_bot", "first_name", "username")}


class Channel:
    """A channel the bot is in."""

    def __init__(self, world: World, updates: Updates, chat: Chat) -> None:
        self.world = world
        self.updates = updates
        self.chat = chat
        world.chats[chat.id] = chat

    def posts(self, text: str) -> int:
        """Something is posted in the channel."""
        message = self.world.add(self.chat, from_bot=False, sender=None)
        message.text, message.entities = text, commands_in(text)
        return self.updates.push({"channel_post": message.json()})
