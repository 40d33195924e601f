"""What a layout of keys is. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.shop.catalog.product import Sku

COLUMNS, ROWS = 6, 3
PLACES = COLUMNS * ROWS
PAGES_MOST = 12

Colour = Literal["", "red", "orange", "yellow", "green", "teal", "blue", "violet", "brown"]
Place = Annotated[int, msgspec.Meta(ge=0, le=PLACES - 1)]
Names = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=40)]], msgspec.Meta(min_length=1, max_length=10)
]


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product at a place of its page, counted from 0 along the rows."""

    place: Place
    sku: Sku
    colour: Colour = ""


class KeyPage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Keys that are seen together."""

    names: Names
    keys: Annotated[tuple[Key, ...], msgspec.Meta(max_length=PLACES)] = ()
    colour: Colour = ""


Layout = Annotated[tuple[KeyPage, ...], msgspec.Meta(max_length=PAGES_MOST)]


def twice(pages: tuple[KeyPage, ...]) -> int | None:
    """The number of the first page with two keys at one place; None: there is none."""
    for number, page in enumerate(pages, 1):
        if len({key.place for key in page.keys}) < len(page.keys):
            return number
    return None
