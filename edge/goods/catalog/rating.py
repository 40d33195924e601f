"""What reviews of a product come to. Pure."""

from __future__ import annotations

import msgspec


class Rating(msgspec.Struct, frozen=True):
    """What published reviews of a product come to: `tenths` is the average in tenths of a star, half up (None: there is
    none); `counts` how many have one star, two, ... five."""

    count: int
    tenths: int | None
    counts: tuple[int, int, int, int, int]
