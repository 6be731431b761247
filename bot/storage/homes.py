"""The chats of a person, and the one of them where check-ins go."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, or_, select, tuple_, update

from bot.changes import DropDue, SetDue, SetHome, Sooner
from bot.messages import Chat
from bot.ports import Outdated
from bot.records import CHECKIN_KINDS, URGENT, Work
from bot.storage.alone import there
from bot.storage.prepared import Prepared
from bot.storage.tables import CHAT, DUE, OUTBOX, PERSON, upsert

THIS_DUE = (DUE.c.platform == bindparam("platform_")) & (DUE.c.chat == bindparam("chat_")) & (
    DUE.c.kind == bindparam("kind_")
)  # fmt: skip

CHATS = Prepared(
    select(CHAT.c.platform, CHAT.c.id, CHAT.c.gone, PERSON.c.home)
    .join(PERSON)
    .where(CHAT.c.person_id == bindparam("person_"))
    .order_by(CHAT.c.platform, CHAT.c.id)
)
SET_UP_IN = Prepared(
    select(DUE.c.platform, DUE.c.chat)
    .join(CHAT)
    .where((CHAT.c.person_id == bindparam("person_")) & or_(*(DUE.c.kind == kind for kind in CHECKIN_KINDS)))
    .order_by(DUE.c.at)
)
SET_DUE = upsert(DUE, "platform", "chat", "kind", "at", "on", "urgent", "free_at", sets=("at", "on", "free_at"))
BRING_FORWARD = Prepared(
    update(DUE)
    .where(THIS_DUE & (DUE.c.at > bindparam("sooner_")))
    .values(free_at=case((DUE.c.free_at.is_not(None), bindparam("sooner_", type_=DUE.c.free_at.type)))),
    "at",
    "on",
)
DROP_DUE = Prepared(delete(DUE).where(THIS_DUE))
TAKE_BACK = Prepared(
    delete(OUTBOX).where(
        (OUTBOX.c.platform == bindparam("platform_"))
        & (OUTBOX.c.chat == bindparam("chat_"))
        & (OUTBOX.c.kind == bindparam("kind_"))
    )
)


def chats(connection: Connection, person: str) -> tuple[Mapping[Chat, bool], Chat | None]:
    """A person's chats, and whether each is gone; and where check-ins go: None for a person with one chat, and as long
    as they were set up nowhere."""
    rows = CHATS.rows(connection, person_=person)
    found = {Chat(platform, id): bool(gone) for platform, id, gone, _ in rows}
    return found, home_among(connection, person, found, rows[0][3] if rows else "")


def chats_among(connection: Connection, person: str, known: frozenset[Chat] | None) -> Mapping[Chat, bool]:
    """A person's chats, as `chats` gives them.

    Raises:
        Outdated: there is one that was not `known` when this was decided.
    """
    found, _ = chats(connection, person)
    if known is not None and not known.issuperset(found):
        raise Outdated
    return found


def home_among(connection: Connection, person: str, mine: Mapping[Chat, bool], named: str) -> Chat | None:
    """Where a person's check-ins go: of several chats the one they have named, else where check-ins were set up."""
    if len(mine) < 2:
        return None
    chosen = next((chat for chat in mine if str(chat) == named), None)
    if chosen is None:
        chosen = next((Chat(platform, id) for platform, id in SET_UP_IN.rows(connection, person_=person)), None)
    return chosen


def set_due(connection: Connection, work: Work, change: SetDue) -> None:
    """The next moment of a kind, in this chat. The next check-in is the person's: it is set where their check-ins go,
    and nowhere else."""
    if change.kind not in CHECKIN_KINDS:
        _set_due(connection, work.chat, change)
        return
    mine, home = chats(connection, work.person.id)
    target = home or work.chat
    for chat in mine:
        if chat != target:
            DROP_DUE.run(connection, **there(chat), kind_=change.kind)
    _set_due(connection, target, change, held=target != work.chat and mine[target])


def _set_due(connection: Connection, chat: Chat, change: SetDue, *, held: bool = False) -> None:
    free_at = None if held else change.at
    moment = {
        "kind": change.kind,
        "at": change.at,
        "on": change.on,
        "urgent": change.kind in URGENT,
        "free_at": free_at,
    }
    SET_DUE.run(connection, platform=chat.platform, chat=chat.id, **moment)


def bring_forward(connection: Connection, work: Work, change: Sooner) -> None:
    """A check-in that is set for later comes at this moment. What is held stays held."""
    for chat in chats(connection, work.person.id)[0]:
        moment = {"kind_": change.kind, "at": change.at, "on": change.on, "sooner_": change.at}
        BRING_FORWARD.run(connection, **there(chat), **moment)


def drop_due(connection: Connection, work: Work, change: DropDue) -> None:
    """Takes kinds off the chat; check-ins off all chats of the person, also those that have not left yet."""
    checkins = set(change.kinds) & set(CHECKIN_KINDS)
    everywhere = chats(connection, work.person.id)[0] if checkins else (work.chat,)
    for kind in change.kinds:
        for chat in everywhere if kind in checkins else (work.chat,):
            DROP_DUE.run(connection, **there(chat), kind_=kind)
            if kind in checkins:
                TAKE_BACK.run(connection, **there(chat), kind_=kind)


def set_home(connection: Connection, work: Work, change: SetHome) -> None:
    """Check-ins go to that chat, also those that are due by now.

    Raises:
        Outdated: it is no chat of this person.
    """
    mine, _ = chats(connection, work.person.id)
    if change.chat not in mine:
        raise Outdated
    connection.execute(update(PERSON).where(PERSON.c.id == work.person.id).values(home=str(change.chat)))
    gather(connection, mine, change.chat, CHECKIN_KINDS)


def gather(connection: Connection, mine: Mapping[Chat, bool], home: Chat, kinds: Iterable[str]) -> None:
    """Brings what is due in any of these chats to one of them. Of two of a kind, the one that is there already stays,
    else the earlier one."""
    theirs = _in(mine) & DUE.c.kind.in_(tuple(kinds))
    rows = connection.execute(select(DUE).where(theirs).order_by(DUE.c.at)).all()
    rows = sorted(rows, key=lambda row: Chat(row.platform, row.chat) != home)
    connection.execute(delete(DUE).where(theirs))
    first = {row.kind: row for row in reversed(rows)}
    for row in first.values():
        _set_due(connection, home, SetDue(row.kind, row.at, row.on), held=mine[home])


def take_off(connection: Connection, mine: Iterable[Chat], kinds: Iterable[str]) -> None:
    """Nothing of these kinds is due in these chats any more."""
    connection.execute(delete(DUE).where(_in(mine) & DUE.c.kind.in_(tuple(kinds))))


def _in(mine: Iterable[Chat]) -> Any:
    return tuple_(DUE.c.platform, DUE.c.chat).in_([(chat.platform, chat.id) for chat in mine])
