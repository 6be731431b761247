"""Articles, a section at a time: by what hurts, by words, read on, another, save."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from zlib import crc32

from whenever import Instant, TimeDelta

from bot.changes import MarkShown, SaveArticle
from bot.library import Article
from bot.messages import Button
from bot.records import HELPED, REFUSED
from bot.routes import Command, Routes
from bot.variables import Values
from bot.visit import Visit
from handlers._arguments import whole

HURTS = (
    "missing",
    "lonely",
    "angry",
    "why",
    "guilt",
    "hope",
    "they-wrote",
    "i-left",
    "closure",
    "worth",
    "checking-online",
    "seeing-them-with-someone",
    "nights",
    "anniversaries",
)
"""What an article may be for."""

LISTED = 6
"""Articles listed at once: what fits a phone without scrolling."""

HALF_READ = TimeDelta(hours=24 * 30)
"""How long /read leads back to an article that was left in the middle."""


def _articles(visit: Visit) -> Mapping[str, Article]:
    """What this person may be shown: nothing about answering where that is dangerous or forbidden, or may be."""
    return {id: article for id, article in visit.words.articles.items() if not set(visit.avoids) & set(article.avoid)}


def _article(visit: Visit, id: str) -> Article | None:
    """One of them that is named, in English if it is there in that only."""
    found = visit.words.article(id)
    return found if found and not set(visit.avoids) & set(found.avoid) else None


async def read(visit: Visit, argument: str) -> None:
    """/read: topics; /read words…: what is found."""
    if not argument:
        _lead_back(visit)
        _topics(visit)
        return
    if argument in _articles(visit):
        await article(visit, argument)
        return
    await found(visit, f"{argument} 1")


async def found(visit: Visit, argument: str) -> None:
    """What some words find: the words, and the page from 1."""
    words, _, page = argument.rpartition(" ")
    search = visit.words.find(words)
    articles = [article for id in search.matches if (article := _articles(visit).get(id))]
    if articles:
        _list(visit, "reading/found", articles, f"/found {search.words}", page)
    else:
        _topics(visit, "reading/not_found")


def _topics(visit: Visit, key: str = "reading/topics") -> None:
    """What hurts, as far as something is written for it."""
    written = Counter(hurt for article in _articles(visit).values() for hurt in article.hurts)
    labels = visit.words.texts["reading/hurts"].buttons
    buttons = [Button(label, f"/topic {hurt}") for hurt, label in labels if written[hurt]]
    visit.say(key, *buttons, listed=len(buttons))


def gone(visit: Visit) -> None:
    """Says that what was asked for is not there any more, with the topics."""
    _topics(visit, "reading/gone")


def _lead_back(visit: Visit) -> None:
    """A way back into the article that was left in the middle last."""
    shown = visit.known.shown
    since = visit.now - HALF_READ
    articles = [article for article in _articles(visit).values() if not _is(visit, article, REFUSED)]
    left = [each for each in articles if _left_at(visit, each) and shown[each.card] >= since]
    if left:
        article = max(left, key=lambda each: shown[each.card])
        visit.say("reading/half", _go_on(visit, "reading/half", article), title=article.title)


def _left_at(visit: Visit, article: Article) -> int:
    """The page on which an article was left in the middle, or 0: the first page is only a look, the last is the end."""
    page = visit.known.pages.get(article.card, 0)
    return page if 1 < page < len(article.sections) else 0


def _go_on(visit: Visit, key: str, article: Article) -> Button:
    page = str(_left_at(visit, article))
    label = visit.words.label(key, "go_on").replace("{page}", page).replace("{pages}", str(len(article.sections)))
    return Button(label, f"/article {article.id} {page}")


def _is(visit: Visit, article: Article, received: str) -> bool:
    return visit.known.received.get(article.card) == received


def _is_theirs(visit: Visit, article: Article) -> bool:
    """Whether it is for the person's side of the breakup."""
    return article.side in (*visit.facts.get("side", "").split(","), "both")


def _in_order(visit: Visit, articles: Sequence[Article]) -> Sequence[Article]:
    """What was not read yet first, of that what is for their side, by title; what was refused last."""

    def place(article: Article) -> tuple[bool, bool, bool, str]:
        read = article.card in visit.known.shown
        return _is(visit, article, REFUSED), read, not _is_theirs(visit, article), article.title

    return sorted(articles, key=place)


def _next(visit: Visit, articles: Sequence[Article]) -> Article | None:
    """The one that comes by itself: none that was refused while others are left, the longest unread. Of those that were
    never read, one for their side, and then one that is for the same as what helped; among equals chance decides, the
    same for a person at any time."""
    helped = Counter(
        hurt for article in visit.words.articles.values() if _is(visit, article, HELPED) for hurt in article.hurts
    )

    def place(article: Article) -> tuple[bool, Instant, bool, int, int]:
        shown = visit.known.shown.get(article.card, Instant.MIN)
        near = sum(helped[hurt] for hurt in article.hurts)
        chance = crc32(f"{visit.seed} {article.id}".encode())
        return _is(visit, article, REFUSED), shown, not _is_theirs(visit, article), -near, chance

    return min(articles, key=place, default=None)


async def topic(visit: Visit, argument: str) -> None:
    """Articles for one thing that hurts."""
    hurt, _, page = argument.partition(" ")
    fitting = [article for article in _articles(visit).values() if hurt in article.hurts]
    if not fitting:
        _topics(visit)
        return
    _list(visit, "reading/list", _in_order(visit, fitting), f"/topic {hurt}", page)


def _list(visit: Visit, key: str, articles: Sequence[Article], command: str, page: str) -> None:
    """A page of titles, with a way to the next page."""
    start = LISTED * max(whole(page) - 1, 0)
    start = start if start < len(articles) else 0
    buttons = list(_titles(articles[start:]))
    if start + LISTED < len(articles):
        buttons.append(visit.button("reading/more", "more", f"{command} {start // LISTED + 2}"))
    visit.say(key, *buttons, listed=len(buttons))


def _titles(articles: Sequence[Article]) -> Sequence[Button]:
    return [Button(article.title, f"/article {article.id}") for article in articles[:LISTED]]


async def article(visit: Visit, argument: str) -> None:
    """One section of an article: its id, and the page from 1. Without a page it is opened."""
    id, _, number = argument.partition(" ")
    found = _article(visit, id)
    if found is None:
        gone(visit)
    elif number:
        _show(visit, found, min(max(whole(number), 1), len(found.sections)))
    else:
        _open(visit, found)


def _open(visit: Visit, article: Article) -> None:
    """The first page; where it was left in the middle, that stays known, and a button leads there."""
    visit.change(MarkShown(article.card, max(visit.known.pages.get(article.card, 0), 1)))
    _say(visit, article, 1, *([_go_on(visit, "reading/excerpt", article)] if _left_at(visit, article) else []))


def _show(visit: Visit, article: Article, page: int) -> None:
    visit.change(MarkShown(article.card, page))
    _say(visit, article, page)


def _say(visit: Visit, article: Article, page: int, *first: Button) -> None:
    is_last = page == len(article.sections)
    key = "reading/last" if is_last else "reading/excerpt"
    section = article.sections[page - 1]
    visit.say(
        key,
        *first,
        *_buttons(visit, key, article, page),
        title=article.title,
        heading=section.name,
        text=section.text,
        page=str(page),
        pages=str(len(article.sections)),
        sources=_sources(visit, article),
        stand=_stand(visit, article),
    )
    visit.replies[-1] = visit.words.excused(visit.replies[-1], article.card)
    if is_last:
        visit.replies[-1] = replace(visit.replies[-1], link=f"read-{article.id}")


def _buttons(visit: Visit, key: str, article: Article, page: int) -> Iterator[Button]:
    """On, or at the end how it was received; another one; and the shelf."""
    id, card = article.id, article.card
    if page < len(article.sections):
        yield visit.button(key, "on", f"/article {id} {page + 1}")
    elif not visit.known.received.get(card):
        yield visit.button(key, "it_helped", f"/it_helped {card}")
    if _is(visit, article, REFUSED):
        yield visit.button(key, "may_come", f"/may_come {card}")
    elif page == len(article.sections):
        yield visit.button(key, "no_more", f"/no_more {card}")
    yield visit.button(key, "another", f"/another {id}")
    shelf = "unsave" if id in visit.known.saved else "save"
    yield visit.button(key, shelf, f"/{shelf} {id}")


def _stand(visit: Visit, article: Article) -> str:
    """Whether this is an opinion, or which study it leans on."""
    kind, _, study = article.evidence.partition(": ")
    values = Values(visit, {"evidence": study})
    return visit.words.text("reading/study" if kind == "study" else "reading/opinion", values)


def _sources(visit: Visit, article: Article) -> str:
    named = (Values(visit, visit.library.sources[id]) for id in article.sources)
    return "; ".join(visit.words.text("reading/source", values) for values in named)


async def another(visit: Visit, argument: str) -> None:
    """An article other than this one: one that shares what it is for, if any of those was not refused."""
    here = _article(visit, argument)
    others = [article for article in _articles(visit).values() if article.id != argument]
    near = [article for article in others if here and set(article.hurts) & set(here.hurts)]
    found = _next(visit, [article for article in near if not _is(visit, article, REFUSED)] or others)
    if found is None:
        _topics(visit)
    else:
        _open(visit, found)


async def save(visit: Visit, argument: str) -> None:
    """Puts an article on the person's shelf."""
    await _shelve(visit, argument, saved=True)


async def unsave(visit: Visit, argument: str) -> None:
    """Takes an article off the shelf."""
    await _shelve(visit, argument, saved=False)


async def _shelve(visit: Visit, id: str, *, saved: bool) -> None:
    found = _article(visit, id)
    if found is None:
        gone(visit)
        return
    visit.change(SaveArticle(id, saved))
    visit.say("reading/saved" if saved else "reading/unsaved", title=found.title)


async def shelf(visit: Visit, page: str) -> None:
    """/saved: the person's shelf."""
    kept = [found for id in visit.known.saved if (found := _article(visit, id))]
    _list(visit, "reading/shelf" if kept else "reading/shelf_empty", _in_order(visit, kept), "/saved", page)


def next_article(visit: Visit) -> Article | None:
    """One that may come unasked, for the person's side of the breakup. A guide to writing or answering never does: not
    everybody has told what speaks against it."""
    articles = [article for article in _articles(visit).values() if not article.avoid]
    return _next(visit, [article for article in articles if _is_theirs(visit, article)] or articles)


ROUTES = Routes(
    commands={
        "read": Command(read, offline=True),
        "found": Command(found, offline=True),
        "topic": Command(topic, offline=True),
        "article": Command(article, offline=True),
        "another": Command(another, offline=True),
        "save": Command(save),
        "unsave": Command(unsave),
        "saved": Command(shelf),
    },
    texts={
        "reading/hurts": HURTS,
        "reading/more": ("more",),
        "reading/half": ("go_on",),
        "reading/excerpt": ("go_on", "on", "may_come", "another", "save", "unsave"),
        "reading/last": ("it_helped", "no_more", "may_come", "another", "save", "unsave"),
        **{
            f"reading/{name}": ()
            for name in (
                "topics",
                "list",
                "found",
                "not_found",
                "gone",
                "source",
                "study",
                "opinion",
                "saved",
                "unsaved",
                "shelf",
                "shelf_empty",
            )
        },
    },
)
