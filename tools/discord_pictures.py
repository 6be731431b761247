"""docs/pictures/discord.png and discord-screens.png: a walk in a server, played through the bot and photographed.

What stands on the screens is what somebody sees in the channel, as simcord's preview draws it.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from unittest.mock import patch
from uuid import UUID

from camera import open_page, photograph
from discord_server import ServerBench
from playwright.async_api import Browser, Page
from simcord.actors import MemberActor
from simcord.backend.models import Interaction
from simcord.builders import UserHandle
from simcord.results import InteractionResult
from whenever import Instant

from bot.adapters.discord import components
from bot.adapters.discord.custom_id import EVERYBODY
from bot.testing import Person, content

HERE = Path(__file__).parent
STYLE = (HERE / "discord.css").read_text(encoding="utf-8")
EVENING_BEFORE = Instant.from_utc(2026, 3, 1, 21, 40)
REASON = "reasons/no-orders"
"""Which one comes is a matter of chance, and the picture is to be the same each time."""

WHO = 7
"""Cards are drawn by who somebody is, too."""

LETTER = "I still have your blue jumper and I keep smelling it"
ARTICLE = "nights-and-looking-them-up"

WIDTH = 1088
"""Of a picture, in CSS pixels: three screens beside each other."""

ALL = 50
"""Messages: as many as the preview has."""

LIST = 850
"""The height of a screen with an open list, in CSS pixels."""

SCREEN = 340
"""The width of one screen in it."""


@dataclass(frozen=True)
class Screen:
    """What somebody sees, and what is said of it."""

    caption: str
    picture: str


Columns = Sequence[Sequence[Screen]]


async def make(browser: Browser) -> None:
    """Makes both pictures."""
    with tempfile.TemporaryDirectory() as name, patch("bot.ports.uuid4", return_value=UUID(int=WHO)):
        folder = Path(name)
        bench = ServerBench(folder, start=EVENING_BEFORE)
        bench.backend.bot_user.name = "Holdfast"
        at = Scene(bench, browser, folder)
        walk, others = await play_walk(at), await play_others(at)
        await bench.aclose()
        await photograph(browser, sheet(walk), folder, "discord", width=WIDTH)
        await photograph(browser, sheet(others), folder, "discord-screens", width=WIDTH)


async def play_walk(at: "Scene") -> Columns:
    """A walk at night in a channel where the panel stands, as two people see it."""
    await at.you.joins()
    await at.post_panel()
    await at.wait(hours=4, minutes=27)
    await at.you.says("/urge")
    question = await at.look("02:07", thumb="I miss them")
    await at.you.taps("I miss them")
    while not at.you.sees(REASON):
        await at.you.taps("Another reason")
    await at.you.taps("Wait with me")
    for _ in range(6):
        await at.wait(minutes=1)
    wave = await at.look("02:13", last=2, thumb="Write it here instead")
    await at.you.taps("Write it here instead")
    await at.wait(minutes=1)
    opened = await at.open_form()
    form = await at.look("02:14", form=opened)
    await at.wait(minutes=1)
    at.bench.fill_in(at.you.chat, opened, LETTER)
    await at.bench.settled()
    said = await at.look("02:15", thumb="Burn it")
    await at.you.taps("Burn it")
    others = await at.look("What others in the channel see: only this", viewer=at.other, last=ALL)
    return [[question, others], [wave], [form, said]]


async def play_others(at: "Scene") -> Columns:
    """A list, a text, a check-in, and numbers to call."""
    await at.you.says("/read")
    topics = await at.look("A list", opens=True, height=LIST)
    await at.you.says(f"/article {ARTICLE}")
    text = await at.look("A text")
    await at.you.says("/checkins")
    for answer in ("In the morning", "8:30", "> London", "Yes", "Only the question"):
        await (at.you.says(answer[2:]) if answer.startswith(">") else at.you.taps(answer))
    await at.wait(hours=6, minutes=30)
    checkin = await at.look("A check-in, in private messages", private=True)
    await at.you.says("/lines")
    lines = await at.look("Numbers to call")
    return [[topics], [text], [checkin, lines]]


class Scene:
    """The bench, two people in a channel, and a camera on what they see."""

    def __init__(self, bench: ServerBench, browser: Browser, folder: Path) -> None:
        self.bench = bench
        self._browser = browser
        self._folder = folder
        self._taken = 0
        self.you, self.other = bench.person("you"), bench.person("somebody")

    async def wait(self, **time: int) -> None:
        """Lets time pass, and the bot do what it does meanwhile."""
        await self.bench.forward(**time)
        await self.bench.tick()

    async def post_panel(self) -> None:
        """Puts up the panel, as `/setup panel` does."""
        words = content().words("")
        reply = words.reply("discord/panel", {})
        channel = self.bench.env.bot.get_channel(self.bench.channel.id)
        view = components.view(reply, words.texts, EVERYBODY, private=True)
        await self.bench.inside(channel.send(reply.text, view=view))

    async def open_form(self) -> Interaction:
        """Presses the newest button that opens a form."""
        way = self.bench.way_to_write(self.you.chat)
        if way is None:
            raise LookupError("there is nothing to write")
        opened = self.bench.press(int(self.you.chat.id), *way)
        await self.bench.settled()
        return opened

    async def look(
        self,
        caption: str,
        *,
        viewer: Person | None = None,
        last: int = 1,
        private: bool = False,
        thumb: str = "",
        opens: bool = False,
        form: Interaction | None = None,
        height: int = 0,
    ) -> Screen:
        """Photographs the last messages that somebody sees, with a thumb on a button, a select open, or a form that
        is filled in. Without a height the screen is as high as it has to be."""
        env = self.bench.env
        user = UserHandle(env, self.bench.backend.users[int((viewer or self.you).chat.id)])
        seen_by = user if private else MemberActor(env, self.bench.guild, user)
        channel = user.dm_channel if private else self.bench.channel
        self._taken += 1
        picture = self._folder / f"{self._taken}.png"
        shown = env.preview(channel, viewers=[seen_by], layout="channel", display="fixed", locale="en-GB")
        async with shown as preview:
            if form is not None:
                await preview.show(InteractionResult(env, form))
            async with open_page(self._browser, preview.url, width=SCREEN, height=height or 2000) as page:
                await page.wait_for_function("window.simcordPreview?.ready")
                await page.add_style_tag(content=STYLE + LAST.format(last=last))
                if not height:
                    await fit(page)
                if opens:
                    await page.get_by_role("combobox").click()
                if form is not None:
                    await page.locator(".modal-input").fill(LETTER)
                if thumb:
                    await page.get_by_role("button", name=thumb).last.hover(force=True)
                await page.screenshot(path=picture, animations="disabled", caret="hide")
        return Screen(caption, picture.as_uri())


LAST = ".channel-message:not(:nth-last-child(-n + {last})) {{ display: none; }}"
"""Leaves the last messages of a channel, as if it were scrolled to where they begin."""

HEIGHT = """() => {
    const dialog = document.querySelector(".modal-dialog");
    if (dialog) return dialog.offsetHeight + 24;
    const list = document.querySelector("#channel-message-list");
    const timeline = document.querySelector(".channel-timeline");
    return Math.ceil(window.innerHeight - timeline.offsetHeight + list.offsetHeight);
}"""


async def fit(page: Page) -> None:
    """Makes the page as high as what is on it."""
    await page.set_viewport_size({"width": SCREEN, "height": await page.evaluate(HEIGHT)})


def sheet(screens: Columns) -> str:
    """Screens below and beside each other."""
    figures = [
        "".join(
            f'<figure><figcaption>{escape(at.caption)}</figcaption><img src="{at.picture}" alt=""></figure>'
            for at in column
        )
        for column in screens
    ]
    sections = "".join(f"<section>{column}</section>" for column in figures)
    return Template((HERE / "discord.html").read_text(encoding="utf-8")).substitute(columns=sections)
