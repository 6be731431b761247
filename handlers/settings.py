"""The five answers of the first hello, each changed when the person likes."""

from bot.flow import END, Ask, Choice, Flow, Say, Step
from bot.routes import Command, Routes
from bot.visit import Visit
from handlers.welcome import QUESTIONS, consented, country, dangers, keep_country, question


def _settings_steps() -> dict[str, Step]:
    skip = Choice("skip", "back")
    steps: dict[str, Step] = {name: question(name, to="changed", skip=skip) for name in QUESTIONS}
    steps["danger"] = question("danger", to="changed", skip=skip, detour={"order": "order", "fear": "fear"})
    steps |= dangers(to="which")
    steps["country"] = country(to="country_kept", skip=skip)
    steps["country_kept"] = Say(text="settings/changed", does=keep_country, to="which")
    return steps


SETTINGS = Flow(
    name="settings",
    version=1,
    start="which",
    lost="which",
    steps={
        "which": Ask(
            choices=(*(Choice(name, name) for name in (*QUESTIONS, "country")), Choice("done", "back")), fleeting=True
        ),
        **_settings_steps(),
        "changed": Say(to="which"),
        "back": Say(to=END),
    },
)


async def settings(visit: Visit, _argument: str) -> None:
    """/settings: each of the five answers, changed one by one."""
    if consented(visit):
        visit.begin("settings")


ROUTES = Routes(
    flows=(SETTINGS,), commands={"settings": Command(settings)}, texts={"settings/unset": (), "settings/off": ()}
)
