"""Patterns of words, and the texts they fit, however those are spelled.

Pure, with no other module of the bot. The language of the rules is explained in content/en/crisis.toml. All patterns
are one automaton over words: time grows with the length of the text, whatever the text is.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

LONGEST_GAP = 8  # words a "...8" may skip; longer gaps join sentences that have nothing to do with each other
USUAL_GAP = 3  # words a plain "..." may skip
TOGETHER = 16  # words from the first to the last of what "&" joins
NEAR_FROM = 7  # letters from which one wrong one is forgiven (doubled count once); "killing" would swallow "kidding"
DEEPEST = 4  # groups of words inside groups of words

_FROM, _TO, _ANY, _HIDDEN, _AND = "^", "$", "*", "~", "&"
_Places = tuple[int, ...]
LANGUAGE = {"fillers", "guarded", "spellings", "words"}
"""What a rules file holds besides its own lists."""

APOSTROPHES = dict.fromkeys(map(ord, "'`\u00b4\u02b9\u02bc\u2018\u2019\u201b\u2032\uff07"))
_LEET = str.maketrans("013457@$", "oieastas")
_LOOKALIKE = str.maketrans("аеорсухіјѕһԁӏкмтвнԛԝαοεικτυρν", "aeopcyxijshdlkmtbhqwaoeiktupv")
_OWN = str.maketrans({"ł": "l", "ı": "i", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe"})
_TOKEN, _LATIN = re.compile(r"\S+"), re.compile("[a-z]")
_PICTURED = {"🔫": "gun", "💊": "pills", "🔪": "knife", "⚰": "coffin", "🪦": "grave", "🩸": "blood"}
_PICTURE = re.compile(rf"(?<!\w)([{''.join(_PICTURED)}])|([{''.join(_PICTURED)}])(?!\w)")
_UNSEEN = re.compile("[\u00ad\u0300-\u036f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_LEETED = re.compile(r"(?<=[^\W\d])[013457@$]+|(?<![013457$])[013457$]++(?=[^\W\d])")
_LETTERS = re.compile(r"(?<!\S)(?:[^\W\d] ){5,}[^\W\d](?!\S)")
_INSIDE = re.compile(r"(?<=\w)[^\w\s]+(?=\w)")
_OUTSIDE = re.compile(r"[^\w\s*]|(?<![\w*])\*+")
_DOUBLED = re.compile(r"([^\W\d])\1+")
_PIECE = re.compile(r"\.\.\.\d*|<\w+>|[()\[\]|^$<>]|[^\s()\[\]|^$.<>]+|\S")


class Match(NamedTuple):
    """What fits a pattern: the label of its list, the places of its own words, and whether "&" joined them."""

    label: str
    places: _Places
    joined: bool = False


def normalise(text: str) -> str:
    """Returns plain words: lower case, without accents, apostrophes, invisible characters and punctuation.

    A run of one letter becomes one letter (rules are treated alike: "kill" and "killlll" are both "kil"); digits that
    stand for letters are read as letters, and so are letters of another alphabet inside a Latin word. A picture of a
    gun, pills, a knife, blood or a grave is the word for it, unless it stands between letters. A row of six or more
    single letters is a word. What is stuck inside a word, or asterisks behind it, stay as "*": only the guarded words
    of a rules file can tell whether "su!cide" is one word and "no!please" two.
    """
    text = text.translate(APOSTROPHES).replace("_", "*").replace("#", "*").casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFC", _UNSEEN.sub("", unicodedata.normalize("NFKD", text).casefold()))
        text = _TOKEN.sub(lambda found: _alike(found[0]), text.translate(_OWN))
        text = _PICTURE.sub(lambda found: f" {_PICTURED[found[0]]} ", text)
    text = _LEETED.sub(lambda found: found[0].translate(_LEET), text)
    text = _INSIDE.sub(lambda found: _ANY * len(found[0]), text)
    text = " ".join(_OUTSIDE.sub(" ", text).split())
    return _DOUBLED.sub(r"\1", _LETTERS.sub(lambda found: found[0].replace(" ", ""), text))


def _alike(token: str) -> str:
    """Returns a token of Latin letters without those of other alphabets that look like them."""
    return token.translate(_LOOKALIKE) if _LATIN.search(token) else token


def table(value: object, where: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise ValueError(f"{where}: expected a table")
    return value


def _texts(value: object, where: str) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise ValueError(f"{where}: expected a list of texts, none of them empty")
    return value


def slips(word: str) -> set[str]:
    """Returns the word, and what is left of it when any one letter behind the first is lost.

    What two words have in common of this says that one letter is wrong, lost, doubled or swapped in one of them.
    """
    return {word} | {word[:i] + word[i + 1 :] for i in range(1, len(word))}


class _Reader:
    """Turns a text into the words the rules are written in, by a file's guarded words, spellings and fillers."""

    def __init__(self, rules: Mapping[str, object]) -> None:
        self._guarded = [normalise(word) for word in _texts(rules.get("guarded", []), "guarded")]
        self._hidden = re.compile(rf"(?<!\S)(?:{'|'.join(map(self._disguises, self._guarded)) or '(?!)'})\**(?!\S)")
        self._typos = {near: word for word in self._guarded if len(word) >= NEAR_FROM for near in slips(word)}
        self._longest = max(map(len, self._typos), default=0) + 1
        self._fillers = {normalise(word) for word in _texts(rules.get("fillers", []), "fillers")}
        spellings = table(rules.get("spellings", {}), "spellings")
        meant = _texts(list(spellings.values()), "spellings")
        self._meant = {normalise(word): normalise(text).split() for word, text in zip(spellings, meant, strict=True)}

    @staticmethod
    def _disguises(word: str) -> str:
        """Makes a regular expression for a word in pieces ("k i l l", "k.ill") or with letters masked ("k*ll")."""
        first, *rest = (f"{letter}(?:[ *]*{letter}){{0,3}}" for letter in map(re.escape, word))
        return f"({first}{''.join(rf'[ *]*?(?:{letter}|[*])' for letter in rest)})"

    def words(self, text: str) -> list[str]:
        """Returns the words of a text; fillers are gone, other spellings are replaced by what they mean."""
        plain = self._hidden.sub(lambda found: self._guarded[(found.lastindex or 1) - 1], normalise(text))
        tokens = (self._typed_right(token) for token in plain.replace(_ANY, " ").split())
        words = (word for token in tokens for word in self._meant.get(token, (token,)))
        return [word for word in words if word not in self._fillers]

    def _typed_right(self, token: str) -> str:
        if not NEAR_FROM - 1 <= len(token) <= self._longest or token in self._typos or token in self._meant:
            return token if token in self._guarded else self._typos.get(token, token)
        return next((self._typos[near] for near in sorted(slips(token)) if near in self._typos), token)


@dataclass(frozen=True)
class _Part:
    """One of the parts that "&" joins: that of which pattern of which list, and which one of how many."""

    label: str
    number: int
    part: int
    of: int

    @property
    def whole(self) -> tuple[str, int]:
        return self.label, self.number


class _State:
    """A place in the patterns. Edges lead on by a word, by any word, or freely; no edge ever leads back.

    There are a hundred thousand of them, of which an ordinary text passes a few hundred. So they have slots, and what
    is asked of them while a text is read is made when it is first asked: once all patterns are there.
    """

    __slots__ = ("after", "freely", "label", "labels", "moves")

    moves: dict[str, list["_State"]]
    labels: list[str | _Part]

    def __init__(self, label: str | _Part = "") -> None:
        self.label = label
        self.after: dict[str, _State] = {}
        self.freely: list[_State] = []

    def __getattr__(self, name: str) -> object:
        """The slot is empty so far."""
        if name == "moves":
            self.moves = self._moves()
        elif name == "labels":
            self.labels = [state.label for state in self.reach() if state.label]
        else:
            raise AttributeError(name)
        return getattr(self, name)

    def to(self, word: str) -> "_State":
        """Returns the state behind a word; patterns that begin alike share it."""
        state = self.after.get(word)
        if state is None:
            state = self.after[word] = _State()
        return state

    def reach(self) -> list["_State"]:
        """Returns this state and all that follow freely."""
        found = {self: None}
        todo = [self]
        while todo:
            new = [state for state in todo.pop().freely if state not in found]
            found.update(dict.fromkeys(new))
            todo.extend(new)
        return list(found)

    def _moves(self) -> dict[str, list["_State"]]:
        """What follows on which word."""
        moves: dict[str, list[_State]] = {}
        for word, after in (edge for state in self.reach() for edge in state.after.items()):
            moves.setdefault(word, []).append(after)
        return moves


class _Compiler:
    """Reads the pattern language into states."""

    def __init__(self, reader: _Reader, groups: Mapping[str, object]) -> None:
        self._words = reader.words
        self._plain = cache(self._read_plain)
        self._alternatives = cache(self._read_alternatives)
        self._groups = groups

    def automaton(self, lists: Mapping[str, object], where: str) -> _State:
        """Makes one automaton of all the lists; a complaint names the list, the number from 1, and the fault."""
        start = _State()
        for label, patterns in lists.items():
            for number, pattern in enumerate(_texts(patterns, where + label), 1):
                parts = pattern.split(_AND)
                try:
                    for part, words in enumerate(parts):
                        state = _State(_Part(label, number, part, len(parts)) if len(parts) > 1 else label)
                        self._add(words, start).freely.append(state)
                except ValueError as fault:
                    raise ValueError(f"{where}{label}, number {number}, {pattern!r}: {fault}") from None
        return start

    def _add(self, pattern: str, start: _State) -> _State:
        """Leads the pattern on from the start; returns the state where it is complete."""
        end = self._whole(pattern, start)
        if _ANY in start.after or end in start.reach():
            raise ValueError("it begins with a gap or would match everything")
        if not re.search(r"\w", pattern):
            raise ValueError("it has no words")
        return end

    def _whole(self, pattern: str, state: _State) -> _State:
        pieces = _PIECE.findall(pattern)[::-1]
        end = self._sequence(pieces, state)
        if pieces:
            raise ValueError(f"{pieces[-1]!r} was not expected here")
        return end

    def _sequence(self, pieces: list[str], state: _State) -> _State:
        """Takes pieces (the next one is last) up to a bar or a closing bracket; returns the state behind them."""
        while pieces and pieces[-1] not in ("|", ")", "]"):
            piece = pieces.pop()
            if piece in ("(", "["):
                state = self._choice(pieces, state, piece)
            elif piece.startswith("..."):
                state = self._gap(state, int(piece[3:] or USUAL_GAP))
            elif piece[0] in "<>":
                state = self._group(piece, state)
            else:
                for word in self._plain(piece):
                    state = state.to(word)
        return state

    def _group(self, piece: str, state: _State) -> _State:
        """One of the words of a group. Most are plain, and read once for all patterns."""
        end = _State()
        for words in self._alternatives(piece, 0):
            if isinstance(words, str):
                last = self._whole(words, state)
            else:
                last = state
                for word in words:
                    last = last.to(word)
            if last is state:
                raise ValueError("an empty alternative")
            last.freely.append(end)
        return end

    def _read_alternatives(self, piece: str, depth: int) -> list[tuple[str, ...] | str]:
        """What a group holds, with what is in groups inside it: words, or a pattern where it is more than that."""
        name = piece[1:-1]
        if len(piece) < 3 or depth > DEEPEST:
            raise ValueError("a stray < or >, or groups that hold each other")
        if name not in self._groups:
            raise ValueError(f"there is no group {name!r} in [words]")
        found: list[tuple[str, ...] | str] = []
        for text in _texts(self._groups[name], f"words.{name}"):
            pieces = _PIECE.findall(text)
            inside = [self._alternatives(each, depth + 1) for each in pieces if each[0] in "<>"]
            if inside and len(pieces) == 1:
                found += inside[0]
            elif inside or any(each[0] in ".()[]|^$" for each in pieces):
                found.append(text if "|" not in text else f"({text})")
            else:
                found.append(tuple(word for each in pieces for word in self._plain(each)))
        return found

    def _choice(self, pieces: list[str], state: _State, opened: str) -> _State:
        end, closed = _State(), "|"
        while closed == "|":
            last = self._sequence(pieces, state)
            if last is state:
                raise ValueError("an empty alternative")
            last.freely.append(end)
            closed = pieces.pop() if pieces else ""
        if opened + closed not in ("()", "[]"):
            raise ValueError(f"{opened!r} is never closed")
        if opened == "[":
            state.freely.append(end)
        return end

    def _gap(self, state: _State, longest: int) -> _State:
        if not 1 <= longest <= LONGEST_GAP:
            raise ValueError(f"a gap has 1 to {LONGEST_GAP} words")
        end = _State()
        for _ in range(longest):
            state.freely.append(end)
            state = state.to(_ANY)
        state.freely.append(end)
        return end

    def _read_plain(self, piece: str) -> list[str]:
        words = [piece] if piece in (_FROM, _TO) else self._words(piece)
        if not words:  # a filler that silently vanished would widen the pattern: "so alive" is not "alive"
            raise ValueError(f"{piece!r} is a filler, or not a word")
        return words


def _matches(start: _State, words: list[str]) -> Iterator[Match]:
    """Yields what matches: a label, and the places of its own words (words skipped by a gap are not its own)."""
    parts: dict[tuple[str, int], list[tuple[_Part, _Places]]] = {}
    for label, places in _found(start, words):
        if isinstance(label, str):
            yield Match(label, places)
        elif places:
            parts.setdefault(label.whole, []).append((label, places))
    for found in parts.values():
        if len({part.part for part, _ in found}) == found[0][0].of:
            yield from _together(found)


def _together(found: list[tuple[_Part, _Places]]) -> Iterator[Match]:
    """Yields what all parts of one pattern make, wherever they stand close to each other."""
    first = 0
    for number, (part, places) in enumerate(found, 1):
        earliest = places[-1] - TOGETHER
        while found[first][1][-1] <= earliest:
            first += 1
        near = [each for each in found[first:number] if each[1][0] > earliest]
        if len({each.part for each, _ in near}) == part.of:
            yield Match(part.label, tuple(sorted({place for _, own in near for place in own})), joined=True)


def _found(start: _State, words: list[str]) -> Iterator[tuple[str | _Part, _Places]]:
    """Yields what matches, also parts of patterns."""
    active: dict[_State, _Places] = {}
    for place, word in enumerate(words):
        here = (place,) if word not in (_FROM, _TO) else ()
        following: dict[_State, _Places] = {}
        for state, places in (*active.items(), (start, ())):
            for after in state.moves.get(word, ()):
                _keep_longer(following, after, places + here)
            for after in state.moves.get(_ANY, ()) if word != _TO else ():
                _keep_longer(following, after, places)
        active = following
        for state, places in active.items():
            for label in state.labels:
                yield label, places


def _keep_longer(following: dict[_State, _Places], state: _State, places: _Places) -> None:
    """Of two ways to the same state the one with more words of its own counts."""
    if len(following.get(state, ())) <= len(places):
        following[state] = places


class Rules:
    """Labelled lists of patterns, and an "everyday" list that hides its own words from them."""

    def __init__(self, language: Mapping[str, object], lists: Mapping[str, object], where: str = "") -> None:
        self._reader = _Reader(language)
        compiler = _Compiler(self._reader, table(language.get("words", {}), "words"))
        everyday = {"everyday": lists.get("everyday", [])}
        self._everyday = compiler.automaton(everyday, where)
        self._lists = compiler.automaton({label: lists[label] for label in lists if label not in everyday}, where)

    def words(self, text: str) -> list[str]:
        """The words of a text between its beginning and its end; those that an everyday pattern hides are "~"."""
        words = [_FROM, *self._reader.words(text), _TO]
        for found in list(_matches(self._everyday, words)):
            for place in found.places:
                words[place] = _HIDDEN
        return words

    def matches(self, text: str) -> list[Match]:
        """Every match: the label of its list, and the places of its words."""
        return list(_matches(self._lists, self.words(text)))
