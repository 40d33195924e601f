"""What somebody wants done beside movements of stock. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.conversation.understanding.clause import Clause

ErrandKind = Literal[
    "figures", "price", "order", "label", "acknowledge", "receipt", "where", "sold_out", "back", "minimum", "command"
]

MOST_TEXT = 80
"""Characters of what is kept as it was said."""


class Errand(msgspec.Struct, frozen=True):
    """One thing to be done. `price_minor`: the new price, or what money is moved; `supplier`: who is asked for goods,
    by its id; `number`: of an alert, a receipt (0: the newest) or whatever else has one; `level`: at how much goods run
    low, in thousandths; `shown`: what a yes was asked for. `name`: of a `command`, as
    `vocabulary/errands/commands.toml` calls it; `text`: what of it stands as it was written. `lacks`: slots of it that
    nobody has said yet; `takes_back`: what was done just now."""

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
    """An errand as it was said: of which goods, and how much of them."""

    errand: Errand
    language: str
    clause: Clause = Clause()
    skus: Annotated[tuple[str, ...], msgspec.Meta(max_length=24)] = ()
