"""What can have happened to other tills."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from edge.backoffice.other_tills.other_till import OtherTill, PosItem
from edge.backoffice.other_tills.sale import PosDifference, PosSale, Theirs, TillId
from edge.core.messages import Event
from edge.core.registry import Upcaster

PosState = Literal["taken", "held", "waits"]


class OtherTillSet(Event, frozen=True):
    """Another till is new or changed: all of it, as it is from now on."""

    till: OtherTill


class OtherTillEnded(Event, frozen=True):
    """Another till is heard of no more."""

    id: TillId


class PosItemSet(Event, frozen=True):
    """What an item of another till is here, from now on."""

    item: PosItem


class PosItemEnded(Event, frozen=True):
    """Nobody says any more what an item is."""

    pos: TillId
    item: Theirs


class PosMove(msgspec.Struct, frozen=True, array_like=True):
    """`delta` thousandths of a product (or, of a measure of which a unit holds `of`) that a version of a transaction
    moves beside what earlier ones did; below 0 they leave. `undoes`: the row of the journal with what took them.
    `moved` no: a later count had seen it."""

    sku: str
    delta: int
    location: str
    of: int = 0
    undoes: int = 0
    moved: bool = True


class PosSaleTaken(Event, frozen=True):
    """A version of a transaction of another till, with what it moves now. `reasons`: why it, or some of its lines,
    waits (`unknown_location`, `unmapped`, `refund_exceeds`, `waits_for_sale`, `refund_without_sale`), and what else is
    to be known (`before_count`, `suspect`, `currency`)."""

    sale: PosSale
    state: PosState
    moves: tuple[PosMove, ...] = ()
    reasons: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()


class PosDayReconciled(Event, frozen=True):
    """A day of another till's place was put beside what is known of it; since version 2 also what is on hand."""

    version: ClassVar[int] = 2

    pos: TillId
    location: Theirs
    day: str
    sales: int
    taken: int
    differences: tuple[PosDifference, ...]


EVENTS: tuple[type[Event], ...] = (
    OtherTillSet,
    OtherTillEnded,
    PosItemSet,
    PosItemEnded,
    PosSaleTaken,
    PosDayReconciled,
)
UPCASTERS: tuple[Upcaster, ...] = ()
