"""Telegram as a platform. python-telegram-bot speaks the protocol; docs/decisions/telegram.md says what is ours."""

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
    )
}
"""What this platform says beside the conversation."""
