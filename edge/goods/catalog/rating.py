"""Review scores of a product. Pure."""

from __future__ import annotations

import msgspec


class Rating(msgspec.Struct, frozen=True):
    """Published reviews: `tenths` is the average in tenths of a star, rounded half up (None: none); `counts` by stars,
    from one to five."""

    count: int
    tenths: int | None
    counts: tuple[int, int, int, int, int]
