"""How an article or a card was received: what is not for somebody stays away, what helped brings what is near it."""

import pytest

from bot.testing import content

WORDS = content().words("en")
ARTICLES = WORDS.articles
TITLES = {article.title: article for article in ARTICLES.values()}
CARDS = {WORDS.texts[key].text: key for key in WORDS.decks["fresh"]}
HELPED, REFUSED, BACK = "It helped", "Not for me", "It may come again"
ID = "was-it-my-fault"


def about(hurt):
    """The articles for one thing that hurts."""
    return [article for article in ARTICLES.values() if hurt in article.hurts]


RARE = min({hurt for article in ARTICLES.values() for hurt in article.hurts}, key=lambda hurt: len(about(hurt)))


def end_of(id):
    """The command that shows an article's last page."""
    return f"/article {id} {len(ARTICLES[id].sections)}"


def title(person):
    """The title of the article that was just seen."""
    (shown,) = [title for title in TITLES if person.text.startswith(f"*{title} · ")]
    return shown


async def titles(person, label):
    """The titles behind a topic, over all pages."""
    await person.says("/read")
    await person.taps(label)
    found = [button for button in person.buttons if button in TITLES]
    while "More" in person.buttons:
        await person.taps("More")
        found += [button for button in person.buttons if button in TITLES]
    return found


async def test_it_is_asked_at_the_end_of_an_article_and_nowhere_before(person, does):
    await does(person, f"/article {ID}")
    assert not {HELPED, REFUSED, BACK} & set(person.buttons)
    await does(person, end_of(ID))
    assert person.buttons[:2] == [HELPED, REFUSED]
    assert BACK not in person.buttons


async def test_what_helped_is_noted_and_not_asked_again(person, does):
    await does(person, end_of(ID), HELPED)
    assert person.keys == ["received/it_helped"]
    await person.bench.restart()
    await does(person, end_of(ID))
    assert HELPED not in person.buttons
    assert REFUSED in person.buttons


async def test_what_is_not_for_somebody_stands_last_and_can_still_be_found_and_read(person, does):
    label = WORDS.label("reading/hurts", "guilt")
    first, *others = await titles(person, label)
    await does(person, end_of(TITLES[first].id), REFUSED)
    assert person.keys == ["received/no_more"]
    await does(person, f"/article {TITLES[others[0]].id}")
    assert (await titles(person, label))[-2:] == [others[0], first]
    await does(person, f"/read {TITLES[first].id}")
    assert person.keys == ["reading/excerpt"]


async def test_what_is_not_for_somebody_is_not_behind_another(person, does):
    near = about(RARE)
    refused = near[0]
    await does(person, end_of(refused.id), REFUSED)
    for article in ARTICLES.values():
        if article is not refused:
            await person.says(f"/article {article.id}")
    for _ in range(len(near) + 3):
        await person.taps("Another")
        assert title(person) != refused.title


async def test_if_nothing_else_is_left_it_comes(person, does):
    for id in ARTICLES:
        await person.says(f"/no_more articles/{id}")
    await does(person, f"/article {ID}", "Another")
    assert person.keys == ["reading/excerpt"]
    assert title(person) != ARTICLES[ID].title


@pytest.mark.parametrize("page", ["", " 2"])
async def test_it_is_taken_back_where_the_article_is_read(person, does, page):
    await does(person, end_of(ID), REFUSED, f"/article {ID}{page}", BACK)
    assert person.keys == ["received/may_come"]
    await does(person, end_of(ID))
    assert person.buttons[:2] == [HELPED, REFUSED]


async def test_it_is_taken_back_at_once(person, does):
    await does(person, end_of(ID), REFUSED, BACK, end_of(ID))
    assert BACK not in person.buttons


async def test_another_prefers_what_is_for_the_same_as_what_helped(person, does):
    """Asked of somebody on both sides of the breakup, for whom every article is."""
    await person.joins()
    await does(person, "/settings", "Who ended it", "Both of us")
    helped = about(RARE)
    for article in helped:
        await does(person, end_of(article.id), HELPED)
    hurts = [hurt for article in helped for hurt in article.hurts]
    here = max(helped, key=lambda article: len(article.hurts))
    unread = [each for each in ARTICLES.values() if each not in helped and {*each.hurts} & {*here.hurts}]
    near = {each.title: sum(map(hurts.count, each.hurts)) for each in unread}
    assert len(set(near.values())) > 1
    await person.says(f"/another {here.id}")
    assert near[title(person)] == max(near.values())


async def test_a_read_that_comes_unasked_is_none_that_was_refused(person, bench, turns_on, does):
    await turns_on(person, morning="7:30", read=True)
    await bench.forward(days=1)
    await person.taps("A short read")
    first = title(person)
    await does(person, end_of(TITLES[first].id), REFUSED)
    for article in ARTICLES.values():
        if article.title != first:
            await person.says(f"/article {article.id}")
    await bench.forward(days=1)
    await person.taps("A short read")
    assert title(person) != first


def card(person):
    """The card that was just seen."""
    (shown,) = [text for text in CARDS if text in person.text]
    return shown


async def test_a_card_that_is_not_for_somebody_stays_away_while_others_are_left(person, does):
    await does(person, "/something out free")
    refused = card(person)
    await person.taps(REFUSED)
    assert person.keys == ["received/no_more_card"]
    await person.taps("Another")
    fitting = [key for key in CARDS.values() if {"yes"} & {*WORDS.texts[key].attributes.get("free", ())}]
    for _ in fitting:
        assert card(person) != refused
        assert "One that's free" not in person.buttons
        await person.taps("Another")
    await does(person, "/something", REFUSED, BACK)
    assert person.keys == ["received/may_come"]


async def test_if_all_were_refused_a_card_comes_all_the_same(person):
    for key in CARDS.values():
        await person.says(f"/no_more {key}")
    await person.says("/something")
    assert card(person)


@pytest.mark.parametrize("command", ["/it_helped", "/no_more", "/may_come"])
@pytest.mark.parametrize(
    "behind", ["", "x", "articles/", "articles/x", "fresh/x", "reasons/by-the-kettle", "🙂", "a" * 3000]
)
async def test_what_is_not_there_leads_to_the_topics(person, command, behind):
    await person.says(f"{command} {behind}")
    assert person.keys == ["reading/gone"]
    assert not (await person.bench.store.load(person.chat)).received


async def test_only_an_article_helps(person):
    await person.says(f"/it_helped {next(iter(CARDS.values()))}")
    assert person.keys == ["reading/gone"]


async def test_whatever_was_asked_for_behind_a_card_another_one_comes(person, does):
    await does(person, f"/no_more {next(iter(CARDS.values()))} {'in ' * 900}up", "Another")
    assert card(person)


@pytest.mark.parametrize("label", [HELPED, REFUSED])
async def test_without_the_database_nothing_is_said_to_be_noted(person, bench, does, label):
    await does(person, end_of(ID))
    bench.lose_the_database()
    await person.taps(label)
    assert person.keys == ["common/down"]


async def test_it_is_in_the_copy_in_plain_words_and_gone_when_everything_is(person, does, tables):
    await person.joins()
    await does(person, end_of(ID), HELPED, end_of("the-dent-it-left"), REFUSED, "/export")
    page = next(file.content.decode() for file in person.files if file.name.endswith(".html"))
    assert f"<td>{ARTICLES[ID].title}</td>" in page
    assert "<td>It helped</td>" in page
    assert "<td>Not for me</td>" in page
    await does(person, "/delete", "Delete everything")
    assert ID not in tables()["shown"]
