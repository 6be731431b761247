"""What a person sees: rows and lists, their own words, long texts, pictures."""

import pytest
from discord_witness import cells, read

from bot.adapters.discord.formatting import LONGEST, utf16_len
from bot.messages import Button, Picture, Reply
from bot.records import Queued
from tests.discord_adapter.conftest import fill_in, labels, last, private, rows

ODD = (
    "*you* _slept_ `badly` [in](/delete) the <b>blue</b> & ~~cold~~ ||room|| <@1> @everyone :x:\n> # 1. - {days} \\* 💔"
)
WAVE = Picture("wave.png", "a dark sea at night")


async def sent(discord, person, reply: Reply):
    """Lets a reply go to somebody as it is, and gives the messages it became."""
    before = len(private(discord, person))
    await discord.inside(discord.discord.send(Queued(person.chat, reply)))
    return private(discord, person)[before:]


async def test_short_labels_stand_side_by_side_and_the_first_way_stands_out(discord, person, does):
    await person.joins()
    await does(person, "/urge")
    assert all(len(row) <= 5 for row in rows(last(discord, person)))
    assert len(rows(last(discord, person))) <= 5
    await does(person, "/menu")
    (style,) = [cell["style"] for cell in cells(last(discord, person)) if cell["label"] == "I want to text them"]
    assert style == 1
    assert {cell["style"] for cell in cells(last(discord, person)) if cell["label"] != "I want to text them"} == {2}


async def test_the_ways_elsewhere_stand_in_rows_of_their_own(discord, person, does):
    await person.joins()
    answers = tuple(Button(f"Answer {number}", f"a:{number}") for number in range(2))
    (shown,) = await sent(discord, person, Reply("?", buttons=answers).with_ways(Button("Elsewhere", "/menu")))
    assert rows(shown) == [["Answer 0", "Answer 1"], ["Elsewhere"]]


async def test_more_buttons_than_fit_in_airy_rows_are_all_there(discord, person, does):
    await person.joins()
    many = tuple(Button(f"A rather long label, number {number}", f"a:{number}") for number in range(25))
    (shown,) = await sent(discord, person, Reply("?", buttons=many))
    assert labels(shown) == [button.label for button in many]
    assert [len(row) for row in rows(shown)] == [5] * 5


async def test_a_button_that_is_there_twice_can_be_pressed_twice(discord, person, does):
    await person.joins()
    (shown,) = await sent(discord, person, Reply("?", buttons=(Button("Menu", "/menu"), Button("The menu", "/menu"))))
    assert labels(shown) == ["Menu", "The menu"]
    for cell in cells(shown):
        person.look_away()
        discord.press(int(person.chat.id), shown, cell["custom_id"])
        await discord.settled()
        assert person.keys == ["common/menu"]


async def test_a_long_list_is_one_select_and_what_is_chosen_opens(discord, person, does):
    await person.joins()
    await does(person, "/read", "Missing them")
    (select,) = [cell for cell in cells(last(discord, person)) if cell["type"] == 3]
    assert len(select["options"]) > 3
    assert select["placeholder"] == "Choose one"
    chosen = select["options"][1]
    await person.taps(chosen["label"])
    assert chosen["label"] in last(discord, person).content
    assert "1 of" in last(discord, person).content


async def test_a_short_list_stays_buttons(discord, person, does):
    await person.joins()
    entries = tuple(Button(f"Entry {number}", f"/read {number}") for number in range(3))
    (shown,) = await sent(discord, person, Reply("?", buttons=entries, listed=3))
    assert labels(shown) == [button.label for button in entries]


@pytest.mark.parametrize(
    "odd", [ODD, "**", "_", "`", "<b>&", "\\", "[x](", "@everyone <@80351110224678912> #tag /delete"]
)
async def test_their_own_words_come_back_letter_by_letter(discord, person, does, odd):
    await does(person, "/reason", f"> {odd}", "/urge", "I feel lonely")
    shown = last(discord, person)
    assert read(shown.content).endswith(odd)
    assert not shown.mention_everyone
    assert not shown.ping_user_ids
    await does(person, "/write", f"> {odd}", "Keep it here", "/letters")
    assert odd in read(last(discord, person).content)


async def test_a_form_keeps_every_sign_too(server, ann, bob, does):
    await does(ann, "/reason")
    await fill_in(server, ann, ODD)
    await does(ann, "/urge", "I feel lonely")
    assert read(last(server, ann).content).endswith(ODD)


async def test_words_of_theirs_inside_our_text_call_nobody_and_mark_nothing(discord, person, does):
    await person.joins()
    await does(person, "/read <@80351110224678912> **bold**", "/lines **Atlantis**", "/**bold** @everyone")
    for shown in private(discord, person):
        assert "80351110224678912" not in shown.content
        assert "Atlantis" not in shown.content
        assert not shown.ping_user_ids


async def test_a_long_letter_of_emoji_comes_back_whole_and_in_order(discord, person, does):
    parts = ["💔" * 1000 + f"\n\n{number}\n\n" + "🌊" * 1000 for number in range(3)]
    await does(person, "/write", *(f"> {part}" for part in parts), "Keep it here", "It has passed", "Not now")
    before = len(private(discord, person))
    await does(person, "/letters")
    shown = private(discord, person)[before:]
    assert len(shown) > 2
    assert all(utf16_len(message.content) <= LONGEST for message in shown)
    together = "".join(read(message.content) for message in shown)
    assert "".join("\n\n".join(parts).split()) in "".join(together.split())
    assert [bool(message.components) for message in shown] == [False] * (len(shown) - 1) + [True]


async def test_a_letter_of_signs_without_a_space_comes_back_whole(discord, person, does):
    letter = "*_`\\" * 900
    await does(person, "/write", f"> {letter}", "Keep it here", "/letters")
    shown = "".join(read(message.content) for message in private(discord, person)[-6:])
    assert letter in shown.replace("\n", "")


async def test_a_long_text_of_ours_is_parted_between_paragraphs(discord, person, does):
    await person.joins()
    paragraphs = [f"**{number}** " + "word " * 100 for number in range(12)]
    shown = await sent(discord, person, Reply("\n\n".join(paragraphs), buttons=(Button("On", "/menu"),)))
    assert len(shown) > 2
    assert "\n\n".join(message.content for message in shown).split() == "\n\n".join(paragraphs).split()
    assert all(message.content.startswith("**") for message in shown)
    assert [rows(message) for message in shown] == [[]] * (len(shown) - 1) + [[["On"]]]


async def test_a_long_answer_in_a_server_is_hidden_to_its_end(server, ann, bob, does):
    letter = "word " * 1500
    await does(ann, "/write", f"> {letter[:3900]}", f"> {letter[3900:]}", "Keep it here", "/letters")
    assert all(message.is_ephemeral for message in server.seen(ann.chat))


async def test_a_picture_says_in_words_what_it_shows(discord, person, does):
    await person.joins()
    (shown,) = await sent(discord, person, Reply("Look.", picture=WAVE, buttons=(Button("On", "/menu"),)))
    (picture,) = shown.attachments
    assert (picture["filename"], picture["description"]) == ("wave.png", "a dark sea at night")
    assert picture["size"] > 10_000
    assert shown.content == "Look."


async def test_without_the_picture_the_text_is_there(discord, person, does):
    await person.joins()
    (shown,) = await sent(discord, person, Reply("Look.", picture=Picture("no.png", "nothing")))
    assert (shown.content, shown.attachments) == ("Look.", [])


async def test_links_open_no_preview(discord, person, does):
    await does(person, "/lines")
    await person.taps(person.buttons[0])
    assert all(message.flags & 4 for message in private(discord, person))
