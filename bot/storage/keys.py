"""The keys with which words are sealed: those of ENCRYPTION_KEYS, or of a file that is made on the first start. They
lie apart from the database, so that a copy of that alone tells nobody anything."""

import base64
import binascii
import os
import secrets
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from bot.errors import OperatorError

KEY_BYTES = 32

HEAD = """\
# The keys that open the letters and reasons in Holdfast's database. Who has both can read them; without this file
# nobody can. Keep a copy of it, but not beside the copies of the database. The first key seals, the others only open.
"""


def new_key() -> str:
    """A key, as ENCRYPTION_KEYS takes it."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def keys_of(given: str, setting: str) -> list[str]:
    """Keys that are separated by commas or lines.

    Raises:
        OperatorError: one of them is none. It is not told, only which.
    """
    lines = [line for line in given.splitlines() if not line.lstrip().startswith("#")]
    found = ",".join(lines).replace(",", " ").split()
    for number, key in enumerate(found, 1):
        if not _is_key(key):
            raise OperatorError(f"{setting}: key {number} is none; make one with: holdfast keys new")
    return found


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, altchars=b"-_", validate=True)) == KEY_BYTES
    except (ValueError, binascii.Error):
        return False


def read_file(file: Path) -> list[str]:
    """The keys of a file; none, if it is not there.

    Raises:
        OperatorError: it cannot be read, others may read it, or there is no key in it.
    """
    try:
        text, mode = file.read_text("utf-8"), file.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise _wrong(file, f"cannot be read ({error})", "let this user read it, or put its copy back") from error
    if mode & 0o077 and os.name == "posix":
        raise _wrong(file, "can be read by others", f"run: chmod 600 {file}")
    keys = keys_of(text, f"ENCRYPTION_KEY_FILE: {file}")
    if not keys:
        raise _wrong(file, "holds no key", "put its copy back; to begin anew, remove it")
    return keys


def read_or_make(file: Path) -> list[str]:
    """The keys of a file. If it is not there, it is made.

    Raises:
        OperatorError: it cannot be read or made.
    """
    if found := read_file(file):
        return found
    with suppress(FileExistsError):  # another process was first
        _make(file, [new_key()])
    return read_file(file)


def replace(file: Path, keys: Sequence[str]) -> None:
    """From now on these are the keys of a file.

    Raises:
        OperatorError: it cannot be written; then it is as it was.
    """
    try:
        _written(file, keys).replace(file)
    except OSError as error:
        raise _wrong(file, f"cannot be written ({error.strerror})", "make its folder writable") from error


def write(file: Path, keys: Sequence[str]) -> None:
    """Writes keys into a file that is not there yet.

    Raises:
        OperatorError: it is there, or cannot be made.
    """
    try:
        _make(file, keys)
    except FileExistsError as error:
        raise _wrong(file, "is there already", "move it away") from error


def _make(file: Path, keys: Sequence[str]) -> None:
    """Makes the file with all that is in it, or not at all.

    Raises:
        FileExistsError: it is there already.
        OperatorError: it cannot be made.
    """
    try:
        if not file.parent.is_dir():
            file.parent.mkdir(mode=0o700, parents=True)
        made = _written(file, keys)
    except OSError as error:
        raise _unmade(file, error) from error
    try:
        os.link(made, file)
    except FileExistsError:
        raise
    except OSError as error:
        raise _unmade(file, error) from error
    finally:
        made.unlink()


def _written(file: Path, keys: Sequence[str]) -> Path:
    """The keys in a file beside it, which only this user may read, on the disk."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as made:
        made.write(HEAD + "".join(f"{key}\n" for key in keys))
        made.flush()
        os.fsync(descriptor)
    return Path(name)


def _unmade(file: Path, error: OSError) -> OperatorError:
    cure = "make its folder writable, name another file, or set ENCRYPTION_KEYS"
    return _wrong(file, f"cannot be made ({error.strerror})", cure)


def _wrong(file: Path, what: str, cure: str) -> OperatorError:
    return OperatorError(f"ENCRYPTION_KEY_FILE: {file} {what}; {cure}")
