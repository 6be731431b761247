"""docs/pictures/discord.png and discord-screens.png: a walk in a server, played through the bot and photographed.

What stands on the screens is what somebody sees in the channel, as simcord's preview draws it.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template

from camera import open_page, photograph
from discord_server import ServerBench
from playwright.async_api import Browser, Page
from simcord.actors import MemberActor
from simcord.backend.models import Interaction
from simcord.builders import UserHandle
from simcord.results import InteractionResult
from whenever import Instant

from bot.testing import Person

HERE = Path(__file__).parent
STYLE = (HERE / "discord.css").read_text(encoding="utf-8")
EVENING_BEFORE = Instant.from_utc(2026, 3, 1, 21, 40)
REASON = "reasons/no-orders"
"""Which one comes is a matter of chance, and the picture is to be the same each time."""

LETTER = "I still have your blue jumper and I keep smelling it"
ARTICLE = "nights-and-looking-them-up"

WIDTH = 1088
"""Of a picture, in CSS pixels: three screens beside each other."""

LIST = 830
"""The height of a screen with an open list, in CSS pixels."""

SCREEN = 340
"""The width of one screen in it."""


@dataclass(frozen=True)
class Screen:
    """What somebody sees, and what is said of it."""

    caption: str
    picture: str


async def make(browser: Browser) -> None:
    """Makes both pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bench = ServerBench(folder, start=EVENING_BEFORE)
        bench.backend.bot_user.name = "Holdfast"
        here = Channel(bench, browser, folder)
        walk, screens = await play(here)
        await bench.aclose()
        await photograph(browser, columns(walk), folder, "discord", width=WIDTH)
        await photograph(browser, columns(screens), folder, "discord-screens", width=WIDTH)


async def play(here: "Channel") -> tuple[Sequence[Sequence[Screen]], Sequence[Sequence[Screen]]]:
    """The walk, and the main screens."""
    you, other = here.bench.person("you"), here.bench.person("somebody")
    await you.joins()
    await here.wait(hours=4, minutes=27)
    await you.says("/urge")
    await you.taps("I miss them")
    while not you.sees(REASON):
        await you.taps("Another reason")
    reason = await here.look(you, "02:07", last=2, thumb="Wait with me")
    await you.taps("Wait with me")
    for _ in range(6):
        await here.wait(minutes=1)
    wave = await here.look(you, "02:13", thumb="Write it here instead")
    await you.taps("Write it here instead")
    await here.wait(minutes=1)
    form = await here.look(you, "02:14", form=await here.open_form(you))
    await here.wait(minutes=1)
    here.bench.fill_in(you.chat, here.bench.interactions[-1], LETTER)
    await here.bench.settled()
    said = await here.look(you, "02:15", thumb="Burn it")
    await you.taps("Burn it")
    others = await here.look(other, "What others in the channel see: nothing", height=130)
    await you.says("/read")
    topics = await here.look(you, "A list", opens=True, height=LIST)
    await you.says(f"/article {ARTICLE}")
    text = await here.look(you, "A text")
    await you.says("/checkins")
    await you.taps("In the morning")
    await you.taps("8:30")
    await you.says("London")
    await you.taps("Yes")
    await you.taps("Only the question")
    await here.wait(hours=6, minutes=30)
    checkin = await here.look(you, "A check-in, in private messages", private=True)
    await you.says("/lines")
    lines = await here.look(you, "Numbers to call")
    return [[reason], [wave, others], [form, said]], [[topics], [text], [checkin, lines]]


class Channel:
    """The bench, with a camera on what people see."""

    def __init__(self, bench: ServerBench, browser: Browser, folder: Path) -> None:
        self.bench = bench
        self._browser = browser
        self._folder = folder
        self._taken = 0

    async def wait(self, **time: int) -> None:
        """Lets time pass, and the bot do what it does meanwhile."""
        await self.bench.forward(**time)
        await self.bench.tick()

    async def open_form(self, person: Person) -> Interaction:
        """Presses the newest button that opens a form."""
        way = self.bench.way_to_write(person.chat)
        assert way is not None, "there is nothing to write"
        opened = self.bench.press(int(person.chat.id), *way)
        await self.bench.settled()
        return opened

    async def look(
        self,
        person: Person,
        caption: str,
        *,
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
        user = UserHandle(env, self.bench.backend.users[int(person.chat.id)])
        viewer = user if private else MemberActor(env, self.bench.guild, user)
        channel = user.dm_channel if private else self.bench.channel
        self._taken += 1
        picture = self._folder / f"{self._taken}.png"
        async with env.preview(channel, viewers=[viewer], layout="channel", display="fixed", locale="en-GB") as preview:
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


def columns(screens: Sequence[Sequence[Screen]]) -> str:
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
