"""Requests other than stock movements. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.conversation.understanding.clause import Clause

ErrandKind = Literal[
    "figures", "price", "order", "label", "acknowledge", "receipt", "where", "sold_out", "back", "minimum", "command"
]

MOST_TEXT = 80
"""Maximum characters of verbatim text."""


class Errand(msgspec.Struct, frozen=True):
    """A request. `price_minor`: the new price or the sum moved; `supplier`: its id; `number`: of an alert, a receipt
    (0: the newest) or anything numbered; `level`: the reorder point in thousandths; `shown`: what the confirmation
    showed. `name`: of a `command` in `vocabulary/errands/commands.toml`; `text`: verbatim text. `lacks`: slots still
    missing; `takes_back`: it undoes the last action."""

    kind: ErrandKind
    price_minor: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    supplier: Annotated[str, msgspec.Meta(max_length=80)] = ""
    number: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    level: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    shown: Annotated[str, msgspec.Meta(max_length=500)] = ""
    name: Annotated[str, msgspec.Meta(max_length=40)] = ""
    text: Annotated[str, msgspec.Meta(max_length=MOST_TEXT)] = ""
    takes_back: bool = False
    lacks: Annotated[tuple[Annotated[str, msgspec.Meta(max_length=20)], ...], msgspec.Meta(max_length=8)] = ()


class SaidErrand(msgspec.Struct, frozen=True):
    """A request as stated, with its products and quantity."""

    errand: Errand
    language: str
    clause: Clause = Clause()
    skus: Annotated[tuple[str, ...], msgspec.Meta(max_length=24)] = ()
