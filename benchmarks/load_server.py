"""A lean stand-in for the Bot API, in a process of its own: it hands out updates and times the answers to them.

The run talks to it in lines of JSON: a command on standard input, its result on standard output. What a bot calls is
read with one small parser and answered with bytes made beforehand, so that the server costs far less than any bot.
"""

import asyncio
import gc
import json
import re
import sys
import time
from collections import Counter, deque
from collections.abc import Callable
from os import sysconf
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit

BATCH = 100
"""Updates in one answer to getUpdates, as Telegram's default."""

HOOKS = 40
"""Connections to a webhook at most, as Telegram's default."""

FIRST_CHAT = 10_000_001
SETTLE_SECONDS = 0.2
"""How long the server listens on after the last answer, for one too many."""

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
BOT = {"id": 42, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
KEYBOARD = {
    "inline_keyboard": [
        [
            {"text": "I feel lonely", "callback_data": "urge:name_it:lonely"},
            {"text": "I'm angry", "callback_data": "urge:name_it:angry"},
        ]
    ]
}


def field(name: str) -> re.Pattern[bytes]:
    """Finds a value in a form, a multipart form or a JSON object alike."""
    return re.compile(
        rb'(?<![a-z_])%s(?:=|"\s*:\s*"?|"(?:\r\n[^\r\n]+)*\r\n\r\n)([^&"\r,}]*)' % name.encode(), re.ASCII
    )


CHAT, MESSAGE, QUERY = field("chat_id"), field("message_id"), field("callback_query_id")
OFFSET, TIMEOUT, URL, SECRET = map(field, ("offset", "timeout", "url", "secret_token"))


def answer(result: object) -> bytes:
    """A whole HTTP answer with a result in it."""
    return http(json.dumps({"ok": True, "result": result}, separators=(",", ":")).encode())


def http(body: bytes) -> bytes:
    """A whole HTTP answer."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


TRUE = answer(True)
ANSWERS = {
    b"getme": answer({**BOT, "can_join_groups": True, "can_read_all_group_messages": False}),
    b"getwebhookinfo": answer({"url": "", "has_custom_certificate": False, "pending_update_count": 0}),
    b"getmycommands": answer([]),
    b"getmyname": answer({"name": "Bench"}),
    b"getmydescription": answer({"description": ""}),
    b"getmyshortdescription": answer({"short_description": ""}),
    b"getchatmenubutton": answer({"type": "default"}),
}
"""What is answered always alike. Any other method is answered with `true`."""


def message(chat: int, message_id: int, text: str, *, by_bot: bool = False) -> dict[str, object]:
    """A message as Telegram would describe it."""
    told = {
        "message_id": message_id,
        "from": BOT if by_bot else person(chat),
        "chat": {"id": chat, "type": "private", "first_name": "Sam"},
        "date": int(time.time()),
        "text": text,
    }
    more = {"reply_markup": KEYBOARD} if by_bot else {"entities": [{"type": "bot_command", "offset": 0, "length": 5}]}
    return {**told, **more}


def person(chat: int) -> dict[str, object]:
    """Who writes in a private chat."""
    return {"id": chat, "is_bot": False, "first_name": "Sam", "language_code": "en"}


def cpu_seconds(pid: int) -> float:
    """User and system time of a process so far, all threads."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / sysconf("SC_CLK_TCK")


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of the values lies; 0 if there are none."""
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


class Update:
    """An update to be answered, and when it was handed out."""

    __slots__ = ("body", "chat", "id", "query", "sent")

    def __init__(self, update_id: int, chat: int, kind: str, message_id: int) -> None:
        self.id, self.chat, self.sent = update_id, chat, 0.0
        self.query = b"%d" % (7_000_000 + update_id) if kind == "tap" else b""
        told: dict[str, object] = {"message": message(chat, message_id, "/urge")}
        if kind == "tap":
            query = {
                "id": self.query.decode(),
                "from": person(chat),
                "message": message(chat, message_id, "What is it, right now?", by_bot=True),
                "chat_instance": "1",
                "data": "urge:name_it:lonely",
            }
            told = {"callback_query": query}
        self.body = json.dumps({"update_id": update_id, **told}, separators=(",", ":")).encode()


class Load:
    """Updates that are handed out together, and what has come back for them."""

    def __init__(self, updates: list[Update]) -> None:
        self.updates = updates
        self.open: dict[int, deque[Update]] = {}
        self.queries = {update.query: update for update in updates if update.query}
        for update in updates:
            self.open.setdefault(update.chat, deque()).append(update)
        self.due = len(updates) + len(self.queries)
        self.message_waits: list[float] = []
        self.answer_waits: list[float] = []
        self.doubled = self.refused = 0
        self.finished = 0.0
        self.done = asyncio.Event()

    def message_came(self, chat: int, now: float) -> None:
        """A message reached a chat: it answers the chat's oldest open update."""
        if waiting := self.open.get(chat):
            self.message_waits.append(now - waiting.popleft().sent)
            self._count(now)
        else:
            self.doubled += 1

    def query_answered(self, query: bytes, now: float) -> None:
        """A callback query was answered."""
        if update := self.queries.pop(query, None):
            self.answer_waits.append(now - update.sent)
            self._count(now)
        else:
            self.doubled += 1

    def _count(self, now: float) -> None:
        self.due -= 1
        if not self.due:
            self.finished = now
            self.done.set()


class Connection(asyncio.Protocol):
    """A bot's connection: requests one after the other, kept alive."""

    def __init__(self, api: "BotApi") -> None:
        self.api = api
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        buffer = self.buffer + data if self.buffer else data
        while (end := buffer.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(buffer, 0, end + 1)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(buffer) < whole:
                break
            path, _, query = buffer[: buffer.index(b" HTTP/")].partition(b"?")
            self.api.call(self, path.rpartition(b"/")[2].lower(), buffer[end + 4 : whole] or query, now)
            buffer = buffer[whole:]
        self.buffer = buffer

    def write(self, payload: bytes) -> None:
        """Sends an answer, unless the bot has gone."""
        if not self.transport.is_closing():
            self.transport.write(payload)


class Hook(asyncio.Protocol):
    """A connection to the bot's webhook: one update at a time."""

    def __init__(self, api: "BotApi") -> None:
        self.api = api
        self.buffer = b""
        self.busy = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]

    def post(self, update: Update) -> None:
        """Sends an update."""
        self.busy = True
        update.sent = time.perf_counter()
        self.transport.write(b"%b%d\r\n\r\n%b" % (self.api.hook_head, len(update.body), update.body))

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, ended, body = self.buffer.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        whole = len(body) >= int(length[1]) if length else b"chunked" not in head or body.endswith(b"0\r\n\r\n")
        if ended and whole:
            if b" 200 " not in head[:16]:
                self.api.load.refused += 1
            self.buffer, self.busy = b"", False
            self.api.hook_is_free(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.api.hooks -= 1
        if self.busy:
            self.api.load.refused += 1
        elif self in self.api.idle_hooks:
            self.api.idle_hooks.remove(self)


class BotApi:
    """What Telegram would be to one bot."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.delay = 0.0
        self.load = Load([])
        self.calls: Counter[bytes] = Counter()
        self.pending: deque[Update] = deque()
        self.poll: tuple[Connection, asyncio.TimerHandle] | None = None
        self.hook_url = ""
        self.hook_head = b""
        self.hooks = 0
        self.tasks: set[asyncio.Task[None]] = set()
        self.idle_hooks: list[Hook] = []
        self.last_id = 1_000
        self.last_update = 1_000
        self.last_message: dict[int, int] = {}
        self.methods: dict[bytes, Callable[[Connection, bytes, float], bytes | None]] = {
            b"getupdates": self._get_updates,
            b"sendmessage": self._message,
            b"editmessagetext": self._edit,
            b"answercallbackquery": self._answer_query,
            b"setwebhook": self._set_webhook,
        }
        sent = json.dumps(message(0, 1, "What is it, right now?", by_bot=True), separators=(",", ":"))
        made = b'{"ok":true,"result":%b}' % sent.encode()
        self.sent_parts = re.split(rb'(?<="message_id":)1(?=,)|(?<="chat":\{"id":)0(?=,)', made)

    def call(self, connection: Connection, method: bytes, body: bytes, now: float) -> None:
        """A bot calls a method."""
        self.calls[method] += 1
        handler = self.methods.get(method)
        reply = handler(connection, body, now) if handler else ANSWERS.get(method, TRUE)
        if reply is None:
            return
        if self.delay:
            self.loop.call_later(self.delay, connection.write, reply)
        else:
            connection.write(reply)

    def _message(self, _connection: Connection, body: bytes, now: float) -> bytes:
        self.last_id += 1
        return self._shown(body, self.last_id, now)

    def _edit(self, _connection: Connection, body: bytes, now: float) -> bytes:
        found = MESSAGE.search(body)
        return self._shown(body, int(found[1]) if found else 0, now)

    def _shown(self, body: bytes, message_id: int, now: float) -> bytes:
        found = CHAT.search(body)
        chat = int(found[1]) if found else 0
        self.load.message_came(chat, now)
        self.last_message[chat] = message_id
        before, between, after = self.sent_parts
        return http(b"%b%d%b%d%b" % (before, message_id, between, chat, after))

    def _answer_query(self, _connection: Connection, body: bytes, now: float) -> bytes:
        found = QUERY.search(body)
        self.load.query_answered(found[1] if found else b"", now)
        return TRUE

    def _set_webhook(self, _connection: Connection, body: bytes, _now: float) -> bytes:
        url, secret = URL.search(body), SECRET.search(body)
        self.hook_url = unquote_plus(url[1].decode()) if url else ""
        parts = urlsplit(self.hook_url)
        self.hook_head = (
            f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {secret[1].decode() if secret else ''}\r\nContent-Length: "
        ).encode()
        return TRUE

    def _get_updates(self, connection: Connection, body: bytes, _now: float) -> None:
        offset, timeout = OFFSET.search(body), TIMEOUT.search(body)
        while self.pending and offset and self.pending[0].id < int(offset[1]):
            self.pending.popleft()
        self._end_poll()
        wait = float(timeout[1]) if timeout else 0.0
        self.poll = (connection, self.loop.call_later(0 if self.pending else wait, self._end_poll))
        if self.pending:
            self._end_poll()

    def _end_poll(self) -> None:
        """Answers the poll that waits, if one does, with what there is."""
        if self.poll:
            connection, timer = self.poll
            self.poll = None
            timer.cancel()
            batch = [self.pending[at] for at in range(min(BATCH, len(self.pending)))]
            if self.delay:
                self.loop.call_later(self.delay, self._hand_out, connection, batch)
            else:
                self._hand_out(connection, batch)

    def _hand_out(self, connection: Connection, batch: list[Update]) -> None:
        payload = http(b'{"ok":true,"result":[%b]}' % b",".join([update.body for update in batch]))
        now = time.perf_counter()
        for update in batch:
            update.sent = now
        connection.write(payload)

    def offer(self, *updates: Update) -> None:
        """Makes updates available: to the next poll, or at the webhook."""
        self.pending.extend(updates)
        if not self.hook_url:
            self._end_poll()
            return
        while self.pending and self.idle_hooks:
            self.idle_hooks.pop().post(self.pending.popleft())
        for _ in range(min(len(self.pending), HOOKS - self.hooks)):
            self.hooks += 1
            task = self.loop.create_task(self._connect())
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)

    def hook_is_free(self, hook: Hook) -> None:
        """A connection to the webhook can take the next update."""
        if self.pending:
            hook.post(self.pending.popleft())
        else:
            self.idle_hooks.append(hook)

    async def _connect(self) -> None:
        parts = urlsplit(self.hook_url)
        _transport, hook = await self.loop.create_connection(lambda: Hook(self), parts.hostname, parts.port)
        self.hook_is_free(hook)

    async def ready(self, within: float) -> bool:
        """Whether the bot takes updates within so many seconds."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            if self.poll or (self.hook_url and await self._hook_listens()):
                return True
            await asyncio.sleep(0.01)
        return False

    async def _hook_listens(self) -> bool:
        parts = urlsplit(self.hook_url)
        try:
            transport, _ = await self.loop.create_connection(asyncio.Protocol, parts.hostname, parts.port)
        except OSError:
            return False
        transport.close()
        return True

    def make(self, kind: str, count: int, chats: int) -> list[Update]:
        """So many updates, one a chat in each round. Taps are on the chat's last message."""
        made = []
        for at in range(count):
            chat = FIRST_CHAT + at % chats
            self.last_update += 1
            self.last_id += 1
            message_id = self.last_message.get(chat, 1) if kind == "tap" else self.last_id
            made.append(Update(self.last_update, chat, kind, message_id))
        return made

    async def run(
        self, kind: str, count: int, chats: int, delay: float, pid: int, rate: float, within: float
    ) -> dict[str, object]:
        """Hands out updates, all at once or (with a rate) so many a second, and tells how they were answered."""
        await self.ready(within)
        self.load = load = Load(self.make(kind, count, chats))
        self.delay = delay
        self.calls.clear()
        gc.collect()
        gc.disable()
        bot, own, start = cpu_seconds(pid), time.process_time(), time.perf_counter()
        if rate:
            for at, update in enumerate(load.updates):
                self.loop.call_later(at / rate, self.offer, update)
        else:
            self.offer(*load.updates)
        try:
            await asyncio.wait_for(load.done.wait(), within)
        except TimeoutError:
            load.finished = time.perf_counter()
        used, own = cpu_seconds(pid) - bot, time.process_time() - own
        calls = sum(self.calls.values())
        gc.enable()
        await asyncio.sleep(SETTLE_SECONDS + delay)
        self.delay = 0.0
        return {
            "updates": count,
            "missing": sum(map(len, load.open.values())) + len(load.queries),
            "doubled": load.doubled,
            "refused": load.refused,
            "rate": count / (load.finished - start),
            "cpu_us": used / count * 1e6,
            "message_p50_ms": percentile(load.message_waits, 0.5) * 1e3,
            "message_p99_ms": percentile(load.message_waits, 0.99) * 1e3,
            "answer_p50_ms": percentile(load.answer_waits, 0.5) * 1e3,
            "answer_p99_ms": percentile(load.answer_waits, 0.99) * 1e3,
            "server_us": own / max(calls, 1) * 1e6,
            "calls": {method.decode(): number for method, number in self.calls.items()},
        }


async def main() -> None:
    """Serves one bot until standard input is closed."""
    api = BotApi()
    server = await api.loop.create_server(lambda: Connection(api), "127.0.0.1", 0, backlog=1024)
    commands = asyncio.StreamReader()
    await api.loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    print(json.dumps(server.sockets[0].getsockname()[1]), flush=True)
    async for line in commands:
        command = json.loads(line)
        result = await (api.ready(**command) if list(command) == ["within"] else api.run(**command))
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
