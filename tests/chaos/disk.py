"""A small disk that can be filled: a real file system in memory, so that the bot meets a real "no space left"."""

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

SIZE = "24m"
PIECES = (1 << 20, 1 << 12, 1)
"""Bytes written at once, until not even one more finds room."""


@cache
def why_not() -> str:
    """Why no small disk can be made on this machine; empty if it can."""
    if os.geteuid() != 0:
        return "a small disk is mounted for this, which only root may do"
    if shutil.which("mount") is None:
        return "there is no `mount` on this machine"
    try:
        with TemporaryDirectory() as folder, mounted(Path(folder)):
            return ""
    except subprocess.CalledProcessError as error:
        return f"a small disk cannot be mounted here ({error.stderr.decode().strip()})"


@contextmanager
def mounted(folder: Path) -> Iterator[Path]:
    """A disk of its own in a folder. What is on it at the end is left in the folder.

    Raises:
        CalledProcessError: nothing can be mounted here.
    """
    how = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "holdfast-chaos", str(folder)]
    subprocess.run(how, check=True, capture_output=True)
    try:
        yield folder
    finally:
        with TemporaryDirectory() as aside:
            kept = shutil.copytree(folder, aside, dirs_exist_ok=True)
            subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)
            shutil.copytree(kept, folder, dirs_exist_ok=True)


def fill(folder: Path) -> None:
    """Leaves no room on the disk of that folder."""
    with _ballast(folder).open("ab", buffering=0) as file:
        for piece in PIECES:
            _write_all(file.fileno(), bytes(piece))


def free(folder: Path) -> None:
    """Gives the room back."""
    _ballast(folder).unlink(missing_ok=True)


def _ballast(folder: Path) -> Path:
    return folder / "ballast"


def _write_all(file: int, piece: bytes) -> None:
    while True:
        try:
            os.write(file, piece)
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return
