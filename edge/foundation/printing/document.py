"""Printable documents as values: rows of text, columns, rules, barcodes, pictures. Pure; independent of printers."""

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
    """Text at the start and end of a line: a name and its price."""

    left: str
    right: str
    bold: bool = False
    size: Size = 1


class Cell(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column of a `Row`: `width` in characters; columns with 0 share the rest."""

    text: str
    width: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    align: Align = "start"


class Row(msgspec.Struct, frozen=True, tag="row", omit_defaults=True):
    """A table line; text is wrapped within its column."""

    cells: Annotated[tuple[Cell, ...], msgspec.Meta(min_length=1, max_length=12)]
    bold: bool = False


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """A horizontal line."""


class Qr(msgspec.Struct, frozen=True, tag="qr"):
    """A QR code of `data`."""

    data: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class Bars(msgspec.Struct, frozen=True, tag="bars", omit_defaults=True):
    """A barcode of `data` with its text below. Data that doesn't fit `kind` is printed as code128."""

    data: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    kind: Literal["code128", "ean13", "ean8"] = "code128"


class Logo(msgspec.Struct, frozen=True, tag="logo"):
    """The shop's logo, if the printer has one."""


class DrawerPulse(msgspec.Struct, frozen=True, tag="kick"):
    """Open the cash drawer connected to the printer."""


class TemplateBlock(msgspec.Struct, frozen=True, tag="form"):
    """Rows that a template renders from `data` when they are printed, because a sale is faster without that work.

    `data` is any JSON value, or msgspec structs, which are read back as dicts and lists.
    """

    template: str
    data: dict[str, Any]


Element = Text | Pair | Row | Rule | Qr | Bars | Logo | DrawerPulse
AnyRow = Element | TemplateBlock


class Document(msgspec.Struct, frozen=True):
    """One printed document in one language, which determines its direction. `cut`: cut the paper after it."""

    language: str
    rows: tuple[AnyRow, ...]
    cut: bool = True
