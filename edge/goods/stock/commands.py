"""Stock commands."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import AskingCommand, Command, Number
from edge.goods.stock.location import (
    DELTA_LIMIT,
    MAIN,
    AnyLocationId,
    LocationId,
    Sku,
    StockLevels,
    StockLocation,
    Thousandths,
)
from edge.lib.units.quantity import THOUSANDTHS

MOST = 1_000_000 * THOUSANDTHS
"""Maximum quantity of a product in one movement by hand."""
LINES_LIMIT = 500
"""Maximum lines of a transfer or reservation."""

Lot = Annotated[str, msgspec.Meta(max_length=80)]
Expiry = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$(?!\n)")]
"""An expiry date (ISO 8601); "": unknown."""
Boxes = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Holder = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Note = Annotated[str, msgspec.Meta(max_length=300)]
Document = Annotated[str, msgspec.Meta(max_length=80)]
SupplierNamed = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$(?!\n)")]
"""A supplier's id, or empty."""
Cost = Annotated[int, msgspec.Meta(ge=0, le=10**12)]
Signed = Annotated[int, msgspec.Meta(ge=-DELTA_LIMIT, le=DELTA_LIMIT)]

MovementType = Literal["in", "out", "waste", "adjust"]
MovementReason = Literal[
    "",
    "used",
    "broken",
    "expired",
    "spoiled",
    "stolen",
    "found",
    "delivery",
    "transfer",
    "count",
    "returned",
    "other",
    "produced",
]
Cause = Literal["", "breakage", "spoilage", "expired", "spill", "comp", "prep", "damage"]


class OfLot(msgspec.Struct, frozen=True):
    """A struct that names a lot. `lot` is a key, so surrounding spaces are stripped."""

    def __post_init__(self) -> None:
        lot: str = self.lot  # type: ignore[attr-defined]  # a field of each of those that are of a lot
        if lot != (trimmed := lot.strip()):
            msgspec.structs.force_setattr(self, "lot", trimmed)


OPENING_UNDONE = "undo "
"""Prefix of the document number of movements that undo an import's opening counts."""


class Moved(OfLot, frozen=True, array_like=True):
    """A movement of `delta` thousandths of the product's unit; a negative quantity leaves the shop.

    `lot`: the scanned lot.

    `of`: for a poured product, the thousandths of the measure in one unit. `delta` is then in that measure, such as
    40000 of 700000 ml.
    """

    sku: Sku
    delta: Signed
    lot: Lot = ""
    of: Annotated[int, msgspec.Meta(ge=0, le=DELTA_LIMIT)] = 0

    @property
    def thousandths(self) -> int:
        """The quantity in the product's unit; for a poured product, rounded up to a thousandth.

        >>> Moved("gin", 40_000, of=700_000).thousandths
        58
        """
        return -(-self.delta * THOUSANDTHS // self.of) if self.of else self.delta


class MoveStock(Command, frozen=True):
    """Add to or take from the stock on hand of known products; pieces are whole.

    `received` adds, `lost` takes, the others do either. A `sale`, its `void`, its `refund` and a `damaged` return move
    stock inside their own command, never by hand. `undoes`: the journal row of the sale, so that goods return to their
    original lots. `document`: the receipt number; `till`: the till that issued the receipt ("": ours).
    """

    reason: Literal["sale", "void", "refund", "damaged", "received", "lost", "counted", "transferred"]
    moves: tuple[Moved, ...]
    location: AnyLocationId = ""
    undoes: Number = 0
    document: Document = ""
    sold: tuple[Moved, ...] = ()
    before: tuple[Moved, ...] = ()
    till: Annotated[str, msgspec.Meta(max_length=40)] = ""


class RecordMovement(AskingCommand, OfLot, frozen=True):
    """Record a stock movement by hand: receipt, removal, waste or adjustment; returns the resulting stock.

    `sku` may be any code of the product; with a case's code `units` are cases, and `unit_cost_minor` is a case's cost.
    `boxes` are of the product's box size, `units` in thousandths of its unit. `adjust` sets the stock on hand, at the
    location or of a lot there. Outgoing goods without `lot` leave by expiry date. Received goods without `expiry` get
    their lot's known date, otherwise one from the product's shelf life (none if `exact`). `down_to_zero`: take all
    stock on hand if it is less than the quantity. `exact`: only goods of exactly this lot and expiry date. `packed`:
    the packing or production date in the code of received goods; an earlier expiry is refused. `supplier`: the
    supplier. `produced` goods are only received by their work order. `said_us`: the time it was recorded on a phone
    without a connection; a count then applies at that time, and later movements are added.
    """

    personal = ("note",)

    sku: Sku
    type: MovementType
    boxes: Boxes = 0
    units: Thousandths = 0
    location: LocationId = MAIN
    lot: Lot = ""
    expiry: Expiry = ""
    reason: MovementReason = ""
    cause: Cause = ""
    note: Note = ""
    document: Document = ""
    unit_cost_minor: Cost | None = None
    down_to_zero: bool = False
    exact: bool = False
    packed: Expiry = ""
    supplier: SupplierNamed = ""
    said_us: Number = 0


class ReviseReceipt(Command, frozen=True):
    """Correct a product's line of a receipt (a journal row), and add to its cost.

    None leaves a value unchanged. Returns the changes; a receipt that already has these values isn't changed.
    """

    personal = ("note",)

    receipt: Number
    sku: Sku
    quantity: Thousandths | None = None
    unit_cost_minor: Cost | None = None
    add_minor: Annotated[int, msgspec.Meta(ge=-(10**12), le=10**12)] = 0
    document: Document = ""
    note: Note = ""


class TransferLine(OfLot, frozen=True, forbid_unknown_fields=True):
    """A quantity of a product to transfer; closed boxes that fit into it stay closed."""

    sku: Sku
    quantity: Annotated[int, msgspec.Meta(gt=0, le=DELTA_LIMIT)]
    lot: Lot = ""


class TransferStock(AskingCommand, frozen=True):
    """Transfer goods between locations of the shop; with `expiry`, only goods of exactly this lot and date."""

    personal = ("note",)

    from_location: LocationId
    to_location: LocationId
    lines: Annotated[tuple[TransferLine, ...], msgspec.Meta(min_length=1, max_length=LINES_LIMIT)]
    note: Note = ""
    expiry: Expiry | None = None


class SetAside(AskingCommand, OfLot, frozen=True):
    """Move damaged or doubtful goods to quarantine, where they count as unavailable."""

    personal = ("note",)

    sku: Sku
    boxes: Boxes = 0
    units: Thousandths = 0
    location: LocationId = MAIN
    lot: Lot = ""
    cause: Cause = "damage"
    note: Note = ""


class CloseBox(Command, frozen=True):
    """Pack loose units on hand into closed boxes."""

    sku: Sku
    boxes: Annotated[int, msgspec.Meta(gt=0, le=10**9)] = 1
    location: LocationId = MAIN


class SetLocation(Command, StockLocation, frozen=True):
    """Create a stock location, or replace one's data."""


class RetireLocation(Command, frozen=True):
    """Retire an empty location."""

    id: LocationId


class SetSellingPlace(Command, frozen=True):
    """Set the location that a register sells from."""

    register: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    location: LocationId


class SetLevels(Command, StockLevels, frozen=True):
    """Set the par and reorder levels of a product at a location; both 0: the product's own."""


class RecallLot(Command, OfLot, frozen=True):
    """Recall a lot of a product: no till may sell it from now on."""

    sku: Sku
    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    note: Note = ""


class LiftRecall(Command, OfLot, frozen=True):
    """Lift the recall of a lot."""

    sku: Sku
    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class ReserveLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity of a product, in thousandths."""

    sku: Sku
    quantity: Annotated[int, msgspec.Meta(gt=0, le=DELTA_LIMIT)]


Lines = Annotated[tuple[ReserveLine, ...], msgspec.Meta(max_length=LINES_LIMIT)]


class ReserveStock(Command, frozen=True):
    """Reserve goods for a holder, all or none, replacing its earlier reservation.

    `said`: the holder's display name, if different.
    """

    holder: Holder
    lines: Lines
    location: LocationId = MAIN
    expires_us: Number = 0
    said: Annotated[str, msgspec.Meta(max_length=80)] = ""


class ReleaseStock(Command, frozen=True):
    """Release a holder's reservation; a holder without one isn't an error."""

    holder: Holder


class FulfilReservation(Command, frozen=True):
    """Mark a quantity of a reservation as fulfilled; quantities that weren't reserved are ignored.

    Another command moves the goods.
    """

    holder: Holder
    lines: Lines


class ReleaseExpired(Command, frozen=True):
    """Release expired reservations."""


class ExpectStock(Command, frozen=True):
    """Set the stock that a holder (an order) expects, replacing earlier values; without lines, it expects none."""

    holder: Holder
    lines: Lines
    location: LocationId = MAIN


class StartCount(Command, frozen=True):
    """Start a count of a location; returns the count's number."""

    location: LocationId = MAIN
    blind: bool = False
    category: Annotated[str, msgspec.Meta(max_length=80)] = ""


class CountLine(Command, OfLot, frozen=True):
    """Record a counted quantity; the result says whether it should be checked again.

    `mode`: one person's entries add up; if another person has counted it, `add` to that count or `replace` it.
    `said_us`: the time a phone without a connection recorded it; later movements are added.
    """

    count: Number
    sku: Sku
    boxes: Boxes = 0
    units: Thousandths = 0
    lot: Lot = ""
    expiry: Expiry = ""
    mode: Literal["", "add", "replace"] = ""
    said_us: Number = 0


class PostCount(AskingCommand, frozen=True):
    """Post a count: set the stock on hand to the counted quantities.

    Large differences need confirmation. `empty_rest`: set goods that weren't counted to zero.
    """

    count: Number
    empty_rest: bool = False


class CancelCount(Command, frozen=True):
    """Cancel a count; the stock is unchanged."""

    count: Number


class NotePhone(Command, frozen=True):
    """Record the number of unsent entries on a phone."""

    phone: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f-]{36}$(?!\n)")]
    waiting: Annotated[int, msgspec.Meta(ge=0, le=LINES_LIMIT)]


class DropKept(Command, frozen=True):
    """Drop an entry from a phone's queue: a person discarded it, it is too old (`old`), or its user has left the shop
    (`ended`).
    """

    kind: Literal["RecordMovement", "TransferStock", "CountLine"]
    sku: Sku
    said_us: Number
    why: Literal["person", "old", "ended"] = "person"
