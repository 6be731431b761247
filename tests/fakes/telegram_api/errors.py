"""How the server says no. Wording follows the official server, github.com/tdlib/telegram-bot-api (Client.cpp)."""

from collections.abc import Mapping


class Refused(Exception):
    """An answer with `ok: false`: something a well made bot may meet."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, object]:
        """The JSON of the answer: core.telegram.org/bots/api#making-requests."""
        body: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = dict(self.parameters)
        return body


class Objection(Refused):
    """A refusal that no well made bot should ever meet: it is listed as a violation too."""


def bad_request(description: str) -> Refused:
    """400, as the server words it."""
    return Refused(400, f"Bad Request: {description}")


def objection(description: str) -> Objection:
    """400, and a violation."""
    return Objection(400, f"Bad Request: {description}")


def forbidden(description: str) -> Refused:
    """403, as the server words it."""
    return Refused(403, f"Forbidden: {description}")
