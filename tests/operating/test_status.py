"""Whether it is going out, as an operator reads it."""

import json
import re

import pytest

from bot.status import as_json, as_text, duration, look
from bot.storage.room import Room
from tests.operating.conftest import NOW, WORD, Rows, ago, ahead


async def told(database: Room) -> list[str]:
    """The lines, without what only aligns them."""
    text = as_text(await look(database, NOW))
    return [" ".join(line.split()) for line in text.splitlines()]


async def answer(database: Room) -> str:
    """What is said of the first platform."""
    lines = (await told(database))[: (await told(database)).index("")]
    return " ".join(lines)


async def test_nobody_has_written_yet(database: Room) -> None:
    assert await told(database) == ["Nobody has written to this bot yet."]


async def test_everything_is_told_and_aligned_in_80_columns(database: Room, rows: Rows) -> None:
    for n in range(3):
        await rows.due("telegram", ago(minutes=5, seconds=n))
    await rows.due("telegram", ahead(minutes=30))
    await rows.due("telegram", ahead(hours=20), kind="evening")
    await rows.due("telegram", ahead(hours=30))
    await rows.due("telegram", ago(minutes=4), free_at=ahead(minutes=1))
    await rows.due("telegram", ahead(minutes=1), free_at=None)
    await rows.due("discord", ahead(hours=3, minutes=12))
    for seconds in range(20):
        await rows.delivered("telegram", ago(seconds=0.2 + seconds / 2), late=400)
    await rows.delivered("telegram", ago(hours=23), late=12)
    await rows.delivered("telegram", ago(hours=25), late=9000)
    await rows.delivered("telegram", None)
    await rows.outbox("telegram", ago(seconds=3))
    await rows.outbox("telegram", ago(seconds=21), kind="morning", on=NOW.to_tz("UTC").date())
    await rows.outbox("telegram", kind="wait")
    await rows.outbox("telegram", attempts=2, not_before=ahead(minutes=2), error="503")
    await rows.outbox("telegram", attempts=9, not_before=ago(minutes=2), dead_at=ago(hours=1))
    await rows.chat("telegram", gone=True)
    await rows.chat("telegram", await rows.person(paused_until=ahead(hours=50)))
    await rows.chat("telegram", await rows.person(paused_until=ago(hours=1)))
    await rows.chat("telegram", await rows.person(ignored=12))
    assert as_text(await look(database, NOW)).splitlines() == [
        "Telegram: 5 due, going out; the last one left 0.2 s ago, about 2.4 s to go at 2",
        "  a second",
        "Discord: nothing is due; the next is in 3 h 12 min, at 12:17 UTC",
        "",
        "                                 Telegram    Discord",
        "Chats                                  40          1",
        "  that cannot be written to             1          0",
        "Due                                     3          0",
        "  taken up, not written yet             1          0",
        "  in the next hour                      1          0",
        "  in the next 24 hours                  2          1",
        "  next moment                   09:35 UTC  12:17 UTC",
        "Answers that wait to be sent            3          0",
        "Check-ins that wait to be sent          1          0",
        "  the oldest of both waits for       21 s          -",
        "  tried again                           1          0",
        "  next try                      09:07 UTC          -",
        "Given up                                1          0",
        "",
        "Check-ins that left in the last 24 hours: 21",
        "  more than 5 min late: 20; half came within 6 min 40 s, 99 of 100 within 6 min 40 s",
        "People: 41; paused 1, backed off 1",
        "",
        "Given up: 1. See them with: holdfast dead list",
    ]


async def test_json_has_the_same_figures(database: Room, rows: Rows) -> None:
    await rows.due("telegram", ago(seconds=90))
    await rows.due("telegram", ahead(minutes=30))
    await rows.delivered("telegram", ago(seconds=1), late=7)
    await rows.outbox(
        "telegram", ago(seconds=3), error="429", not_before=ahead(seconds=4), leased_until=ahead(seconds=64)
    )
    assert json.loads(as_json(await look(database, NOW))) == {
        "at": "2026-03-02T09:05:00Z",
        "platforms": {
            "telegram": {
                "state": "going out",
                "chats": {"all": 4, "gone": 0},
                "due": {"now": 1, "oldest": "2026-03-02T09:03:30Z", "taken_up": 0, "last_taken": None},
                "coming": {"next_hour": 1, "next_day": 1, "next": "2026-03-02T09:35:00Z"},
                "waiting": {
                    "answers": 1,
                    "broadcasts": 0,
                    "oldest": "2026-03-02T09:04:57Z",
                    "retrying": 1,
                    "retried_until": "2026-03-02T09:06:04Z",
                    "next_try": "2026-03-02T09:05:04Z",
                    "dead": 0,
                },
                "leaving": {"last": "2026-03-02T09:04:59Z", "a_second": 1.0},
            }
        },
        "people": {"all": 4, "paused": 0, "backed_off": 0},
        "sent": {"all": 1, "late": 0, "p50_seconds": 7, "p99_seconds": 7},
    }


async def test_no_word_and_no_id_of_anybody_is_told(database: Room, rows: Rows) -> None:
    await rows.outbox("telegram", dead_at=NOW, error=f"{WORD} 1000001")
    await rows.due("telegram", NOW)
    found = await look(database, NOW)
    for said in (as_text(found), as_json(found)):
        assert WORD not in said
        assert not re.search(r"\d{5}", said)


async def test_what_has_just_become_due_is_no_fault(database: Room, rows: Rows) -> None:
    await rows.due("telegram", ago(seconds=12))
    assert await answer(database) == "Telegram: 1 due, the oldest for 12 s"


async def test_what_a_bot_has_taken_up_is_still_to_go(database: Room, rows: Rows) -> None:
    await rows.due("telegram", ago(seconds=12), free_at=ahead(minutes=4))
    assert await answer(database) == "Telegram: 1 due, the oldest for 12 s"


async def test_nothing_goes_out_and_the_bot_may_be_down(database: Room, rows: Rows) -> None:
    await rows.due("telegram", ago(minutes=20))
    await rows.delivered("telegram", ago(hours=2))
    assert await answer(database) == (
        "Telegram: 1 due, NOT going out since 08:45 UTC; the last one left 2 h ago. Is the bot running?"
    )


async def test_nothing_goes_out_and_nothing_ever_has(database: Room, rows: Rows) -> None:
    await rows.outbox("discord", ago(hours=12), kind="evening")
    assert await answer(database) == (
        "Discord: 1 due, NOT going out since 2026-03-01 21:05 UTC; no check-in has left yet. Is the bot running?"
    )


async def test_a_platform_that_does_not_answer_is_not_taken_for_a_bot_that_is_down(database: Room, rows: Rows) -> None:
    await rows.outbox(
        "telegram", ago(minutes=20), kind="morning", attempts=8, error="503", leased_until=ahead(minutes=1)
    )
    await rows.delivered("telegram", ago(minutes=20))
    assert await answer(database) == (
        "Telegram: 1 due, tried again and again; the last one left 20 min ago. The log says what is wrong"
    )


async def test_a_bot_that_went_down_while_a_platform_did_not_answer(database: Room, rows: Rows) -> None:
    await rows.outbox("telegram", ago(minutes=20), kind="morning", attempts=8, error="503", leased_until=ago(minutes=1))
    assert "NOT going out since 08:45 UTC" in await answer(database)


async def test_a_bot_that_has_just_taken_something_up_is_not_taken_for_one_that_is_down(
    database: Room, rows: Rows
) -> None:
    await rows.due("telegram", ago(minutes=20), free_at=ahead(minutes=4, seconds=1))
    assert await answer(database) == "Telegram: 1 due, taken up by the bot; no check-in has left yet"


async def test_a_bot_that_has_taken_something_up_and_went_down(database: Room, rows: Rows) -> None:
    await rows.due("telegram", ago(minutes=20), free_at=ahead(minutes=3, seconds=59))
    await rows.delivered("telegram", ago(seconds=61))
    assert await answer(database) == (
        "Telegram: 1 due, NOT going out since 08:45 UTC; the last one left 1 min 1 s ago. Is the bot running?"
    )


async def test_what_leaves_in_this_moment(database: Room, rows: Rows) -> None:
    await rows.due("telegram", ago(seconds=2))
    await rows.delivered("telegram", ago(seconds=0.04))
    assert (
        await answer(database)
        == "Telegram: 1 due, going out; the last one left just now, about 1 s to go at 1 a second"
    )


async def test_nothing_is_planned(database: Room, rows: Rows) -> None:
    await rows.chat("telegram")
    assert await answer(database) == "Telegram: nothing is due, and nothing is planned"


async def test_what_urgently_becomes_due_first_is_the_next(database: Room, rows: Rows) -> None:
    await rows.due("telegram", ahead(minutes=9), kind="wait", urgent=True)
    await rows.due("telegram", ahead(minutes=10))
    assert await answer(database) == "Telegram: nothing is due; the next is in 9 min, at 09:14 UTC"


async def test_what_left_for_a_person_on_two_platforms_counts_where_it_went(database: Room, rows: Rows) -> None:
    person = await rows.person()
    await rows.chat("telegram", person)
    here = await rows.chat("discord", person)
    await rows.settle_in(person, f"discord:{here}")
    await rows.delivered("discord", ago(seconds=5), person=person)
    platforms = (await look(database, NOW)).platforms
    assert platforms["discord"].leaving.last == ago(seconds=5)
    assert platforms["telegram"].leaving.last is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 s"), (0.24, "0.2 s"), (9.96, "10 s"), (59.6, "1 min"), (280, "4 min 40 s"), (3600, "1 h"),
     (3661, "1 h 1 min"), (86_400 * 2 + 3600 * 4 + 59, "2 d 4 h"), (86_400 + 61, "1 d")],
)  # fmt: skip
def test_a_length_of_time_is_told_in_two_units(seconds: float, said: str) -> None:
    assert duration(seconds) == said
