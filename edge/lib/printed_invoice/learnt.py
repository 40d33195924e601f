"""What corrections teach of the papers of one seller: behind which label, and where, each field stands. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from edge.lib.printed_invoice.amounts import decimal_of
from edge.lib.printed_invoice.label_search import FieldValue, read_value
from edge.lib.printed_invoice.labels import LearntName, plain
from edge.lib.printed_invoice.words import PlacedWord, TextRow, rows_of

Form = Literal["", "day_first", "month_first"]
NEAR_ACROSS = 30
NEAR_DOWN = 20
"""Thousandths of a page that a value may stand elsewhere on the next paper."""
_LABEL_WORDS = 4


class LearntField(msgspec.Struct, frozen=True):
    """Where a field stands: behind a label (plain text; "": none), at a place of a page in thousandths; `form`: how a
    day is written there."""

    field: LearntName
    label: Annotated[str, msgspec.Meta(max_length=80)]
    page: Annotated[int, msgspec.Meta(ge=1, le=50)]
    left: Annotated[int, msgspec.Meta(ge=-1000, le=2000)]
    top: Annotated[int, msgspec.Meta(ge=-1000, le=2000)]
    form: Form = ""


def learn(words: Sequence[PlacedWord], field: LearntName, value: str) -> LearntField | None:
    """Where a value that somebody said stands on a paper; None: it does not."""
    for row in rows_of(words):
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
                return LearntField(field, said[:80] if is_label else "", box.page, box.left, box.top, form)
            before = cell.words
    return None


def read_learnt(rows: Sequence[TextRow], learnt: LearntField) -> FieldValue | None:
    """A field behind its learnt label, else at its learnt place; None: it is in neither."""
    month_first = learnt.form == "month_first"
    places = (_behind(rows, learnt.label) if learnt.label else None, _at(rows, learnt))
    for words in places:
        if words and (found := read_value(learnt.field, words, month_first)):
            return msgspec.structs.replace(found, unsure=False) if learnt.form else found
    return None


def _form(field: LearntName, words: Sequence[PlacedWord], value: str) -> Form | None:
    """How a value is written at the beginning of some words; None: it is not."""
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
    for row in rows:
        for at, word in enumerate(row.words):
            box = word.box
            near = abs(box.left - learnt.left) <= NEAR_ACROSS and abs(box.top - learnt.top) <= NEAR_DOWN
            if box.page == learnt.page and near:
                return row.words[at : at + 5]
    return None
