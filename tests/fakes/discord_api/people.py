"""Somebody who uses Discord."""

from collections.abc import Mapping
from typing import Any

from . import payloads
from .acts import Acts, context_of, find_command, owners_of
from .components import BUTTON, SELECT, walk
from .forms import Modal, filled_in, modal_of
from .ledger import Upload
from .looks import Button, Menu, buttons_of
from .messages import MessageMethods
from .permissions import Permission
from .places import Chat, Room, is_in
from .state import DM, Interaction, Message, Place, World
from .uploads import keep_file


class Person:
    """Somebody with a DM with the bot. `installed`: has the app installed to their account."""

    def __init__(self, world: World, messages: MessageMethods, user: dict[str, Any], *, locale: str = "en-US") -> None:
        self.world = world
        self.messages = messages
        self.user = user
        self.locale = locale
        self.installed = False
        place = Place(world.clock.snowflake(), DM, people=[self.id])
        world.places[place.id] = world.dms[self.id] = place
        self.dm = Chat(world, messages.gateway, place)
        self._acts = Acts(world, messages.gateway)

    def __repr__(self) -> str:
        return f"<Person {self.id} {self.user['username']}>"

    @property
    def id(self) -> int:
        return int(self.user["id"])

    # Messages

    def types(
        self,
        text: str,
        place: Room | None = None,
        *,
        files: Mapping[str, bytes] | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """Writes, in the DM unless a place is given. `files`: what is attached, by name."""
        where = self._in(place)
        if len(text) > 2000 or not (text.strip() or files):
            raise AssertionError(f"Discord would not send this: {len(text)} characters")
        uploads = [Upload(name, "application/octet-stream", data) for name, data in (files or {}).items()]
        kept = [keep_file(self.world, one) for one in uploads]
        message = self.world.add(where, self.user, content=text.strip(), attachments=kept)
        if reply_to is not None:
            message.kind, message.reference = (
                19,
                {"message_id": str(reply_to.id), "channel_id": str(where.id), "type": 0},
            )
        self.messages.tell("MESSAGE_CREATE", message)
        return message

    def edits(self, message: Message, text: str) -> None:
        """Changes a message of one's own."""
        self._is_mine(message)
        message.edits.append(message.text)
        message.content, message.edited_at = text.strip(), self.world.clock()
        self.messages.tell("MESSAGE_UPDATE", message)

    def deletes(self, message: Message) -> None:
        """Deletes a message of one's own."""
        self._is_mine(message)
        message.deleted = True
        self.messages.tell("MESSAGE_DELETE", message)

    def dismisses(self, message: Message) -> None:
        """Puts away what only this person sees. The bot hears nothing of it."""
        if message.viewer != self.id:
            raise AssertionError(f"{message} can't be dismissed by {self}")
        message.deleted = True

    def closes_dms(self, code: int = 50007) -> None:
        """Lets nobody write to them, or blocks the bot; 50278: shares no server with it any more."""
        self.world.closed[self.id] = code

    def opens_dms(self) -> None:
        """Can be written to again."""
        self.world.closed.pop(self.id, None)

    def installs(self) -> None:
        """Installs the app to the account: docs.discord.com/developers/resources/application#installation-context."""
        self.installed = True

    def uninstalls(self) -> None:
        self.installed = False

    # Commands and components

    def slash(self, name: str, place: Room | None = None, /, **options: Any) -> Interaction:
        """Uses a slash command, "group sub" for one below another; in the DM unless a place is given.

        Raises AssertionError where Discord would not offer it: not registered, not in this context, not installed.
        """
        where = self._in(place)
        guild_commands = self.world.commands.get(where.guild.id, []) if where.guild is not None else []
        command = find_command([*guild_commands, *self.world.commands.get(None, [])], name.removeprefix("/"))
        if command is None:
            raise AssertionError(f"/{name} is not registered")
        return self._acts.command(self.id, where, self.locale, command, options, self._allowed(command, where))

    def _allowed(self, command: dict[str, Any], where: Place) -> dict[str, str]:
        contexts = command.get("contexts")
        if contexts is not None and context_of(where) not in contexts:
            raise AssertionError(
                f"/{command['name']} is not offered in context {context_of(where)}, only in {contexts}"
            )
        types = command.get("integration_types", [0])
        owners = owners_of(self.id, where, types, installed=self.installed)
        if not owners:
            raise AssertionError(f"/{command['name']} is installed for none of {types} here")
        needed = command.get("default_member_permissions")
        if where.guild is not None:
            may = where.guild.everyone
            if not may & Permission.USE_APPLICATION_COMMANDS or (needed is not None and not _has(may, int(needed))):
                raise AssertionError(f"{self} may not use /{command['name']} here")
        return owners

    def taps(self, message: Message, label_or_custom_id: str, *, stale: bool = False) -> Interaction:
        """Presses a button. `stale`: the screen still shows buttons that were edited away."""
        self._sees(message)
        button = _button(message, label_or_custom_id, stale)
        if button.custom_id is None:
            raise AssertionError(f"{button} sends nothing to the bot")
        if button.disabled and not stale:
            raise AssertionError(f"{button} is disabled")
        return self.forges(message, button.custom_id)

    def selects(self, message: Message, *choices: str, menu: str | None = None) -> Interaction:
        """Chooses in a select menu, by labels or values; `menu`: its custom_id, where there are several."""
        self._sees(message)
        found = _menu(message, menu)
        values = [_value(found, choice) for choice in choices]
        if found.disabled or not found.low <= len(values) <= found.high:
            raise AssertionError(f"{found} does not take {values}")
        return self.forges(message, found.custom_id, kind=found.kind, values=values)

    def forges(
        self, message: Message, custom_id: str, *, kind: int = BUTTON, values: list[str] | None = None
    ) -> Interaction:
        """Sends what no component below a message would, or below one that this person can't see."""
        number = next((part["id"] for part in walk(message.components) if part.get("custom_id") == custom_id), 1)
        data: dict[str, Any] = {"custom_id": custom_id, "component_type": kind, "id": number}
        if kind != BUTTON:
            data["values"] = values or []
        return self._acts.component(self.id, message, self.locale, data, installed=self.installed)

    @property
    def modal(self) -> Modal | None:
        """The modal that is open, if there is one."""
        opened = self.world.open_modals.get(self.id)
        return modal_of(opened) if opened is not None else None

    def submits(self, *text: str, **answers: Any) -> Interaction:
        """Sends the open modal off: texts for its fields in their order, or answers by label or custom_id."""
        modal = self.modal
        if modal is None:
            raise AssertionError(f"no modal is open for {self}")
        given = {field.custom_id: one for field, one in zip(modal.fields, text, strict=False)} | answers
        components = filled_in(modal, given)
        self.closes_modal()
        return self._acts.modal(self.id, modal.opened, self.locale, components)

    def closes_modal(self) -> None:
        """Puts the modal away. The bot hears nothing of it."""
        self.world.open_modals.pop(self.id, None)

    # Looking

    def _in(self, place: Room | None) -> Place:
        where = place.place if place is not None else self.dm.place
        if not is_in(self.id, where):
            raise AssertionError(f"{self} is not in {place}")
        return where

    def _sees(self, message: Message) -> None:
        if message not in message.place.seen_by(self.id) or not is_in(self.id, message.place):
            raise AssertionError(f"{self} does not see {message}")

    def _is_mine(self, message: Message) -> None:
        if message.author is not self.user:
            raise AssertionError(f"{message} is not of {self}")


def new_person(world: World, messages: MessageMethods, user_id: int, name: str, locale: str) -> Person:
    """Somebody new."""
    world.users[user_id] = payloads.new_user(user_id, name)
    return Person(world, messages, world.users[user_id], locale=locale)


def _has(permissions: int, needed: int) -> bool:
    return bool(permissions & Permission.ADMINISTRATOR) or (needed != 0 and permissions & needed == needed)


def _button(message: Message, label_or_custom_id: str, stale: bool) -> Button:
    shown = [*message.buttons]
    for former in message.former_components[::-1] if stale else ():
        shown += buttons_of(former)
    for button in shown:
        if label_or_custom_id in (button.label, button.custom_id):
            return button
    raise AssertionError(f"no button {label_or_custom_id!r} below {message}")


def _menu(message: Message, custom_id: str | None) -> Menu:
    menus = [menu for menu in message.menus if custom_id in (None, menu.custom_id)]
    if len(menus) != 1:
        raise AssertionError(f"{len(menus)} menus below {message}")
    return menus[0]


def _value(menu: Menu, choice: str) -> str:
    if menu.kind != SELECT:
        return choice
    for label, value in menu.options:
        if choice in (label, value):
            return value
    raise AssertionError(f"no option {choice!r} in {menu}")
