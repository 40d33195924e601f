"""What can be asked of the stock."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import AskingCommand, Command, Number
from edge.goods.stock.location import DELTA_LIMIT, MAIN, LocationId, Sku, StockLevels, StockLocation, Thousandths
from edge.lib.units.quantity import THOUSANDTHS

MOST = 1_000_000 * THOUSANDTHS
"""No person moves more of a product at once."""
LINES_LIMIT = 500
"""Lines of one transfer or reservation."""

Lot = Annotated[str, msgspec.Meta(max_length=80)]
Expiry = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$(?!\n)")]
"""A day as ISO writes it; empty: none is known."""
Boxes = Annotated[int, msgspec.Meta(ge=0, le=10**9)]
Holder = Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
Note = Annotated[str, msgspec.Meta(max_length=300)]
Document = Annotated[str, msgspec.Meta(max_length=80)]
SupplierNamed = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$(?!\n)")]
"""The id of a supplier; empty: nobody said who."""
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
    """What names a lot, its `lot`: a key, so that spaces around it are none of it."""

    def __post_init__(self) -> None:
        lot: str = self.lot  # type: ignore[attr-defined]  # a field of each of those that are of a lot
        if lot != (trimmed := lot.strip()):
            msgspec.structs.force_setattr(self, "lot", trimmed)


class Moved(OfLot, frozen=True, array_like=True):
    """`delta` thousandths of the product's unit: negative ones leave the shop. `lot`: the one that was scanned.

    `of`: where a till poured it, `delta` is of a measure of which a unit holds so many thousandths: 40000 of 700000 ml.
    """

    sku: Sku
    delta: Signed
    lot: Lot = ""
    of: Annotated[int, msgspec.Meta(ge=0, le=DELTA_LIMIT)] = 0

    @property
    def thousandths(self) -> int:
        """Of the product's unit; of what is poured a begun one counts.

        >>> Moved("gin", 40_000, of=700_000).thousandths
        58
        """
        return -(-self.delta * THOUSANDTHS // self.of) if self.of else self.delta


class MoveStock(Command, frozen=True):
    """Take from or add to what is on hand, of products that the shop has; pieces are whole.

    What is `received` comes in, what is `lost` goes out, the others either way. A `sale`, its `void` and its `refund`
    move stock inside their own command, and never by hand; so does what came back `damaged` and leaves as it came.
    `undoes`: the row of the journal with the sale, so that goods go back to the lots they came from. `document`: the
    number of the receipt that it is of; `till`: of which till that is not ours ("": it is ours).
    """

    reason: Literal["sale", "void", "refund", "damaged", "received", "lost", "counted", "transferred"]
    moves: tuple[Moved, ...]
    location: LocationId | Literal[""] = ""
    undoes: Number = 0
    document: Document = ""
    sold: tuple[Moved, ...] = ()
    before: tuple[Moved, ...] = ()
    till: Annotated[str, msgspec.Meta(max_length=40)] = ""


class RecordMovement(AskingCommand, OfLot, frozen=True):
    """What somebody brings in, takes out, throws away or finds; the result says what is there then.

    `sku` may be any code of the product; with that of a case `units` are of cases, and
    `unit_cost_minor` is what a case cost. `boxes` of the size the product has, and `units` in thousandths of its unit.
    `adjust` says what there *is*, at the location or of a lot there. Without
    `lot` goods leave as they expire; without `expiry` they come in for as long as the product keeps. `down_to_zero`:
    take what there is where that is less. `exact`: of just this lot and day, also where it has none. `packed`: when
    what comes in was packed or made, as its code says; what expires before that is refused. `supplier`: who brought it.
    What was `produced` comes in by its work order alone. `said_us`: when somebody did it whose phone reached nobody
    then; what was counted then is of that moment, and what the shop booked since is added to it.
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
    """Say what a receipt, at a row of the journal, was of a product, and what comes on top of its cost.

    What is None stays as it was. The result is what changed; a receipt that is so already is left alone.
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
    """So much of a product; its closed boxes stay closed as far as they go into it."""

    sku: Sku
    quantity: Annotated[int, msgspec.Meta(gt=0, le=DELTA_LIMIT)]
    lot: Lot = ""


class TransferStock(AskingCommand, frozen=True):
    """Carry goods from one place of the shop to another; with `expiry`, those of just their lot and day."""

    personal = ("note",)

    from_location: LocationId
    to_location: LocationId
    lines: Annotated[tuple[TransferLine, ...], msgspec.Meta(min_length=1, max_length=LINES_LIMIT)]
    note: Note = ""
    expiry: Expiry | None = None


class SetAside(AskingCommand, OfLot, frozen=True):
    """Put goods that are damaged, or that nobody is sure of, where they count in nothing that is available."""

    personal = ("note",)

    sku: Sku
    boxes: Boxes = 0
    units: Thousandths = 0
    location: LocationId = MAIN
    lot: Lot = ""
    cause: Cause = "damage"
    note: Note = ""


class CloseBox(Command, frozen=True):
    """Make closed boxes of loose units that are there."""

    sku: Sku
    boxes: Annotated[int, msgspec.Meta(gt=0, le=10**9)] = 1
    location: LocationId = MAIN


class SetLocation(Command, StockLocation, frozen=True):
    """A place that holds stock: a new one, or all that is said of one there is."""


class RetireLocation(Command, frozen=True):
    """Give up a place that holds nothing."""

    id: LocationId


class SetSellingPlace(Command, frozen=True):
    """Take what a register sells from another place."""

    register: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    location: LocationId


class SetLevels(Command, StockLevels, frozen=True):
    """How much of a product a place should hold, and at how much it runs low; both 0: as the product says."""


class RecallLot(Command, OfLot, frozen=True):
    """Stop a lot of a product at every till, at once."""

    sku: Sku
    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    note: Note = ""


class LiftRecall(Command, OfLot, frozen=True):
    """Let a lot be sold again."""

    sku: Sku
    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class ReserveLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of a product, in thousandths."""

    sku: Sku
    quantity: Annotated[int, msgspec.Meta(gt=0, le=DELTA_LIMIT)]


Lines = Annotated[tuple[ReserveLine, ...], msgspec.Meta(max_length=LINES_LIMIT)]


class ReserveStock(Command, frozen=True):
    """Promise goods to a holder, all of them or none, in the place of what was promised to it before. `said`: what
    people call the holder, where that is another name."""

    holder: Holder
    lines: Lines
    location: LocationId = MAIN
    expires_us: Number = 0
    said: Annotated[str, msgspec.Meta(max_length=80)] = ""


class ReleaseStock(Command, frozen=True):
    """Promise a holder nothing any more; one that has nothing is no fault."""

    holder: Holder


class FulfilReservation(Command, frozen=True):
    """A holder was given so much; what was not promised to it is passed over.

    What moves the goods is another command.
    """

    holder: Holder
    lines: Lines


class ReleaseExpired(Command, frozen=True):
    """Release the reservations whose time is over."""


class ExpectStock(Command, frozen=True):
    """What is on its way for a holder (an order), in the place of what was said before; no lines: nothing any more."""

    holder: Holder
    lines: Lines
    location: LocationId = MAIN


class StartCount(Command, frozen=True):
    """Begin to count a place; the result is the count's number."""

    location: LocationId = MAIN
    blind: bool = False
    category: Annotated[str, msgspec.Meta(max_length=80)] = ""


class CountLine(Command, OfLot, frozen=True):
    """Say what was found of a product; the result says whether it should be looked at again.

    `mode`: what the same person finds adds up; where another counted it, `add` to that or `replace` it. `said_us`: when
    it was found by a phone that reached nobody then: what was booked since is added to it.
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
    """Make what was counted what is on hand. What is far off is asked about; `empty_rest`: what was not found is
    not there."""

    count: Number
    empty_rest: bool = False


class CancelCount(Command, frozen=True):
    """Give a count up: nothing changes."""

    count: Number


class NotePhone(Command, frozen=True):
    """A phone says how many entries wait on it that the shop has not heard of; 0: none any more."""

    phone: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f-]{36}$(?!\n)")]
    waiting: Annotated[int, msgspec.Meta(ge=0, le=LINES_LIMIT)]


class DropKept(Command, frozen=True):
    """What waited on a phone is not done: a person gave it up, it waited for too long (`old`), or whose it was is of
    the shop no more (`ended`)."""

    kind: Literal["RecordMovement", "TransferStock", "CountLine"]
    sku: Sku
    said_us: Number
    why: Literal["person", "old", "ended"] = "person"
