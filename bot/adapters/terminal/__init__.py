"""The terminal as a platform: plain lines for a pipe or a screen reader, a chat for a tty."""

TEXTS: dict[str, tuple[str, ...]] = {
    f"terminal/{name}": ()
    for name in (
        "no_such_button",
        "no_buttons",
        "forward_unclear",
        "picture",
        "hint",
        "countdown",
        "you",
        "goodbye",
        "saved",
        "not_saved",
    )
}
"""What this platform says beside the conversation."""
