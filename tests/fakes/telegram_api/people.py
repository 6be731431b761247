"""What people do, as updates: core.telegram.org/bots/api#update."""

from typing import Any

from . import payloads
from .check import units
from .delivery import Updates
from .errors import forbidden
from .formatting import commands_in
from .schema import CAPTION_LIMIT, TEXT_LIMIT
from .state import Chat, InlineButton, Message, Query, World

BLOCKED = forbidden("bot was blocked by the user")
DEACTIVATED = forbidden("user is deactivated")
NEVER_MET = forbidden("bot can't initiate conversation with a user")


class Person:
    """Somebody with a private chat with the bot. Whoever does something first, has met it."""

    def __init__(self, world: World, updates: Updates, user: dict[str, Any], *, met: bool = False) -> None:
        self.world = world
        self.updates = updates
        self.user = user
        about: dict[str, Any] = {name: user[name] for name in ("first_name", "last_name", "username") if name in user}
        self.chat = Chat(user["id"], "private", about, refusal=None if met else NEVER_MET)
        world.chats[self.chat.id] = self.chat

    def __repr__(self) -> str:
        return f"<Person {self.id} {self.user['first_name']}>"

    @property
    def id(self) -> int:
        """The id of the person, which is that of the private chat too."""
        return int(self.user["id"])

    @property
    def messages(self) -> list[Message]:
        """All messages of the private chat."""
        return self.chat.messages

    def says(
        self, text: str, *, at: int | None = None, reply_to: int | Message | None = None, odd: bool = False
    ) -> int:
        """Writes to the bot in private. `odd`: in a way that no program for Telegram would send, if need be."""
        message = write(self, self.chat, text, at=at, reply_to=reply_to, odd=odd)
        return self.updates.push({"message": message.json()})

    def sends(self, kind: str, *, at: int | None = None, reply_to: int | Message | None = None, **fields: Any) -> int:
        """Sends something that is not a text: "voice", "photo", ..., or a service message such as "pinned_message"."""
        return self.updates.push({"message": send(self, self.chat, kind, at=at, reply_to=reply_to, **fields).json()})

    def taps(
        self,
        message: Message | int,
        label_or_data: str,
        *,
        stale: bool = False,
        inaccessible: bool = False,
    ) -> int:
        """Taps a button below a message.

        `stale`: the screen still shows a keyboard that was edited away. `inaccessible`: the message is so old that
        its text does not come along (core.telegram.org/bots/api#inaccessiblemessage).
        """
        where = message if isinstance(message, Message) else self._message(message)
        button = _button(where, label_or_data, stale)
        if button.data is None:
            raise AssertionError(f"{button} sends nothing to the bot")
        return self._sends_back(where, button.data, inaccessible=inaccessible)

    def forges(self, data: str | None) -> int:
        """Sends what no button below the last message would, as a program of one's own can; None: plays a game."""
        return self._sends_back(self.messages[-1] if self.messages else None, data)

    def _sends_back(self, where: Message | None, data: str | None, *, inaccessible: bool = False) -> int:
        self._meets()
        update_id = self.updates.next_id()
        query = Query(self.world.next_query_id(), update_id, data or "", self.world.now(), where)
        self.world.callbacks[query.id] = query
        callback = {"id": query.id, "from": self.user, "chat_instance": str(-self.id * 31 + 7)}
        callback |= {"game_short_name": "chess"} if data is None else {"data": data}
        if inaccessible and where is not None:
            callback["message"] = {"chat": where.chat.json(), "message_id": where.message_id, "date": 0}
        elif where is not None:
            callback["message"] = where.json()
        return self.updates.push({"callback_query": callback}, update_id)

    def taps_reply_keyboard(self, label: str) -> int:
        """Taps a button of the keyboard under the private chat, which says its label."""
        keyboard = self.chat.reply_keyboard
        if keyboard is None or not any(label in row for row in keyboard):
            raise AssertionError(f"no button {label!r} is shown: {keyboard}")
        update_id = self.says(label)
        if keyboard.is_one_time:
            self.chat.reply_keyboard = None
        return update_id

    def edits(self, message: int | Message, text: str) -> int:
        """Changes a message of one's own."""
        changed = message if isinstance(message, Message) else self._message(message)
        if changed.from_bot or changed.text is None:
            raise AssertionError(f"{changed} is not a text of {self}")
        changed.edits.append(changed.text)
        changed.text, changed.entities = text, commands_in(text)
        changed.edit_date = int(self.world.now())
        return self.updates.push({"edited_message": changed.json()})

    def deletes(self, message: int | Message) -> None:
        """Deletes a message for everybody. The bot hears nothing of it."""
        gone = message if isinstance(message, Message) else self._message(message)
        gone.chat.remove(gone)

    def blocks(self) -> int:
        """Blocks the bot."""
        self.chat.refusal = BLOCKED
        return self._membership("member", "kicked")

    def returns(self) -> int:
        """Unblocks the bot."""
        self.chat.refusal = None
        return self._membership("kicked", "member")

    def deletes_account(self) -> None:
        """Leaves Telegram. No update tells so."""
        self.chat.refusal = DEACTIVATED

    def asks_inline(self, query: str, offset: str = "") -> int:
        """Types the bot's name and a query in some chat: core.telegram.org/bots/api#inlinequery."""
        update_id = self.updates.next_id()
        asked = Query(self.world.next_query_id(), update_id, query, self.world.now())
        self.world.inline_queries[asked.id] = asked
        inline = {"id": asked.id, "from": self.user, "query": query, "offset": offset, "chat_type": "private"}
        return self.updates.push({"inline_query": inline}, update_id)

    def _message(self, message_id: int) -> Message:
        found = self.chat.by_id.get(message_id)
        if found is None:
            raise AssertionError(f"no message {message_id} in {self.chat.messages}")
        return found

    def _meets(self) -> None:
        if self.chat.refusal is NEVER_MET:
            self.chat.refusal = None

    def _membership(self, before: str, after: str) -> int:
        return self.updates.push({"my_chat_member": membership(self, self.chat, before, after)})


def write(
    person: Person,
    chat: Chat,
    text: str,
    *,
    at: int | None = None,
    reply_to: int | Message | None = None,
    odd: bool = False,
) -> Message:
    """A text of a person in a chat."""
    if not odd and (not text.strip() or units(text) > TEXT_LIMIT):
        raise AssertionError(f"Telegram would not send this: {units(text)} units")
    message = _begin(person, chat, at, reply_to)
    message.text, message.entities = text, commands_in(text)
    return message


def send(
    person: Person,
    chat: Chat,
    kind: str,
    *,
    at: int | None = None,
    reply_to: int | Message | None = None,
    **fields: Any,
) -> Message:
    """Anything else of a person in a chat."""
    caption = fields.pop("caption", None)
    if caption is not None and units(caption) > CAPTION_LIMIT:
        raise AssertionError(f"Telegram would not send this caption: {units(caption)} units")
    message = _begin(person, chat, at, reply_to)
    message.caption = caption
    message.entities = fields.pop("caption_entities", [] if caption is None else commands_in(caption))
    for name in payloads.OF_THE_MESSAGE & fields.keys():
        message.options[name] = fields.pop(name)
    payloads.fill(message, kind, fields, person.world.files)
    return message


def _begin(person: Person, chat: Chat, at: int | None, reply_to: int | Message | None) -> Message:
    if chat.type == "private":
        person._meets()
    if chat.refusal is not None:
        raise AssertionError(f"{person} can't write to {chat}: {chat.refusal}")
    message = person.world.add(chat, from_bot=False, sender=person.user, at=at)
    if reply_to is not None:
        message.reply_to = reply_to.message_id if isinstance(reply_to, Message) else reply_to
    return message


def membership(person: Person, chat: Chat, before: str, after: str) -> dict[str, Any]:
    """The bot's place in a chat has changed: core.telegram.org/bots/api#chatmemberupdated."""
    me = person.world.me
    return {
        "chat": chat.json(),
        "from": person.user,
        "date": int(person.world.now()),
        "old_chat_member": _member(me, before),
        "new_chat_member": _member(me, after),
    }


def _member(me: dict[str, Any], status: str) -> dict[str, Any]:
    user = {name: me[name] for name in ("id", "is_bot", "first_name", "username")}
    return {"user": user, "status": status, **({"until_date": 0} if status == "kicked" else {})}


def _button(message: Message, label_or_data: str, stale: bool) -> InlineButton:
    if not stale and message.message_id not in message.chat.by_id:
        raise AssertionError(f"{message} was deleted")
    keyboards = [message.buttons, *(message.former_buttons[::-1] if stale else ())]
    shown: list[InlineButton] = [button for keyboard in keyboards for row in keyboard for button in row]
    for button in shown:
        if button.label == label_or_data:
            return button
    for button in shown:
        if button.data == label_or_data:
            return button
    raise AssertionError(f"no button {label_or_data!r} below {message}")
