"""Shop texts: place, languages and period. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from edge.lib.i18n import Language

Place = Literal["display", "receipt_above", "receipt_below", "cashier"]
"""Place of a text: the customer display between customers, above or below a receipt, or the cashier's page."""
Sentence = Annotated[str, msgspec.Meta(min_length=1, max_length=400, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]*$(?!\n)")]
TextId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
Moment = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
"""UTC microseconds."""
ALWAYS_US = 2**62
"""The end of a text without an end."""
TEXTS_LIMIT = 100
"""Most current and planned texts. Further ones are refused."""


class Notice(msgspec.Struct, frozen=True):
    """A text shown at a place, now or later, with its source."""

    id: TextId
    place: Place
    texts: dict[Language, Sentence]
    from_us: Moment
    until_us: Moment
    by: str


def text_in(texts: Mapping[str, str], language: str) -> str:
    """Text in a language, or the first available."""
    return texts.get(language) or next(iter(texts.values()), "")
