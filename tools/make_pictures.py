"""Makes the pictures in docs/pictures from conversations played through the bot. `make pictures`; needs Chromium."""

import asyncio

import discord_pictures
import telegram_pictures
from camera import PICTURES, open_browser


async def make() -> None:
    """Makes every picture."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    async with open_browser() as browser:
        await telegram_pictures.make(browser)
        await discord_pictures.make(browser)


if __name__ == "__main__":
    asyncio.run(make())
