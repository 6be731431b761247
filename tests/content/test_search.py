"""What people type finds what they mean: counted on many queries, and how it gets there.

queries.tsv was looked at while content/en/search.toml was written. queries_unseen.tsv is only counted, and read by
nobody who changes that file or the numbers in bot/search.py: a query that was looked at moves to the other one.
"""

import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bot import authoring
from bot.lexicon import Lexicon
from bot.messages import TOKEN_BYTES
from bot.search import Found, Index, Page
from bot.testing import content

HERE = Path(__file__).parent
WORDS = content().words("en")
TOML = "en/search.toml"

Query = tuple[str, Sequence[str]]


def queries(name: str) -> list[Query]:
    """The queries of a file, with the articles that each should find."""
    rows = (row.split("\t") for row in (HERE / name).read_text("utf-8").splitlines())
    return [(query, ids.split(",")) for query, ids in rows]


TUNED, UNSEEN = queries("queries.tsv"), queries("queries_unseen.tsv")


def hits(rows: Sequence[Query]) -> float:
    """The share of queries of which one of the first three articles is right."""
    found = [bool({*list(WORDS.find(query).matches)[:3]} & {*ids}) for query, ids in rows]
    return sum(found) / len(found)


def test_the_queries_are_many_and_none_stands_twice() -> None:
    assert min(len(TUNED), len(UNSEEN)) >= 70
    assert len({query for query, _ in TUNED + UNSEEN}) == len(TUNED) + len(UNSEEN)
    assert all(1 <= len(ids) <= 4 and set(ids) <= WORDS.articles.keys() for _, ids in TUNED + UNSEEN)
    assert {id for _, ids in TUNED for id in ids} == WORDS.articles.keys()


def test_everyday_words_find_what_they_mean() -> None:
    assert hits(TUNED) >= 0.98


def test_everyday_words_that_nobody_looked_at_find_it_too() -> None:
    assert hits(UNSEEN) >= 0.9


def test_a_search_takes_no_time() -> None:
    WORDS.find("made before")
    began = time.process_time()
    for query, _ in TUNED:
        WORDS.find(query)
    assert (time.process_time() - began) / len(TUNED) < 0.005


@pytest.mark.parametrize(
    "query", [query for query, _ in TUNED[::5]] + ["closure letter " * 30, "who am i", "was it me"]
)
def test_what_was_looked_for_finds_the_same_and_fits_a_button(query: str) -> None:
    found = WORDS.find(query)
    assert list(WORDS.find(found.words).matches) == list(found.matches)
    assert len(f"/found {found.words} 99".encode()) <= TOKEN_BYTES


def index(*articles: str, **lexicon: Any) -> Index:
    """Articles by their titles and what stands in them: "title: text"."""
    split = (article.partition(": ") for article in articles)
    pages = [Page(title.split()[0].lower(), title, "", [("", text)]) for title, _, text in split]
    return Index(pages, Lexicon(Path(), **lexicon))


def best(found: Found) -> list[str]:
    return list(found.matches)


class TestRank:
    def test_a_title_comes_before_a_text(self) -> None:
        assert best(index("Bread: about a loaf", "Cake: no bread here", "Tea: hot").find("bread")) == ["bread", "cake"]

    def test_an_article_that_has_all_comes_before_one_that_has_one(self) -> None:
        kitchen = index("Bread: salt salt salt", "Cake: salt and sugar", "Tea: hot", "Jam: red", "Ham: pink")
        assert best(kitchen.find("salt sugar")) == ["cake", "bread"]

    def test_a_rare_word_counts_more(self) -> None:
        kitchen = index(
            "Bread: oven and salt", "Cake: oven and sugar", "Pie: oven", "Tea: hot", "Jam: red", "Ham: pink"
        )
        assert best(kitchen.find("oven sugar"))[0] == "cake"


class TestSlips:
    @pytest.mark.parametrize("typed", ["lonelx", "lonley", "loneely", "lnely", "LONELY", "lónely", "lonelyyy"])
    def test_one_letter_wrong_is_forgiven(self, typed: str) -> None:
        found = index("Alone: so lonely", "Tea: hot", stem="porter").find(typed)
        assert best(found) == ["alone"]

    def test_it_is_said_what_was_corrected(self) -> None:
        assert index("Alone: so lonely").find("lonley").corrected == {"lonley": "lonely"}

    def test_a_known_word_is_not_corrected(self) -> None:
        assert best(index("Alone: night", "Tea: light").find("light")) == ["tea"]

    @pytest.mark.parametrize("typed", ["lxnelx", "xonely", "tee", "xylophone", "x" * 9000])
    def test_more_is_not(self, typed: str) -> None:
        found = index("Alone: lonely", "Tea: tea").find(typed)
        assert best(found) == []
        assert found.unknown

    def test_a_word_of_search_toml_is_known_too(self) -> None:
        found = index("Gone: without a word", synonyms={"gone": "ghosted"}).find("ghsoted")
        assert best(found) == ["gone"]


class TestMeaning:
    def test_what_says_nothing_is_left_out_unless_nothing_else_is_left(self) -> None:
        two = index("Why: the bread", "The tea: hot", left_out=["the", "why"])
        assert best(two.find("the bread")) == ["why"]
        assert two.find("the bread").left_out == ["the"]
        assert best(two.find("why")) == ["why"]

    def test_it_is_not_looked_for_beside_a_word_that_is_nowhere(self) -> None:
        assert best(index("Why: the bread", left_out=["why"]).find("why xylophone")) == []

    def test_what_is_meant_is_found_and_named(self) -> None:
        found = index("Gone before: nothing", "Tea: hot", synonyms={"Gone before": "ghosted, left on read"}).find(
            "ghosted"
        )
        assert best(found) == ["gone"]
        assert found.added == {"ghosted": ("Gone before",)}

    @pytest.mark.parametrize("typed", ["left on read", "he left me on read", "LEFT ON READ", "left me  on\nread"])
    def test_several_words_mean_something_together(self, typed: str) -> None:
        two = index("Gone before: x", "Left: to read", left_out=["me", "he"], synonyms={"gone": "left on read"})
        assert best(two.find(typed)) == ["gone"]

    @pytest.mark.parametrize("typed", ["read left on", "left of a dog on read", "left"])
    def test_only_in_their_order_and_near_each_other(self, typed: str) -> None:
        two = index("Gone before: x", "Left: to read of a dog", left_out=["on"], synonyms={"gone": "left on read"})
        assert "gone" not in best(two.find(typed))

    def test_of_two_that_overlap_the_longer_one_counts(self) -> None:
        two = index("Gone: x", "Tea: hot", synonyms={"gone": "left on read", "tea": "he left"})
        assert best(two.find("he left on read")) == ["gone"]

    def test_the_same_may_mean_two_things(self) -> None:
        two = index("Gone: x", "Tea: hot", "Jam: red", synonyms={"gone": "ghosted, left", "tea": "cup, ghosted"})
        assert best(two.find("ghosted")) == ["gone", "tea"]

    def test_some_words_are_taken_for_one_another(self) -> None:
        two = index("Gone: x", "Tea: hot", same={"they": "he she"}, synonyms={"gone": "they called"})
        assert best(two.find("she called")) == ["gone"]


def in_french(copy: Any) -> None:
    """A second language, with the words of the first."""
    shutil.copytree(copy.folder / "en", copy.folder / "fr")
    copy.write("fr/common.md", copy.text("fr/common.md") + "\n## only_english\nThis is in English.\n")


class TestWithoutAStemmer:
    """A language of which nobody knows the endings."""

    GERMAN = (
        "Vermissen: Du vermisst diesen Menschen.",
        "Trennung: Nach der Trennung schläfst du schlecht.",
        "Geburtstag: Ein Tag, der wehtut.",
    )

    @pytest.mark.parametrize(
        ("typed", "id"),
        [
            ("ich vermisse ihn", "vermissen"),
            ("Trennungsschmerz", "trennung"),
            ("nicht schlafen", "trennung"),
            ("schlaefst du", "trennung"),
            ("Geburtstage", "geburtstag"),
            ("Gebrutstag", "geburtstag"),
        ],
    )
    def test_words_that_begin_alike_are_alike(self, typed: str, id: str) -> None:
        assert best(index(*self.GERMAN, left_out=["ich", "ihn", "nicht", "du"]).find(typed)) == [id]

    def test_it_needs_no_file(self, copy: Any) -> None:
        in_french(copy)
        (copy.folder / "fr/search.toml").unlink()
        assert copy.problems == ()

    def test_topics_are_found_by_their_labels_in_that_language(self, copy: Any) -> None:
        in_french(copy)
        copy.change("fr/reading.md", "- [Anger](angry)", "- [La colère](angry)")
        found = authoring.read_content(copy.folder).words("fr").find("colere")
        assert set(found.matches) == {id for id, article in WORDS.articles.items() if "angry" in article.hurts}


class TestMistakes:
    """Each mistake in search.toml is named: the line, what is wrong, and what helps."""

    def test_an_entry_that_leads_nowhere(self, copy: Any) -> None:
        line = copy.change(TOML, '"Gone before they said so" =', '"Gone before the xylophone" =')
        problem = copy.complaint(TOML, "no article has")
        assert (problem.line, "xylophone" in problem.wrong, "gone" in problem.wrong) == (line, True, False)

    @pytest.mark.parametrize("typed", ['", ,"', '""', '"ghosted,"', "3", "[1]", "{}"])
    def test_an_entry_without_words(self, typed: str, copy: Any) -> None:
        line = copy.change(TOML, "[synonyms]\n", f"[synonyms]\nsilence = {typed}\n") + 1
        assert copy.complaint(TOML, "'silence' is not made of words").line == line

    def test_a_list_of_the_same_that_is_none(self, copy: Any) -> None:
        line = copy.change(TOML, "[same]\n", "[same]\nkitchen = 3\n") + 1
        assert copy.complaint(TOML, "'kitchen' is not made of words").line == line

    def test_a_stemmer_that_does_not_exist(self, copy: Any) -> None:
        line = copy.change(TOML, 'stem = "porter"', 'stem = "portr"')
        problem = copy.complaint(TOML, "there is no stemmer 'portr'")
        assert (problem.line, "porter" in problem.cure) == (line, True)

    @pytest.mark.parametrize("row", ['left_out = "the"', "left_out = [3]", 'left_out = ["!"]'])
    def test_words_to_leave_out_that_are_no_list(self, row: str, copy: Any) -> None:
        copy.write(TOML, f'stem = "porter"\n\n{row}\n')
        assert copy.complaint(TOML, "left_out is no list").line == 3

    def test_a_name_that_nothing_knows(self, copy: Any) -> None:
        copy.write(TOML, '[synonym]\n"silence" = "ghosted"\n')
        problem = copy.complaint(TOML, "nothing knows 'synonym'")
        assert (problem.line, "synonyms" in problem.cure) == (1, True)

    def test_what_is_no_table(self, copy: Any) -> None:
        copy.write(TOML, 'synonyms = "ghosted"\n')
        assert copy.complaint(TOML, "synonyms is no table").line == 1

    def test_what_is_no_toml(self, copy: Any) -> None:
        copy.write(TOML, "stem = porter\n")
        copy.complaint(TOML, "is not TOML")


class TestCommand:
    """`holdfast content find`."""

    def find(self, *arguments: str) -> Result:
        return CliRunner().invoke(authoring.content, ["find", *arguments])

    def test_it_shows_how_words_were_taken_and_what_they_find(self) -> None:
        said = self.find("he", "ghosted", "me", "lonley", "xylophone")
        taken, first, *_ = said.output.splitlines()
        assert said.exit_code == 0
        for part in ("Gone before they said so", "lonley to lonely", "left out: he, me", "in no article: xylophone"):
            assert part in taken
        rank, id, rest = first.split(maxsplit=2)
        assert rank == "1"
        assert rest.startswith(WORDS.articles[id].title)

    def test_the_order_is_that_of_the_bot(self) -> None:
        ids = [line.split()[1] for line in self.find("she has someone new").output.splitlines()[1:]]
        assert ids == list(WORDS.find("she has someone new").matches)

    @pytest.mark.parametrize("words", ["xylophone", "...", ""])
    def test_if_nothing_fits_it_says_so(self, words: str) -> None:
        said = self.find(words)
        assert (said.exit_code, said.output.splitlines()[-1]) == (1, "Nothing fits these words.")

    def test_a_language_that_is_not_there_is_named_with_those_that_are(self) -> None:
        said = self.find("closure", "--language", "xx")
        assert said.exit_code == 2
        assert "en" in said.output

    def test_no_control_character_reaches_the_terminal(self) -> None:
        assert "\x1b" not in self.find("a\x1b[2Jxylophone").output

    def test_it_reads_the_content_that_is_set(self, copy: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CONTENT_FOLDER", str(copy.folder))
        copy.change("en/articles/was-it-my-fault.md", "title: Was it my fault?", "title: Was it my xylophone?")
        copy.change(TOML, '"Was it my fault?" =', '"Was it my xylophone?" =')
        assert "was-it-my-fault" in self.find("xylophone").output
