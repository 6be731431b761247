"""Routes one Incoming: crisis → tap → command → typed answer. Written once for every platform."""

import asyncio
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from whenever import Instant, TimeDelta

from bot import engine
from bot.admission import Admission
from bot.changes import AppLanguage
from bot.closing import Closing
from bot.ears import NOW, Ears
from bot.engine import Flows, Run, Typed, Woken
from bot.flood import Flood, Verdict
from bot.flow import Write
from bot.gate import FIGURE, MEANT, PLAIN, Gate, keep_newest
from bot.library import Library, Words
from bot.messages import Chat, Incoming, Receipt, Reply
from bot.meter import SILENT, Meter
from bot.outbox import Outbox
from bot.ports import Clock, StorageDown, Store
from bot.reach import Ways
from bot.records import Due, Known, Person
from bot.rhythm import noticed
from bot.routes import Command, Routes
from bot.signs import cleaned
from bot.tries import Tries
from bot.turns import PATIENCE, IsUrgent, Turns, always, never, patience
from bot.variables import Values
from bot.visit import CATCH_UP, OFFERED_FOR, Visit

log = logging.getLogger(__name__)

LATE = TimeDelta(minutes=10)
"""A message answered later than this is answered with a word about it."""

COMMAND = re.compile(r"/(?!\s)")
"""How a command begins."""

LONGEST_TEXT = 8_000
"""Characters of one typed message that are read: two full Telegram messages. A longer one is turned down whole."""


class Conversation:
    """Answers people. One message of a chat at a time, chats at once."""

    def __init__(
        self,
        library: Library,
        routes: Routes,
        store: Store,
        outbox: Outbox,
        clock: Clock,
        catch_up: TimeDelta = CATCH_UP,
        meter: Meter = SILENT,
        flood: Flood | None = None,
    ) -> None:
        self._meter = meter
        self._library = library
        self._routes = routes
        self._flows = Flows(routes.flows)
        self._store = store
        self._clock = clock
        self._catch_up = catch_up
        self._turns = Turns(store)
        self._ears = Ears(library.languages)
        self._gate = Gate(self._ears, store.tell)
        store.hear(self._gate.hear)
        self._excused: OrderedDict[Chat, Instant] = OrderedDict()
        self._spoken: OrderedDict[Chat, str] = OrderedDict()
        self._ways = Ways(store, outbox)
        self._closing = Closing(store, outbox, clock, self._ways)
        self._tries = Tries()
        self._flood = flood or Flood()
        self._admission = Admission(self._flood, self._ears, routes, self._flows)
        self._outbox = outbox
        self._asides: set[asyncio.Task[None]] = set()
        store.hear(self._hear)

    async def receive(self, incoming: Incoming) -> None:
        """Answers one message. Returns when the answer has been handed to the platform.

        A fault of ours is answered too, and raised again for the platform to log.
        """
        began = time.monotonic()
        is_urgent = partial(self.is_urgent, incoming)
        async with self._turns.turn(incoming.chat, is_urgent):
            visit = await self._open(incoming.chat, is_urgent, incoming.language)
            visit.place, visit.away = incoming.message, incoming.away
            visit.address, visit.receipt = incoming.address, incoming.receipt
            try:
                await self._route(visit, incoming)
                visit.change(*noticed(visit.person, visit.zone, visit.now), *_app_language(visit))
                self._gate.remember(visit)
                await self._ways.look(visit)
                if not visit.replies and not incoming.edited:
                    visit.say("common/over")
                self._say_unseen(visit, incoming)
                self._excuse(visit, incoming)
                self._own_up(visit, incoming)
            except StorageDown:
                visit.fail("common/down")
            except Exception:
                visit.fail("common/failed")
                await self._closing.close(visit, receipt=incoming.receipt)
                raise
            await self._closing.close(visit, receipt=incoming.receipt)
            if visit.language:
                keep_newest(self._spoken, visit.chat, visit.language)
        self._meter.answered(incoming.chat.platform, time.monotonic() - began)

    def admits(self, incoming: Incoming) -> Verdict:
        """Whether something is to be taken in. An adapter asks before it writes anything down; who is to be told that
        it is not is told by `turn_away`."""
        return self._admission.verdict(incoming, self._clock.now())

    async def turn_away(self, chat: Chat, form: str = "", language: str = "") -> None:
        """Says that this was too much at once, and was not taken in. What was in a form is given back. `language` is
        that of their app, as for an `Incoming`."""
        async with self._turns.turn(chat):
            visit = await self._open(chat, always, language)
            visit.secret = visit.urgent = True
            visit.say("limits/too_many", quote=cleaned(form))
            await self._closing.close(visit)

    async def reach(self, chat: Chat, *, gone: bool, receipt: Receipt | None = None) -> None:
        """The person has blocked the bot or left, or has come back: what is due waits for that.

        Raises:
            StorageDown: it could not be noted.
        """
        async with self._turns.turn(chat):
            await self._store.set_gone(chat, gone)
            await self._closing.settle(receipt)

    async def settle(self, receipt: Receipt | None = None) -> None:
        """Notes messages as handled that no commit has noted. What fails is tried again at the next opportunity."""
        await self._closing.settle(receipt)

    async def open_question(self, chat: Chat) -> Reply | None:
        """What the chat was asked last, for an adapter that has forgotten it. Nothing is sent or changed.

        Raises:
            StorageDown: the database cannot be reached.
        """
        known = await self._store.load(chat)
        if known.run is None:
            return None
        visit = Visit(chat, self._clock.now(), known, self._library, self._flows, self._store)
        visit.take(engine.redraw(self._flows, known.run))
        return visit.replies[-1] if visit.replies else None

    def is_urgent(self, incoming: Incoming) -> bool:
        """Whether something waits for nobody: the emergency walk, the lines, or words that mean danger."""
        return self._admission.is_urgent(incoming)

    def words(self, chat: Chat, language: str = "") -> Words:
        """The words for what an adapter says of its own to somebody whose app is set to a language: in the one in
        which this process has spoken to them, if it has."""
        return self._library.words(self._spoken.get(chat, ""), language)

    def is_for_everywhere(self, *, text: str = "", token: str = "", question: str = "") -> bool:
        """Whether something must be answered wherever it is said: a text with words of danger, or what belongs to an
        urgent flow or to a command that is for everywhere, by its name, the token of a button or the question that is
        answered."""
        if question or (token and not token.startswith("/")):
            return self._is_urgent(question or token) or self._ears.means_danger(text)
        name = (token or text).removeprefix("/").partition(" ")[0]
        command = self._routes.commands.get(name)
        known = token in (FIGURE, MEANT) or (command is not None and command.everywhere)
        return known or self._ears.means_danger(text)

    async def wake(self, due: Due) -> None:
        """Lets something due happen in its chat.

        Raises:
            StorageDown: it has not happened.
        """
        async with self._turns.turn(due.chat):
            visit = await self._open(due.chat)
            if not visit.stored:
                raise StorageDown
            if not visit.known.met:
                return
            if due.kind == "wait":
                await self._wake_run(visit)
            else:
                await self._routes.wakers[due.kind](visit, due)
                visit.replies = [replace(reply, unasked=True) for reply in visit.replies]
            await self._closing.close(visit, due=due)

    async def _wake_run(self, visit: Visit) -> None:
        """Takes a wait on. What it shows meanwhile takes the place of what counts down. For who wants quiet nothing is
        shown meanwhile, and at the end only that something is there."""
        before = visit.run
        if before is None:
            return
        countdown = await self._store.countdown(visit.chat)
        visit.place = countdown.message if countdown else ""
        visit.take(engine.advance(visit.flows, before, Woken(), visit))
        if visit.is_quiet:
            visit.replies = []
            if visit.run is None or visit.run.step != before.step:
                visit.cover("/resume")

    async def _open(self, chat: Chat, is_urgent: IsUrgent = never, language: str = "") -> Visit:
        """Without the database people are spoken to as this process has spoken to them, or in their app's language."""
        stored = True
        try:
            async with patience(PATIENCE, is_urgent):
                known = await self._store.load(chat)
        except (StorageDown, TimeoutError) as error:
            log.warning("the database does not answer (%s); only what is urgent works", str(error) or "it is slow")
            known, stored = Known(Person()), False
        visit = Visit(chat, self._clock.now(), known, self._library, self._flows, self._store, stored)
        visit.tries, visit.catch_up = self._tries, self._catch_up
        visit.app_language = language or known.language
        visit.spoken = "" if stored else self._spoken.get(chat, "")
        visit.heard = self._gate.heard(chat)
        return visit

    async def _route(self, visit: Visit, incoming: Incoming) -> None:
        text, token = cleaned(incoming.text).strip(), cleaned(incoming.token)
        visit.question, visit.form = incoming.question, text if incoming.question else ""
        if token and not token.startswith("/"):
            self._tapped(visit, token)
            return
        if self._gate.meets(visit, text) or await self._overhears(visit, incoming, text) or incoming.edited:
            return
        command = token or ("" if incoming.question else self._ears.docked(text, visit.words) or text)
        if incoming.wordless and not text:
            self._ask_again(visit, "common/wordless")
        elif COMMAND.match(command):
            await self._command(visit, command[:LONGEST_TEXT])
        elif not text:
            self._ask_again(visit, "common/empty_text")
        elif len(text) > LONGEST_TEXT:
            self._ask_again(visit, "common/too_long")
        else:
            await self._typed(visit, text, incoming.question)

    async def _overhears(self, visit: Visit, incoming: Incoming, text: str) -> bool:
        """Meets words of danger where none are looked for: behind a command, or in a text that was changed afterwards.
        In the middle of a letter they are asked about. False if there are none."""
        words = text.removeprefix("/") if incoming.edited or COMMAND.match(text) else ""
        meant = self._ears.command(words, visit.words) if words else None
        if meant not in NOW or incoming.question or self._gate.believes(visit, meant):
            return False
        if visit.run is not None and _takes_any_words(visit, visit.run):
            self._gate.asks(visit, text, meant)
        else:
            await self._said(visit, f"/{meant}")
        return True

    def _say_unseen(self, visit: Visit, incoming: Incoming) -> None:
        """Says of words below a picture that only they were read. Nothing may stand before words about danger."""
        if incoming.wordless and incoming.text.strip() and visit.replies and not visit.secret:
            visit.replies.insert(0, visit.words.reply("common/unseen", Values(visit, {})))

    def _excuse(self, visit: Visit, incoming: Incoming) -> None:
        """Says, once, that an answer comes late. Nothing may stand before words about danger."""
        if incoming.at is None or visit.now - incoming.at < LATE or not visit.replies or visit.secret:
            return
        told = self._excused.get(visit.chat)
        if told is None or incoming.at > told:
            keep_newest(self._excused, visit.chat, visit.now)
            visit.replies.insert(0, visit.words.reply("common/late", Values(visit, {})))

    def _own_up(self, visit: Visit, incoming: Incoming) -> None:
        """Says that something before this was left out, if that was not said."""
        if visit.replies and not visit.secret and self._flood.owes(visit.chat, incoming.at or visit.now):
            visit.replies.insert(0, visit.words.reply("limits/left_out", Values(visit, {})))

    def _tapped(self, visit: Visit, token: str) -> None:
        if not visit.stored and not self._is_urgent(token):
            raise StorageDown
        if self._gate.holds(visit.chat) and not self._is_secret(token):
            self._gate.stays(visit)
        else:
            visit.take(engine.press(visit.flows, visit.run, token, visit))

    def _is_urgent(self, token: str) -> bool:
        flow = self._flows.get(token.split(":")[0])
        return flow is not None and flow.urgent

    def _is_secret(self, token: str) -> bool:
        flow = self._flows.get(token.split(":")[0])
        return flow is not None and flow.secret

    def _is_open(self, command: str) -> bool:
        """Whether a command is for minors too."""
        found = self._routes.commands.get(command.removeprefix("/").partition(" ")[0])
        return found is not None and found.open

    async def _command(self, visit: Visit, text: str) -> None:
        name, argument = ([*text[1:].split(maxsplit=1), "", ""])[:2]
        command = self._routes.commands.get(name.split("@")[0].lower())
        if text == MEANT:
            self._gate.lines(visit)
        elif text == FIGURE:
            await self._believe(visit)
        elif command is None:
            visit.say("common/unknown_command")
        elif visit.person.adult is False and not command.open:
            visit.say("welcome/minor")
        else:
            if not command.offline:
                visit.need_store()
            visit.urgent = command.offline
            self._gate.affirms(visit, name)
            if not command.open:
                self._gate.forget(visit.chat)
            await self._handle(visit, command, argument.strip())

    async def _handle(self, visit: Visit, command: Command, argument: str) -> None:
        """Runs a handler; if it left a question alone that is still fresh, a button leads back to that."""
        before = visit.run
        if command.hides:
            self._store.tell(f"hide {visit.chat.platform} {visit.chat.id}")
            await self._outbox.hide(visit.chat)
        await command.handle(visit, argument)
        untouched = before is not None and visit.run == before and not visit.moved
        if untouched and visit.replies and not visit.replies[-1].docked and visit.run_age < OFFERED_FOR:
            last = visit.replies.pop()
            visit.replies.append(last.with_ways(visit.button("common/back", "/resume")))

    def _hear(self, word: str) -> None:
        """Another process of the same bot hides a chat: what was seen here is known here only."""
        kind, *where = word.split(maxsplit=2)
        if kind == "hide" and len(where) == 2:
            task = asyncio.create_task(self._outbox.hide(Chat(*where)))
            self._asides.add(task)
            task.add_done_callback(self._asides.discard)

    async def _believe(self, visit: Visit) -> None:
        """Goes on with what was typed before the person said that it was a figure of speech."""
        held = self._gate.believe(visit)
        if held is None:
            await self._command(visit, "/resume")
        else:
            visit.figures = held.figures
            await self._route(visit, Incoming(visit.chat, held.text, question=held.question))

    async def _typed(self, visit: Visit, text: str, question: str) -> None:
        """A label of the current question, an answer to it, words that mean a command, or nothing we follow."""
        run = visit.run
        if question and self._gate.holds(visit.chat) and not self._is_secret(question):
            self._gate.stays(visit, quote=text)
            return
        if question and (run := engine.asked(visit.flows, run, question)) is None:
            visit.need_store()
            self._ask_again(visit, "common/over_form", quote=text)
            return
        free = run is not None and _takes_any_words(visit, run)
        command = self._meant(visit, text)
        if run is not None and (token := self._labelled(visit, run, text)):
            visit.take(engine.press(visit.flows, run, token, visit))
        elif visit.person.adult is False and not self._is_open(command):
            visit.say("welcome/minor")
        elif free and self._gate.asks_about(visit, text, command):
            return
        elif run is not None and (free or not command) and visit.stored:
            visit.take(engine.advance(visit.flows, run, Typed(text), visit))
        elif command:
            await self._said(visit, command)
        elif self._gate.holds(visit.chat):
            self._gate.stays(visit)
        elif not visit.stored:
            raise StorageDown
        else:
            visit.say("common/not_understood")

    async def _said(self, visit: Visit, command: str) -> None:
        """A command in plain words. A danger that these name holds from now on."""
        if danger := PLAIN.get(command.removeprefix("/")):
            visit.hear(danger)
        await self._command(visit, command)

    def _meant(self, visit: Visit, text: str) -> str:
        """The command that words mean: its bare name, a sentence of phrases.toml, or a country for its numbers."""
        if text.casefold() in self._routes.commands:
            return f"/{text.casefold()}"
        if command := self._ears.command(text, visit.words):
            return f"/{command}"
        return f"/lines {text}" if visit.run is None and visit.names.country(text) else ""

    def _labelled(self, visit: Visit, run: Run, text: str) -> str:
        """The token of the current question's button that is named by `text`, or by a part no other has. It may still
        be on the screen in another language."""
        line = engine.redraw(visit.flows, run).lines[-1:]

        def labels(words: Words) -> list[tuple[str, str]]:
            shown = ((each.labels or each.key, *button) for each in line for button in each.buttons)
            return [(words.label(key, choice).casefold(), token) for key, choice, token in shown]

        typed, own = text.casefold(), labels(visit.words)
        others = (pair for words in self._library.languages.values() for pair in labels(words))
        exact = [token for label, token in (*own, *others) if label == typed]
        part = [token for label, token in own if f" {typed}" in f" {label}"]
        if exact or (len(part) == 1 and len(typed) > 2 and not any(shown.writes for shown in line)):
            return (exact or part)[0]
        return ""

    def _ask_again(self, visit: Visit, key: str, quote: str = "") -> None:
        visit.say(key, quote=quote)
        if visit.run is not None:
            visit.take(engine.redraw(visit.flows, visit.run))


def _app_language(visit: Visit) -> Sequence[AppLanguage]:
    """The language of the person's app, if it is another than the one that is known. Nobody becomes known by it who
    does not anyway."""
    is_kept = visit.known.met or visit.changes or not visit.secret
    return [AppLanguage(visit.app_language)] if is_kept and visit.app_language != visit.known.language else []


def _takes_any_words(visit: Visit, run: Run) -> bool:
    flow = visit.flows.get(run.flow)
    step = flow.step(run.step) if flow else None
    return isinstance(step, Write) and step.free
