"""The answers of the first hello, each changed when the person likes, and how much of what comes may be seen."""

from bot.flow import END, Ask, Choice, Flow, Say, Step
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers._told import QUIET, take_back, tell
from handlers.welcome import QUESTIONS, consented, country, dangers, keep_country, question


def _settings_steps() -> dict[str, Step]:
    skip = Choice("skip", "back")
    steps: dict[str, Step] = {name: question(name, to="changed", skip=skip) for name in QUESTIONS if name != "danger"}
    steps |= dangers(none="changed", to="which", skip=skip)
    steps["country"] = country(to="country_kept", skip=skip)
    steps["country_kept"] = Say(text="settings/changed", does=keep_country, to="which")
    steps["quiet"] = Ask(
        choices=(Choice("on", "changed", tell(QUIET)), Choice("off", "changed", take_back(QUIET)), skip), fleeting=True
    )
    return steps


SETTINGS = Flow(
    name="settings",
    version=1,
    start="which",
    lost="which",
    entries=("quiet", "danger"),
    steps={
        "which": Ask(
            choices=(*(Choice(name, name) for name in (*QUESTIONS, "country", "quiet")), Choice("done", "back")),
            fleeting=True,
        ),
        **_settings_steps(),
        "changed": Say(to="which"),
        "back": Say(to=END),
    },
)


async def settings(visit: Visit, argument: str) -> None:
    """/settings: each of the answers, changed one by one; "danger": that one at once."""
    if consented(visit):
        visit.begin("settings", at="danger" if argument == "danger" else "")


async def quiet(visit: Visit, _argument: str) -> None:
    """/quiet: whether what comes unasked gives nothing away."""
    if consented(visit):
        visit.begin("settings", at="quiet")


ROUTES = Routes(
    flows=(SETTINGS,),
    commands={"settings": Command(settings), "quiet": Command(quiet)},
    texts={"settings/unset": (), "settings/on": (), "settings/off": ()},
)
