"""Articles: by what hurts, by words, a page at a time, kept on a shelf."""

import pytest

from bot.testing import content

ARTICLES = content().words("en").articles
LABELS = {label: hurt for hurt, label in content().words("en").texts["reading/hurts"].buttons}
ID = "they-wrote-two-views"
TITLES = {article.title: article for article in ARTICLES.values()}


async def listed(person):
    """The titles of a list, over all its pages."""
    titles = [button for button in person.buttons if button in TITLES]
    while "More" in person.buttons:
        await person.taps("More")
        titles += [button for button in person.buttons if button in TITLES]
    return titles


async def test_what_hurts_is_asked(person):
    await person.says("/read")
    assert person.keys == ["reading/topics"]
    *topics, last = person.buttons
    assert last == "Something small to do"
    assert {hurt for article in ARTICLES.values() for hurt in article.hurts} == {LABELS[topic] for topic in topics}


@pytest.mark.parametrize("label", LABELS)
async def test_each_topic_lists_what_fits_and_opens_it(person, does, label):
    await does(person, "/read", label)
    assert person.keys == ["reading/list"]
    titles = [button for button in person.buttons if button not in ("Something else", "My shelf")]
    assert titles
    assert all(LABELS[label] in article.hurts for article in ARTICLES.values() if article.title in titles)
    await person.taps(titles[0])
    assert person.keys == ["reading/excerpt"]
    assert titles[0] in person.text


@pytest.mark.parametrize(("told", "side"), [("I did", "left"), ("They did", "was-left")])
async def test_what_is_for_their_side_comes_first(person, does, told, side):
    await person.joins()
    await does(person, "/settings", "Who ended it", told, "/read", "Hope")
    fits = [TITLES[title].side in (side, "both") for title in await listed(person)]
    assert fits == sorted(fits, reverse=True)
    assert set(fits) == {True, False}


@pytest.mark.parametrize("id", ARTICLES)
async def test_an_article_can_be_read_to_its_last_page(person, id):
    article = ARTICLES[id]
    await person.says(f"/read {id}")
    for page, section in enumerate(article.sections, 1):
        assert f"{page} of {len(article.sections)}" in person.text
        assert section.text in person.text
        if page < len(article.sections):
            await person.taps("Read on")
    assert person.keys == ["reading/last"]
    assert "Read on" not in person.buttons
    assert "With ideas from" in person.text
    assert ("opinions, not research" in person.text) is (article.evidence == "opinion")
    assert ("leans on a study" in person.text) is (article.evidence != "opinion")


async def test_another_is_never_the_same_and_the_unread_ones_come_first(person, does):
    await does(person, f"/read {ID}")
    read = []
    for _ in range(4):
        read.append(person.text)
        await person.taps("Another")
    assert len(set(read)) == 4


@pytest.mark.parametrize("id", ARTICLES)
async def test_another_after_everything_was_read_is_still_another(person, does, id):
    for other in ARTICLES:
        await person.says(f"/article {other}")
    await does(person, f"/article {id}", "Another")
    assert ARTICLES[id].title not in person.text
    assert person.keys == ["reading/excerpt"]


async def test_an_article_is_kept_on_the_shelf_and_taken_off(person, does):
    await does(person, f"/read {ID}", "Save")
    assert person.keys == ["reading/saved"]
    await does(person, "My shelf", ARTICLES[ID].title)
    assert "Save" not in person.buttons
    await person.taps("Take off my shelf")
    assert person.keys == ["reading/unsaved"]
    await person.says("/saved")
    assert person.keys == ["reading/shelf_empty"]


async def test_saving_twice_keeps_it_once(person, does):
    await does(person, f"/read {ID}", "Save", "Save", "/saved")
    assert person.buttons.count(ARTICLES[ID].title) == 1


async def test_everything_that_was_saved_can_be_found_on_the_shelf(person):
    for id in ARTICLES:
        await person.says(f"/save {id}")
    await person.says("/saved")
    assert set(await listed(person)) == TITLES.keys()


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("nights", "nights-and-looking-them-up"),
        ("closure letter", "closure-without-them"),
        ("FAULT", "was-it-my-fault"),
    ],
)
async def test_words_find_articles(person, words, id):
    await person.says(f"/read {words}")
    assert person.keys == ["reading/found"]
    assert person.buttons[0] == ARTICLES[id].title


@pytest.mark.parametrize(
    ("words", "id"),
    [
        ("he left me on read", "after-you-wrote"),
        ("she has someone new", "them-with-somebody-new"),
        ("his new girlfriend", "them-with-somebody-new"),
        ("CANT SLEEP!!", "nights-and-looking-them-up"),
        ("lonley at nigth", "which-kind-of-lonely"),
        ("who am i", "the-dent-it-left"),
    ],
)
async def test_everyday_words_and_slips_find_articles(person, words, id):
    await person.says(f"/read {words}")
    assert person.buttons[0] == ARTICLES[id].title


async def test_all_that_was_found_can_be_leafed_through(person):
    await person.says("/read a kitchen and a phone")
    first = person.buttons
    titles = await listed(person)
    assert len(titles) > 12
    assert len(titles) == len(set(titles))
    assert set(content().words("en").find("kitchen phone").matches) == {TITLES[title].id for title in titles}
    assert first[:6] == titles[:6]
    assert "More" not in person.buttons
    assert person.buttons[-1] == "Topics"


async def test_a_long_question_can_be_leafed_through_too(person):
    await person.says(
        "/read " + "why does everybody in our kitchen always talk about friends and the phone and breakfast " * 5
    )
    assert person.keys == ["reading/found"]
    titles = await listed(person)
    assert len(titles) == len(set(titles)) > 12


async def test_after_a_last_page_comes_the_first(person):
    await person.says("/found kitchen phone 1")
    first = person.buttons
    await person.says("/found kitchen phone 99")
    assert person.buttons == first


@pytest.mark.parametrize("rest", ["", " ", " 2", " x", " kitchen", " kitchen -1", " \u0000 2", " 2 2 2"])
async def test_a_search_nobody_made_is_answered(person, rest):
    await person.says(f"/found{rest}")
    assert person.keys[0] in ("reading/found", "reading/not_found")


@pytest.mark.parametrize("words", ["/read i want to die", "/found i want to die 1", "/found i want to die"])
async def test_words_of_danger_are_met_before_any_search(person, words):
    await person.says(words)
    assert person.keys[0].startswith("safety/")


async def test_a_search_works_without_the_database(person, bench):
    bench.lose_the_database()
    await person.says("/read kitchen and phone")
    await person.taps("More")
    assert person.sees("reading/found")


@pytest.mark.parametrize("words", ["xylophone", "🙂", '"', "* (", "NEAR(", "-", "\u0631\u0628", "x" * 9000, "';--"])
async def test_words_that_find_nothing_lead_to_the_topics(person, words):
    await person.says(f"/read {words}")
    assert person.keys == ["reading/not_found"]
    assert "Missing them" in person.buttons


@pytest.mark.parametrize(
    "command", ["/article", "/article no-such-thing", "/article no-such-thing 3", "/save", "/save x"]
)
async def test_an_article_that_is_gone_leads_to_the_others(person, command):
    await person.says(command)
    assert person.keys == ["reading/gone"]
    assert "Missing them" in person.buttons


@pytest.mark.parametrize("page", ["0", "-1", "99999", "x", "²", "9" * 5000])
async def test_a_page_that_does_not_exist_shows_one_that_does(person, page):
    await person.says(f"/article {ID} {page}")
    assert person.keys[0] in ("reading/excerpt", "reading/last")


async def test_a_topic_that_is_gone_shows_the_topics(person):
    await person.says("/topic no-such-thing")
    assert person.keys == ["reading/topics"]


async def test_reading_in_the_middle_of_the_walk_leads_back(person, does):
    await does(person, "/urge", "I feel lonely", "/read", "Nights")
    await does(
        person, next(b for b in person.buttons if b in {a.title for a in ARTICLES.values()}), "Back to where we were"
    )
    assert person.sees("reasons/")


async def test_what_was_not_read_yet_comes_first_and_then_their_side(person, does):
    await person.joins()
    await does(person, "/settings", "Who ended it", "I did", "/read", "Hope")
    first, second, *others = await listed(person)
    await does(person, f"/article {TITLES[first].id}", "/read", "Hope")
    now = await listed(person)
    assert now[0] == second
    assert now[-1] == first
    assert set(now) == {first, second, *others}


async def test_the_shelf_has_what_was_not_read_yet_first(person, does):
    unread, read = "the-dent-it-left", ID
    await does(person, f"/read {read}", "Save", f"/save {unread}", "/saved")
    assert (await listed(person)) == [ARTICLES[unread].title, ARTICLES[read].title]


GO_ON = f"Go on at 2 of {len(ARTICLES[ID].sections)}"


async def test_an_article_that_was_left_in_the_middle_offers_to_go_on(person, bench, does):
    await does(person, f"/read {ID}", "Read on")
    await bench.restart()
    await does(person, "/saved", f"/article {ID}")
    assert "1 of" in person.text
    assert person.buttons[:2] == [GO_ON, "Read on"]
    await does(person, f"/article {ID}", GO_ON)
    assert f"2 of {len(ARTICLES[ID].sections)}" in person.text
    assert not [button for button in person.buttons if button.startswith("Go on")]


@pytest.mark.parametrize("page", ["", f" {len(ARTICLES[ID].sections)}"])
async def test_what_was_only_opened_or_read_to_its_end_is_not_gone_on_with(person, does, page):
    await does(person, f"/article {ID}{page}", f"/article {ID}")
    assert person.buttons[0] == "Read on"
    await person.says("/read")
    assert person.keys == ["reading/topics"]


async def test_read_leads_back_to_what_was_left_in_the_middle_last(person, bench, does):
    await does(person, "/article the-dent-it-left 2")
    await bench.forward(minutes=1)
    await does(person, f"/article {ID} 2", "/read")
    assert person.keys == ["reading/half", "reading/topics"]
    assert ARTICLES[ID].title in person.text
    await person.taps(GO_ON)
    assert f"2 of {len(ARTICLES[ID].sections)}" in person.text


async def test_after_a_month_it_does_not(person, bench, does):
    await does(person, f"/article {ID} 2")
    await bench.forward(days=30, minutes=1)
    await person.says("/read")
    assert person.keys == ["reading/topics"]
    await person.says(f"/article {ID}")
    assert GO_ON in person.buttons


async def test_nobody_is_led_back_to_what_may_not_be_shown_any_more(person, does):
    await person.joins()
    await does(person, f"/article {ID} 2", "/settings", "An order, a no, or fear", "I'm afraid of them", "/read")
    assert person.keys[-1] == "reading/topics"
    assert "reading/half" not in person.keys


@pytest.mark.parametrize("command", ["/read {}", "/start read-{}"])
async def test_an_article_has_a_name_by_which_anybody_is_led_there(person, command):
    await person.says(command.format(ID))
    assert ARTICLES[ID].title in person.text
    assert person.keys == ["reading/excerpt"]
