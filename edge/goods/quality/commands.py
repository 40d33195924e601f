"""What can be asked about rows that wait for a yes."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.goods.catalog.product import Product, Sku, Source, Word
from edge.goods.quality.events import GateReason

MANY = 100
"""Products of one command."""


class HoldProducts(Command, frozen=True):
    """Keep what a source says of products aside until somebody says yes: its price is far from the shop's, or is 0,
    which is none, or it is new and has no number of its own, or is called as another product of the shop, or its row
    failed the gate of its file.

    `lines` are their places in the source, `gates` why each failed (None: it did not; none at all: no row did). What is
    kept already, or was said no to, is left alone.
    """

    products: Annotated[tuple[Product, ...], msgspec.Meta(max_length=MANY)]
    source: Source
    lines: Annotated[tuple[Number, ...], msgspec.Meta(max_length=MANY)] = ()
    gates: Annotated[tuple[GateReason | None, ...], msgspec.Meta(max_length=MANY)] = ()


class ReleaseHeld(Command, frozen=True):
    """Yes: take what a source says of these products; where one was proposed to be a product that the shop has under
    another number, it is that one, now and whenever that source speaks of it."""

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=MANY)]
    source: Word


class DropHeld(Command, frozen=True):
    """No: leave these products as they are. The same price of the same source is not asked about again. What was
    proposed to be another product of the shop is taken as one of its own."""

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=MANY)]
    source: Word


class WithdrawHeld(Command, frozen=True):
    """Forget what a source's file wanted of these products: the import of it was taken back, or what was out of use
    there is in use again.

    What waits by now because of another file of it is left alone, as is what somebody said no to.
    """

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=MANY)]
    source: Source


class NoteSource(Command, frozen=True):
    """A source was read to its end: so many rows of a file. `counts`: what they came to, as the job says of itself, and
    `refused` how many could not be taken."""

    source: Source
    file: Annotated[str, msgspec.Meta(max_length=300)]
    rows: Number
    counts: Annotated[dict[str, int], msgspec.Meta(max_length=20)] = msgspec.field(default_factory=dict)
    refused: Number = 0
