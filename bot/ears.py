"""Hears words of danger, and words that mean a command, in every language there is: the person's own first.

Pure. Whatever reads what somebody typed asks here, so that nobody is heard in one place and not in another.
"""

from collections.abc import Iterable, Mapping

from bot.crisis import Tier
from bot.library import Words

NOW = ("not_safe", "danger_to_them")
"""Commands of a danger that is there now."""


class Ears:
    """The ears of the bot. `own` are the words of the person, where it is known who that is."""

    def __init__(self, languages: Mapping[str, Words]) -> None:
        self._languages = tuple(languages.values())

    def tier(self, text: str, own: Words | None = None) -> Tier:
        """How plainly a text speaks of self-harm. What the person's language has nothing to say about may be plain
        in another one."""
        tiers = (words.crisis.tier(text) for words in self._in_turn(own))
        return next((tier for tier in tiers if tier is not Tier.NONE), Tier.NONE)

    def commands(self, text: str, own: Words | None = None) -> Iterable[str]:
        """The commands that a sentence means, in each language."""
        return filter(None, (words.phrases.command(text) for words in self._in_turn(own)))

    def command(self, text: str, own: Words | None = None) -> str | None:
        """The command that a sentence means, if it means one."""
        return next(iter(self.commands(text, own)), None)

    def means_danger(self, text: str) -> bool:
        """Whether words may mean danger, to the person, from somebody else or to them: for where nothing can be asked
        back."""
        return self.tier(text) is not Tier.NONE or any(command in NOW for command in self.commands(text))

    def docked(self, label: str, own: Words | None = None) -> str:
        """What a button that stays in reach below a chat means, which comes back as its label. It may have been shown
        before somebody changed the language."""
        return next((target for words in self._in_turn(own) if (target := words.docked.get(label))), "")

    def _in_turn(self, own: Words | None) -> Iterable[Words]:
        return sorted(self._languages, key=lambda words: words is not own)
