"""Telegram as a platform. python-telegram-bot speaks the protocol; docs/decisions/telegram.md says what is ours."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "true")
"""python-telegram-bot gives periods as timedeltas from now on. Without this each 429 comes with a warning."""

PLATFORM = "telegram"

TEXTS: dict[str, tuple[str, ...]] = {
    f"telegram/{name}": ()
    for name in (
        "description",
        "about",
        "group",
        "group_danger",
        "numbers",
        "open",
        "group_command",
        "minutes_left",
        "last_minute",
        "picture",
        "pass_on",
    )
}
"""What this platform says beside the conversation."""
