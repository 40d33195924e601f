"""What can be asked of suppliers and purchase orders."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from edge.core.messages import AskingCommand, Command, Number
from edge.goods.purchasing.rules import PriceBreak
from edge.goods.purchasing.supplier import Supplier, SupplierId
from edge.goods.stock.commands import Cause, Cost, Document, Expiry, Lot, Note, OfLot
from edge.goods.stock.location import MAIN, LocationId, Sku, Thousandths
from edge.lib.i18n import ENGLISH, Language

BREAKS_LIMIT = 10
"""Steps in which a price falls."""
LINES_LIMIT = 500
"""Lines of an order, or of a receipt."""
FEES_LIMIT = 10
"""Fees of one delivery."""
MOST = 10**9
"""Thousandths of a product that one line may order: a million units, as a person may move at once."""

Day = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$(?!\n)")]
PlaceOrNone = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$(?!\n)")]
"""Empty: where the order goes."""
Packs = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
FeeKind = Literal["freight", "duty", "fee"]
Spread = Literal["value", "quantity"]
Wanted = Annotated[int, msgspec.Meta(gt=0, le=MOST)]


class SetSupplier(Command, Supplier, frozen=True):
    """Somebody the shop buys from: new, or as they are from now on."""

    personal: ClassVar[tuple[str, ...]] = ("contact_name", "email", "phone")


class RetireSupplier(Command, frozen=True):
    """Buy from a supplier no more; refused while an order is open."""

    id: SupplierId


class SetSupplierPrice(Command, frozen=True):
    """What a supplier asks for a unit of a product, from a day on (empty: today) until another (empty: further on).

    They sell it in packs of `pack` units, and no fewer than `min_packs` of them. `code`: their number for it.
    `breaks`: from so many packs on it costs less; more and more packs, less and less.
    """

    supplier: SupplierId
    sku: Sku
    cost_minor: Cost
    code: Annotated[str, msgspec.Meta(max_length=80)] = ""
    pack: Packs = 1
    min_packs: Packs = 1
    from_date: Day = ""
    until_date: Day = ""
    breaks: Annotated[tuple[PriceBreak, ...], msgspec.Meta(max_length=BREAKS_LIMIT)] = ()


class OrderLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So many thousandths of a product, or of cases by the code of one, whose cost it then is; else at the supplier's
    price."""

    sku: Sku
    quantity: Wanted
    unit_cost_minor: Cost | None = None


OrderLines = Annotated[tuple[OrderLine, ...], msgspec.Meta(max_length=LINES_LIMIT)]


class CreatePurchaseOrder(Command, frozen=True):
    """A draft of an order; the result is its number."""

    supplier: SupplierId
    lines: OrderLines
    location: LocationId = MAIN
    note: Note = ""


class OrderSuggested(Command, frozen=True):
    """Make a draft of what is suggested now of a supplier for a place; the result is its number.

    `skus`: these products of them, as they were suggested together; none: what they are cheapest for. Where a draft
    that was made so waits for them already, it is filled up.
    """

    supplier: SupplierId
    location: LocationId = MAIN
    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=LINES_LIMIT)] = ()


class SetPurchaseLines(Command, frozen=True):
    """Order other goods, until something is received; an order that was sent becomes its next version."""

    number: Number
    lines: OrderLines
    note: Note | None = None


class ApprovePurchaseOrder(Command, frozen=True):
    """Say yes to a draft."""

    number: Number


class SendPurchaseOrder(Command, frozen=True):
    """An order was given to its supplier: how, and on which day (empty: today)."""

    number: Number
    how: Literal["email", "phone", "portal", "paper", "api"] = "phone"
    sent_on: Day = ""


class MailPurchaseOrder(Command, frozen=True):
    """Send an order to its supplier's address, as a PDF and as a table, in a language. It counts as sent once the mail
    server took it. Its result is the message's id."""

    number: Number
    language: Language = ENGLISH


class TransmitPurchaseOrder(Command, frozen=True):
    """Send an order to its supplier's own system, as JSON. It counts as sent once that took it. Its result is the
    message's id."""

    number: Number


class CancelPurchaseOrder(Command, frozen=True):
    """Give up an order of which nothing was received."""

    personal = ("reason",)

    number: Number
    reason: Note = ""


class ReceiptLine(OfLot, frozen=True, forbid_unknown_fields=True):
    """So many thousandths of a product came, by its number or a code (of cases, at the cost of a case, by that of one);
    without a cost at the order's.

    `packed`: when it was packed or made, as its code says. With a `cause` they are bad, and are put into quarantine
    where no other place is named.
    """

    sku: Sku
    quantity: Wanted
    unit_cost_minor: Cost | None = None
    lot: Lot = ""
    expiry: Expiry = ""
    location: PlaceOrNone = ""
    cause: Cause = ""
    packed: Expiry = ""


class ReceiptFee(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What came on top of a delivery, without VAT that is reclaimed, and how it is spread over the goods."""

    kind: FeeKind
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=10**12)]
    by: Spread = "value"


class ReceivePurchaseOrder(AskingCommand, frozen=True):
    """What came with a delivery note, all or a part of what was ordered; the result says what is odd about it.

    More than was ordered, or something else, is asked about. `fees`: freight and duty of this
    delivery, which are a part of what its goods cost.
    """

    number: Number
    delivery_note: Annotated[Document, msgspec.Meta(min_length=1)]
    lines: Annotated[tuple[ReceiptLine, ...], msgspec.Meta(max_length=LINES_LIMIT)]
    fees: Annotated[tuple[ReceiptFee, ...], msgspec.Meta(max_length=FEES_LIMIT)] = ()


class ClosePurchaseOrder(Command, frozen=True):
    """An order is done with; what has not come will not come."""

    number: Number


class CorrectReceipt(Command, frozen=True):
    """Say what a receipt really was: so much (0: it was a mistake), at this cost a unit; None: as it was said. By the
    code of a case both are of cases.

    `receipt` is the row of the journal that brought it in. What is there of it changes its value, what is gone was
    dearer or cheaper.
    """

    personal = ("note",)

    receipt: Number
    sku: Sku
    quantity: Thousandths | None = None
    unit_cost_minor: Cost | None = None
    note: Note = ""


class AddReceiptCost(Command, frozen=True):
    """Freight, duty and the like, which comes later: spread over receipts, or over a whole delivery note, by what each
    line is worth or how much it is."""

    personal = ("note",)

    amount_minor: Annotated[int, msgspec.Meta(ge=-(10**12), le=10**12)]
    receipts: Annotated[tuple[Number, ...], msgspec.Meta(max_length=LINES_LIMIT)] = ()
    supplier: Annotated[str, msgspec.Meta(max_length=40)] = ""
    delivery_note: Document = ""
    document: Document = ""
    note: Note = ""
    by: Spread = "value"


class ReturnLine(OfLot, frozen=True, forbid_unknown_fields=True):
    """So many thousandths of a product, by its number or a code, from a place; `credit_minor`: for a unit of it.

    By the code of a case they are cases, and the credit is that of one; those as large as a box leave as closed boxes.
    """

    sku: Sku
    quantity: Wanted
    lot: Lot = ""
    location: LocationId = MAIN
    credit_minor: Cost | None = None


class ReturnToSupplier(AskingCommand, frozen=True):
    """Goods go back: for credit, or with `replace` for others of the order `number`, which then is open again."""

    personal = ("note",)

    supplier: SupplierId
    lines: Annotated[tuple[ReturnLine, ...], msgspec.Meta(max_length=LINES_LIMIT)]
    document: Document = ""
    number: Number = 0
    replace: bool = False
    note: Note = ""
