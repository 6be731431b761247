"""Files that a reply brings are written where the person is."""

import os
from itertools import count
from pathlib import Path

from bot.messages import File


def save(folder: Path, file: File) -> Path:
    """Writes a file that only this user may read. One that is there by that name stays as it is.

    Raises:
        OSError: it could not be written.
    """
    folder = folder.expanduser().absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = Path(file.name)
    for number in count(1):
        path = folder / (f"{name.stem}-{number}{name.suffix}" if number > 1 else name)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(file.content)
        return path
    raise AssertionError("unreachable")
