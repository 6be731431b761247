"""How much there is, and for whom."""

from itertools import product

import pytest

from bot.testing import content

WORDS = content().words("en")
TEXTS = WORDS.texts


def fitting(deck: str, **facts: str) -> list[str]:
    return [key for key in WORDS.decks[deck] if TEXTS[key].fits(facts)]


@pytest.mark.parametrize(("deck", "cards"), [("reasons", 80), ("checkins", 100), ("exercises", 25), ("fresh", 60)])
def test_there_are_enough_cards(deck: str, cards: int) -> None:
    texts = [TEXTS[key].text for key in WORDS.decks[deck]]
    assert len(set(texts)) == len(texts) >= cards


@pytest.mark.parametrize(
    ("side", "feeling", "tie"),
    list(product(("left", "was-left"), ("missing", "lonely", "angry", "answer"), ("none", "children", "work", "home"))),
)
def test_there_are_reasons_for_a_long_night(side: str, feeling: str, tie: str) -> None:
    assert len(fitting("reasons", side=side, tie=tie, **{"for": feeling})) >= 40


@pytest.mark.parametrize(("time", "stage"), list(product(("morning", "evening"), ("first", "weeks", "later"))))
def test_every_stage_has_questions_of_its_own_for_a_month(time: str, stage: str) -> None:
    own = [key for key in fitting("checkins", time=time, stage=stage) if "stage" in TEXTS[key].attributes]
    assert len(own) >= 6
    assert len(fitting("checkins", time=time, stage=stage)) >= 30


@pytest.mark.parametrize("time", ["morning", "evening"])
def test_where_the_phone_is_seen_the_questions_do_not_come_round_within_ten_days(time: str) -> None:
    assert len(fitting("checkins", time=time, discreet="yes")) > 10


@pytest.mark.parametrize("key", WORDS.decks["fresh"])
def test_a_small_thing_is_small(key: str) -> None:
    card = TEXTS[key]
    assert 2 <= len(card.text.splitlines()) <= 3
    assert card.attributes.keys() >= {"minutes", "where"}


def test_at_night_there_is_much_to_do_that_is_short_quiet_and_at_home() -> None:
    night = [TEXTS[key] for key in fitting("fresh", night="yes", where="in,out")]
    assert len(night) >= 20
    assert {card.attributes["where"] for card in night} == {("in",)}
    assert max(int(card.attributes["minutes"][0]) for card in night) <= 30


@pytest.mark.parametrize("where", ["in", "out"])
def test_what_is_free_is_there_in_both_places(where: str) -> None:
    assert len(fitting("fresh", where=where, free="yes")) >= 15
