"""Words that mean danger, and words that mean a command.

Pure: it is handed parsed rules and a text, and answers. No files, no clock, no logging, so it works when everything
else is down.
"""

from collections.abc import Mapping
from enum import StrEnum

from bot.wording import LANGUAGE, Rules, table


class Tier(StrEnum):
    """How plainly a text speaks of danger: the three tiers of the safety page."""

    EXPLICIT = "explicit"
    AMBIGUOUS = "ambiguous"
    NONE = "none"


class Detector:
    """Tells how plainly a text speaks of a kind of danger."""

    def __init__(self, kinds: Mapping[str, Rules]) -> None:
        self._kinds = kinds

    @classmethod
    def from_rules(cls, rules: Mapping[str, object]) -> "Detector":
        """Builds from a parsed crisis.toml. Raises ValueError that names the rule and what is wrong with it."""
        kinds = {kind: table(lists, kind) for kind, lists in rules.items() if kind not in LANGUAGE}
        for kind, lists in kinds.items():
            if lists.keys() != {Tier.EXPLICIT, Tier.AMBIGUOUS, "everyday"}:
                raise ValueError(f"{kind}: expected explicit, ambiguous and everyday, found {sorted(lists)}")
        if "self_harm" not in kinds:
            raise ValueError("there are no rules for self_harm")
        return cls({kind: Rules(rules, lists, f"{kind}.") for kind, lists in kinds.items()})

    def tier(self, text: str, kind: str = "self_harm") -> Tier:
        """Returns the tier of a text of any length; ValueError if no rules speak of that kind.

        The plainest match decides, but an explicit match that is only a part of a longer ambiguous one ("not going to
        kill myself") gives way to it.
        """
        if kind not in self._kinds:
            raise ValueError(f"no rules for {kind!r}, only for {sorted(self._kinds)}")
        found = self._kinds[kind].matches(text)
        ambiguous = [match for match in found if match.label == Tier.AMBIGUOUS]
        longer: dict[int, list[set[int]]] = {}
        for places in (set(match.places) for match in ambiguous if not match.joined):
            for place in places:
                longer.setdefault(place, []).append(places)
        explicit = (match.places for match in found if match.label == Tier.EXPLICIT)
        if any(not any(set(places) < other for other in longer.get(places[-1], ())) for places in explicit):
            return Tier.EXPLICIT
        return Tier.AMBIGUOUS if ambiguous else Tier.NONE


class Phrases:
    """Finds the command that a typed sentence means."""

    def __init__(self, rules: Rules, commands: list[str]) -> None:
        self._rules = rules
        self.commands = commands

    @classmethod
    def from_rules(cls, rules: Mapping[str, object]) -> "Phrases":
        """Builds from a parsed phrases.toml; ValueError as for the Detector."""
        lists = {name: patterns for name, patterns in rules.items() if name not in LANGUAGE}
        return cls(Rules(rules, lists), [name for name in lists if name != "everyday"])

    def command(self, text: str) -> str | None:
        """Returns the command, or None; where several fit, the one that stands first in the file."""
        found = {match.label for match in self._rules.matches(text)}
        return next((command for command in self.commands if command in found), None)
