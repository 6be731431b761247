"""Articles, a section at a time: by what hurts, by words, read on, another, save."""

from collections import Counter
from collections.abc import Mapping, Sequence

from whenever import Instant

from bot.changes import MarkShown, SaveArticle
from bot.library import Article
from bot.messages import Button
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


async def topic(visit: Visit, argument: str) -> None:
    """Articles for one thing that hurts, those for the person's side of the breakup first."""
    hurt, _, page = argument.partition(" ")
    fitting = [article for article in _articles(visit).values() if hurt in article.hurts]
    if not fitting:
        _topics(visit)
        return
    sides = visit.facts.get("side", "").split(",")
    fitting.sort(key=lambda article: (article.side not in (*sides, "both"), article.title))
    _list(visit, "reading/list", fitting, f"/topic {hurt}", page)


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
    """One section of an article: its id, and the page from 1."""
    id, _, number = argument.partition(" ")
    found = _article(visit, id)
    if found is None:
        _topics(visit, "reading/gone")
        return
    page = min(max(whole(number), 1), len(found.sections))
    _show(visit, found, page)


def _show(visit: Visit, article: Article, page: int) -> None:
    key = "reading/excerpt" if page < len(article.sections) else "reading/last"
    buttons = [visit.button(key, "on", f"/article {article.id} {page + 1}")] if page < len(article.sections) else []
    buttons.append(visit.button(key, "another", f"/another {article.id}"))
    saved = article.id in visit.known.saved
    shelf = ("unsave", f"/unsave {article.id}") if saved else ("save", f"/save {article.id}")
    buttons.append(visit.button(key, *shelf))
    section = article.sections[page - 1]
    visit.change(MarkShown(f"articles/{article.id}"))
    visit.say(
        key,
        *buttons,
        title=article.title,
        heading=section.name,
        text=section.text,
        page=str(page),
        pages=str(len(article.sections)),
        sources=_sources(visit, article),
        stand=_stand(visit, article),
    )
    visit.replies[-1] = visit.words.excused(visit.replies[-1], f"articles/{article.id}")


def _stand(visit: Visit, article: Article) -> str:
    """Whether this is an opinion, or which study it leans on."""
    kind, _, study = article.evidence.partition(": ")
    values = Values(visit, {"evidence": study})
    return visit.words.text("reading/study" if kind == "study" else "reading/opinion", values)


def _sources(visit: Visit, article: Article) -> str:
    named = (Values(visit, visit.library.sources[id]) for id in article.sources)
    return "; ".join(visit.words.text("reading/source", values) for values in named)


async def another(visit: Visit, argument: str) -> None:
    """An article other than this one: one that shares what it is for, the longest unread first."""
    here = _article(visit, argument)
    others = [article for article in _articles(visit).values() if article.id != argument]
    near = [article for article in others if here and set(article.hurts) & set(here.hurts)] or others
    shown = visit.known.shown
    if near:
        _show(visit, min(near, key=lambda article: (shown.get(f"articles/{article.id}", Instant.MIN), article.id)), 1)
    else:
        _topics(visit)


async def save(visit: Visit, argument: str) -> None:
    """Puts an article on the person's shelf."""
    await _shelve(visit, argument, saved=True)


async def unsave(visit: Visit, argument: str) -> None:
    """Takes an article off the shelf."""
    await _shelve(visit, argument, saved=False)


async def _shelve(visit: Visit, id: str, *, saved: bool) -> None:
    found = _article(visit, id)
    if found is None:
        _topics(visit, "reading/gone")
        return
    visit.change(SaveArticle(id, saved))
    visit.say("reading/saved" if saved else "reading/unsaved", title=found.title)


async def shelf(visit: Visit, page: str) -> None:
    """/saved: the person's shelf."""
    kept = [found for id in visit.known.saved if (found := _article(visit, id))]
    _list(visit, "reading/shelf" if kept else "reading/shelf_empty", kept, "/saved", page)


def next_article(visit: Visit) -> Article | None:
    """One that may come unasked, for the person's side of the breakup: what they have not read yet, or what they read
    longest ago. A guide to writing or answering never does: not everybody has told what speaks against it."""
    sides = visit.facts.get("side", "").split(",")
    articles = [article for _, article in sorted(_articles(visit).items()) if not article.avoid]
    fitting = [article for article in articles if article.side in (*sides, "both")] or articles
    shown = visit.known.shown
    return min(fitting, key=lambda article: shown.get(f"articles/{article.id}", Instant.MIN), default=None)


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
        "reading/excerpt": ("on", "another", "save", "unsave"),
        "reading/last": ("another", "save", "unsave"),
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
