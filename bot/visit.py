"""One incoming message on its way through: who it is from, what is known, what is to be said and changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from whenever import Date, Instant, TimeDelta

from bot import engine
from bot.calendar import is_zone, local_date
from bot.changes import (
    AddLetter,
    AddReason,
    AddSlip,
    Change,
    DropDue,
    Heard,
    MarkShown,
    Reach,
    SaveRun,
    Seen,
    SetDue,
    SetHome,
    SetPerson,
)
from bot.engine import Flows, Line, Run, Turn
from bot.flow import Answers, Draw, Wait, Write
from bot.library import Library, Words
from bot.messages import Button, Chat, File, Receipt, Reply
from bot.names import Names
from bot.ports import StorageDown, Store
from bot.records import DANGERS, HARM, REFUSED, Known, Person
from bot.rhythm import is_resting
from bot.tries import Tries
from bot.variables import Values

OFFERED_FOR = TimeDelta(hours=12)
"""How long an open question is offered again. It can be answered for as long as it is there."""

CATCH_UP = TimeDelta(hours=3)
"""How long after its moment a check-in may still come, if nothing else is set."""

COVER = "checkins/cover"
"""The text that shows of what comes unasked only that it is there."""

UNLINK = "/unlink"
"""The button that takes chats apart."""

OWN_REASON = "urge/own_reason"
"""The text that introduces a reason the person left for themselves; its key in a run is `own/<id>`."""


@dataclass
class Visit:
    """What a handler gets. It answers with `say`, starts flows with `begin` and asks for changes with `change`.

    `stored` is False when the database could not be read: then nothing is known, and only what is urgent works.
    A `secret` answer is sent without being written down anywhere first. An `urgent` one is given even if nothing
    can be written at all. It has `moved` when a flow was taken a step on.
    Who is `in_danger` was shown lines and has not said yet that they are safe. `place` is a message of the chat whose
    place the answer may take. `away`: the person speaks from another place than the one where they are found;
    `way`: whether they are found there, if that was looked for. `tries` remembers the codes that did not fit.
    `form` is what was written into the form of a `question`: it stands nowhere else. `address` is where the chat is
    written to. What is due may still come `catch_up` after its moment; `until` is when what this visit says is not
    welcome any more. `receipt` names the message that is answered. `figures` are kinds of danger that its words were
    said not to mean, `heard` those that were said to be so here, which hold without being kept. `app_language` is the
    one that the person's app is set to, as far as its platform has ever said so; `spoken` the one they were spoken to
    in before, while the database cannot tell which they chose.
    """

    chat: Chat
    now: Instant
    known: Known
    library: Library
    flows: Flows
    store: Store
    stored: bool = True
    secret: bool = False
    moved: bool = False
    in_danger: bool = False
    urgent: bool = False
    place: str = ""
    away: bool = False
    address: str = ""
    form: str = ""
    question: str = ""
    catch_up: TimeDelta = CATCH_UP
    until: Instant | None = None
    way: bool | None = None
    receipt: Receipt | None = None
    figures: frozenset[str] = frozenset()
    heard: tuple[str, ...] = ()
    app_language: str = ""
    spoken: str = ""
    replies: list[Reply] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    run: Run | None = None
    tries: Tries = field(default_factory=Tries)

    def __post_init__(self) -> None:
        self.run = self.known.run
        self.app_language = self.app_language or self.known.language

    @property
    def person(self) -> Person:
        """Who this is, with the changes of this visit."""
        return self.known.person

    @property
    def run_age(self) -> TimeDelta:
        """How long ago the open question was asked."""
        return self.now - (self.known.run_at or self.now)

    @property
    def language(self) -> str:
        """The language the person is to be spoken to in: the one they chose, or else that of their app."""
        return self.person.language or self.spoken or self.app_language

    @property
    def words(self) -> Words:
        """The texts in the person's language."""
        return self.library.words(self.language, self.app_language)

    @property
    def names(self) -> Names:
        """What people type for countries, cities and times."""
        return self.library.names

    @property
    def today(self) -> Date:
        """The date where the person is."""
        return local_date(self.now, self.zone)

    @property
    def zone(self) -> str:
        """Where the person's clock is, as far as that can be read: the name they gave may have left the database."""
        return self.person.zone if is_zone(self.person.zone) else ""

    @property
    def seed(self) -> str:
        """What chance hangs on, the same for a person at any time."""
        return self.person.id

    @property
    def facts(self) -> Mapping[str, str]:
        """What flows and decks may ask about. Somebody on both sides of the breakup counts for both. Of `danger` a part
        is `kept`, the rest was only said here. What was told is `unread` while the database cannot be read: then
        nothing else is known."""
        person = self.person
        danger = ",".join(dict.fromkeys(filter(None, (*person.danger.split(","), *self.heard))))
        side = "left,was-left" if person.side == "both" else person.side
        facts = {"side": side, "tie": person.ties or "none", "danger": danger, "hope": person.hope}
        facts |= {"kept": person.danger, "zone": self.zone, "morning": person.morning, "evening": person.evening}
        facts |= {"country": person.country}
        facts |= {"counting": str(person.counting_since or ""), "paused": self._paused_until}
        facts["resting"] = "yes" if is_resting(person) else ""
        facts["minor"] = "yes" if person.adult is False else ""
        facts["unread"] = "" if self.stored else "yes"
        return {name: value for name, value in facts.items() if value}

    @property
    def avoids(self) -> Sequence[str]:
        """The dangers in which nothing that is shown may do harm: those that were told; all that there are while that
        cannot be read, and where the person is the danger."""
        told = self.facts.get("danger", "").split(",")
        return told if self.stored and HARM not in told else DANGERS

    @property
    def is_quiet(self) -> bool:
        """Whether what comes unasked must give nothing away to somebody who sees it come."""
        return self.person.is_quiet or "fear" in self.heard

    def hear(self, danger: str) -> None:
        """Lets a danger hold in this chat, without keeping it; "none" ends all that do."""
        self.heard = () if danger == "none" else tuple(dict.fromkeys((*self.heard, danger)))

    @property
    def _paused_until(self) -> str:
        until = self.person.paused_until
        return until.format_iso() if until is not None and until > self.now else ""

    def draw(self, deck: str, answers: Answers, seen: Sequence[str]) -> str:
        """The next card of a deck: the person's own reasons first, then what fits."""
        own = [f"own/{reason.id}" for reason in self.known.reasons if not reason.sealed] if deck == "reasons" else []
        if fresh := [key for key in own if key not in seen]:
            return fresh[0]
        facts = {**self.facts, "for": answers.get("name_it", ""), "danger": ",".join(self.avoids)}
        seed = f"{self.person.id} {self.now.timestamp()}"
        return self.words.draw(deck, facts, seen, self.known.shown, seed, self.known.said(REFUSED))

    def say(self, key: str, *buttons: Button, quote: str = "", listed: int = 0, **values: str) -> None:
        """Answers with a text of content/. `quote` is the person's own words, shown below it."""
        reply = self._worded(key, Values(self, values), buttons)
        self.replies.append(replace(reply, quote=quote, listed=listed))

    def _worded(self, key: str, values: Values, buttons: Sequence[Button]) -> Reply:
        """A text with its buttons. The one that takes chats apart is there for who has several."""
        reply = self.words.reply(key, values, buttons)
        return reply if self.known.others else reply.without(UNLINK)

    def cover(self, token: str) -> None:
        """Says only that something is there. It is behind the button, which sends back `token`."""
        self.say(COVER, self.button(COVER, "open", token))

    def dock(self, key: str, *buttons: Button) -> None:
        """Answers with a text whose buttons stay in reach below the chat, in place of those that are there."""
        self.say(key, *buttons)
        self.replies[-1] = replace(self.replies[-1], docked=True)

    def hand_over(self, key: str, *files: File) -> None:
        """Answers with a text and files. These hold all sorts of words, so the answer is written down nowhere."""
        self.secret = True
        self.say(key)
        self.replies[-1] = replace(self.replies[-1], files=files)

    def fail(self, key: str) -> None:
        """Takes everything back and says so. The answer is not written down: that may be what failed. What was in a
        form is given back."""
        self.replies, self.changes, self.secret, self.run = [], [], True, self.known.run
        self.say(key, quote=self.form)

    def button(self, key: str, target: str, token: str = "") -> Button:
        """The button of a text that leads to `target`, sending back `token` (by default the target)."""
        return Button(self.words.label(key, target), token or target)

    def change(self, *changes: Change) -> None:
        """Asks for changes; they happen together with everything else of this visit, which sees them already. The way
        to the person must be open where their check-ins go: if that is not here, nothing is looked after here."""
        for change in changes:
            if isinstance(change, SetHome):
                self.known = replace(self.known, home=change.chat)
            elif isinstance(change, Reach) and self.known.home not in (None, self.chat):
                continue
            self.changes.append(change)
            if isinstance(change, SetPerson):
                fields: dict[str, Any] = dict(change.fields)
                self.known = replace(self.known, person=replace(self.person, **fields))
            elif isinstance(change, Seen):
                self.known = replace(self.known, person=replace(self.person, ignored=0))
            elif isinstance(change, AddSlip):
                self.known = replace(self.known, slips=tuple({*self.known.slips, change.on}))

    @property
    def keeps_words(self) -> bool:
        """Whether something the person wrote is to be kept."""
        return self._has_typed or any(isinstance(change, AddLetter | AddReason) for change in self.changes)

    @property
    def _has_typed(self) -> bool:
        """Whether the run has an answer in the person's own words that was not there before."""
        if self.run is None:
            return False
        before = self.known.run.answers if self.known.run else {}
        steps = self.flows[self.run.flow].steps
        fresh = ((steps.get(name), word) for name, word in self.run.answers.items() if word != before.get(name))
        return any(isinstance(step, Write) and step.choice(word) is None for step, word in fresh)

    def need_store(self) -> None:
        """Says that an answer without the database would be wrong.

        Raises:
            StorageDown: it could not be read.
        """
        if not self.stored:
            raise StorageDown

    def begin(self, flow: str, at: str = "") -> None:
        """Starts a flow here; what it interrupts can be taken up again."""
        self.take(engine.begin(self.flows, flow, self, at=at, over=self.run))

    def take(self, turn: Turn) -> None:
        """Makes a turn of a flow the chat's state, and says its lines."""
        self.moved = True
        turn = engine.still(self.flows, turn, self)
        flow = self.flows.get(turn.flow)
        if self.person.adult is False and not (flow and flow.open):
            self.say("welcome/minor")
            self._go_to(None)
            return
        self.change(*(change for change in turn.changes if isinstance(change, Change)))
        for heard in (each for each in turn.changes if isinstance(each, Heard)):
            self.hear(heard.danger)
        replies = [self._reply(line) for line in turn.lines]
        if replies and self._takes_the_place(turn):
            replies[0] = replace(replies[0], replaces=self.place)
        self.replies += replies
        self.urgent = self.urgent or (flow is not None and flow.urgent)
        self.secret = self.secret or (flow is not None and flow.secret)
        back = turn.back if turn.run is None and self.person.adult is not False else None
        if back is not None:
            self.say("common/interrupted")
        in_secret = flow is not None and flow.secret
        self.in_danger = in_secret and turn.run is not None
        unkept = in_secret or (self.person.adult is False and flow is not None and flow.urgent)
        self._go_to(None if unkept else turn.run or back)

    def _takes_the_place(self, turn: Turn) -> bool:
        """Whether what comes is the next state of what stands there, rather than something to scroll back from."""
        before = self.run
        flow = self.flows.get(turn.flow)
        if not self.place or self.replies or flow is None or before is None or before.flow != turn.flow:
            return False
        step = flow.step(before.step)
        stays = turn.run is not None and turn.run.step == before.step
        return step.fleeting or (stays and isinstance(step, Draw | Wait))

    def _go_to(self, run: Run | None) -> None:
        """The chat's run is now this one, and goes on by itself where it waits."""
        self.run = run
        wakes = engine.wakes(self.flows, run)
        if wakes is not None:
            self.change(SetDue("wait", wakes, self.today))
        elif self.known.run is not None and self.known.run.ends is not None:
            self.change(DropDue(("wait",)))
        if run != self.known.run:
            self.change(SaveRun(run))

    def _reply(self, line: Line) -> Reply:
        labels = line.labels or line.key
        buttons = tuple(self.button(labels, choice, token) for choice, token in line.buttons if self._offers(token))
        quote, key = line.quote, line.key
        if key.startswith("own/") and not self._own_reason(key):
            key = self.draw("reasons", line.answers, (key,))
        elif self._is_gone(key):
            key = self.draw(key.split("/")[0], line.answers, (key,))
        if key.startswith("own/"):
            key, quote = OWN_REASON, self._own_reason(key)
        elif key.split("/")[0] in self.words.decks:
            self.change(MarkShown(key))
        reply = self._worded(key, Values(self, {}, line.answers), buttons)
        if key != labels:
            reply = reply.with_ways(*self.words.ways(labels))
        return replace(reply, quote=quote, until=line.until, writes=line.writes, docked=line.docked)

    def _is_gone(self, key: str) -> bool:
        """Whether a card is not there: it was drawn in another language, or from an older deck."""
        return key not in self.words.texts and key.split("/")[0] in self.words.decks

    def _offers(self, token: str) -> bool:
        name, step, choice = token.split(":")[:3]
        found = self.flows[name].step(step).choice(choice)
        return found is None or engine.offers(found, self)

    def _own_reason(self, key: str) -> str:
        return next((reason.text for reason in self.known.reasons if key == f"own/{reason.id}"), "")
