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
    "hide",
    "unlink",
)
"""Commands that Discord lists beside those of every platform's menu: there all that can be typed is listed."""

OPTIONS: dict[str, str] = {"read": "words", "lines": "country", "link": "code", "language": "language"}
"""What may stand behind a command, by the name of its option."""

PERMISSIONS = (
    "view_channel",
    "send_messages",
    "create_public_threads",
    "send_messages_in_threads",
    "read_message_history",
    "manage_guild",
)
"""Permissions that are named to the admins of a server."""

SETUP = ("panel", "thread", "channels", "show", "remove")
"""What they can set, as subcommands."""

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
        "private_later",
        "files_sent",
        "files_closed",
        "files_later",
        "not_yours",
        "docked",
        "undocked",
        *(f"command_{name}" for name in COMMANDS),
        *(f"option_{name}" for name in OPTIONS.values()),
        "elsewhere",
        "panel",
        "setup_not_yours",
        "setup_not_member",
        "setup_missing",
        "setup_refused",
        "setup_later",
        "setup_panel",
        "setup_panel_twice",
        "setup_thread",
        "setup_thread_off",
        "setup_thread_time",
        "setup_thread_city",
        "setup_thread_channel",
        "setup_channels_set",
        "setup_channels_everywhere",
        "setup_show",
        "setup_show_none",
        "setup_show_everywhere",
        "setup_show_thread",
        "setup_show_stopped",
        "setup_show_gone",
        "setup_removed",
        "setup_removed_panel",
        "setup_kept",
        *(f"permission_{name}" for name in PERMISSIONS),
        "command_setup",
        *(f"command_setup_{name}" for name in SETUP),
        *(f"option_{name}" for name in ("channel", "time", "city", "off")),
    )
} | {
    "discord/thread": ("article",),
    "discord/setup_channels": ("everywhere",),
    "discord/setup_remove": ("remove", "keep"),
}
"""What this platform says beside the conversation."""
