"""What is kept, for how long, and the ways to get it and to delete it."""

from collections.abc import Sequence

from bot.changes import Forget
from bot.export import Kept, as_json
from bot.keeping import HOUR, is_quiet
from bot.messages import File
from bot.page import KINDS, RECEIVED, SHOWN, VALUES, page
from bot.records import CHECKIN_KINDS, NOTICE, Due
from bot.rhythm import occasion
from bot.routes import Command, Routes
from bot.variables import platforms
from bot.visit import Visit
from handlers._coming import fits
from handlers._joined import all_chats, with_others
from handlers._packing import packed

LARGEST = 8_000_000
"""Bytes of files that are handed over. Discord takes 10 MB in a message (discord.com/developers/docs/reference)."""


async def privacy(visit: Visit, _argument: str) -> None:
    """/privacy: what is kept, why, and for how long."""
    visit.say("privacy/kept")


async def export(visit: Visit, _argument: str) -> None:
    """/export: everything that is kept, as two files."""
    if not visit.known.met:
        visit.say("privacy/nothing")
        return
    kept = await visit.store.everything(visit.person)
    files = packed(_files(visit, kept), LARGEST)
    if files:
        visit.hand_over("privacy/exported", *files)
    else:
        visit.say("privacy/too_much")


async def delete(visit: Visit, argument: str) -> None:
    """/delete: asks; "everything" deletes, with the chats that were named."""
    confirmed = with_others(visit, "everything")
    if argument != confirmed:
        key = "privacy/delete_all" if visit.known.others else "privacy/delete"
        visit.say(key, visit.button(key, "yes", f"/delete {confirmed}"), platform=platforms(visit, visit.known.others))
        return
    visit.secret = True
    visit.change(Forget(visit.receipt, all_chats(visit)))
    visit.run = None
    visit.say("privacy/deleted")


async def keep(visit: Visit, _argument: str) -> None:
    """/keep: that somebody is here is noted anyway; this says so."""
    visit.say("privacy/stays")


async def wake_notice(visit: Visit, due: Due) -> None:
    """Says to somebody who has not been here for a year that everything will be deleted. It never comes on a day on
    which something else does."""
    if not is_quiet(visit.person, visit.today):
        return
    coming = await visit.store.coming(visit.person)
    today = [each for each in coming if each.kind in (*CHECKIN_KINDS, "letter") and each.on == due.on]
    if today or due.at > visit.now or not fits(visit, due):
        visit.change(occasion(NOTICE, HOUR, visit.zone or "UTC", visit.now, visit.seed))
        return
    visit.until = due.at + visit.catch_up
    if visit.is_quiet:
        visit.cover(f"/note {NOTICE}")
    else:
        visit.say("privacy/notice", visit.button("privacy/notice", "keep", "/keep"))


def _files(visit: Visit, kept: Kept) -> Sequence[File]:
    name = f"holdfast-{visit.today}"
    readable = page(kept, visit.words, visit.now, visit.zone)
    return File(f"{name}.html", readable), File(f"{name}.json", as_json(kept, visit.now))


ROUTES = Routes(
    commands={
        "privacy": Command(privacy, offline=True, open=True, everywhere=True),
        "export": Command(export, open=True, everywhere=True),
        "delete": Command(delete, open=True, everywhere=True),
        "keep": Command(keep, open=True, everywhere=True),
    },
    wakers={NOTICE: wake_notice},
    texts={
        **{f"privacy/{name}": () for name in ("kept", "exported", "nothing", "too_much", "deleted", "opened", "stays")},
        **{f"privacy/{name}": ("yes",) for name in ("delete", "delete_all")},
        "privacy/notice": ("keep",),
        **{f"export/{part}": fields for part, fields in SHOWN.items()},
        **{f"export/{name}": () for name in ("title", "about", "nothing", "closed")},
        "export/values": VALUES,
        "export/kinds": KINDS,
        "export/received": RECEIVED,
    },
)
