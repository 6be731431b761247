"""Discord as a platform. discord.py speaks the protocol; docs/decisions/discord.md says what is ours."""

PLATFORM = "discord"

COMMANDS = (
    "start",
    "resume",
    "cancel",
    "saved",
    "slipped",
    "reason",
    "not_safe",
    "safe",
    "unlink",
)
"""Commands that Discord lists beside those of every platform's menu: there all that can be typed is listed."""

OPTIONS: dict[str, str] = {"read": "words", "lines": "country", "link": "code"}
"""What may stand behind a command, by the name of its option."""

TEXTS: dict[str, tuple[str, ...]] = {
    f"discord/{name}": ()
    for name in (
        "minutes_left",
        "last_minute",
        "write",
        "form_title",
        "form_label",
        "choose",
        "private",
        "went_private",
        "private_closed",
        "not_yours",
        "docked",
        "undocked",
        *(f"command_{name}" for name in COMMANDS),
        *(f"option_{name}" for name in OPTIONS.values()),
    )
}
"""What this platform says beside the conversation."""
