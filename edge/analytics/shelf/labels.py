"""Assign shelf-edge labels to the facings above them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from edge.lib.sight.kinds import Facing, ShelfLabel

Side = Literal["left", "right"]
NEAR = 0.05
"""Maximum distance between the middles of text lines on one label, as a share of the bay's width."""
_PRICE = re.compile(r"(?<!\d)(\d{1,4})[.,](\d{2})(?!\d)")
_CODE = re.compile(r"(?<!\d)\d{8,14}(?!\d)")
_WORD = re.compile(r"[^\W\d_]{2,}")


class LabelText(msgspec.Struct, frozen=True):
    """The readable text of a label: code, price in hundredths, and words."""

    row: int
    at: float
    code: str = ""
    price: int | None = None
    words: str = ""


def prices_in(text: str) -> frozenset[int]:
    """The prices in a text, in hundredths."""
    return frozenset(int(whole) * 100 + int(part) for whole, part in _PRICE.findall(text))


def join_lines(lines: Iterable[ShelfLabel]) -> list[LabelText]:
    """Combine lines of text above each other into labels."""
    groups: list[list[ShelfLabel]] = []
    for line in sorted(lines, key=lambda one: (one.row, one.at)):
        last = groups[-1] if groups else []
        if last and last[0].row == line.row and line.at - last[0].at <= NEAR:
            last.append(line)
        else:
            groups.append([line])
    return [_label(group) for group in groups]


def _label(lines: Sequence[ShelfLabel]) -> LabelText:
    text = " ".join(line.text for line in lines)
    code, price = _CODE.search(text), _PRICE.search(text)
    return LabelText(
        lines[0].row,
        sum(line.at for line in lines) / len(lines),
        code[0] if code else "",
        int(price[1]) * 100 + int(price[2]) if price else None,
        " ".join(_WORD.findall(text))[:80],
    )


def facings_of(labels: Sequence[tuple[int, float, str]], facings: Iterable[Facing], side: Side) -> dict[str, str]:
    """The product of each facing, from labels (row, position, product): a label is at the `side` edge of its product,
    which extends to the next label."""
    found = {}
    for facing in facings:
        middle, reach = (facing.left + facing.right) / 2, (facing.right - facing.left) / 4
        mine = [(at, sku) for row, at, sku in labels if row == facing.row]
        if side == "left":
            nearest = max((one for one in mine if one[0] <= middle + reach), default=None)
        else:
            nearest = min((one for one in mine if one[0] >= middle - reach), default=None)
        if nearest is not None:
            found[facing.id] = nearest[1]
    return found
