"""How people write a time of day."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Time

from bot.testing import content

wall_time = content().names.time

LONGEST = 8_000
"""Characters of a typed message that are read (bot/conversation.py)."""


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("8", "08:00"),
        ("08", "08:00"),
        ("0", "00:00"),
        ("23", "23:00"),
        ("8:30", "08:30"),
        ("08:05", "08:05"),
        ("8.30", "08:30"),
        ("8 30", "08:30"),
        ("830", "08:30"),
        ("0830", "08:30"),
        ("2030", "20:30"),
        ("20h15", "20:15"),
        ("20h", "20:00"),
        ("8.30 pm", "20:30"),
        ("8 PM", "20:00"),
        ("8pm.", "20:00"),
        ("8 p.m.", "20:00"),
        ("8 a. m.", "08:00"),
        ("12am", "00:00"),
        ("12:30 am", "00:30"),
        ("12pm", "12:00"),
        ("at 7am", "07:00"),
        ("it is 21:40 here", "21:40"),
        ("um 20:15 Uhr", "20:15"),
        ("  9  ", "09:00"),
        ("٨:٣٠", "08:30"),
        ("00:00", "00:00"),
        ("23:59", "23:59"),
    ],
)
def test_a_time_of_day_is_read(text: str, time: str) -> None:
    assert wall_time(text) == Time(time)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "morning",
        "24",
        "24:00",
        "8:60",
        "99",
        "123456",
        "8:3",
        "8:30:00",
        "13 pm",
        "0 am",
        "8 or 9",
        "1e3",
        "²",
        "½",
        "Ⅷ",
        "八",
        "🕗",
        "\0",
        "nan",
        "Berlin",
        "9" * LONGEST,
        "x" * LONGEST,
        " " * LONGEST,
    ],
)
def test_what_is_no_time_of_day_is_none(text: str) -> None:
    assert wall_time(text) is None


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("8 in the evening", "20:00"),
        ("8 tonight", "20:00"),
        ("at 8:30 in the morning", "08:30"),
        ("20 evening", "20:00"),
    ],
)
def test_words_for_a_half_of_the_day_are_read(text: str, time: str) -> None:
    assert wall_time(text) == Time(time)


@pytest.mark.parametrize("text", ["8p", "half past 8", "quarter to 9", "8 at night", "8 morning evening"])
def test_words_that_change_the_hour_are_not_read_over(text: str) -> None:
    """A check-in at eight in the morning is not what somebody asked for who wrote "8 in the evening"."""
    assert wall_time(text) != Time(int(text.strip("abcdefghijklmnopqrstuvwxyz ")))


@pytest.mark.parametrize(
    "text",
    [
        "8" + " " * LONGEST + "1",
        "8" + "\n" * LONGEST + "x1",
        " " * LONGEST + "8a" + " " * LONGEST + "1",
        "x" * LONGEST + "8" + "x" * LONGEST + "1",
        "a" * LONGEST,
    ],
    ids=["blanks", "lines", "blanks on both sides", "letters", "no digit"],
)
def test_the_longest_message_is_read_in_no_time(text: str) -> None:
    """Reading blocks everybody: one loop answers all chats."""
    start = perf_counter()
    wall_time(text)
    assert perf_counter() - start < 0.2


@given(st.text(max_size=60))
def test_any_text_is_a_time_or_none(text: str) -> None:
    assert isinstance(wall_time(text), Time | None)


@given(st.integers(0, 23), st.integers(0, 59), st.sampled_from(":.h "))
def test_every_time_of_day_can_be_written(hour: int, minute: int, sign: str) -> None:
    assert wall_time(f"{hour}{sign}{minute:02}") == Time(hour, minute)
    assert wall_time(f"{hour:02}{minute:02}") == Time(hour, minute)


@given(st.integers(1, 12), st.integers(0, 59), st.sampled_from(["am", "pm", " AM", " p.m.", "pm "]))
def test_every_time_of_day_can_be_written_in_halves(hour: int, minute: int, half: str) -> None:
    expected = hour % 12 + (12 if "p" in half.casefold() else 0)
    assert wall_time(f"{hour}:{minute:02}{half}") == Time(expected, minute)
