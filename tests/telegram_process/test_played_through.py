"""A person plays everything through, and between the steps the bot is stopped or killed and started again."""

import itertools
import signal

import pytest
from telegram_api import BotApi, Person

from tests.telegram_process.conftest import Make
from tests.whole_bot import WORD, said, squeezed

STEPS = (
    ("/start", "I'm Holdfast."),
    ("[I'm 18 or over, that's fine]", said("welcome/agreed")),
    ("[Ask me]", said("profile/side")),
    ("[They did]", said("profile/ties")),
    ("[Children]", said("profile/danger")),
    ("[None of these]", said("profile/hope")),
    ("[Skip]", said("profile/country")),
    ("Germany", said("welcome/done")),
    ("/urge", said("urge/name_it")),
    ("[I miss them]", "[Wait with me]"),
    ("[Wait with me]", said("urge/wait")),
    ("[Write it here instead]", said("urge/write")),
    (f"I still have your {WORD} jumper", said("urge/letter")),
    ("[Burn it]", said("urge/how_now")),
    ("[It has passed]", said("urge/passed")),
    ("/checkins", said("checkins/when")),
    ("[Both]", said("checkins/morning_time")),
    ("[7:30]", said("checkins/evening_time")),
    ("[20:30]", said("checkins/zone")),
    ("Berlin", "[Yes]"),
    ("[Yes]", said("checkins/with_read")),
    ("[Only the question]", "Morning: 07:30. Evening: 20:30. By the clock of Berlin"),
    ("/read", said("reading/topics")),
    ("[Missing them]", said("reading/list")),
    ("[Grief keeps no timetable]", "1 of "),
    ("[Read on]", "2 of "),
    ("/reason", said("urge/my_reason")),
    (f"Mornings are {WORD}", said("urge/bye")),
    ("/delete", "It can't be undone"),
    ("[Delete everything]", said("privacy/deleted")),
)
"""What the person types or, in brackets, taps; and what they see then, or the button."""


@pytest.mark.parametrize("webhook", [False, True], ids=["polling", "webhook"])
async def test_everything_with_restarts_in_between(make: Make, api: BotApi, webhook: bool) -> None:
    bot, kim = make(webhook=webhook), api.user(1001)
    await bot.start()
    endings = itertools.cycle((signal.SIGTERM, signal.SIGKILL))
    for number, (does, sees) in enumerate(STEPS):
        if number % 2 == webhook:
            bot.gets(ending := next(endings))
            assert await bot.ends() == (0 if ending is signal.SIGTERM else -signal.SIGKILL)
            await bot.start()
        act(kim, does)
        await bot.until(lambda sees=sees: sees in seen(kim))
    await bot.until(lambda: not bot.rows("SELECT 1 FROM inbox WHERE body IS NOT NULL"))
    await bot.is_stopped()
    for table in ("person", "chat", "reason", "letter", "due", "outbox", "countdown", "shown"):
        assert not bot.rows(f"SELECT * FROM {table}")  # noqa: S608 - a name from above
    assert not [file for file in bot.folder.iterdir() if WORD.encode() in file.read_bytes()]
    bot.check_it_was_clean()


def act(person: Person, does: str) -> None:
    """Types, or taps the newest button of that label."""
    if not does.startswith("["):
        person.says(does)
        return
    label = does.strip("[]")
    with_it = [m for m in person.chat.from_bot if any(button.label == label for row in m.buttons for button in row)]
    person.taps(with_it[-1], label)


def seen(person: Person) -> str:
    """The bot's last message and its buttons."""
    last = person.chat.last
    return " ".join([squeezed(last.text or ""), *(f"[{button.label}]" for row in last.buttons for button in row)])
