"""How the server says no: docs.discord.com/developers/reference#error-messages, /topics/opcodes-and-status-codes."""

from collections.abc import Sequence
from typing import Any

Path = tuple[str | int, ...]
Problem = tuple[Path, str, str]
"""Where in the body, the code, and the words."""

INVALID_FORM = 50035


class Refused(Exception):
    """An answer that is an error: something a well made bot may meet."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        body: dict[str, Any] = {"message": self.message, "code": self.code}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


class Objection(Refused):
    """A refusal that no well made bot should ever meet: it is listed as a violation too."""


class InvalidForm(Objection):
    """400 and 50035, with every problem at its place in the body."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        errors: dict[str, Any] = {}
        for path, code, message in problems:
            here = errors
            for step in path:
                here = here.setdefault(str(step), {})
            here.setdefault("_errors", []).append({"code": code, "message": message})
        super().__init__(400, INVALID_FORM, "Invalid Form Body", errors)
        self.problems = list(problems)

    def __str__(self) -> str:
        found = "; ".join(f"{'.'.join(map(str, path)) or 'body'}: {message}" for path, _, message in self.problems)
        return f"{super().__str__()}: {found}"


def invalid(path: Path, code: str, message: str) -> InvalidForm:
    """400 and 50035, for one problem."""
    return InvalidForm([(path, code, message)])


def unknown(what: str, code: int) -> Refused:
    """404."""
    return Refused(404, code, f"Unknown {what}")


def unknown_channel() -> Refused:
    return unknown("Channel", 10003)


def unknown_guild() -> Refused:
    return unknown("Guild", 10004)


def unknown_message() -> Refused:
    return unknown("Message", 10008)


def unknown_webhook() -> Refused:
    return unknown("Webhook", 10015)


def unknown_interaction() -> Refused:
    return unknown("interaction", 10062)


def missing_access() -> Refused:
    return Refused(403, 50001, "Missing Access")


def missing_permissions() -> Refused:
    return Refused(403, 50013, "Missing Permissions")


def cannot_message(code: int = 50007) -> Refused:
    return Refused(403, code, "Cannot send messages to this user")


def empty_message() -> Objection:
    return Objection(400, 50006, "Cannot send an empty message")


def other_author() -> Objection:
    return Objection(403, 50005, "Cannot edit a message authored by another user")


def unauthorized() -> Refused:
    return Refused(401, 0, "401: Unauthorized")


def not_found() -> Objection:
    """404 as for an address that there is not."""
    return Objection(404, 0, "404: Not Found")


def wrong_method() -> Objection:
    return Objection(405, 0, "405: Method Not Allowed")


def wrong_content_type() -> Objection:
    return Objection(400, 50109, "The request body contains invalid JSON.")
