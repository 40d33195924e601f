"""Gift card codes. Pure."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Annotated, Literal

import msgspec

CardKind = Literal["gift", "credit"]
CardId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}$(?!\n)")]
CardMinor = Annotated[int, msgspec.Meta(gt=0, le=10**9)]
CARD_CODE_CHARS = 40
_CODE = re.compile(r"[0-9A-Z]{6,32}")
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that can't be mistaken for each other."""
NEW_CODE_CHARS = 10
"""Minimum code length of a card printed elsewhere, checked at its first load, because shorter codes could be guessed.
"""
CODE_LENGTH = 16
"""Length of a generated code. 16 characters from an alphabet of 30 can't be guessed."""


def code_of(text: str) -> str | None:
    """A scanned or typed code without spaces and hyphens; None if it isn't a gift card code."""
    code = re.sub(r"[\s-]", "", text).upper()
    return code if _CODE.fullmatch(code) else None


def card_id(code: str) -> str:
    """The id stored in the journal for a code."""
    return blake2b(code.encode(), digest_size=12, person=b"edge-gift-card").hexdigest()


def tail_of(code: str) -> str:
    """The last characters of a code, which may be displayed."""
    return code[-4:]


def encode_code(random: bytes) -> str:
    """Make a code from random bytes, one byte for each letter."""
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in random[:CODE_LENGTH])
