"""Events of other tills."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from edge.backoffice.other_tills.other_till import OtherTill, PosItem
from edge.backoffice.other_tills.sale import PosDifference, PosSale, Theirs, TillId
from edge.core.messages import Event
from edge.core.registry import Upcaster

PosState = Literal["taken", "held", "waits"]


class OtherTillSet(Event, frozen=True):
    """Another till was set up or changed; this is its complete new state. Version 2: it may be Clover's."""

    version: ClassVar[int] = 2

    till: OtherTill


class OtherTillEnded(Event, frozen=True):
    """Another till was removed."""

    id: TillId


class PosItemSet(Event, frozen=True):
    """An item of another till was assigned to a product."""

    item: PosItem


class PosItemEnded(Event, frozen=True):
    """An item's assignment was removed."""

    pos: TillId
    item: Theirs


class PosMove(msgspec.Struct, frozen=True, array_like=True):
    """The change of a product's stock by which this version differs from earlier ones: thousandths of the product, or
    of a measure, `of` of which make a unit. Negative: outgoing.

    `undoes`: the journal row of the reversed movement. `moved` is false if a later count includes it.
    """

    sku: str
    delta: int
    location: str
    of: int = 0
    undoes: int = 0
    moved: bool = True


class PosSaleTaken(Event, frozen=True):
    """A version of another till's sale was applied, with its movements.

    `reasons`: why it or some lines wait (`unknown_location`, `unmapped`, `refund_exceeds`, `waits_for_sale`,
    `refund_without_sale`), and other notes (`before_count`, `suspect`, `currency`).
    """

    sale: PosSale
    state: PosState
    moves: tuple[PosMove, ...] = ()
    reasons: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()


class PosDayReconciled(Event, frozen=True):
    """A day at another till's location was compared with ours; since version 2 also stock on hand."""

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
