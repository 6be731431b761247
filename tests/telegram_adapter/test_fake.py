"""The Telegram of the tests is strict: it objects to what the real one refuses, and behaves like it otherwise."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import telegram
from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity, ReplyKeyboardMarkup
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter
from telegram_api import BotApi, Fault, Flood, Person
from telegram_api.payloads import FILES, PIXEL, PLAIN, VALUES

Params = dict[str, Any]

YES = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])


@pytest.fixture(autouse=True)
def _timedeltas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as running:
        yield running


@pytest.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with Bot(api.token, base_url=f"{api.url}/bot") as running:
        api.requests.clear()
        yield running


@pytest.fixture
def kim(api: BotApi) -> Person:
    return api.user(1001, "Kim", language_code="en", met=True)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def call(api: BotApi, http: aiohttp.ClientSession, method: str, params: Params) -> Params:
    async with http.post(f"{api.url}/bot{api.token}/{method}", json=params) as response:
        body: Params = await response.json()
        assert body["ok"] is (response.status == 200)
        return body


def row(*labels: str) -> Params:
    return {"inline_keyboard": [[{"text": label, "callback_data": label} for label in labels]]}


def entity(kind: str, offset: int, length: int, **more: Any) -> Params:
    return {"type": kind, "offset": offset, "length": length, **more}


def text(**more: Any) -> Params:
    return {"chat_id": 1001, "text": "x" * 20, **more}


OBJECTIONS: list[tuple[str, Params, str]] = [
    ("sendPigeon", {}, "Not Found"),
    ("sendmessage", text(), "Not Found"),
    ("sendMessage", text(colour="red"), "colour is unknown"),
    ("sendMessage", {"chat_id": 1001}, "text is missing"),
    ("sendMessage", {"chat_id": "Kim", "text": "x"}, "must be a number"),
    ("sendMessage", {"chat_id": 1001.5, "text": "x"}, "must be a number"),
    ("sendMessage", text(text=5), "must be a string"),
    ("sendMessage", text(disable_notification="maybe"), "must be a boolean"),
    ("sendMessage", text(text=" \n "), "message text is empty"),
    ("sendMessage", text(text="\u200b"), "message text is empty"),
    ("sendMessage", text(text="x" * 4097), "message is too long"),
    ("sendMessage", text(text="😀" * 2049), "message is too long"),
    ("sendMessage", text(text="<b>x", parse_mode="HTML"), "can't parse entities"),
    ("sendMessage", text(text="a < b", parse_mode="HTML"), "can't parse entities"),
    ("sendMessage", text(parse_mode="MarkdownV2"), "can't parse entities"),
    ("sendMessage", text(parse_mode="HTML", entities=[entity("bold", 0, 1)]), "exclude each other"),
    ("sendMessage", text(entities="[{"), "not JSON"),
    ("sendMessage", text(entities=[entity("loud", 0, 1)]), "must be one of"),
    ("sendMessage", text(entities=[entity("bold", 15, 6)]), "ends after the end"),
    ("sendMessage", text(entities=[entity("bold", -1, 2)]), "must be from 0"),
    ("sendMessage", text(entities=[entity("bold", 0, 0)]), "must be from 1"),
    ("sendMessage", text(text="😀", entities=[entity("bold", 1, 1)]), "in a middle of a UTF-16 symbol"),
    ("sendMessage", text(entities=[entity("text_link", 0, 1)]), "url is missing"),
    ("sendMessage", text(entities=[entity("text_link", 0, 1, url="tel:112")]), "Wrong HTTP URL"),
    ("sendMessage", text(entities=[entity("text_link", 0, 1, url="mailto:a@b.de")]), "Wrong HTTP URL"),
    ("sendMessage", text(entities=[entity("text_link", 0, 1, url="sms://112")]), "Unsupported URL protocol"),
    ("sendMessage", text(entities=[entity("bold", 0, 1, url="https://a.b")]), "url is unknown"),
    ("sendMessage", text(entities=[entity("bold", 0, 4), entity("italic", 2, 4)]), "overlap in part"),
    ("sendMessage", text(entities=[entity("pre", 0, 4), entity("bold", 1, 2)]), "pre can't contain bold"),
    ("sendMessage", text(entities=[entity("bold", 0, 4), entity("code", 1, 2)]), "bold can't contain code"),
    ("sendMessage", text(entities=[entity("blockquote", 0, 4), entity("blockquote", 1, 2)]), "can't contain"),
    ("sendMessage", text(entities=[entity("bold", 0, 1)] * 101), "0 to 100 elements"),
    ("sendMessage", text(reply_markup={}), "exactly one of"),
    ("sendMessage", text(reply_markup={**row("a"), "remove_keyboard": True}), "exactly one of"),
    ("sendMessage", text(reply_markup=row(" ")), "must be non-empty"),
    ("sendMessage", text(reply_markup=row("a" * 65)), "1 to 64 units"),
    ("sendMessage", text(reply_markup=row("ä" * 33)), "1 to 64 units"),
    ("sendMessage", text(reply_markup=row(*"abcdefghi")), "more than 8 buttons in a row"),
    ("sendMessage", text(reply_markup={"inline_keyboard": row(*"abcdefgh")["inline_keyboard"] * 13}), "more than 100"),
    ("sendMessage", text(reply_markup={"inline_keyboard": [[]]}), "empty row"),
    ("sendMessage", text(reply_markup={"inline_keyboard": [[{"text": "a"}]]}), "exactly one action"),
    (
        "sendMessage",
        text(reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "a", "url": "https://a.b"}]]}),
        "exactly one action",
    ),
    ("sendMessage", text(reply_markup={"inline_keyboard": [[{"text": "a", "url": "tel:112"}]]}), "Wrong HTTP URL"),
    ("sendMessage", text(reply_markup={"keyboard": []}), "empty row or none"),
    ("sendMessage", text(reply_markup={"keyboard": [["a"]], "input_field_placeholder": "x" * 65}), "1 to 64 units"),
    ("sendMessage", text(reply_markup={"remove_keyboard": False}), "must be true"),
    ("sendMessage", text(link_preview_options={"disabled": True}), "disabled is unknown"),
    ("sendMessage", text(reply_parameters={"chat_id": 1}), "message_id is missing"),
    ("sendMessage", text(reply_to_message_id=1), "unknown"),
    ("sendPhoto", {"chat_id": 1001, "photo": ""}, "must be a file"),
    ("sendPhoto", {"chat_id": 1001, "photo": "x", "caption": "x" * 1025}, "caption is too long"),
    ("editMessageText", {"chat_id": 1001, "message_id": 1, "text": ""}, "message text is empty"),
    ("editMessageText", {"chat_id": 1001, "message_id": 1, "text": "x" * 4097}, "MESSAGE_TOO_LONG"),
    ("editMessageText", text(message_id=1, reply_markup={"remove_keyboard": True}), "inline_keyboard is missing"),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "0 to 200 units"),
    ("answerCallbackQuery", {"callback_query_id": "1"}, "query is too old"),
    ("answerInlineQuery", {"inline_query_id": "1", "results": [{"id": "a"}, {"id": "a"}]}, "RESULT_ID_DUPLICATE"),
    ("sendChatAction", {"chat_id": 1001, "action": "thinking"}, "must be one of"),
    ("setMyCommands", {"commands": [{"command": "Urge", "description": "x"}]}, "must match"),
    ("setMyCommands", {"commands": [{"command": "a" * 33, "description": "x"}]}, "must match"),
    ("setMyCommands", {"commands": [{"command": "a", "description": ""}]}, "1 to 256 units"),
    ("setMyCommands", {"commands": [{"command": "a", "description": "x"}] * 101}, "0 to 100 elements"),
    ("setMyCommands", {"commands": [], "scope": {"type": "chat"}}, "chat_id is missing"),
    ("setMyCommands", {"commands": [], "scope": {"type": "everybody"}}, "must be one of"),
    ("setMyCommands", {"commands": [], "language_code": "en-GB"}, "must match"),
    ("setMyDescription", {"description": "x" * 513}, "0 to 512 units"),
    ("setMyShortDescription", {"short_description": "x" * 121}, "0 to 120 units"),
    ("setMyName", {"name": "x" * 65}, "0 to 64 units"),
    ("setChatMenuButton", {"menu_button": {"type": "web_app", "text": "x"}}, "web_app is missing"),
    ("getUpdates", {"limit": 101}, "must be from 1 to 100"),
    ("getUpdates", {"allowed_updates": ["messages"]}, "must be one of"),
    ("setWebhook", {"url": "ftp://example.org"}, "invalid URL"),
    ("setWebhook", {"url": "https://example.org", "secret_token": "not a token"}, "must match"),
    ("setWebhook", {"url": "", "drop_pending_updates": True}, "must not be lost"),
    ("deleteWebhook", {"drop_pending_updates": True}, "must not be lost"),
]


@pytest.mark.parametrize(("method", "params", "words"), OBJECTIONS)
async def test_it_objects(
    api: BotApi, http: aiohttp.ClientSession, kim: Person, method: str, params: Params, words: str
) -> None:
    body = await call(api, http, method, params)
    (violation,) = api.violations
    assert violation.startswith(method)
    assert words in violation
    assert body["ok"] is ("drop_pending_updates" in params)
    assert not kim.messages


GOOD_ENTITIES: list[list[Params]] = [
    [entity("bold", 0, 4), entity("italic", 0, 4)],
    [entity("bold", 0, 6), entity("text_link", 1, 4, url="https://a.b"), entity("italic", 2, 1)],
    [entity("blockquote", 0, 20), entity("code", 3, 2), entity("expandable_blockquote", 0, 20)][:2],
    [entity("pre", 0, 5, language="python"), entity("custom_emoji", 5, 2, custom_emoji_id="5")],
]


@pytest.mark.parametrize("entities", GOOD_ENTITIES)
async def test_it_takes_entities_that_nest(
    api: BotApi, http: aiohttp.ClientSession, kim: Person, entities: list[Params]
) -> None:
    assert (await call(api, http, "sendMessage", text(entities=entities)))["ok"]
    assert kim.chat.last.entities == entities


async def test_parameters_come_in_every_encoding(api: BotApi, http: aiohttp.ClientSession, kim: Person) -> None:
    url = f"{api.url}/bot{api.token}/sendMessage"
    params = {"chat_id": "1001", "text": "x", "reply_markup": json.dumps(row("a")), "disable_notification": "true"}
    parts = aiohttp.FormData(default_to_multipart=True)
    for name, value in params.items():
        parts.add_field(name, value)
    for keywords in ({"params": params}, {"data": params}, {"data": parts}, {"json": {**params, "chat_id": 1001}}):
        async with http.post(url, **keywords) as response:
            assert response.status == 200
    assert [message.buttons[0][0].data for message in kim.messages] == ["a"] * 4
    assert api.requests[0].params == {
        "chat_id": 1001,
        "text": "x",
        "reply_markup": row("a"),
        "disable_notification": True,
    }
    assert not api.violations


async def test_it_knows_its_token(api: BotApi, http: aiohttp.ClientSession) -> None:
    for path, status in (("/bot123456:OTHER/getMe", 401), ("/botnonsense/getMe", 404), ("/getMe", 404)):
        async with http.get(api.url + path) as response:
            assert response.status == status
            assert (await response.json())["error_code"] == status
    with pytest.raises(InvalidToken):
        async with Bot("1:other", base_url=f"{api.url}/bot"):
            pass


# Messages


async def test_a_text_is_trimmed_and_its_entities_move_along(bot: Bot, kim: Person) -> None:
    entities = [MessageEntity("bold", 4, 6)]
    sent = await bot.send_message(1001, " \n\r\t😀 you and me \n", entities=entities)
    assert sent.text == "😀 you and me"
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [("bold", 0, 6)]
    sent = await bot.send_message(1001, "  you  ", entities=[MessageEntity("bold", 1, 6)])
    assert (sent.text, sent.entities[0].offset, sent.entities[0].length) == (" you", 0, 4)


async def test_html_becomes_entities(bot: Bot, kim: Person) -> None:
    sent = await bot.send_message(1001, '<b>a &lt; <i>😀</i></b> <a href="https://a.b">x</a>', parse_mode="HTML")
    assert sent.text == "a < 😀 x"
    assert [(e.type, e.offset, e.length) for e in sent.entities] == [
        ("bold", 0, 6),
        ("italic", 4, 2),
        ("text_link", 7, 1),
    ]


async def test_an_edit_changes_text_and_buttons(bot: Bot, kim: Person) -> None:
    sent = await bot.send_message(1001, "one", reply_markup=YES)
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("one", 1001, sent.message_id, reply_markup=YES)
    await bot.edit_message_text("two", 1001, sent.message_id)
    message = kim.chat.last
    assert (message.text, message.buttons, message.edits) == ("two", [], ["one"])
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_reply_markup(1001, sent.message_id)
    with pytest.raises(AssertionError, match="no button"):
        kim.taps(message, "Yes")
    kim.taps(message, "Yes", stale=True)


async def test_what_cannot_be_edited(bot: Bot, kim: Person) -> None:
    kim.says("mine")
    keyboard = await bot.send_message(1001, "menu", reply_markup=ReplyKeyboardMarkup([["A"]]))
    photo = await bot.send_photo(1001, PIXEL, caption="a")
    for message_id, words in (
        (1, "can't be edited"),
        (keyboard.message_id, "can't be edited"),
        (photo.message_id, "There is no text in the message to edit"),
        (99, "Message to edit not found"),
    ):
        with pytest.raises(BadRequest, match=words):
            await bot.edit_message_text("new", 1001, message_id)
    with pytest.raises(BadRequest, match="There is no caption"):
        await bot.edit_message_caption(1001, (await bot.send_message(1001, "x")).message_id, caption="c")
    await photo.edit_caption("b")
    assert kim.chat.by_id[photo.message_id].caption == "b"


async def test_deleting(bot: Bot, api: BotApi, kim: Person) -> None:
    kim.says("old", at=int(time.time()) - 49 * 3600)
    menu = await bot.send_message(1001, "menu", reply_markup=ReplyKeyboardMarkup([["A"]], is_persistent=True))
    keyboard = kim.chat.reply_keyboard
    assert keyboard == [["A"]]
    assert keyboard.is_persistent
    await menu.delete()
    assert kim.chat.reply_keyboard is None
    with pytest.raises(BadRequest, match="to delete not found"):
        await menu.delete()
    with pytest.raises(BadRequest, match="can't be deleted"):
        await bot.delete_message(1001, 1)
    assert not api.violations


async def test_a_photo_is_uploaded_once(bot: Bot, api: BotApi, kim: Person) -> None:
    first = await bot.send_photo(1001, PIXEL, caption="a", reply_markup=YES)
    second = await bot.send_photo(1001, first.photo[-1].file_id)
    assert kim.chat.last.photo is not None
    assert kim.chat.last.photo.bytes == PIXEL
    assert second.photo[-1].file_id == first.photo[-1].file_id
    file = await bot.get_file(first.photo[-1].file_id)
    assert file.file_size == len(PIXEL)
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await bot.send_photo(1001, "AgACunknown")
    assert not api.violations
    with pytest.raises(BadRequest, match="Image_process_failed"):
        await bot.send_photo(1001, b"no picture")
    assert api.violations


async def test_a_document(bot: Bot, kim: Person) -> None:
    sent = await bot.send_document(1001, b"{}", filename="mine.json", caption="yours")
    assert sent.document is not None
    assert (sent.document.file_name, sent.caption) == ("mine.json", "yours")


async def test_who_cannot_be_written_to(bot: Bot, api: BotApi, kim: Person) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(5, "x")
    api.user(6)
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(6, "x")
    kim.blocks()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await bot.send_chat_action(1001, "typing")
    kim.returns()
    await bot.send_chat_action(1001, "typing")
    assert [action.action for action in kim.chat.actions] == ["typing"]
    kim.deletes_account()
    with pytest.raises(Forbidden, match="user is deactivated"):
        await bot.send_message(1001, "x")
    members = [update.my_chat_member for update in await bot.get_updates()]
    assert [(m.old_chat_member.status, m.new_chat_member.status) for m in members if m] == [
        ("member", "kicked"),
        ("kicked", "member"),
    ]
    assert not api.violations


async def test_a_reply_keyboard(bot: Bot, kim: Person) -> None:
    await bot.send_message(1001, "menu", reply_markup=ReplyKeyboardMarkup([["A", "B"]], one_time_keyboard=True))
    with pytest.raises(AssertionError, match="no button"):
        kim.taps_reply_keyboard("C")
    kim.taps_reply_keyboard("B")
    assert kim.messages[-1].text == "B"
    assert kim.chat.reply_keyboard is None


# What people do


async def test_commands_are_marked(bot: Bot, kim: Person) -> None:
    kim.says("😀 /start now /x@holdfast_test_bot a/b")
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert [(e.type, e.offset, e.length) for e in update.message.entities] == [
        ("bot_command", 3, 6),
        ("bot_command", 14, 20),
    ]


KINDS = [*FILES, *PLAIN, *VALUES, "photo", "document", "pinned_message", "new_chat_members", "left_chat_member"]


@pytest.mark.parametrize("kind", KINDS)
async def test_everything_people_send_can_be_read(bot: Bot, kim: Person, kind: str) -> None:
    kim.sends(kind, reply_to=1)
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert not update.message.api_kwargs
    assert getattr(update.message, kind)


async def test_an_album_and_an_edit(bot: Bot, kim: Person) -> None:
    kim.sends("photo", caption="/a", media_group_id="7")
    kim.says("one")
    kim.edits(2, "/two")
    photo, _, edited = await bot.get_updates()
    assert photo.message is not None
    assert (photo.message.caption, photo.message.media_group_id) == ("/a", "7")
    assert edited.edited_message is not None
    assert edited.edited_message.text == "/two"


async def test_people_cannot_do_what_telegram_does_not_let_them(bot: Bot, kim: Person) -> None:
    with pytest.raises(AssertionError, match="would not send"):
        kim.says("x" * 4097)
    with pytest.raises(AssertionError, match="give the value of 'levitation'"):
        kim.sends("levitation")
    sent = await bot.send_message(1001, "x", reply_markup=YES)
    await sent.delete()
    with pytest.raises(AssertionError, match="was deleted"):
        kim.taps(kim.chat.deleted[0], "Yes")
    kim.blocks()
    with pytest.raises(AssertionError, match="can't write"):
        kim.says("x")


async def test_taps(bot: Bot, api: BotApi, kim: Person) -> None:
    await bot.send_message(1001, "?", reply_markup=YES)
    kim.taps(kim.chat.last, "Yes")
    kim.taps(kim.chat.last.message_id, "yes", inaccessible=True)
    assert not api.unanswered_callbacks
    first, second = await bot.get_updates()
    assert [query.data for query in api.unanswered_callbacks] == ["yes", "yes"]
    assert first.callback_query is not None
    assert second.callback_query is not None
    assert second.callback_query.message is not None
    assert not second.callback_query.message.is_accessible
    await first.callback_query.answer("Noted")
    assert api.callbacks[0].answer == {"callback_query_id": first.callback_query.id, "text": "Noted"}
    with pytest.raises(BadRequest, match="Query is too old"):
        await first.callback_query.answer()
    assert len(api.violations) == 1
    api.callback_lifetime = 0
    with pytest.raises(BadRequest, match="Query is too old"):
        await second.callback_query.answer()
    assert (len(api.violations), api.unanswered_callbacks) == (1, [])


async def test_a_second_answer_is_forgiven_where_the_first_went_unheard(bot: Bot, api: BotApi, kim: Person) -> None:
    await bot.send_message(1001, "?", reply_markup=YES)
    update_id = kim.taps(kim.chat.last, "Yes")
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    api.fault("answerCallbackQuery", Fault.CUT_AFTER)
    with pytest.raises(NetworkError):
        await update.callback_query.answer()
    with pytest.raises(BadRequest):
        await update.callback_query.answer()
    api.redeliver(update_id)
    (again,) = await bot.get_updates(offset=update_id + 1)
    assert again == update
    with pytest.raises(BadRequest):
        await update.callback_query.answer()
    assert not api.violations


# Groups and channels


async def test_groups(bot: Bot, api: BotApi, kim: Person) -> None:
    group = api.group(-1001, "Friends", "group")
    assert api.group(-1001) is group
    group.says(kim, "/start@holdfast_test_bot")
    await bot.send_message(-1001, "hello")
    group.removes_bot()
    with pytest.raises(Forbidden, match="bot was kicked from the group chat"):
        await bot.send_message(-1001, "x")
    group.adds_bot(kim)
    new = group.migrates(-100200)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(-1001, "x")
    assert moved.value.new_chat_id == -100200
    await bot.send_message(-100200, "x")
    assert new.messages[-1].text == "x"
    api.channel(-100777).posts("news")
    updates = await bot.get_updates()
    assert [update.effective_chat.type for update in updates if update.effective_chat] == [
        *["group"] * 5,
        "supergroup",
        "channel",
    ]


async def test_topics(bot: Bot, api: BotApi, kim: Person) -> None:
    group = api.group(-100300, is_forum=True)
    group.says(kim, "/urge", thread_id=7)
    await bot.send_message(-100300, "x", message_thread_id=7)
    assert group.messages[-1].thread_id == 7
    with pytest.raises(BadRequest, match="thread not found"):
        await bot.send_message(-100300, "x", message_thread_id=8)
    with pytest.raises(BadRequest, match="not found"):
        await bot.send_message(-100300, "x", reply_to_message_id=99)


# The bot about itself


async def test_commands_and_descriptions(bot: Bot, api: BotApi, kim: Person) -> None:
    await bot.set_my_commands([("urge", "Now")])
    await bot.set_my_commands([("urge", "Jetzt")], telegram.BotCommandScopeChat(1001), "de")
    assert api.commands == {"default": [("urge", "Now")], "chat:1001/de": [("urge", "Jetzt")]}
    await bot.delete_my_commands()
    assert await bot.get_my_commands() == ()
    await bot.set_my_description("About")
    await bot.set_my_short_description("Kurz", "de")
    assert (await bot.get_my_description("de")).description == "About"
    assert (api.description, api.short_description) == ({"": "About"}, {"de": "Kurz"})
    assert (await bot.get_my_name()).name == "Holdfast"
    await bot.set_chat_menu_button(menu_button=telegram.MenuButtonCommands())
    assert api.menu_buttons == {None: {"type": "commands"}}
    assert (await bot.get_chat(1001)).first_name == "Kim"
    assert not api.violations


# getUpdates


async def test_updates_stay_until_they_are_confirmed(bot: Bot, api: BotApi, kim: Person) -> None:
    ids = [kim.says(str(number)) for number in range(5)]
    assert [update.update_id for update in await bot.get_updates(limit=2)] == ids[:2]
    assert [update.update_id for update in await bot.get_updates(offset=ids[2])] == ids[2:]
    assert [update["update_id"] for update in api.pending] == ids[2:]
    assert [update.update_id for update in await bot.get_updates(offset=-1)] == ids[-1:]
    assert not await bot.get_updates(offset=ids[-1] + 1)
    assert not api.pending
    api.redeliver(ids[0])
    assert [update.update_id for update in await bot.get_updates(offset=ids[-1] + 1)] == ids[:1]
    assert not await bot.get_updates(offset=ids[-1] + 1)


async def test_a_long_poll_is_woken(bot: Bot, api: BotApi, kim: Person) -> None:
    began = time.monotonic()
    waiting = asyncio.create_task(bot.get_updates(timeout=10))
    await api.until(lambda: api.calls("getUpdates"))
    update_id = kim.says("hello")
    assert [update.update_id for update in await waiting] == [update_id]
    assert time.monotonic() - began < 2
    assert await bot.get_updates(offset=update_id + 1, timeout=0) == ()


async def test_only_one_may_poll(bot: Bot, api: BotApi, http: aiohttp.ClientSession) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=10))
    await api.until(lambda: api.calls("getUpdates"))
    await call(api, http, "getUpdates", {})
    with pytest.raises(Conflict, match="terminated by other getUpdates"):
        await first
    first = asyncio.create_task(bot.get_updates(timeout=10))
    await api.until(lambda: len(api.calls("getUpdates")) == 3)
    await bot.set_webhook("http://127.0.0.1:9/closed")
    with pytest.raises(Conflict, match="terminated by setWebhook"):
        await first


async def test_who_hung_up_takes_nothing_along(api: BotApi, http: aiohttp.ClientSession, bot: Bot, kim: Person) -> None:
    poll = asyncio.create_task(call(api, http, "getUpdates", {"timeout": 10}))
    await api.until(lambda: api.calls("getUpdates"))
    poll.cancel()
    await api.until(lambda: api.calls("getUpdates")[0].cut)
    api.redeliver(kim.says("x"))
    assert len(await bot.get_updates(timeout=0)) == 1


async def test_only_allowed_updates_are_made(bot: Bot, api: BotApi, kim: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    kim.says("unheard")
    assert not await bot.get_updates()
    assert len(api.withheld) == 1
    await bot.get_updates(allowed_updates=[])
    kim.says("heard")
    api.push({"chat_member": {}})
    assert len(await bot.get_updates()) == 1


# Webhooks


class Receiver:
    """A bot's own server."""

    def __init__(self) -> None:
        self.url = ""
        self.updates: list[Params] = []
        self.headers: list[str | None] = []
        self.answers: list[web.Response] = []
        self.busy = 0
        self.most_busy = 0

    async def hook(self, request: web.Request) -> web.Response:
        self.busy += 1
        self.most_busy = max(self.most_busy, self.busy)
        self.headers.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        update = await request.json()
        await asyncio.sleep(0.01)
        self.busy -= 1
        answer = self.answers.pop(0) if self.answers else web.Response()
        if answer.status == 200:
            self.updates.append(update)
        return answer

    @property
    def ids(self) -> list[int]:
        return [update["update_id"] for update in self.updates]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.hook)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield receiver
    await runner.cleanup()


async def test_a_webhook_gets_everything_in_the_order_of_a_chat(bot: Bot, api: BotApi, receiver: Receiver) -> None:
    people = [api.user(number) for number in range(1, 6)]
    before = [person.says("before") for person in people]
    await bot.set_webhook(receiver.url, secret_token="s3cret-_", max_connections=3)  # noqa: S106
    after = [person.says("after") for person in people]
    await api.until(lambda: not api.pending)
    assert set(receiver.headers) == {"s3cret-_"}
    assert sorted(receiver.ids) == before + after
    assert all(receiver.ids.index(first) < receiver.ids.index(last) for first, last in zip(before, after, strict=True))
    assert receiver.most_busy == 3
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()


async def test_a_webhook_is_tried_again(bot: Bot, api: BotApi, kim: Person, receiver: Receiver) -> None:
    receiver.answers = [web.Response(status=500), web.Response(status=403)]
    await bot.set_webhook(receiver.url)
    update_id = kim.says("hello")
    await api.until(lambda: not api.pending)
    assert [number for number, _ in api.deliveries] == [update_id] * 3
    info = await bot.get_webhook_info()
    assert (info.last_error_message, info.pending_update_count) == (
        "Wrong response from the webhook: 403 Forbidden",
        0,
    )
    api.redeliver(update_id)
    await api.until(lambda: receiver.ids == [update_id, update_id])


async def test_a_webhook_may_answer_with_a_method(bot: Bot, api: BotApi, kim: Person, receiver: Receiver) -> None:
    receiver.answers = [web.json_response({"method": "sendMessage", "chat_id": 1001, "text": "at once"})]
    await bot.set_webhook(receiver.url)
    kim.says("hello")
    await api.until(lambda: kim.chat.last.text == "at once")
    assert api.requests[-1].by_webhook


async def test_back_to_polling(bot: Bot, api: BotApi, kim: Person) -> None:
    await bot.set_webhook("http://127.0.0.1:9/closed")
    kim.says("hello")
    await api.until(lambda: "last_error_message" in api.webhook)
    assert api.webhook["last_error_message"] == "Connection refused"
    await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1
    assert not api.violations


async def test_a_public_webhook_must_be_safe() -> None:
    async with BotApi(local=False) as api, Bot(api.token, base_url=f"{api.url}/bot") as bot:
        for url in ("http://example.org/x", "https://example.org:8080/x"):
            with pytest.raises(BadRequest, match="Bad webhook"):
                await bot.set_webhook(url)


# What goes wrong


REFUSALS = [
    (Fault.NOT_MODIFIED, BadRequest, "not modified"),
    (Fault.CANT_PARSE, BadRequest, "parse entities"),
    (Fault.BAD_REQUEST, BadRequest, "wrong"),
    (Fault.FORBIDDEN, Forbidden, "blocked"),
    (Fault.NOT_FOUND, InvalidToken, "Not Found"),
    (Fault.UNAUTHORIZED, InvalidToken, "Unauthorized"),
    (Fault.CONFLICT, Conflict, "only one bot"),
    (Fault.SERVER_ERROR, NetworkError, "Internal Server Error"),
    (Fault.CUT_BEFORE, NetworkError, "disconnected"),
    (Fault.HTML, NetworkError, "Bad Gateway"),
]


@pytest.mark.parametrize(("fault", "error", "words"), REFUSALS)
async def test_faults_before_the_work(
    bot: Bot, api: BotApi, kim: Person, fault: Fault, error: type[Exception], words: str
) -> None:
    api.fault("sendMessage", fault, times=2)
    for _ in range(2):
        with pytest.raises(error, match=words):
            await bot.send_message(1001, "x")
    assert not kim.messages
    await bot.send_message(1001, "x")
    assert (len(kim.messages), api.violations, api.faults_waiting) == (1, [], [])


async def test_faults_after_the_work(bot: Bot, api: BotApi, kim: Person) -> None:
    api.fault("*", Fault.CUT_AFTER, chat=1001)
    api.fault("sendMessage", Fault.SERVER_ERROR, status=504, done=True)
    api.fault("sendMessage", Fault.BAD_JSON)
    await bot.get_me()
    for error in ("Gateway Timeout", "Invalid server response", "disconnected"):
        with pytest.raises(telegram.error.TelegramError, match=error):
            await bot.send_message(1001, "x")
    assert len(kim.messages) == 3
    assert [request.was_heard for request in api.calls("sendMessage")] == [False] * 3


async def test_slow_and_late(bot: Bot, api: BotApi, kim: Person) -> None:
    api.fault("sendMessage", Fault.SLOW, seconds=0.1)
    api.latency = 0.1
    began = time.monotonic()
    await bot.send_message(1001, "x")
    await bot.send_message(1001, "y")
    assert time.monotonic() - began > 0.19


async def test_too_many(bot: Bot, api: BotApi, kim: Person) -> None:
    api.fault("sendMessage", Fault.TOO_MANY, retry_after=7)
    with pytest.raises(RetryAfter) as wait:
        await bot.send_message(1001, "x")
    assert str(wait.value.retry_after) == "0:00:07"
    api.flood = Flood(per_chat_burst=2)
    for _ in range(2):
        await bot.send_message(1001, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(1001, "x")
    api.user(7, met=True)
    await bot.send_message(7, "x")


async def test_limits_over_all_chats_and_in_groups(bot: Bot, api: BotApi) -> None:
    api.flood = Flood(per_second=5)
    for number in range(1, 6):
        api.user(number, met=True)
        await bot.send_message(number, "x")
    with pytest.raises(RetryAfter):
        await bot.send_message(1, "x")
    api.flood = Flood(per_chat_burst=100, per_group_minute=4)
    api.group(-100300)
    for _ in range(4):
        await bot.send_message(-100300, "x")
    with pytest.raises(RetryAfter) as wait:
        await bot.send_message(-100300, "x")
    assert str(wait.value.retry_after) == "0:00:15"


async def test_an_outage(bot: Bot, api: BotApi, kim: Person) -> None:
    url = api.url
    waiting = asyncio.create_task(bot.get_updates(timeout=10))
    await api.until(lambda: api.calls("getUpdates"))
    await api.stop_listening()
    with pytest.raises(NetworkError):
        await waiting
    with pytest.raises(NetworkError):
        await bot.send_message(1001, "x")
    await api.listen_again()
    assert api.url == url
    await bot.send_message(1001, "x")


async def test_waiting_in_vain_says_what_happened(bot: Bot, api: BotApi, kim: Person) -> None:
    await bot.send_message(1001, "seen")
    with pytest.raises(AssertionError, match=r"sendMessage.*seen"):
        await api.until(lambda: kim.chat.last.text == "unseen", seconds=0.05)
