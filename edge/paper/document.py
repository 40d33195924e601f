"""What is to be printed, as values: rows of text, pairs, rules and codes. Pure; no printer is known here."""

from __future__ import annotations

import textwrap
from typing import Literal

import msgspec

Align = Literal["start", "centre", "end"]


class Text(msgspec.Struct, frozen=True, tag="text", omit_defaults=True):
    """A line of text, wrapped at the paper's width. `size` 2 is twice as wide and high."""

    text: str
    align: Align = "start"
    bold: bool = False
    size: int = 1


class Pair(msgspec.Struct, frozen=True, tag="pair", omit_defaults=True):
    """Something at the start of the line and something at its end: a name and its price."""

    left: str
    right: str
    bold: bool = False
    size: int = 1


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """A line across the paper."""


class Qr(msgspec.Struct, frozen=True, tag="qr"):
    """A QR code of `data`."""

    data: str


class Kick(msgspec.Struct, frozen=True, tag="kick"):
    """Open the cash drawer that hangs on the printer."""


Element = Text | Pair | Rule | Qr | Kick


class Document(msgspec.Struct, frozen=True):
    """One piece of paper, in one language (its direction follows). `cut` cuts behind it."""

    language: str
    rows: tuple[Element, ...]
    cut: bool = True


def plain_text(document: Document, columns: int = 42) -> str:
    """The document as the printer's columns show it, in reading order: for screens and tests."""
    lines: list[str] = []
    for row in document.rows:
        match row:
            case Text(text, align, _, size):
                width = columns // size
                for part in wrap(text, width):
                    pad = {"start": 0, "centre": (width - len(part)) // 2, "end": width - len(part)}[align]
                    lines.append(" " * pad + part)
            case Pair(left, right, _, size):
                lines.extend(pair_lines(left, right, columns // size))
            case Rule():
                lines.append("-" * columns)
            case Qr(data):
                lines.append(f"[QR {data}]")
            case Kick():
                pass
    return "\n".join(lines)


def wrap(text: str, width: int) -> list[str]:
    """`text` cut at spaces into lines of at most `width` characters, indented as it begins; longer words are cut."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        indent = min(len(paragraph) - len(paragraph.lstrip(" ")), width // 2)
        wrapped = textwrap.wrap(paragraph.strip(), width - indent) or [""]
        lines.extend(" " * indent + line for line in wrapped)
    return lines


def pair_lines(left: str, right: str, width: int) -> list[str]:
    """`left` and `right` on one line, or `left` wrapped above when both do not fit; no word is cut to make room."""
    room = width - len(right) - 1
    if any(len(word) > room for word in left.split()):
        return [*wrap(left, width), right.rjust(width)]
    *above, last = wrap(left, max(1, room))
    return [*above, last.ljust(width - len(right)) + right]
