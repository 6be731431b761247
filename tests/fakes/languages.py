"""Content folders with other languages than the repository has."""

import shutil
from pathlib import Path

from bot.settings import CONTENT

GERMAN = Path(__file__).parent / "german"
"""A language that has hardly anything: so each test sees what is there, and what is not."""

SHARED = ("helplines.toml", "sources.toml")


def english_alone(folder: Path) -> Path:
    """A folder with English and what belongs to no language."""
    shutil.copytree(CONTENT / "en", folder / "en")
    shutil.copytree(CONTENT / "pictures", folder / "pictures")
    for name in SHARED:
        shutil.copy(CONTENT / name, folder)
    return folder


def with_german(folder: Path) -> Path:
    """The same, and the small German of the tests."""
    shutil.copytree(GERMAN, english_alone(folder) / "de")
    return folder
