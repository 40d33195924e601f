"""Commands for suppliers and purchase orders."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec

from edge.core.messages import AskingCommand, Command, Number
from edge.goods.purchasing.rules import PriceBreak
from edge.goods.purchasing.supply.supplier import Supplier, SupplierId
from edge.goods.stock.commands import Cause, Cost, Document, Expiry, Lot, Note, OfLot
from edge.goods.stock.location import MAIN, LocationId, Sku, Thousandths
from edge.lib.i18n import ENGLISH, Language

BREAKS_LIMIT = 10
"""Maximum quantity discounts per price."""
LINES_LIMIT = 500
"""Maximum lines of an order or a receipt."""
FEES_LIMIT = 10
"""Maximum fees per delivery."""
MOST = 10**9
"""Largest quantity of an order line in thousandths: a million units, as for movements."""

Day = Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$(?!\n)")]
PlaceOrNone = Annotated[str, msgspec.Meta(pattern=r"^([a-z0-9][a-z0-9_-]{0,39})?$(?!\n)")]
"""A location; "": the order's location."""
Packs = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
FeeKind = Literal["freight", "duty", "fee"]
Spread = Literal["value", "quantity"]
Wanted = Annotated[int, msgspec.Meta(gt=0, le=MOST)]


class SetSupplier(Command, Supplier, frozen=True):
    """Add or change a supplier."""

    personal: ClassVar[tuple[str, ...]] = ("contact_name", "email", "phone")


class RetireSupplier(Command, frozen=True):
    """Retire a supplier; refused while an order is open."""

    id: SupplierId


class WithdrawSupplierPrice(Command, frozen=True):
    """Withdraw a supplier's latest price for a product; the previous one applies again."""

    supplier: SupplierId
    sku: Sku


class SetSupplierPrice(Command, frozen=True):
    """Set a supplier's unit price for a product, from a date (default: today) to another (default: no end).

    The product is sold in packs of `pack` units, at least `min_packs`. `code`: the supplier's number. `breaks`:
    quantity discounts by number of packs.
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
    """An order line: thousandths of a product, or of cases if given a case's code and cost.

    Default: the supplier's price.
    """

    sku: Sku
    quantity: Wanted
    unit_cost_minor: Cost | None = None


OrderLines = Annotated[tuple[OrderLine, ...], msgspec.Meta(max_length=LINES_LIMIT)]


class CreatePurchaseOrder(Command, frozen=True):
    """Create a draft order; returns its number."""

    supplier: SupplierId
    lines: OrderLines
    location: LocationId = MAIN
    note: Note = ""


class OrderSuggested(Command, frozen=True):
    """Create a draft order from the current suggestions for a supplier and location; returns its number.

    `skus`: the suggested products to order; default: products that are cheapest at this supplier. An existing suggested
    draft is extended.
    """

    supplier: SupplierId
    location: LocationId = MAIN
    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=LINES_LIMIT)] = ()


class SetPurchaseLines(Command, frozen=True):
    """Change the lines until receiving starts; a sent order gets a new version."""

    number: Number
    lines: OrderLines
    note: Note | None = None


class ApprovePurchaseOrder(Command, frozen=True):
    """Approve a draft."""

    number: Number


class SendPurchaseOrder(Command, frozen=True):
    """Record that an order was given to its supplier: how, and when (default: today)."""

    number: Number
    how: Literal["email", "phone", "portal", "paper", "api"] = "phone"
    sent_on: Day = ""


class MailPurchaseOrder(Command, frozen=True):
    """Email an order to its supplier as a PDF and a table, in a language. It counts as sent once the mail server
    accepts it. Returns the message's id."""

    number: Number
    language: Language = ENGLISH


class TransmitPurchaseOrder(Command, frozen=True):
    """Send an order to its supplier's API as JSON. It counts as sent once the API accepts it. Returns
    the message's id.
    """

    number: Number


class CancelPurchaseOrder(Command, frozen=True):
    """Cancel an order without receipts."""

    personal = ("reason",)

    number: Number
    reason: Note = ""


class ReceiptLine(OfLot, frozen=True, forbid_unknown_fields=True):
    """Received thousandths of a product, by SKU or code; with a case's code, quantity and cost are per case. Default:
    the order's cost.

    `packed`: packing or production date from its code. Goods with a `cause` are defective and go to quarantine unless
    another location is given.
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
    """An additional delivery cost without recoverable VAT, and how it is distributed over the goods."""

    kind: FeeKind
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=10**12)]
    by: Spread = "value"


class ReceivePurchaseOrder(AskingCommand, frozen=True):
    """Record the goods of a delivery note, for all or part of an order; returns discrepancies.

    Excess or unordered goods require confirmation. `fees`: freight and duty of this delivery, included in the goods'
    cost.
    """

    number: Number
    delivery_note: Annotated[Document, msgspec.Meta(min_length=1)]
    lines: Annotated[tuple[ReceiptLine, ...], msgspec.Meta(max_length=LINES_LIMIT)]
    fees: Annotated[tuple[ReceiptFee, ...], msgspec.Meta(max_length=FEES_LIMIT)] = ()


class ClosePurchaseOrder(Command, frozen=True):
    """Close an order whose outstanding goods won't arrive."""

    number: Number


class CorrectReceipt(Command, frozen=True):
    """Correct a receipt: quantity (0: it was a mistake) and unit cost; None: unchanged. For a case's code, both are per
    case.

    `receipt` is its journal row. The correction changes the value of stock on hand, and the cost of goods sold.
    """

    personal = ("note",)

    receipt: Number
    sku: Sku
    quantity: Thousandths | None = None
    unit_cost_minor: Cost | None = None
    note: Note = ""


class AddReceiptCost(Command, frozen=True):
    """Add later costs such as freight and duty, distributed over receipts or a whole delivery note by value or
    quantity."""

    personal = ("note",)

    amount_minor: Annotated[int, msgspec.Meta(ge=-(10**12), le=10**12)]
    receipts: Annotated[tuple[Number, ...], msgspec.Meta(max_length=LINES_LIMIT)] = ()
    supplier: Annotated[str, msgspec.Meta(max_length=40)] = ""
    delivery_note: Document = ""
    document: Document = ""
    note: Note = ""
    by: Spread = "value"


class ReturnLine(OfLot, frozen=True, forbid_unknown_fields=True):
    """Thousandths of a product to return from a location, by SKU or code; `credit_minor` is per unit.

    For a case's code, quantity and credit are per case; box-sized cases leave as closed boxes.
    """

    sku: Sku
    quantity: Wanted
    lot: Lot = ""
    location: LocationId = MAIN
    credit_minor: Cost | None = None


class ReturnToSupplier(AskingCommand, frozen=True):
    """Return goods to a supplier for credit, or with `replace` for replacement under order `number`,
    which is reopened.
    """

    personal = ("note",)

    supplier: SupplierId
    lines: Annotated[tuple[ReturnLine, ...], msgspec.Meta(max_length=LINES_LIMIT)]
    document: Document = ""
    number: Number = 0
    replace: bool = False
    note: Note = ""
