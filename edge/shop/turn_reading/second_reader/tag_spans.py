"""Where each tag of a sentence begins and ends. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class TagSpan(NamedTuple):
    """Words from `begin` to `end` that have one tag."""

    tag: str
    begin: int
    end: int


def spans_of(tags: Sequence[str]) -> list[TagSpan]:
    """All of them, in their order.

    >>> [tuple(one) for one in spans_of(["B-n", "O", "B-out", "I-out"])]
    [('n', 0, 1), ('out', 2, 4)]
    """
    found: list[TagSpan] = []
    for at, tag in enumerate(tags):
        if tag.startswith("B-"):
            found.append(TagSpan(tag[2:], at, at + 1))
        elif tag.startswith("I-") and found and found[-1].end == at:
            found[-1] = found[-1]._replace(end=at + 1)
    return found
