"""What stands behind a command, read."""

LONGEST_NUMBER = 18
"""Digits of a number at most: what the databases' 64-bit keys hold."""


def whole(text: str) -> int:
    """A whole number from 1 on, or 0 if it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER else 0
