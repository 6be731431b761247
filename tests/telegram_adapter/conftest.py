"""What these tests share: the whole bot behind Telegram, somebody who uses it, and the phone in their hand."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram_api import Person as Phone
from telegram_bench import TelegramBench

from bot.testing import Person


@pytest.fixture
async def telegram(folder: Path, migrated: Path) -> AsyncIterator[TelegramBench]:
    shutil.copy(migrated, folder)
    bench = TelegramBench(folder)
    await bench.run()
    yield bench
    await bench.aclose()


@pytest.fixture
def person(telegram: TelegramBench) -> Person:
    """Somebody who does things, whatever the platform."""
    return telegram.person()


@pytest.fixture
def phone(telegram: TelegramBench, person: Person) -> Phone:
    """The same person's Telegram: what only happens there, and what the screen looks like."""
    return telegram.user(person.chat)
