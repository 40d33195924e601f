"""What can have happened to the stock."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event, Remark
from edge.goods.stock.location import MAIN


class Move(msgspec.Struct, frozen=True, array_like=True):
    """`delta` thousandths of the product's unit in one row: negative ones leave it.

    `boxes`: closed boxes of `box` units that came into the row (below 0: left it or were opened); `opened` of them were
    opened.
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
        """By how much loose goods became more, in thousandths."""
        return self.delta - self.boxes * self.box * 1000


class PourRest(msgspec.Struct, frozen=True, array_like=True):
    """What was poured of a product at a place and is less than a thousandth of its unit: `rest` of `of` of one.

    The next pour begins with it, so that 700 ml are one bottle to the drop, however they were poured.
    """

    sku: str
    location: str
    rest: int
    of: int


OTHER_TILL = "till:"
"""How the `cause` begins of what was sold at a till that is not ours; its id follows."""


class StockMoved(Event, frozen=True, omit_defaults=True):
    """Goods came, went or changed place together, for one reason.

    `cause`: a finer word of it; `document`: a delivery note, a count, a receipt of a till; `unit_cost_minor`: what a
    unit of it cost; `rests`: of what was poured, as they are from now on. `supplier`: who brought what came without an
    order, if somebody said so. `said_us`: when it was done, where a phone could not say so at once (0: as booked).
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
    """A receipt, at a row of the journal, was of so much at this cost; `added_minor` came on top of it (freight).

    `value_milli`: by how much what is still there is worth more for it, in thousandths of a minor unit.
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
    """Goods that are gone already cost so much more (below 0: less) than was thought, in thousandths of a minor unit.

    `why`: `sold_short` (they were sold before they came), `receipt` (one was corrected), `added` (freight or duty),
    `returned` (their supplier credits another sum than they are worth here), `lost_in_transit` to another store,
    `production` (components of a work order came back at another average than they left at), or `production_loss`
    (nothing good was made of them).
    """

    sku: str
    amount_milli: int
    why: str
    receipt: int = 0
    document: str = ""


class LocationSet(Event, frozen=True):
    """A place that holds stock, as it is from now on.

    `parent`: the place that it is in, as a shelf is in a room ("": in none). `position`: where it comes among those
    when somebody walks through the store. `capacity`: how much fits there, in thousandths of a unit; 0: nobody said.
    """

    id: str
    names: dict[str, str]
    kind: str
    parent: str = ""
    position: int = 0
    capacity: int = 0


class LocationRetired(Event, frozen=True):
    """A place that holds nothing any more, and never will again."""

    id: str


class SellingPlaceSet(Event, frozen=True):
    """Where what a register sells is taken from, from now on."""

    register: str
    location: str


class LevelsSet(Event, frozen=True):
    """How much of a product a place should hold (`par`), and at how much it runs low (`reorder`); both 0: no levels.

    `quantity`: order so much at least. `maximum`: order no more than makes it so much; 0: no bound.
    """

    sku: str
    location: str
    par: int
    reorder: int
    quantity: int = 0
    maximum: int = 0


class LotRecalled(Event, frozen=True):
    """A lot that nobody may sell any more."""

    sku: str
    lot: str
    note: str = ""


class RecallLifted(Event, frozen=True):
    """A lot that may be sold again."""

    sku: str
    lot: str


class Claimed(msgspec.Struct, frozen=True, array_like=True):
    """So much of a product, in thousandths."""

    sku: str
    quantity: int


class StockReserved(Event, frozen=True):
    """What is promised to a holder from now on, all of it; `expires_us` 0: until it is released. `said`: what people
    call the holder ("": as it is named)."""

    holder: str
    location: str
    lines: tuple[Claimed, ...]
    expires_us: int = 0
    said: str = ""


class ReservationReleased(Event, frozen=True):
    """Nothing is promised to a holder any more: it was `released`, or `expired`."""

    holder: str
    why: str


class ReservationFulfilled(Event, frozen=True):
    """A holder was given so much of what was promised."""

    holder: str
    lines: tuple[Claimed, ...]


class StockExpected(Event, frozen=True):
    """What is on its way for a holder from now on, all of it."""

    holder: str
    location: str
    lines: tuple[Claimed, ...]


class CountStarted(Event, frozen=True):
    """A place is counted. `blind`: nobody is shown what should be there. `category`: only its products, where named."""

    number: int
    location: str
    blind: bool
    category: str


class CountScanned(Event, frozen=True):
    """Somebody found `quantity` of a product, all they found of it so far.

    `expected` was on hand when they began with it. `looks`: how often it was looked at. `boxes` of it
    are closed ones of `box` units.
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
    """A count was `posted`, with all its differences, or `cancelled`."""

    number: int
    how: str


class KeptDropped(Event, frozen=True):
    """What somebody did at `said_us` without a connection never reached the books: given up, `old`, or of somebody who
    is of the shop no more (`ended`)."""

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
