"""Stock events."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event, Remark
from edge.goods.stock.location import MAIN


class Move(msgspec.Struct, frozen=True, array_like=True):
    """A change of `delta` thousandths of the product's unit in one stock row; negative takes from it.

    `boxes`: closed boxes of `box` units added to the row (negative: removed or opened); `opened`: the number opened.
    """

    sku: str
    delta: int
    boxes: int = 0
    box: int = 0
    opened: int = 0
    location: str = MAIN
    lot: str = ""
    expiry: str = ""

    @property
    def units(self) -> int:
        """The change of loose goods, in thousandths."""
        return self.delta - self.boxes * self.box * 1000


class PourRest(msgspec.Struct, frozen=True, array_like=True):
    """The poured remainder of a product at a location, less than a thousandth of its unit: `rest` parts of `of`.

    The next pour starts with it, so 700 ml are exactly one bottle in any number of pours.
    """

    sku: str
    location: str
    rest: int
    of: int


OTHER_TILL = "till:"
"""Prefix of the `cause` of sales at another system's till, followed by its id."""


class StockMoved(Event, frozen=True, omit_defaults=True):
    """Goods were added, removed or moved in one step, for one reason.

    `cause`: the detailed cause; `document`: the number of a delivery note, count or receipt; `unit_cost_minor`: the
    cost of a unit; `rests`: the new poured remainders. `supplier`: the supplier of a receipt without an order, if
    known. `said_us`: when it happened, if a phone couldn't send it at once (0: when it was booked).
    """

    remarks = ("note",)

    reason: str
    moves: tuple[Move, ...]
    cause: str = ""
    note: Remark = ""
    document: str = ""
    unit_cost_minor: int | None = None
    rests: tuple[PourRest, ...] = ()
    supplier: str = ""
    said_us: int = 0


class ReceiptCorrected(Event, frozen=True):
    """A receipt (a journal row) was corrected to this quantity and cost; `added_minor` is an additional cost such as
    freight.

    `value_milli`: the change in the value of goods on hand, in thousandths of a minor unit.
    """

    remarks = ("note",)

    receipt: int
    sku: str
    quantity: int
    unit_cost_minor: int | None
    added_minor: int
    value_milli: int
    document: str = ""
    note: Remark = ""


class CostCorrected(Event, frozen=True):
    """The cost of goods no longer in stock was corrected by this sum, in thousandths of a minor unit (negative:
    cheaper).

    `why`: `sold_short` (sold before they were received), `receipt` (a receipt was corrected), `added` (freight or
    duty), `returned` (the supplier's credit differs from their value), `lost_in_transit` to another store, `production`
    (a work order's components were returned at a different average cost), or `production_loss` (they yielded nothing
    usable).
    """

    sku: str
    amount_milli: int
    why: str
    receipt: int = 0
    document: str = ""


class LocationSet(Event, frozen=True):
    """A stock location was created or changed.

    `parent`: the location that contains it, such as a shelf's room ("": none). `position`: its position in the store's
    walking order. `capacity`: in thousandths of a unit; 0: unknown.
    """

    id: str
    names: dict[str, str]
    kind: str
    parent: str = ""
    position: int = 0
    capacity: int = 0


class LocationRetired(Event, frozen=True):
    """An empty location was permanently retired."""

    id: str


class SellingPlaceSet(Event, frozen=True):
    """The location that a register sells from was set."""

    register: str
    location: str


class LevelsSet(Event, frozen=True):
    """A product's levels at a location were set: target (`par`) and reorder point (`reorder`), in thousandths of its
    unit; both 0: the product's own apply.

    `quantity`: the minimum order. `maximum`: upper limit of stock after ordering; 0: no limit.
    """

    sku: str
    location: str
    par: int
    reorder: int
    quantity: int = 0
    maximum: int = 0


class LotRecalled(Event, frozen=True):
    """A lot was recalled: it can't be sold."""

    sku: str
    lot: str
    note: str = ""


class RecallLifted(Event, frozen=True):
    """The recall of a lot was lifted."""

    sku: str
    lot: str


class Claimed(msgspec.Struct, frozen=True, array_like=True):
    """A quantity of a product, in thousandths."""

    sku: str
    quantity: int


class StockReserved(Event, frozen=True):
    """A holder's complete reservation was set; `expires_us` 0: until released.

    `said`: the holder's display name ("": its own name).
    """

    holder: str
    location: str
    lines: tuple[Claimed, ...]
    expires_us: int = 0
    said: str = ""


class ReservationReleased(Event, frozen=True):
    """A holder's reservation ended, because it was `released` or it `expired`."""

    holder: str
    why: str


class ReservationFulfilled(Event, frozen=True):
    """A quantity of a holder's reservation was fulfilled."""

    holder: str
    lines: tuple[Claimed, ...]


class StockExpected(Event, frozen=True):
    """A holder's complete expected stock was set."""

    holder: str
    location: str
    lines: tuple[Claimed, ...]


class CountStarted(Event, frozen=True):
    """A count of a location started.

    `blind`: expected quantities are hidden. `category`: the only category counted, if given.
    """

    number: int
    location: str
    blind: bool
    category: str


class CountScanned(Event, frozen=True):
    """A product was counted: `quantity` is the total found so far.

    `expected`: the quantity on hand when its count began. `looks`: how often it was counted. `boxes`: closed boxes of
    `box` units included in it.
    """

    number: int
    sku: str
    lot: str
    expiry: str
    quantity: int
    boxes: int
    box: int
    expected: int
    looks: int


class CountEnded(Event, frozen=True):
    """A count was `posted` with all its differences, or `cancelled`."""

    number: int
    how: str


class KeptDropped(Event, frozen=True):
    """An entry made offline at `said_us` was dropped without being booked: a person discarded it, it was too `old`, or
    its user had left the shop (`ended`).
    """

    kind: str
    sku: str
    said_us: int
    why: str


EVENTS: tuple[type[Event], ...] = (
    StockMoved,
    ReceiptCorrected,
    CostCorrected,
    LocationSet,
    LocationRetired,
    SellingPlaceSet,
    LevelsSet,
    LotRecalled,
    RecallLifted,
    StockReserved,
    ReservationReleased,
    ReservationFulfilled,
    StockExpected,
    CountStarted,
    CountScanned,
    CountEnded,
    KeptDropped,
)
