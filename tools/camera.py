"""A browser that takes pictures of pages. It needs Chromium: the one of the system, or Playwright's own."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-lcd-text", "--disable-background-networking")

DENSITY = 2
"""Pixels of a picture for each CSS pixel."""

COLOURS = 240
"""In a palette, of 256; the others are for an edge that fades."""

EDGE = (5, 8, 12)


@asynccontextmanager
async def open_browser() -> AsyncIterator[Browser]:
    """Starts Chromium, and closes it at the end."""
    installed = next(filter(None, map(shutil.which, CHROMIUM)), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=installed, args=FLAGS)
        yield browser
        await browser.close()


@asynccontextmanager
async def open_page(browser: Browser, address: str, *, width: int, height: int) -> AsyncIterator[Page]:
    """Opens a page of a size in CSS pixels. Styles may be added to it."""
    page = await browser.new_page(
        viewport={"width": width, "height": height},
        device_scale_factor=DENSITY,
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
        bypass_csp=True,
    )
    await page.goto(address)
    yield page
    await page.close()


async def photograph(browser: Browser, html: str, folder: Path, name: str, *, width: int) -> None:
    """Writes a page into `folder` and makes a picture in docs/pictures of it, as high as the page is and clear where
    nothing is."""
    source = folder / f"{name}.html"
    source.write_text(html, encoding="utf-8")
    async with open_page(browser, source.as_uri(), width=width, height=1) as page:
        taken = await page.screenshot(full_page=True, omit_background=True)
    picture = PICTURES / f"{name}.png"
    save(Image.open(BytesIO(taken)), picture)
    print(f"docs/pictures/{name}.png: {picture.stat().st_size // 1024} kB")


def save(image: Image.Image, picture: Path) -> None:
    """Writes a PNG with a palette of its own: much smaller, and to the eye the same. Of what can be seen
    through, as at rounded corners, the edge has to be dark."""
    solid = image.convert("RGB")
    drawn = solid.quantize(palette=solid.quantize(COLOURS, kmeans=3))
    alpha = image.getchannel("A")
    drawn.paste(alpha.point(lambda a: COLOURS + a // 17), mask=alpha.point(lambda a: 255 * (a < 255)))
    drawn.putpalette((drawn.getpalette() or [])[: 3 * COLOURS] + 16 * [*EDGE])
    drawn.save(picture, optimize=True, transparency=bytes([255] * COLOURS + [17 * n for n in range(16)]))
