"""What the bot can do: every flow, command and thing that happens by itself, in one list.

To add a flow: write it in a file here, put it into `FLOWS` with a command that begins it, and write its words into
`content/en/walks/<name>.md`, one `## section` a step. `holdfast content check` says what is missing.
"""

from collections.abc import Mapping

from bot.conversation import Command, Routes, Waker
from bot.engine import Flows
from handlers import basics, checkins, own, reading, safety, they_wrote, urge, welcome

FLOWS = Flows(
    (
        welcome.WELCOME,
        urge.URGE,
        they_wrote.THEY_WROTE,
        safety.SAFETY,
        checkins.CHECKINS,
        own.DAYS,
        own.SETTINGS,
    )
)

COMMANDS: Mapping[str, Command] = {
    "start": Command(welcome.start, open=True, flow=True),
    "menu": Command(basics.menu, offline=True),
    "urge": Command(urge.urge, offline=True),
    "read": Command(reading.read, offline=True),
    "checkins": Command(checkins.checkins),
    "days": Command(own.days),
    "settings": Command(own.settings),
    "help": Command(basics.help_, offline=True, open=True),
    "stop": Command(checkins.stop, open=True),
    "cancel": Command(basics.cancel, flow=True),
    "privacy": Command(own.privacy, offline=True, open=True),
    "lines": Command(safety.lines, offline=True, open=True),
    "write": Command(urge.write, offline=True),
    "letters": Command(own.letters),
    "reason": Command(urge.add_reason),
    "reasons": Command(own.reasons),
    "saved": Command(reading.shelf),
    "delete": Command(own.delete, open=True),
    "not_safe": Command(safety.not_safe, offline=True, open=True),
    "they_wrote": Command(they_wrote.they_wrote, offline=True),
    "slipped": Command(urge.slipped, offline=True),
    "resume": Command(basics.resume, flow=True),
    "topic": Command(reading.topic, offline=True),
    "article": Command(reading.article, offline=True),
    "another": Command(reading.another, offline=True),
    "save": Command(reading.save),
    "unsave": Command(reading.unsave),
    "checkin": Command(checkins.answered),
    "later": Command(checkins.later),
}

WAKERS: Mapping[str, Waker] = {
    "morning": checkins.wake_checkin,
    "evening": checkins.wake_checkin,
    "later": checkins.wake_later,
    "followup": checkins.wake_followup,
    "letter": own.wake_letter,
}

ROUTES = Routes(FLOWS, COMMANDS, WAKERS)

TEXTS: Mapping[str, tuple[str, ...]] = {
    "common/menu": (),
    "common/help": (),
    "common/nothing_to_cancel": (),
    "common/cancelled": (),
    "common/unknown_command": (),
    "common/not_understood": (),
    "common/tap_please": (),
    "common/empty_text": (),
    "common/too_long": (),
    "common/down": (),
    "common/over": (),
    "common/interrupted": (),
    "common/back": ("/resume",),
    "urge/own_reason": (),
    "urge/wait_ground": (),
    "urge/wait_surf": (),
    "safety/unclear": ("/figure", "/meant"),
    "profile/country_unknown": (),
    "helplines/here": (),
    "helplines/which_country": (),
    "helplines/unknown_country": (),
    "helplines/call": (),
    "helplines/text": (),
    "helplines/whatsapp": (),
    "helplines/url": (),
    "helplines/expired": (),
    "helplines/emergency": (),
    "helplines/emergency_unknown": (),
    "settings/unset": (),
    "settings/off": (),
    "checkins/time_unclear": (),
    "checkins/clock_unclear": (),
    "checkins/city_unclear": (),
    "checkins/status": (),
    "checkins/status_paused": (),
    "checkins/paused": (),
    "checkins/resumed": (),
    "checkins/stopped": (),
    "checkins/later": (),
    "checkins/below": (),
    "checkins/answer_good": (),
    "checkins/answer_so_so": (),
    "checkins/answer_hard": (),
    "checkins/followup": (),
    "checkins/followup_slipped": (),
    "reading/topics": (),
    "reading/hurts": reading.HURTS,
    "reading/list": (),
    "reading/found": (),
    "reading/not_found": (),
    "reading/gone": (),
    "reading/excerpt": ("on", "another", "save", "unsave"),
    "reading/last": ("another", "save", "unsave"),
    "reading/study": (),
    "reading/opinion": (),
    "reading/saved": (),
    "reading/unsaved": (),
    "reading/shelf": (),
    "reading/shelf_empty": (),
    "days/total": (),
    "days/unclear": (),
    "days/kept_some": (),
    "days/kept_none": (),
    "letters/one": ("burn", "older"),
    "letters/none": (),
    "letters/burned": (),
    "letters/tomorrow": ("burn",),
    "reasons_own/one": ("drop", "next"),
    "reasons_own/none": (),
    "reasons_own/dropped": (),
    "privacy/kept": (),
    "privacy/delete": ("yes",),
    "privacy/deleted": (),
}  # fmt: skip
"""Texts that handlers ask for beside those of flows, and the buttons they need in them."""
