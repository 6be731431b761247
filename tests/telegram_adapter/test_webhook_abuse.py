"""Whoever finds the webhook's address: without the secret nothing happens, and with it nothing breaks."""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telegram_api import Person

from tests.malformed import HEAD, HOST, MALFORMED, answer_to, told
from tests.telegram_adapter.conftest import Running, by_webhook, shown

HEADER = "X-Telegram-Bot-Api-Secret-Token"
SECRET = "s3cret"  # noqa: S105 - of by_webhook
SENDER = {"id": 1001, "is_bot": False, "first_name": "Kim"}
CHAT = {"id": 1001, "type": "private", "first_name": "Kim"}
UPDATE = {
    "update_id": 77,
    "message": {"message_id": 5_000, "date": 1_772_416_800, "chat": CHAT, "from": SENDER, "text": "/urge"},
}
BODY = json.dumps(UPDATE).encode()


@pytest.fixture
async def bot(make_bot: Callable[..., Running]) -> Running:
    made = make_bot(**by_webhook())
    await made.start()
    await made.api.until(lambda: made.api.webhook["url"])
    return made


@pytest.fixture
def kim(bot: Running) -> Person:
    user = bot.api.user(1001, "Kim")
    user.chat.refusal = None
    return user


async def post(bot: Running, body: bytes = BODY, path: str = "", method: str = "POST", **headers: str) -> int:
    """Sends something there, as JSON if nothing else is said. Gives the status of the answer."""
    headers = {"Content-Type": "application/json", **headers}
    url = bot.options.webhook_url + path
    sent = io.BytesIO(body) if len(body) > 1_000_000 else body
    async with aiohttp.ClientSession() as http, http.request(method, url, data=sent, headers=headers) as answer:
        await answer.read()
        return answer.status


async def nothing_happened(bot: Running, kim: Person) -> None:
    await bot.quiet()
    assert shown(kim) == []
    assert await bot.store.newest(f"telegram:{bot.api.me['id']}", 10) == []


WITHOUT: dict[str, dict[str, str]] = {
    "no secret": {},
    "an empty one": {HEADER: ""},
    "half of it": {HEADER: SECRET[:-1]},
    "more than it": {HEADER: SECRET + "x"},
    "in capitals": {HEADER: SECRET.upper()},
    "in another header": {"Authorization": f"Bearer {SECRET}"},
    "a long one": {HEADER: "x" * 6_000},
}


@pytest.mark.parametrize("headers", WITHOUT.values(), ids=WITHOUT.keys())
@pytest.mark.parametrize(
    "body", [BODY, b"", b"{", b"x" * 2_000_000, b"[" * 100_000], ids=["good", "empty", "half", "huge", "deep"]
)
async def test_without_the_secret_nothing_happens(
    bot: Running, kim: Person, headers: dict[str, str], body: bytes
) -> None:
    assert await post(bot, body, **headers) == 403
    await nothing_happened(bot, kim)


SECRETLY = HEAD + f"{HEADER}: {SECRET}\r\nContent-Type: application/json\r\n"
BROKEN_OFF: dict[str, tuple[str, int]] = {
    "a secret with odd bytes": (HEAD + f"{HEADER}: {SECRET}\xff\r\nContent-Length: 0\r\n\r\n", 403),
    "odd bytes for a secret": (HEAD + f"{HEADER}: \xff\xfe\r\nContent-Length: 0\r\n\r\n", 403),
    "odd bytes for a type": (HEAD + f"{HEADER}: {SECRET}\r\nContent-Type: \xff;=\r\nContent-Length: 0\r\n\r\n", 415),
    "packed badly": (SECRETLY + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", 400),
    "in pieces that are none": (SECRETLY + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 400),
    **{name: (sent, 400) for name, sent in MALFORMED.items()},
}


@pytest.mark.parametrize(("sent", "status"), BROKEN_OFF.values(), ids=BROKEN_OFF.keys())
async def test_of_what_is_no_request_nothing_is_logged_and_of_nobody_an_address(
    bot: Running, kim: Person, sent: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        assert await answer_to(bot.options.listen[1], sent.replace("{}", "POST /hook")) == status
    assert HOST not in told(caplog.records)
    assert not [record for record in caplog.records if record.levelno > logging.DEBUG]
    await nothing_happened(bot, kim)


async def test_whoever_goes_in_the_middle_of_an_update_is_not_logged(
    bot: Running, kim: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        reader, writer = await asyncio.open_connection(*bot.options.listen)
        writer.write((SECRETLY.replace("{}", "POST /hook") + "Content-Length: 40\r\n\r\n{").encode())
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
        await nothing_happened(bot, kim)
    assert HOST not in told(caplog.records)
    assert not [record for record in caplog.records if record.levelno > logging.DEBUG]


async def test_the_secret_in_the_address_is_none(bot: Running, kim: Person) -> None:
    assert await post(bot, path=f"?secret_token={SECRET}") == 403
    await nothing_happened(bot, kim)


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("", "GET", 405), ("", "DELETE", 405), ("/../x", "POST", 404), ("/more", "POST", 404)],
)
async def test_other_ways_lead_nowhere(bot: Running, kim: Person, path: str, method: str, status: int) -> None:
    assert await post(bot, path=path, method=method, **{HEADER: SECRET}) == status
    await nothing_happened(bot, kim)


BROKEN = {
    "huge": (b'{"update_id": 77, "x": "' + b"x" * 1_000_000 + b'"}', 413),
    "deep": (b'{"update_id": 77, "message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    "deep, and not closed": (b'{"a":' * 50_000, 400),
    "a number that is too large": (b'{"update_id": 9223372036854775808}', 400),
    "a number below nothing": (b'{"update_id": -1}', 400),
    "a number of a million digits": (b'{"update_id": ' + b"9" * 900_000 + b"}", 400),
    "not a number": (b'{"update_id": NaN}', 400),
    "half a character": (b'{"update_id": 77, "message": "\xf0\x9f"}', 400),
}


@pytest.mark.parametrize(("body", "status"), BROKEN.values(), ids=BROKEN.keys())
async def test_with_the_secret_what_is_broken_is_refused(
    bot: Running, kim: Person, body: bytes, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    assert await post(bot, body, **{HEADER: SECRET}) == status
    await nothing_happened(bot, kim)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert await post(bot, **{HEADER: SECRET}) == 200
    await bot.api.until(lambda: shown(kim))


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json-seq",
        "application/octet-stream", "json", "",
    ],
)  # fmt: skip
async def test_what_is_not_called_json_is_not_read(bot: Running, kim: Person, kind: str) -> None:
    assert await post(bot, **{HEADER: SECRET, "Content-Type": kind}) == 415
    assert await post(bot, **{HEADER: SECRET[:-1], "Content-Type": kind}) == 403
    await nothing_happened(bot, kim)


@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
async def test_json_is_read_however_it_is_called(bot: Running, kim: Person, kind: str) -> None:
    assert await post(bot, **{HEADER: SECRET, "Content-Type": kind}) == 200
    await bot.api.until(lambda: shown(kim))


values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.just(1001), st.just("private")
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    ("message",), ("message", "chat"), ("message", "from"), ("message", "text"), ("message", "date"),
    ("message", "chat", "id"),
    ("message", "chat", "type"), ("message", "from", "id"), ("message", "message_id"), ("message", "entities"),
    ("message", "photo"), ("message", "caption"), ("message", "reply_to_message"), ("message", "message_thread_id"),
    ("edited_message",), ("callback_query",), ("callback_query", "data"), ("callback_query", "message"),
    ("callback_query", "message", "chat"), ("callback_query", "from"), ("callback_query", "id"), ("my_chat_member",),
    ("my_chat_member", "chat"), ("my_chat_member", "new_chat_member"), ("inline_query",), ("inline_query", "query"),
]  # fmt: skip
WHOLE: dict[str, Any] = {
    "message": UPDATE["message"],
    "edited_message": {**UPDATE["message"], "edit_date": 1_772_416_801},  # type: ignore[dict-item]
    "callback_query": {
        "id": "1", "from": SENDER, "chat_instance": "1", "data": "urge:name_it:lonely", "message": UPDATE["message"],
    },
    "my_chat_member": {
        "chat": CHAT, "from": SENDER, "date": 1_772_416_800,
        "old_chat_member": {"user": SENDER, "status": "member"},
        "new_chat_member": {"user": SENDER, "status": "kicked"},
    },
    "inline_query": {"id": "1", "from": SENDER, "query": "x", "offset": ""},
}  # fmt: skip


def spoilt(changes: list[tuple[tuple[str, ...], Any]]) -> dict[str, Any]:
    """An update in which some fields are something else."""
    made = json.loads(json.dumps({changes[0][0][0]: WHOLE[changes[0][0][0]]}))
    for path, value in changes:
        inside = made
        for name in path[:-1]:
            inside = inside.get(name) if isinstance(inside, dict) else None
        if isinstance(inside, dict):
            inside[path[-1]] = value
    return dict(made)


@pytest.fixture
async def forgiving(bot: Running) -> AsyncIterator[Running]:
    """The bot acknowledges taps and queries that are made up; that the Bot API does not know them is no mistake."""
    yield bot
    await bot.stop()
    made_up = ("answerCallbackQuery", "answerInlineQuery")
    bot.api.violations[:] = [each for each in bot.api.violations if not each.startswith(made_up)]


@settings(max_examples=settings.default.max_examples // 2, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from(FIELDS), values), min_size=1, max_size=3))
async def test_whatever_an_update_holds_it_is_taken_once_and_stops_nothing(
    forgiving: Running, kim: Person, changes: list[Any]
) -> None:
    bot = forgiving
    number = max([100, *await bot.store.newest(f"telegram:{bot.api.me['id']}", 1)]) + 1
    body = json.dumps({"update_id": number, **spoilt(changes)}).encode()
    assert await post(bot, body, **{HEADER: SECRET}) == 200
    assert not bot.running.done()  # type: ignore[union-attr]
