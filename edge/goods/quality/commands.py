"""Commands for rows that need approval."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.goods.catalog.product import Product, Sku, Source, Word
from edge.goods.quality.events import GateReason

MANY = 100
"""Maximum products per command."""


class HoldProducts(Command, frozen=True):
    """Hold a source's product data for approval: its price is 0 or differs too much, or the product is new and has no
    number, may be the same as another, or failed its file's checks.

    `lines` are positions in the source, `gates` the reasons (None: passed; empty: all passed). Rows already held or
    rejected are unchanged.
    """

    products: Annotated[tuple[Product, ...], msgspec.Meta(max_length=MANY)]
    source: Source
    lines: Annotated[tuple[Number, ...], msgspec.Meta(max_length=MANY)] = ()
    gates: Annotated[tuple[GateReason | None, ...], msgspec.Meta(max_length=MANY)] = ()


class ReleaseHeld(Command, frozen=True):
    """Approve a source's data on these products.

    A proposed match is confirmed, also for later data from that source. Returns the data that `HoldAgain` needs to undo
    it; a confirmed match isn't undone.
    """

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=MANY)]
    source: Word


class DropHeld(Command, frozen=True):
    """Reject held data, leaving these products unchanged.

    The same price from the same source isn't asked about again, and a proposed match is added as a separate product.

    Returns the data that `HoldAgain` needs to undo it; a rejected match isn't undone.
    """

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=MANY)]
    source: Word


class DecidedRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Held data that was approved or rejected, and why it was held.

    `first`, `last`: the journal rows in which approval changed the product (0: none).
    """

    product: Product
    source: Source
    was_minor: Number | None = None
    gate: GateReason | None = None
    first: Number = 0
    last: Number = 0


class HoldAgain(Command, frozen=True):
    """Undo decisions: the data waits for approval again, and changes made by its approval are reverted.

    Refused if a product has changed since.
    """

    rows: Annotated[tuple[DecidedRow, ...], msgspec.Meta(min_length=1, max_length=MANY)]


class WithdrawHeld(Command, frozen=True):
    """Withdraw a source's held data on these products: its import was undone, or a discontinued product is active
    again.

    Data held because of another file, and rejections, stay.
    """

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=MANY)]
    source: Source


class NoteSource(Command, frozen=True):
    """Record that a source's file was read completely: its rows, result `counts`, and number `refused`."""

    source: Source
    file: Annotated[str, msgspec.Meta(max_length=300)]
    rows: Number
    counts: Annotated[dict[str, int], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=dict)
    refused: Number = 0
