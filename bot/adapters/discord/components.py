"""The buttons of a reply as Discord's components."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from unicodedata import east_asian_width

from discord import ButtonStyle, SelectOption, TextStyle
from discord.ui import Button, Label, Modal, Select, TextInput, View

from bot.adapters.discord.custom_id import CustomId, Kind
from bot.library import Words
from bot.messages import Button as Way
from bot.messages import Reply

ROWS, ACROSS = 5, 5
"""Rows of a message, and buttons of a row at most (discord.com/developers/docs/components/reference#action-row)."""

WIDE = 44
"""Columns that the labels of one row may take: what a narrow phone shows side by side."""

FEW = 3
"""Entries of a list that are shown as buttons; more of them are one select."""

LABEL, OPTION, OPTIONS = 80, 100, 25
"""Characters of a button's label and of an option's, and options of one select."""

FORM_SECONDS = 15 * 60
"""How long discord.py remembers a form; one that comes later is read all the same."""

LONGEST_ANSWER = 4_000
"""Characters of one text input (discord.com/developers/docs/components/reference#text-input)."""

FIRST = "/urge"
"""The way that stands out wherever it is shown."""


class Cell(NamedTuple):
    """One button, still to be put into a row."""

    label: str
    kind: Kind
    token: str

    @property
    def width(self) -> int:
        """Columns: wide signs and most emoji take two, and the edges of a button take four."""
        return 4 + sum(2 if east_asian_width(sign) in "WF" else 1 for sign in self.label)


def view(reply: Reply, words: Words, owner: int, *, private: bool) -> View:
    """The components of a reply: answers first, then the ways elsewhere. Where it is not a `private` chat, the last
    one leads to that."""
    answers, ways = reply.groups
    listed = answers[: reply.listed] if reply.listed > FEW else ()
    first = [Cell(words.texts["discord/write"].text, "w", reply.writes)] if reply.writes else []
    first += [_cell(way) for way in answers[len(listed) :]]
    last = [_cell(way) for way in ways]
    if not private:
        last.append(Cell(words.texts["discord/private"].text, "p", ""))
    made = View(timeout=None)
    if listed:
        made.add_item(_select(listed, words, owner))
    taken: set[str] = set()
    for row, cells in enumerate(_fitting(first, last, ROWS - len(made.children)), len(made.children)):
        for cell in cells:
            made.add_item(_button(cell, _unique(CustomId(cell.kind, owner, cell.token), taken), row))
    made.stop()  # what is pressed comes to us by its custom_id: discord.py need not remember the view
    return made


def form(words: Words, owner: int, question: str) -> Modal:
    """A form for one text of up to 4,000 characters."""
    custom_id = CustomId("m", owner, question).to_text()
    made = Modal(title=words.texts["discord/form_title"].text, custom_id=custom_id, timeout=FORM_SECONDS)
    typed: TextInput[Modal] = TextInput(style=TextStyle.paragraph, max_length=LONGEST_ANSWER, custom_id="text")
    made.add_item(Label(text=words.texts["discord/form_label"].text, component=typed))
    return made


def _cell(way: Way) -> Cell:
    return Cell(way.label[:LABEL], "b", way.token)


def _button(cell: Cell, custom_id: str, row: int) -> Button[View]:
    stands_out = cell.kind == "w" or cell.token == FIRST
    style = ButtonStyle.primary if stands_out else ButtonStyle.secondary
    return Button(label=cell.label, style=style, custom_id=custom_id, row=row)


def _select(listed: Sequence[Way], words: Words, owner: int) -> Select[View]:
    options = [SelectOption(label=way.label[:OPTION], value=way.token) for way in listed[:OPTIONS]]
    placeholder = words.texts["discord/choose"].text
    return Select(custom_id=CustomId("s", owner).to_text(), placeholder=placeholder, options=options, row=0)


def _unique(custom_id: CustomId, taken: set[str]) -> str:
    """Two buttons of one message that do the same need different ids."""
    text = next(text for number in range(ROWS * ACROSS) if (text := custom_id.to_text(number)) not in taken)
    taken.add(text)
    return text


def _fitting(first: Sequence[Cell], last: Sequence[Cell], rows: int) -> Sequence[Sequence[Cell]]:
    """Rows as wide as a phone, the ways elsewhere in their own; if those are too many, as full as they may be."""
    airy = [*_rows(first, WIDE), *_rows(last, WIDE)]
    if len(airy) <= rows:
        return airy
    cells = [*first, *last]
    return [cells[start : start + ACROSS] for start in range(0, len(cells), ACROSS)][:rows]


def _rows(cells: Sequence[Cell], wide: int) -> Iterator[Sequence[Cell]]:
    row: list[Cell] = []
    for cell in cells:
        if row and (len(row) == ACROSS or sum(other.width for other in row) + cell.width > wide):
            yield row
            row = []
        row.append(cell)
    if row:
        yield row
