"""Telegram as a platform. python-telegram-bot speaks the protocol; docs/decisions/telegram.md says what is ours."""

import os

os.environ.setdefault("PTB_TIMEDELTA", "1")  # otherwise python-telegram-bot warns of its own future at the first 429

PLATFORM = "telegram"

TEXTS: dict[str, tuple[str, ...]] = {
    f"telegram/{name}": ()
    for name in (
        "description",
        "about",
        "group",
        "open",
        "group_command",
        "minutes_left",
        "last_minute",
        "picture",
    )
}
"""What this platform says beside the conversation."""
