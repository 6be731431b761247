"""What the whole bot does once a day, by its own ticks."""

from telegram_api import Person
from whenever import Instant

from bot.keeping import NOTED
from tests.telegram_adapter.conftest import Running, texts


async def test_days_are_counted_and_the_notice_is_sent(bot: Running, kim: Person) -> None:
    await bot.joins(kim)
    await bot.wait(hours=1)
    assert await bot.store.noted(NOTED) == "2026-03-02..2026-03-02"
    for day in range(1, 373):
        bot.clock.move_to(Instant.from_utc(2026, 3, 2, 10, 1).add(hours=24 * day))
        await bot.wait()
    await bot.quiet()
    assert texts(kim)[-1].startswith("You haven't been here for a year.")
    await bot.does(kim, "Keep it")
    assert texts(kim)[-1].startswith("Good to see you.")
