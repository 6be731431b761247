"""What the bot says of itself: core.telegram.org/bots/api#setmycommands and the methods after it."""

from typing import Any

from .errors import bad_request
from .state import World

Params = dict[str, Any]
Commands = list[tuple[str, str]]


class ProfileMethods:
    """By scope and language."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.commands: dict[str, Commands] = {}
        self.description: dict[str, str] = {}
        self.short_description: dict[str, str] = {}
        self.name: dict[str, str] = {}
        self.menu_buttons: dict[int | None, Params] = {}

    def get_me(self, _params: Params) -> Params:
        """core.telegram.org/bots/api#getme"""
        return self.world.me

    def set_my_commands(self, params: Params) -> bool:
        """core.telegram.org/bots/api#setmycommands"""
        found = [(command["command"], command["description"]) for command in params["commands"]]
        if found:
            self.commands[_scope(params)] = found
        else:
            self.commands.pop(_scope(params), None)
        return True

    def get_my_commands(self, params: Params) -> list[Params]:
        """core.telegram.org/bots/api#getmycommands"""
        found = self.commands.get(_scope(params), [])
        return [{"command": command, "description": description} for command, description in found]

    def delete_my_commands(self, params: Params) -> bool:
        """core.telegram.org/bots/api#deletemycommands"""
        self.commands.pop(_scope(params), None)
        return True

    def set_my_description(self, params: Params) -> bool:
        """core.telegram.org/bots/api#setmydescription"""
        return _set(self.description, params, "description")

    def get_my_description(self, params: Params) -> Params:
        """core.telegram.org/bots/api#getmydescription"""
        return {"description": _get(self.description, params)}

    def set_my_short_description(self, params: Params) -> bool:
        """core.telegram.org/bots/api#setmyshortdescription"""
        return _set(self.short_description, params, "short_description")

    def get_my_short_description(self, params: Params) -> Params:
        """core.telegram.org/bots/api#getmyshortdescription"""
        return {"short_description": _get(self.short_description, params)}

    def set_my_name(self, params: Params) -> bool:
        """core.telegram.org/bots/api#setmyname"""
        return _set(self.name, params, "name")

    def get_my_name(self, params: Params) -> Params:
        """core.telegram.org/bots/api#getmyname"""
        return {"name": _get(self.name, params) or self.world.me["first_name"]}

    def set_chat_menu_button(self, params: Params) -> bool:
        """core.telegram.org/bots/api#setchatmenubutton"""
        chat_id = params.get("chat_id")
        if chat_id is not None:
            self.world.chat(chat_id)
        self.menu_buttons[chat_id] = params.get("menu_button", {"type": "default"})
        return True

    def get_chat(self, params: Params) -> Params:
        """core.telegram.org/bots/api#chatfullinfo"""
        gifts = ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"]
        return {
            **self.world.chat(params["chat_id"]).json(),
            "accent_color_id": 1,
            "max_reaction_count": 11,
            "accepted_gift_types": dict.fromkeys(gifts, False),
        }

    def get_file(self, params: Params) -> Params:
        """core.telegram.org/bots/api#getfile"""
        file = self.world.files.get(params["file_id"].removesuffix("-s"))
        if file is None:
            raise bad_request("invalid file_id")
        return {
            "file_id": file.file_id,
            "file_unique_id": file.unique_id,
            "file_size": len(file.data),
            "file_path": file.path,
        }


def _scope(params: Params) -> str:
    """ "default", "default/de", "all_private_chats", "chat:12/de" ..."""
    scope = params.get("scope", {"type": "default"})
    parts = [str(scope[name]) for name in ("type", "chat_id", "user_id") if name in scope]
    language = params.get("language_code")
    return ":".join(parts) + (f"/{language}" if language else "")


def _set(texts: dict[str, str], params: Params, name: str) -> bool:
    """An empty text removes the one for the language."""
    language = params.get("language_code", "")
    if params.get(name):
        texts[language] = params[name]
    else:
        texts.pop(language, None)
    return True


def _get(texts: dict[str, str], params: Params) -> str:
    return texts.get(params.get("language_code", ""), texts.get("", ""))
