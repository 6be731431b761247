"""What somebody looks for, made of the words they typed: slips are put right, what says nothing is left out, and what
articles call otherwise is looked for by that name, too."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from bot.lexicon import Lexicon, plain_words
from bot.stems import Porter, Stemmer, beginnings
from bot.wording import slips

MOST_WORDS = 40
"""Words that are read of what somebody typed."""

LONGEST = 54
"""Bytes of what is looked for. It travels in a button's token of 64, between a command and the number of a page."""

TYPO_FROM = 5
"""Letters that a word or its slip must have. Shorter ones have too many neighbours."""

BETWEEN = 2
"""Words that say nothing and may stand between two that belong together."""


@dataclass(frozen=True, slots=True)
class Term:
    """Something to look for: as it was typed; the stem of that, if it stands anywhere; and the texts that it means."""

    typed: str
    stem: str = ""
    meanings: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Meant:
    """How the words of a text were taken. What is `unknown` stands nowhere, `corrected` is by what was typed."""

    terms: Sequence[Term]
    left_out: Sequence[str]
    unknown: Sequence[str]
    corrected: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Entry:
    """Some words that people type, as they are compared, and the texts they mean."""

    forms: Sequence[str]
    meanings: Sequence[str]


class Reader:
    """Reads what people type, in a language whose articles have certain words, each so many times."""

    def __init__(self, lexicon: Lexicon, counts: dict[str, int]) -> None:
        listed = chain(lexicon.left_out, *lexicon.same.items(), *lexicon.synonyms.items())
        self._counts = dict.fromkeys(chain(*map(plain_words, listed)), 0) | counts
        self.stems: Stemmer = Porter(self._counts) if lexicon.stem else beginnings
        self._standing = frozenset(self.stems(list(counts)))
        self._left_out = frozenset(chain(*map(plain_words, lexicon.left_out)))
        same = {name: self._marked(plain_words(f"{name} {words}")) for name, words in lexicon.same.items()}
        self._same = {form: f"{name}+" for name, forms in same.items() for form in forms}
        self._entries = self._by_first_form(lexicon.synonyms)
        forms = chain(*(entry.forms for entry in chain(*self._entries.values())), self._same)
        self._known = self._standing.union(forms)
        self._alike: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self._counts:
            self._alike[word[0], len(word)].append(word)

    def read(self, text: str) -> Meant:
        """What is to be looked for: of at most `MOST_WORDS` words at most `LONGEST` bytes."""
        words, corrected, unknown = self._spelt(plain_words(text)[:MOST_WORDS])
        terms, left_out = self._terms(words)
        if not terms and not unknown:
            terms, left_out = [self._term(word, stem) for word, stem in zip(words, self.stems(words), strict=True)], []
        nowhere = [term.typed for term in terms if not term.stem and not term.meanings]
        found = _short({term.typed: term for term in terms if term.typed not in nowhere})
        return Meant(found, left_out, (*unknown, *nowhere), corrected)

    def nowhere(self, text: str) -> Sequence[str]:
        """The words of a text that stand in no article."""
        words = plain_words(text)
        return [word for word, stem in zip(words, self.stems(words), strict=True) if stem not in self._standing]

    def _by_first_form(self, synonyms: Mapping[str, str]) -> Mapping[str, Sequence[_Entry]]:
        meanings: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
        for meant, typed in synonyms.items():
            for text in typed.split(","):
                meanings[tuple(self._forms(plain_words(text)))][meant] = None
        entries: defaultdict[str, list[_Entry]] = defaultdict(list)
        for forms, texts in meanings.items():
            entries[forms[0]].append(_Entry(forms, tuple(texts)))
        return entries

    def _forms(self, words: Sequence[str]) -> list[str]:
        """How words are compared with those of entries: by their stems, and some are the same."""
        return [self._same.get(form, form) for form in self._marked(words)]

    def _marked(self, words: Sequence[str]) -> list[str]:
        """Stems, with a mark on those of words that say nothing: "his" is no "hi", and "even" no "evening"."""
        pairs = zip(words, self.stems(words), strict=True)
        return [f"{stem}." if word in self._left_out else stem for word, stem in pairs]

    def _spelt(self, typed: Sequence[str]) -> tuple[list[str], dict[str, str], list[str]]:
        """The words that are known, those of them that were typed otherwise, and the words that are not known."""
        words: list[str] = []
        corrected: dict[str, str] = {}
        unknown: list[str] = []
        for word, stem in zip(typed, self.stems(typed), strict=True):
            if stem in self._known or word in self._left_out:
                words.append(word)
            elif right := self._corrected(word):
                words.append(right)
                corrected[word] = right
            else:
                unknown.append(word)
        return words, corrected, unknown

    def _corrected(self, word: str) -> str:
        """What somebody meant who mistyped one letter. Rather it is lost or two are swapped than it is another one; of
        several words the most frequent."""
        left = slips(word) if len(word) <= LONGEST else set()
        lengths = (length for length in range(len(word) - 1, len(word) + 2) if max(length, len(word)) >= TYPO_FROM)
        alike = (other for length in lengths for other in self._alike.get((word[0], length), ()) if left & slips(other))

        def likely(other: str) -> tuple[bool, bool, int, str]:
            return sorted(other) == sorted(word), len(other) > len(word), self._counts[other], other

        return max(alike, key=likely, default="")

    def _terms(self, words: Sequence[str]) -> tuple[list[Term], list[str]]:
        """What is to be looked for, and the words that say nothing."""
        entries = self._found(words)
        taken = set(chain(*entries))
        firsts = {places[0]: places for places in entries}
        terms: list[Term] = []
        left_out: list[str] = []
        for place, (word, stem) in enumerate(zip(words, self.stems(words), strict=True)):
            if places := firsts.get(place, ()):
                alone = self._term(word, stem).stem if len(places) == 1 else ""
                terms.append(Term(" ".join(words[at] for at in places), alone, entries[places].meanings))
            elif place not in taken and word in self._left_out:
                left_out.append(word)
            elif place not in taken:
                terms.append(self._term(word, stem))
        return terms, left_out

    def _term(self, word: str, stem: str) -> Term:
        return Term(word, stem if stem in self._standing else "")

    def _found(self, words: Sequence[str]) -> Mapping[tuple[int, ...], _Entry]:
        """The entries that were typed, by the places of their words: of what overlaps the longest."""
        forms = self._forms(words)
        found = [
            (places, entry)
            for start, form in enumerate(forms)
            for entry in self._entries.get(form, ())
            if (places := self._places(entry, words, forms, start))
        ]
        entries: dict[tuple[int, ...], _Entry] = {}
        for places, entry in sorted(found, key=lambda one: -len(one[0])):
            if not set(places) & set(chain(*entries)):
                entries[places] = entry
        return entries

    def _places(self, entry: _Entry, words: Sequence[str], forms: Sequence[str], start: int) -> tuple[int, ...]:
        """Where the words of an entry stand from a place on, if they do."""
        places: list[int] = []
        for place in range(start, len(words)):
            if forms[place] == entry.forms[len(places)]:
                places.append(place)
                if len(places) == len(entry.forms):
                    return tuple(places)
            elif words[place] not in self._left_out or place - places[-1] > BETWEEN:
                break
        return ()


def _short(terms: Mapping[str, Term]) -> list[Term]:
    """As many of the terms, from the first, as may be looked for."""
    taken: list[Term] = []
    room = LONGEST + 1
    for typed, term in terms.items():
        room -= len(f"{typed} ".encode())
        if room < 0:
            break
        taken.append(term)
    return taken
