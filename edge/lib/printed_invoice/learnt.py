"""Layout learnt from corrections of one seller's documents: each field's label and position. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from edge.lib.printed_invoice.amounts import decimal_of
from edge.lib.printed_invoice.label_search import FieldValue, read_value, values_of
from edge.lib.printed_invoice.labels import LearntName, plain
from edge.lib.printed_invoice.words import Box, PlacedWord, TextRow, rows_of

Form = Literal["", "day_first", "month_first"]
NEAR_ACROSS = 30
NEAR_DOWN = 20
"""Largest distances, in thousandths of a page, by which a value may move on the next document."""
_LABEL_WORDS = 4


class LearntField(msgspec.Struct, frozen=True):
    """Location of a field: after a label (normalised; "": none), at a page position in thousandths. `form`: its date
    format."""

    field: LearntName
    label: Annotated[str, msgspec.Meta(max_length=80)]
    page: Annotated[int, msgspec.Meta(ge=1, le=50)]
    left: Annotated[int, msgspec.Meta(ge=-1000, le=2000)]
    top: Annotated[int, msgspec.Meta(ge=-1000, le=2000)]
    form: Form = ""


class LearntValue(msgspec.Struct, frozen=True):
    """Value at a learnt location, and the way it was found: by label, position, or both."""

    value: FieldValue
    by_label: bool
    by_place: bool


def learn(words: Sequence[PlacedWord], field: LearntName, value: str) -> LearntField | None:
    """Locate a confirmed value on a document; None if it is absent. Prefers a place after that field's label, then
    after any label, because a date may also be the printing date."""
    rows = rows_of(words)
    own = {one.words[0].box for form in (False, True) for one in values_of(rows, form) if one.name == field}
    found = list(_places(rows, field, value))
    return min(found, key=lambda pair: (pair[1] not in own, not pair[0].label), default=(None,))[0]


def _places(rows: Sequence[TextRow], field: LearntName, value: str) -> Iterator[tuple[LearntField, Box]]:
    for row in rows:
        before: tuple[PlacedWord, ...] = ()
        for cell in row.cells:
            for at in range(len(cell.words)):
                form = _form(field, cell.words[at:], value)
                if form is None:
                    continue
                label = cell.words[max(0, at - _LABEL_WORDS) : at] or before[-_LABEL_WORDS:]
                said = plain(" ".join(word.text for word in label))
                box = cell.words[at].box
                is_label = any(char.isalpha() for char in said)
                yield LearntField(field, said[:80] if is_label else "", box.page, box.left, box.top, form), box
            before = cell.words


def read_learnt(rows: Sequence[TextRow], learnt: LearntField) -> LearntValue | None:
    """Return the field after its learnt label, otherwise at its learnt position; None if neither matches."""
    month_first = learnt.form == "month_first"
    for by_label, words in ((True, _behind(rows, learnt.label) if learnt.label else None), (False, _at(rows, learnt))):
        if words and (found := read_value(learnt.field, words, month_first)):
            value = msgspec.structs.replace(found, unsure=False) if learnt.form else found
            return LearntValue(value, by_label, not by_label or _is_near(words[0].box, learnt))
    return None


def _form(field: LearntName, words: Sequence[PlacedWord], value: str) -> Form | None:
    """Return the format of a value at the start of some words; None if they don't contain it."""
    if field in ("net", "tax", "total"):
        said = decimal_of(words[0].text)
        return "" if said is not None and said == Decimal(value) else None
    if field in ("date", "due"):
        for form, month_first in (("day_first", False), ("month_first", True)):
            found = read_value(field, words[:5], month_first)
            if found is not None and found.value == value and found.words[0] is words[0]:
                return "month_first" if form == "month_first" else "day_first"
        return None
    found = read_value(field, words[:1], month_first=False)
    return "" if found is not None and found.value == value else None


def _behind(rows: Sequence[TextRow], label: str) -> Sequence[PlacedWord] | None:
    for row in rows:
        words = row.words
        for start in range(len(words)):
            for end in range(start + 1, min(start + _LABEL_WORDS, len(words)) + 1):
                if plain(" ".join(word.text for word in words[start:end])) == label and end < len(words):
                    return words[end : end + 5]
    return None


def _at(rows: Sequence[TextRow], learnt: LearntField) -> Sequence[PlacedWord] | None:
    """Words starting near a learnt position."""
    near = [(row, at) for row in rows for at, word in enumerate(row.words) if _is_near(word.box, learnt)]
    if not near:
        return None
    row, at = min(near, key=lambda pair: _apart(pair[0].words[pair[1]].box, learnt))
    return row.words[at : at + 5]


def _apart(box: Box, learnt: LearntField) -> int:
    return abs(box.left - learnt.left) + abs(box.top - learnt.top)


def _is_near(box: Box, learnt: LearntField) -> bool:
    near = abs(box.left - learnt.left) <= NEAR_ACROSS and abs(box.top - learnt.top) <= NEAR_DOWN
    return near and box.page == learnt.page
