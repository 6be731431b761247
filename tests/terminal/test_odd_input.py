"""What a pipe, a paste or a cat on the keyboard may send."""

import pytest

from tests.terminal.program import MET, Program, Said, side_by_side

HEBREW = "אני מתגעגע אליך 🌙 כל לילה"
EMOJI = "👩‍👩‍👧 🇩🇪 ❤️‍🔥 \U0001fae0"
MARKUP = "**not bold** {name} [1] <b>&amp; `code` # no heading | %s \\"
ESCAPES = b"a\x00b \x1b[31mred\x1b[0m \x1b]0;title\x07 \xc2\x9b2J back\x08space \xe2\x80\xaeover"
LATIN = b"caf\xe9 \xff\xfe for us"

LETTERS: tuple[str | bytes, ...] = (LATIN, ESCAPES, HEBREW, EMOJI, MARKUP, ":)", "y" * 8_000)
SCRIPTS: dict[str, tuple[str | bytes, ...]] = {
    "letters": (*MET, *(line for text in LETTERS for line in ("/write", text, "Keep it here", "/letters"))),
    "windows": ("/start\r", "1\r", "NOT NOW\r", "/write\r", "dear you\r", "1\r", "/letters\r"),
    "long": (*MET, "/write", "x" * 10_000, "/cancel", "z" * 1_000_000, "/menu"),
    "empty": ("/urge", "", "   ", "\t", "\x00", "I miss them"),
    "commands": (*MET, "/nope", "/", "//", "/URGE@holdfast", "/cancel", ":foo", "./menu", "-1", "1.", "²", "٢", "１"),
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Said]:
    programs = {name: Program(tmp_path_factory.mktemp("odd")) for name in SCRIPTS}
    return side_by_side({name: lambda name=name: programs[name].hears(*SCRIPTS[name]) for name in SCRIPTS})


def shown(said: dict[str, Said], letter: str | bytes) -> str:
    """A letter as it came back."""
    turn = said["letters"].turns[len(MET) + 4 * LETTERS.index(letter) + 3]
    return next(line for line in turn.split("\n") if line.startswith("     | ")).removeprefix("     | ")


def test_nothing_of_it_is_an_error(said: dict[str, Said]) -> None:
    for name, script in SCRIPTS.items():
        assert (name, said[name].code, said[name].err) == (name, 0, "")
        assert len(said[name].turns) == len(script)


def test_lines_may_end_as_on_windows(said: dict[str, Said]) -> None:
    assert "     | dear you" in said["windows"].turns[-1].split("\n")
    assert "\r" not in said["windows"].out


def test_the_last_line_may_lack_its_end(program: Program) -> None:
    said = program.runs("chat", "--database", program.database, stdin=b"/start\n1")
    assert (said.code, said.err) == (0, "")
    assert "I have five short questions" in said.turns[1]


def test_what_is_no_utf8_is_taken_as_far_as_it_goes(said: dict[str, Said]) -> None:
    assert shown(said, LATIN) == "caf\ufffd \ufffd\ufffd for us"


def test_control_characters_are_dropped_from_a_letter(said: dict[str, Said]) -> None:
    assert shown(said, ESCAPES).startswith("ab [31mred[0m ]0;title")
    assert not set(said["letters"].out) & {"\x00", "\x1b", "\x07", "\x08", "\x9b", "\u202e"}


@pytest.mark.parametrize("text", [HEBREW, EMOJI, MARKUP, ":)"])
def test_a_letter_comes_back_as_it_was(said: dict[str, Said], text: str) -> None:
    assert shown(said, text) == text


def test_a_letter_can_be_read_where_output_is_not_utf8(program: Program) -> None:
    said = program.hears(*MET, "/write", EMOJI, "Keep it here", "/letters", "/menu", PYTHONIOENCODING="ascii")
    assert (said.code, said.err) == (0, "")
    assert len(said.turns) == 8
    assert "Letter 1 of 1" in said.turns[6]


def test_eight_thousand_characters_are_taken_and_more_are_turned_down(said: dict[str, Said]) -> None:
    assert shown(said, "y" * 8_000) == "y" * 8_000
    assert "8,000 characters is the most" in said["long"].turns[4]
    assert "] Rather not" in said["long"].turns[4]
    assert "8,000 characters is the most" in said["long"].turns[6]


def test_empty_lines_ask_again_and_change_nothing(said: dict[str, Said]) -> None:
    again = said["empty"].turns[1:5]
    assert all("came through empty" in turn and "[7] I'm not safe" in turn for turn in again)
    assert "] Another reason" in said["empty"].turns[5]


def test_unknown_commands_and_near_commands_are_met_in_words(said: dict[str, Said]) -> None:
    turns = said["commands"].turns
    assert all("don't know that command" in turn for turn in turns[3:6])
    assert "What is it, right now?" in turns[6]
    assert all("can't follow free words" in turn for turn in turns[8:13])
