"""`.env` → names and values. Quotes, comments and `export` mean what they mean to a shell, but nothing is run or filled
in: `$(…)` and `${…}` are text. No value is ever told."""

import io
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from bot.errors import OperatorError
from bot.signs import UNTYPED

LARGEST = 1_000_000
"""Bytes of the file at most: more is some other file."""


def read(file: Path) -> dict[str, str]:
    """The settings in a file, by their names in lower case. Without the file there are none.

    Raises:
        OperatorError: it cannot be read, or a line in it is no setting.
    """
    found: dict[str, str] = {}
    lines: dict[str, int] = {}
    for binding in parse_stream(io.StringIO(_text(file))):
        line = _line(binding)
        if binding.error or (binding.key is not None and binding.value is None):
            raise OperatorError(f"{file}: line {line} is no setting; write NAME=value, and close every quote")
        if binding.key is None or binding.value is None:
            continue
        name = binding.key.lower()
        if name in found and found[name] != binding.value:
            raise OperatorError(f"{file}: {name.upper()} stands at line {lines[name]} and at line {line}; keep one")
        found[name], lines[name] = binding.value, line
    return found


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except FileNotFoundError:
        if file.is_symlink():
            raise OperatorError(f"{file}: leads to a file that is not there; correct it or remove it") from None
        return ""
    except IsADirectoryError:
        raise OperatorError(f"{file}: is a folder; remove it, and write the settings into a file") from None
    except OSError as error:
        raise OperatorError(f"{file}: cannot be read ({error.strerror}); let this user read it") from None
    if len(raw) > LARGEST:
        raise OperatorError(f"{file}: is larger than a megabyte; put the settings there, and nothing else")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise OperatorError(f"{file}: is not UTF-8 text; save it as UTF-8") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if odd := UNTYPED.search(text):
        line = text.count("\n", 0, odd.start()) + 1
        raise OperatorError(f"{file}: line {line} holds a sign that no keyboard types; type that line anew")
    return text


def _line(binding: Binding) -> int:
    """Where it begins: blank lines before it are a part of it."""
    before = binding.original.string
    return binding.original.line + before[: len(before) - len(before.lstrip())].count("\n")
