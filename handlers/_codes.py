"""Codes that join two chats: made, shown and read back. Only a hash of one is ever kept."""

import secrets
from hashlib import sha256

BITS = 128
DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (crockford.com/base32.html): without letters that look like a digit, and without U."""

LENGTH = 26
"""Digits of a code: 5 bits each."""

GROUPS = (5, 5, 5, 5, 6)
MISREAD = str.maketrans("OIL", "011")


def new_code() -> str:
    """A code nobody can guess, as it is shown: 26 digits in groups, with hyphens between."""
    number = secrets.randbits(BITS)
    return grouped("".join(DIGITS[number >> 5 * place & 31] for place in reversed(range(LENGTH))))


def read_code(text: str) -> str:
    """The 26 digits of a code, however it was typed; empty if it is none."""
    digits = "".join(filter(str.isalnum, text.upper())).translate(MISREAD)
    return digits if len(digits) == LENGTH and set(digits) <= set(DIGITS) else ""


def grouped(digits: str) -> str:
    """A code in groups that the eye can hold."""
    ends = [sum(GROUPS[: count + 1]) for count in range(len(GROUPS))]
    return "-".join(digits[end - size : end] for end, size in zip(ends, GROUPS, strict=True))


def hashed(digits: str) -> str:
    """What is kept of a code. It is long and random, so that a plain hash does not give it away."""
    return sha256(digits.encode()).hexdigest()
