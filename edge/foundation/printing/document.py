"""What is to be printed, as values: rows of text, columns, rules, codes, pictures. Pure; no printer is known here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

Align = Literal["start", "centre", "end"]
Size = Literal[1, 2]


class Text(msgspec.Struct, frozen=True, tag="text", omit_defaults=True):
    """A line of text, wrapped at the paper's width. `size` 2 is twice as wide and high."""

    text: str
    align: Align = "start"
    bold: bool = False
    size: Size = 1


class Pair(msgspec.Struct, frozen=True, tag="pair", omit_defaults=True):
    """Something at the start of the line and something at its end: a name and its price."""

    left: str
    right: str
    bold: bool = False
    size: Size = 1


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """One column of a `Row`: `width` in characters; the columns with 0 share what the others leave."""

    text: str
    width: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    align: Align = "start"


class Row(msgspec.Struct, frozen=True, tag="row", omit_defaults=True):
    """A line of a table; what does not fit into its column is wrapped within it."""

    cells: Annotated[tuple[Cell, ...], msgspec.Meta(min_length=1, max_length=12)]
    bold: bool = False


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """A line across the paper."""


class Qr(msgspec.Struct, frozen=True, tag="qr"):
    """A QR code of `data`."""

    data: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class Bars(msgspec.Struct, frozen=True, tag="bars", omit_defaults=True):
    """A bar code of `data` with its plain text below. What does not fit `kind` is drawn as code128."""

    data: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    kind: Literal["code128", "ean13", "ean8"] = "code128"


class Logo(msgspec.Struct, frozen=True, tag="logo"):
    """The shop's picture, if the printer was given one."""


class DrawerPulse(msgspec.Struct, frozen=True, tag="kick"):
    """Open the cash drawer that hangs on the printer."""


class TemplateBlock(msgspec.Struct, frozen=True, tag="form"):
    """Rows that a template makes of `data` when they are printed (`templates.py`): a sale is settled sooner than
    laid out. `data` is anything that JSON can hold, or structs of msgspec; it comes back as dicts and lists."""

    template: str
    data: dict[str, Any]


Element = Text | Pair | Row | Rule | Qr | Bars | Logo | DrawerPulse
AnyRow = Element | TemplateBlock


class Document(msgspec.Struct, frozen=True):
    """One piece of paper, in one language (its direction follows). `cut` cuts behind it."""

    language: str
    rows: tuple[AnyRow, ...]
    cut: bool = True
