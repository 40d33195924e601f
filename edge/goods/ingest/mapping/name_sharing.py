"""Finds the columns that distinguish products with the same name, such as a shirt in three sizes with a row each. Pure.

If names repeat, a column of sizes or colours makes its rows variants. For any other column, the user is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from edge.goods.ingest.mapping.mapping import ColumnMapping
from edge.goods.ingest.mapping.measures import size as read_size
from edge.lib.i18n.folding import without_marks

ROWS_SEEN = 50_000
"""Maximum rows of a file to examine."""
_AXES = frozenset(
    (
        *("size", "sizes", "taille", "tailles", "pointure", "große", "grosse", "talla", "taglia", "tamanho", "maat"),
        *("storlek", "størrelse", "rozmiar", "velikost", "размер", "розмір", "מידה", "גודל"),
        *("color", "colour", "colors", "colours", "couleur", "coloris", "farbe", "colore", "cor", "kleur", "farg"),
        *("kolor", "barva", "цвет", "колір", "צבע"),
        *("flavor", "flavour", "parfum", "gout", "saveur", "geschmack", "sabor", "gusto", "smaak", "вкус", "טעם"),
        *("material", "matiere", "scent", "pattern", "length", "fit", "finish", "style"),
    )
)
"""Words in headings of columns with sizes, colours and similar properties."""
_NO_AXIS = re.compile(r"\b(?:unit|button|display|text|chart|guide|code|id|יחידת)\b", re.IGNORECASE)
_ASKED_NOT = re.compile(
    r"\b(?:id|uuid|sku|code|number|no|token|handle|url|image|picture|photo|description|note|memo|date|created|updated"
    r"|modified|supplier|vendor|tax|location|aisle|bin|shelf|seo|title|status|batch|lot|package|serial)s?\b",
    re.IGNORECASE,
)
_TEXT = re.compile(  # longer texts are descriptions
    r"(?!#[0-9a-f]{3,8}$)(?!https?:)(?=.*[^\W\d_])[^<>]{1,40}", re.IGNORECASE
)
_WORDS = re.compile(r"[^\W\d_]+")
SHARE = 90
"""Percentage of repeated names whose rows a column must distinguish."""


class NameSharing(msgspec.Struct, frozen=True):
    """`axes`: columns that distinguish rows of the same name, by their headings; `asked`: a column that may do so;
    `rows`: number of rows that share their name with another.
    """

    axes: tuple[int, ...] = ()
    asked: int | None = None
    rows: int = 0


def find_name_sharing(layout: ColumnMapping, rows: Iterable[Sequence[str]]) -> NameSharing:
    """Find the columns that distinguish rows of the same name.

    >>> shirts = [["Tee", "S", "A1"], ["Tee", "M", "A2"], ["Mug", "", "B1"]]
    >>> find_name_sharing(ColumnMapping(("Name", "Size", "SKU"), {"name.en": (0,), "sku": (2,)}), shirts)
    NameSharing(axes=(1,), asked=None, rows=2)
    """
    name = next((places[0] for field, places in layout.places.items() if field.startswith("name.")), None)
    told = {"family", "variation", "template", "row_kind"} & layout.places.keys()
    if name is None or told or any(field.startswith(("option.", "axis.")) for field in layout.places):
        return NameSharing()
    size = layout.places.get("size", ())
    taken = {place for places in layout.places.values() for place in places if places != size}
    free = [place for place, heading in enumerate(layout.header) if heading and place not in taken]
    groups: dict[str, list[tuple[str, ...]]] = {}
    for _, cells in zip(range(ROWS_SEEN), rows, strict=False):
        if name < len(cells) and (said := cells[name].strip()):
            values = tuple(cells[place].strip() if place < len(cells) else "" for place in free)
            groups.setdefault(said.casefold(), []).append(values)
    shared = [one for one in groups.values() if len(one) > 1]
    count = sum(map(len, shared))
    if not shared:
        return NameSharing()
    axes = [at for at, place in enumerate(free) if _is_axis(layout.header[place]) and _varies(shared, at, _is_size)]
    if axes and _tells_apart(shared, axes):
        return NameSharing(tuple(free[at] for at in axes), None, count)
    others = (at for at, place in enumerate(free) if place not in size and not _ASKED_NOT.search(layout.header[place]))
    asked = next((free[at] for at in others if _varies(shared, at, _is_value) and _tells_apart(shared, [at])), None)
    return NameSharing((), asked, count)


def _is_axis(heading: str) -> bool:
    words = _WORDS.findall(without_marks(heading.casefold()))
    return len(words) <= 3 and not _AXES.isdisjoint(words) and not _NO_AXIS.search(heading)


def _varies(groups: Sequence[Sequence[tuple[str, ...]]], at: int, is_right: Callable[[str], bool]) -> bool:
    """Whether a column has valid and differing values in all rows of at least one name.

    An amount such as 500 ml is the product's content.
    """
    for rows in groups:
        values = {row[at].casefold() for row in rows}
        if len(values) > 1 and all(map(is_right, values)):
            return True
    return False


def _is_value(text: str) -> bool:
    return _TEXT.fullmatch(text) is not None and not _is_content(text)


def _is_size(text: str) -> bool:
    """Whether a text may be a size, such as "M" or a shoe size."""
    return _is_value(text) or re.fullmatch(r"\d{1,3}(?:[.,/]5)?", text) is not None


def _is_content(text: str) -> bool:
    if not any(map(str.isdigit, text)):
        return False
    try:
        return read_size(text) is not None
    except ValueError:
        return False


def _tells_apart(groups: Sequence[Sequence[tuple[str, ...]]], columns: Sequence[int]) -> bool:
    """Whether columns together distinguish all rows of nearly every name."""
    apart = sum(
        len({tuple(row[at].casefold() for at in columns) for row in rows}) == len(rows)
        and all(any(row[at] for at in columns) for row in rows)
        for rows in groups
    )
    return 100 * apart >= SHARE * len(groups)
