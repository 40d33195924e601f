"""Decodes JSON of other systems, in which an invalid text or number doesn't make the rest unreadable. Pure."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec

_BOM = b"\xef\xbb\xbf"
_HALF = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair, which isn't a character."""


def decode_json(body: bytes) -> Any:
    r"""Decode JSON. Bytes that aren't UTF-8 and unpaired surrogates (from a truncated emoji) become replacement
    characters; NaN and numbers out of range become None. Raises `ValueError` if it still isn't JSON, and
    `RecursionError` if it's nested too deep.

    >>> decode_json(b'{"name": "caf\xe9", "note": "\\ud83d!", "price": NaN}')
    {'name': 'caf�', 'note': '�!', 'price': None}
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _whole(json.loads(body.removeprefix(_BOM).decode(errors="replace"), parse_constant=lambda name: None))


def _whole(part: Any) -> Any:
    """Return the value with only texts and numbers that JSON can represent."""
    match part:
        case dict():
            return {_whole(key): _whole(one) for key, one in part.items()}
        case list():
            return [_whole(one) for one in part]
        case str():
            return _HALF.sub("\ufffd", part)
        case float():
            return part if math.isfinite(part) else None
    return part
