"""Every language is listened for in every message: what is everyday talk in one must not be danger in another."""

from pathlib import Path

import pytest

from bot.crisis import Tier
from bot.ears import Ears
from bot.library import DEFAULT_LANGUAGE, Words
from bot.testing import content
from tools.safety import labelled

LANGUAGES = content().languages
EARS = Ears(LANGUAGES)


def read_as(words: Words, label: Tier) -> list[str]:
    """The sentences of a language that are labelled so, and are read so in that language."""
    folder = "" if words.language == DEFAULT_LANGUAGE else words.language
    rows = labelled(str(Path(folder, "sentences.tsv")))
    return [sentence for tier, sentence in rows if tier is label and words.crisis.tier(sentence) is label]


@pytest.mark.parametrize("language", LANGUAGES)
def test_everyday_talk_is_left_alone_by_the_other_languages(language: str) -> None:
    own = LANGUAGES[language]
    everyday = read_as(own, Tier.NONE)
    heard = [sentence for sentence in everyday if EARS.tier(sentence, own) is not Tier.NONE]
    assert len(heard) <= 0.005 * len(everyday), heard


@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_is_heard_whatever_language_somebody_is_spoken_to_in(language: str) -> None:
    plain = read_as(LANGUAGES[language], Tier.EXPLICIT)
    for words in (None, *LANGUAGES.values()):
        assert [sentence for sentence in plain if EARS.tier(sentence, words) is Tier.NONE] == []
    assert all(map(EARS.means_danger, plain))
