"""Files: uploads, ids, photos. core.telegram.org/bots/api#sending-files"""

import hashlib
import itertools
import struct
from dataclasses import dataclass
from typing import Any

from .check import Upload
from .errors import bad_request, objection

PHOTO_LIMIT = 10 * 1024 * 1024
FILE_LIMIT = 50 * 1024 * 1024
PHOTO_SIDES = 10_000
PHOTO_RATIO = 20

Data = bytes

_counter = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Stored:
    """A file on the server."""

    file_id: str
    unique_id: str
    name: str
    data: bytes
    kind: str
    width: int = 0
    height: int = 0

    @property
    def path(self) -> str:
        """Where it can be downloaded: core.telegram.org/bots/api#file."""
        return f"{self.kind}s/{self.unique_id}/{self.name}"

    def json(self) -> dict[str, Any]:
        """The fields that all kinds of files have."""
        result: dict[str, Any] = {
            "file_id": self.file_id,
            "file_unique_id": self.unique_id,
            "file_size": len(self.data),
        }
        if self.kind == "document":
            result["file_name"] = self.name
        return result


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo of a message: its largest size."""

    file: Stored

    @property
    def file_id(self) -> str:
        """The id with which it can be sent again."""
        return self.file.file_id

    @property
    def bytes(self) -> Data:
        """What was uploaded."""
        return self.file.data

    def sizes(self) -> list[dict[str, Any]]:
        """A thumbnail and the whole: core.telegram.org/bots/api#photosize."""
        whole = {**self.file.json(), "width": self.file.width, "height": self.file.height}
        small = {
            **whole,
            "file_id": self.file.file_id + "-s",
            "file_unique_id": self.file.unique_id + "s",
            "width": max(1, self.file.width // 4),
            "height": max(1, self.file.height // 4),
        }
        return [small, whole]


def store(files: dict[str, Stored], given: Upload | str, kind: str) -> Stored:
    """The file that is meant: uploaded now, known by its id, or fetched from an address."""
    if isinstance(given, Upload):
        if not given.data:
            raise objection("file must be non-empty")
        if len(given.data) > (PHOTO_LIMIT if kind == "photo" else FILE_LIMIT):
            raise objection(f"file of {len(given.data)} bytes is too big for a {kind}")
        width, height = measured(given.data) if kind == "photo" else (0, 0)
        return keep(files, given.filename, given.data, kind, width, height)
    if given.startswith(("http://", "https://")):
        return keep(files, given.rsplit("/", 1)[-1] or "file", given.encode(), kind, 800, 600)
    known = files.get(given.removesuffix("-s"))
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    if known.kind != kind:
        raise bad_request(f"can't use file of type {known.kind.title()} as {kind.title()}")
    return known


def keep(files: dict[str, Stored], name: str, data: bytes, kind: str, width: int = 0, height: int = 0) -> Stored:
    """A new file on the server. Every upload gets an id of its own; the same bytes have the same unique id."""
    prefix = {"photo": "AgACAgIAAxkDAAI", "document": "BQACAgIAAxkDAAI"}.get(kind, "AwACAgIAAxkDAAI")
    unique = "AQAD" + hashlib.sha256(data).hexdigest()[:12]
    stored = Stored(f"{prefix}{next(_counter):06d}_{unique}", unique, name, data, kind, width, height)
    files[stored.file_id] = stored
    return stored


def measured(data: bytes) -> tuple[int, int]:
    """Width and height of a picture the server can read, within its limits: core.telegram.org/bots/api#sendphoto."""
    width, height = _sides(data)
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise objection("PHOTO_INVALID_DIMENSIONS")
    return width, height


def _sides(data: bytes) -> tuple[int, int]:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return max(1, width), max(1, height)
    if data.startswith((b"\xff\xd8\xff", b"GIF8", b"BM")) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return 800, 600
    raise objection("IMAGE_PROCESS_FAILED")
