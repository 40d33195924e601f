"""A layout of quick keys. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec

from edge.goods.catalog.product import Sku

COLUMNS, ROWS = 6, 3
PLACES = COLUMNS * ROWS
PAGES_MOST = 12

Colour = Literal["", "red", "orange", "yellow", "green", "teal", "blue", "violet", "brown"]
Place = Annotated[int, msgspec.Meta(ge=0, le=PLACES - 1)]
Names = Annotated[
    dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=40)]], msgspec.Meta(min_length=1, max_length=10)
]


class Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product's key at a place on its page. Places count from 0, row by row."""

    place: Place
    sku: Sku
    colour: Colour = ""


class KeyPage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page of keys."""

    names: Names
    keys: Annotated[tuple[Key, ...], msgspec.Meta(max_length=PLACES)] = ()
    colour: Colour = ""


Layout = Annotated[tuple[KeyPage, ...], msgspec.Meta(max_length=PAGES_MOST)]


class RegisterKeys(msgspec.Struct, frozen=True):
    """The keys of a register, or for "" of all registers without their own.

    Without pages, the register uses the shared keys.
    """

    pages: Layout
    of_register: Annotated[str, msgspec.Meta(max_length=64)] = ""


def with_key(
    pages: tuple[KeyPage, ...], sku: str, page: str, language: str
) -> tuple[KeyPage, ...] | Literal["there", "full"]:
    """Add a key for the product in the first free place of the named page, which is added in `language` if missing.

    Returns the pages; "there" if the product has a key already; "full" if no place is free.
    """
    if any(key.sku == sku for one in pages for key in one.keys):
        return "there"
    at = next((number for number, one in enumerate(pages) if page in one.names.values()), len(pages))
    if at == PAGES_MOST:
        return "full"
    grows = pages[at] if at < len(pages) else KeyPage({language: page})
    free = set(range(PLACES)) - {key.place for key in grows.keys}
    if not free:
        return "full"
    grown = msgspec.structs.replace(grows, keys=_by_place((*grows.keys, Key(min(free), sku))))
    return (*pages[:at], grown, *pages[at + 1 :])


def _by_place(keys: Iterable[Key]) -> tuple[Key, ...]:
    return tuple(sorted(keys, key=lambda key: key.place))


def twice(pages: tuple[KeyPage, ...]) -> int | None:
    """The number of the first page with two keys in one place; None if there is none."""
    for number, page in enumerate(pages, 1):
        if len({key.place for key in page.keys}) < len(page.keys):
            return number
    return None


def initials(name: str) -> str:
    """Two letters for a tile without a picture: initials of the first two words, or the first two letters."""
    words = [word for word in (part.strip(".,()'\"") for part in name.split()) if word[:1].isalpha()]
    return "".join(word[0] for word in words[:2]).upper() if len(words) > 1 else "".join(words)[:2].capitalize()
