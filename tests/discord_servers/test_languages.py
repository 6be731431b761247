"""What stands there for everybody is in the server's language; who asks is answered in their own."""

from pathlib import Path

import pytest
from discord import Locale
from discord.app_commands import locale_str
from languages import with_german

from bot.adapters.discord.commands import Translations
from bot.library import Library
from bot.testing import content

from .conftest import START, Town, posts


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return content(with_german(tmp_path_factory.mktemp("german")))


@pytest.mark.parametrize(("locale", "says"), [("de", "Wenn du schreiben willst"), ("sv-SE", "When you want to text")])
async def test_the_panel_and_the_thread_are_in_the_language_of_the_server(
    locale: str, says: str, folder: Path, migrated: Path, library: Library
) -> None:
    town = Town(folder, migrated, library)
    town.env.backend.get_guild(town.guild.id).preferred_locale = locale
    async with town:
        answer = await town.set_up("panel")
        assert answer.startswith(f"The panel is in {town.general.mention}.")
        (panel,) = posts(town.general)
        assert says in panel.content
        await town.set_up("thread", time="9:00", city="Lisbon")
        await town.at(START.add(hours=1))
        label = posts(town.general)[-1].components[0].children[0].label  # type: ignore[union-attr]
        assert label == ("Weiterlesen" if locale == "de" else "Read on, only for you")


@pytest.mark.parametrize(
    ("locale", "text"),
    [(Locale.german, "Die offene Frage noch einmal"), (Locale.british_english, None), (Locale.french, None)],
)
async def test_commands_are_described_in_each_language(locale: Locale, text: str | None, library: Library) -> None:
    described = locale_str("The open question once more", key="discord/command_resume")
    assert await Translations(library).translate(described, locale, None) == text  # type: ignore[arg-type]
