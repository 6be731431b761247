"""Everything about a person as a page to read: one HTML file that needs nothing else, neither a script nor the net."""

import re
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from whenever import Date, Instant

from bot import languages
from bot.engine import Run
from bot.export import Kept
from bot.library import ARTICLES, Words
from bot.messages import Reply
from bot.places import country_name
from bot.records import HELPED, REFUSED

SHOWN: Mapping[str, tuple[str, ...]] = {
    "letters": ("written_at", "tomorrow"),
    "reasons": (),
    "profile": (
        "met_at",
        "seen_on",
        "adult",
        "language",
        "side",
        "ties",
        "danger",
        "hope",
        "country",
        "zone",
        "counting_since",
        "morning",
        "evening",
        "with_read",
        "only_read",
        "paused_until",
    ),
    "slips": ("on",),
    "shelf": ("article", "saved_at"),
    "coming": ("kind", "at", "platform"),
    "chats": ("platform", "id", "run_at", "gone"),
    "waiting": ("platform", "written_at"),
    "countdowns": ("platform",),
    "codes": ("platform", "at", "other_platform"),
    "shown": ("card", "at", "page", "received"),
    "delivered": ("kind", "on", "sent_at"),
}
"""The parts of the page and what it shows of each, with a label in content/. The JSON file has all there is."""

WORDS = {"letters": "text", "reasons": "text", "chats": "run", "waiting": "body", "countdowns": "body"}
"""What stands below a row as a text."""

QUESTIONS = ("side", "ties", "danger", "hope")
"""What was answered by a button, whose label tells what it means."""

VARIABLE = re.compile(r"\{\w+\}")

VALUES = ("yes", "no", "none")
RECEIVED = (HELPED, REFUSED)
KINDS = ("morning", "evening", "followup", "later", "letter", "wait", "notice")

POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; --ink: #1d1d1f; --soft: #5f5f66; --line: #d9d9de; --paper: #fff; --quote: #f5f5f7 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ececf0; --soft: #a2a2aa; --line: #3b3b42; --paper: #17171a; --quote: #222227 }
}
* { box-sizing: border-box }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 44rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: anywhere }
h1 { font-size: 1.6rem; line-height: 1.25 }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line) }
.soft, th, dt { color: var(--soft); font-size: .9rem; font-weight: normal }
article { margin: 0 0 1.25rem; break-inside: avoid-page }
article p { margin: .15rem 0 }
.words { white-space: pre-wrap; padding: .75rem 1rem; border-radius: .5rem; background: var(--quote) }
dl { display: grid; grid-template-columns: minmax(8rem, 1fr) 2fr; gap: .35rem 1rem; margin: 0 }
dd { margin: 0 }
table { width: 100%; border-collapse: collapse }
th, td { padding: .35rem .75rem .35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line) }
@media print {
  :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --quote: #fff }
  body { max-width: none; padding: 0; font-size: 10.5pt }
  .words { border: 1px solid var(--line) }
  tr { break-inside: avoid }
}
"""


class Html(str):
    """A text that is HTML. Any other is taken for what it is."""

    __slots__ = ()


def element(name: str, *inner: str, **attributes: str) -> Html:
    """An element; what is inside is escaped unless it is HTML."""
    given = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    return Html(f"<{name}{given}>{joined(*inner)}</{name}>")


def joined(*parts: str) -> Html:
    """Texts and HTML, one behind the other."""
    return Html("".join(part if isinstance(part, Html) else escape(part) for part in parts))


def page(kept: Kept, words: Words, now: Instant, zone: str) -> bytes:
    """The file. Moments are told by the clocks of `zone`."""
    return _Page(words, zone or "UTC").whole(kept, now).encode()


class _Page:
    def __init__(self, words: Words, zone: str) -> None:
        self._words = words
        self._zone = zone

    def whole(self, kept: Kept, now: Instant) -> str:
        title = self._text("title")
        about = self._text("about").format(when=self._moment(now), zone=self._zone)
        body = (element("h1", title), element("p", about, class_="soft"), *self._parts(kept))
        head = (
            Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'),
            Html(f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'),
            Html('<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">'),
            element("title", title),
            element("style", Html(STYLE)),
        )
        root = element(
            "html", element("head", *head), element("body", element("main", *body)), lang=self._words.language
        )
        return f"<!doctype html>\n{root}\n"

    def _parts(self, kept: Kept) -> Iterable[Html]:
        for part in SHOWN:
            rows = kept.get(part, ())
            if rows or part in ("letters", "reasons", "profile", "slips"):
                inside = self._rows(part, rows) if rows else element("p", self._text("nothing"), class_="soft")
                yield element("section", element("h2", self._text(part)), inside)

    def _rows(self, part: str, rows: Iterable[Mapping[str, Any]]) -> Html:
        if part in WORDS:
            return joined(*(self._article(part, row) for row in rows))
        if part == "profile":
            return joined(*(self._list(row) for row in rows))
        labels = element("tr", *(element("th", self._label(part, name)) for name in SHOWN[part]))
        made = (element("tr", *(element("td", self._value(name, row[name])) for name in SHOWN[part])) for row in rows)
        return element("table", element("thead", labels), element("tbody", *made))

    def _list(self, row: Mapping[str, Any]) -> Html:
        told = ((self._label("profile", name), self._value(name, row[name])) for name in SHOWN["profile"])
        return element("dl", *(joined(element("dt", label), element("dd", value)) for label, value in told))

    def _article(self, part: str, row: Mapping[str, Any]) -> Html:
        about = [f"{self._label(part, name)}: {self._value(name, row[name])}" for name in SHOWN[part]]
        closed = part in ("letters", "reasons") and row[WORDS[part]] is None
        text = self._text("closed") if closed else _as_text(row[WORDS[part]])
        head = [element("p", " · ".join(about), class_="soft")] if about else []
        return element("article", *head, *([element("p", text, class_="words")] if text else []))

    def _value(self, name: str, value: object) -> str:
        """A value as a person reads it."""
        match value:
            case bool():
                return self._label("values", "yes" if value else "no")
            case None | "" | 0:
                return self._label("values", "none")
            case Instant():
                return self._moment(value)
            case Date():
                return value.format_iso()
        return self._named(name, str(value))

    def _named(self, name: str, value: str) -> str:
        """What is known by a name, in words; a name nobody knows any more as it is."""
        texts = self._words.texts
        if name in QUESTIONS:
            labels = [texts[f"profile/{name}"].label(part) or part for part in value.split(",")]
            return self._words.listed(labels)
        if name in ("platform", "other_platform"):
            known = texts.get(f"linking/{value}")
            return known.text if known else value
        if name == "kind":
            return texts["export/kinds"].label(value) or value
        if name == "country":
            return country_name(value, self._words.language)
        if name == "language":
            return languages.name(value)
        if name == "received":
            return texts["export/received"].label(value) or value
        id = value.removeprefix(ARTICLES) if name == "card" else value
        if name in ("article", "card") and (article := self._words.article(id)):
            return article.title
        if name == "card":
            return VARIABLE.sub("…", texts[value].text.replace("**", "")) if value in texts else value
        return value

    def _moment(self, moment: Instant) -> str:
        local = moment.to_tz(self._zone)
        return f"{local.date().format_iso()} {local.time().format('HH:mm')}"

    def _text(self, name: str) -> str:
        return self._words.texts[f"export/{name}"].text

    def _label(self, part: str, name: str) -> str:
        return self._words.label(f"export/{part}", name)


def _as_text(value: object) -> str:
    if isinstance(value, Reply):
        return f"{value.text}\n\n{value.quote}".strip()
    if isinstance(value, Run):
        lines = [f"{value.flow}: {value.step}", *(f"{name}: {answer}" for name, answer in value.answers.items())]
        return "\n".join((*lines, *([_as_text(value.under)] if value.under else ())))
    return str(value or "")
