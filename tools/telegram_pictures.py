"""docs/pictures/telegram.png: the emergency walk, played through the bot and photographed.

What stands on the phones is what the adapter has sent: texts, entities, keyboards and the picture.
"""

import tempfile
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from camera import photograph
from playwright.async_api import Browser
from telegram import Message
from telegram_bench import TelegramBench
from whenever import Instant

from bot.testing import Person

HERE = Path(__file__).parent
WAVE = HERE.parent / "content" / "pictures" / "wave.png"
EVENING_BEFORE = Instant.from_utc(2026, 3, 1, 21, 40)
REASON = "reasons/no-orders"
"""Which one comes is a matter of chance, and the picture is to be the same each time."""

WIDTH = 1034
"""Of the page, in CSS pixels. `phones.html` is laid out for it."""


@dataclass(frozen=True)
class Screen:
    """A phone at one moment: the messages, the buttons docked below them, and the one a thumb is on."""

    now: int
    messages: Sequence[Any]
    docked: Sequence[str]
    thumb: str


async def make(browser: Browser) -> None:
    """Makes the picture."""
    with tempfile.TemporaryDirectory() as folder:
        await photograph(browser, page(await play(Path(folder))), Path(folder), "telegram", width=WIDTH)


async def play(folder: Path) -> Sequence[Screen]:
    """The walk, and the screen at three moments of it."""
    bench = TelegramBench(folder, start=EVENING_BEFORE)
    person = bench.person()
    await person.joins()
    await wait(bench, hours=4, minutes=27)
    await person.says("I want to text them")
    await person.taps("I miss them")
    while not person.sees(REASON):
        await person.taps("Another reason")
    screens = [look(bench, person, "Wait with me")]
    await person.taps("Wait with me")
    for _ in range(6):
        await wait(bench, minutes=1)
    screens.append(look(bench, person, "Write it here instead"))
    await person.taps("Write it here instead")
    await wait(bench, minutes=2)
    await person.says("I still have your blue jumper and I keep smelling it")
    await person.taps("Burn it")
    screens.append(look(bench, person, "It has passed"))
    await bench.aclose()
    return screens


async def wait(bench: TelegramBench, **time: int) -> None:
    """Lets time pass, and the bot do what it does meanwhile."""
    await bench.forward(**time)
    await bench.tick()


def look(bench: TelegramBench, person: Person, thumb: str) -> Screen:
    """The screen as it is now."""
    there = bench.user(person.chat).chat
    docked = [label for row in there.reply_keyboard or () for label in row]
    return Screen(bench.clock.now().timestamp(), deepcopy(there.messages), docked, thumb)


def page(screens: Sequence[Screen]) -> str:
    """All phones, side by side."""
    phone = Template((HERE / "phone.html").read_text(encoding="utf-8"))
    shown = (phone.substitute(time=clock(at.now), chat=chat(at), docked=docked(at)) for at in screens)
    return Template((HERE / "phones.html").read_text(encoding="utf-8")).substitute(phones="".join(shown))


def docked(screen: Screen) -> str:
    """The buttons that stay below a chat."""
    return "".join(f'<div class="docked">{escape(label)}</div>' for label in screen.docked)


def chat(screen: Screen) -> str:
    """The messages of a chat, with the date where a day begins."""
    parts, before = [], ""
    for message in screen.messages:
        if (day := date(message.date)) != before:
            parts.append(f'<p class="day">{day}</p>')
        parts.append(bubble(message, screen.thumb if message is screen.messages[-1] else ""))
        before = day
    return "".join(parts)


def bubble(message: Any, thumb: str) -> str:
    """A message and the buttons below it."""
    raw = message.json()
    parsed = Message.de_json(raw, None)
    text = parsed.caption_html if parsed.photo else parsed.text_html
    photo = f'<img src="{WAVE.as_uri()}" alt="">' if parsed.photo else ""
    at = clock(message.date)
    body = f'<div class="words">{text}<span class="at">{at}</span></div>'
    rows = "".join(f'<div class="row">{"".join(button(b.label, thumb) for b in row)}</div>' for row in message.buttons)
    side = "bot" if message.from_bot else "me"
    return f'<div class="message {side}"><div class="bubble">{photo}{body}</div>{rows}</div>'


def button(label: str, thumb: str) -> str:
    """One button, lighter under the thumb."""
    return f'<span class="button{" pressed" if label == thumb else ""}">{escape(label)}</span>'


def clock(at: int) -> str:
    """Hours and minutes."""
    return f"{datetime.fromtimestamp(at, UTC):%H:%M}"


def date(at: int) -> str:
    """Day and month."""
    return f"{datetime.fromtimestamp(at, UTC):%d %B}".removeprefix("0")
