"""Commands of the till. They apply to the actor's register."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import REMARK, AskingCommand, Command, Number
from edge.counter.basket.basket import COUPONS_LIMIT, LINES_LIMIT, TENDERS_LIMIT, AdvanceHeld, Basket, PartOf
from edge.counter.basket.event_structs import RecordedLine, SaleCoupon, TenderKind, TypedDiscount
from edge.counter.till.rules.refund import RefundMethod, ReturnRequest
from edge.goods.modifiers.modifier import ModifierRefs
from edge.lib.tax.rules import FULL
from edge.lib.units.money import LIMIT_MINOR
from edge.lib.units.quantity import LIMIT, ONE
from edge.people.coupons.code import CouponId

Quantity = Annotated[int, msgspec.Meta(gt=0, le=LIMIT)]
Minor = Annotated[int, msgspec.Meta(ge=0, le=LIMIT_MINOR)]
Series = Literal["receipt", "z"]
SkipReason = Literal["restored", "recovered"]
SKIPPED_MOST = 100_000_000  # numbers skipped at once: more would be a typing error
Reason = Annotated[str, msgspec.Meta(max_length=200, extra=REMARK)]
Note = Annotated[str, msgspec.Meta(max_length=60, extra=REMARK)]
BasketName = Annotated[str, msgspec.Meta(max_length=40, extra=REMARK)]
Reference = Annotated[str, msgspec.Meta(max_length=200)]
Label = Annotated[str, msgspec.Meta(max_length=40)]
Share = Annotated[int, msgspec.Meta(gt=0, le=FULL)]
"""A percentage in thousandths of a percent, like tax rates."""
Asked = Annotated[int, msgspec.Meta(ge=-LIMIT_MINOR, le=LIMIT_MINOR)]
"""A percentage or amount as typed. The till checks it and explains errors."""


class AddLine(AskingCommand, frozen=True):
    """Add a product to the basket, by a scanned or typed code, or by its `sku`.

    `symbology`: the barcode type, if the scanner reports it. `quantity` in thousandths of its unit; by default one
    piece, and a weight is asked for unless it's in the code. `modifiers`: the choice (`milk/oat`); by default the till
    asks, or takes the preset ones.
    """

    code: Annotated[str, msgspec.Meta(max_length=512)] = ""
    symbology: Annotated[str, msgspec.Meta(max_length=40)] = ""
    sku: Annotated[str, msgspec.Meta(max_length=80)] = ""
    quantity: Quantity | None = None
    modifiers: ModifierRefs | None = None


class AnswerQuestion(AskingCommand, frozen=True):
    """Answer the open question; `yes=False` cancels it, `id_failed` removes an order's age-restricted lines."""

    question: Number
    yes: bool = True
    price_minor: Minor | None = None
    quantity: Quantity | None = None
    id_failed: bool = False
    modifiers: ModifierRefs | None = None


class WeighGoods(Command, frozen=True):
    """Answer a weight question with the register's scale: `gross_g` grams, including `tare_g` of packaging.

    Only the part that reads the scale sends this; a typed weight is recorded as manual.
    """

    question: Number
    gross_g: Annotated[int, msgspec.Meta(gt=0, le=1_000_000)]
    tare_g: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class SetQuantity(AskingCommand, frozen=True):
    """Set a line's quantity, in thousandths of its unit."""

    line: Number
    quantity: Quantity = ONE


class VoidLine(Command, frozen=True):
    """Void a line of the basket; the sale keeps a record of it."""

    line: Number


class OverridePrice(AskingCommand, frozen=True):
    """Override a line's unit price."""

    line: Number
    price_minor: Minor
    reason: Reason = ""


class UseCustomer(Command, frozen=True):
    """Assign a customer to the basket by id; their price list applies immediately. Empty: remove the customer."""

    customer: Annotated[str, msgspec.Meta(max_length=64)] = ""


class TakeWishes(Command, frozen=True):
    """Add the customer's wish list to the basket.

    The result's `left` names products that can't be sold. All products stay on the list until bought.
    """


class UsePriceList(Command, frozen=True):
    """Sell the basket at the prices of a list, for any customer.

    A list other than the store's needs approval (right `override` or `discount`); a customer's own list is applied by
    `UseCustomer`.
    """

    price_list: Literal["store", "member"]


class Pay(AskingCommand, frozen=True):
    """Take a payment; the sale is completed once it covers the amount due. Without an amount, pay everything still due.

    `note`: the order's new name for the kitchens, such as a table.
    """

    kind: TenderKind
    amount_minor: Minor | None = None
    reference: Reference = ""
    note: Note = ""


class LineSold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a whole basket: a product by `code` or `sku`, and its quantity, as in `AddLine`.

    `price_minor` per unit, for products without a price or instead of the catalogue's; this needs the right `discount`,
    and may have a `reason`. Such a line is never merged. Other adjacent lines of the same product are.
    """

    code: Annotated[str, msgspec.Meta(max_length=512)] = ""
    symbology: Annotated[str, msgspec.Meta(max_length=40)] = ""
    sku: Annotated[str, msgspec.Meta(max_length=80)] = ""
    quantity: Quantity | None = None
    price_minor: Minor | None = None
    reason: Reason = ""
    modifiers: ModifierRefs | None = None


class TenderGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A payment for a whole basket. Without an amount, it pays everything still due."""

    kind: TenderKind
    amount_minor: Minor | None = None
    reference: Reference = ""


class SellBasket(AskingCommand, frozen=True):
    """Sell a whole basket at once, all or nothing, without touching the register's current basket.

    `tenders` in the order given; the last one covers the amount due, and change is in cash. `age_checked`: the minimum
    age that staff checked. `note`: the order's name for kitchens. `customer`: the buyer, whose price list applies;
    `price_list`: another list, which needs approval (right `override` or `discount`) unless it's the store's. `print`:
    print the receipt at the register. Unlikely values and expired goods need confirmation.
    """

    lines: Annotated[tuple[LineSold, ...], msgspec.Meta(min_length=1, max_length=LINES_LIMIT)]
    tenders: Annotated[tuple[TenderGiven, ...], msgspec.Meta(min_length=1, max_length=TENDERS_LIMIT)]
    age_checked: Annotated[int, msgspec.Meta(ge=0, le=150)] = 0
    price_list: Literal["store", "member"] = "store"
    customer: Annotated[str, msgspec.Meta(max_length=64)] = ""
    note: Note = ""
    print: bool = True


class SellPriced(Command, frozen=True):
    """Sell lines at prices set earlier, such as an order's, with current taxes, inside another command.

    `opened_us`: when the lines were collected. `slips`: whether to print kitchen tickets now. `part`: the order that
    the lines are a part of. `coupons`, `discount`: already deducted from the lines. `advance`: the amount prepaid.
    `taxes_included`, `delivered_to`: how the lines are taxed.
    """

    lines: Annotated[tuple[RecordedLine, ...], msgspec.Meta(min_length=1, max_length=LINES_LIMIT)]
    tenders: Annotated[tuple[TenderGiven, ...], msgspec.Meta(max_length=TENDERS_LIMIT)]
    promotions: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    price_list: str = "store"
    age_checked: Annotated[int, msgspec.Meta(ge=0, le=150)] = 0
    opened_us: Number = 0
    note: Note = ""
    print: bool = True
    customer: Annotated[str, msgspec.Meta(max_length=64)] = ""
    slips: bool = True
    part: PartOf | None = None
    coupons: Annotated[tuple[SaleCoupon, ...], msgspec.Meta(max_length=COUPONS_LIMIT)] = ()
    discount: TypedDiscount | None = None
    advance: AdvanceHeld | None = None
    taxes_included: bool = False
    delivered_to: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?$(?!\n)")] = ""


class LayBasket(Command, frozen=True):
    """Replace the register's current basket; without one, clear it. Writes no event.

    Run by another capability inside its own command, for a parked basket or an order that is picked up.
    """

    basket: Basket | None = None


class SendToKitchen(Command, frozen=True):
    """Send the basket's changes to kitchen and bar printers before payment.

    `note`: the order's name in addition to its number, such as a table.
    """

    note: Note = ""


class AbandonBasket(Command, frozen=True):
    """Clear the basket unsold; the journal records its contents."""


class VoidLastSale(Command, frozen=True):
    """Void the register's last sale: refund, restock, and print a receipt.

    Only for the register's newest paper and until a Z report covers it; afterwards use a refund. `number`: the expected
    receipt, refused if it isn't the last.
    """

    reason: Reason = ""
    number: Number | None = None


class RefundedLine(ReturnRequest, frozen=True, forbid_unknown_fields=True):
    """The quantity returned of a sale's line, in thousandths, or all that is left. `damaged`: not put back on sale."""

    line: Number
    quantity: Quantity | None = None
    damaged: bool = False


class RefundSale(Command, frozen=True):
    """Refund goods of a receipt to its original tenders: cards first (by hand), then cash. No tender gets more than it
    paid.

    `register`: the receipt's register; by default this one. Without `lines`: everything that can still be returned.
    `kind` forces one tender: `card` is refused above the amount paid by card; `cash` instead of a card needs the right
    `refund_cash` and a `reason`. `gift`: by gift receipt, so the refund is store credit, because the buyer paid, not
    the person returning the goods.
    """

    number: Number
    register: Annotated[str, msgspec.Meta(max_length=64)] = ""
    lines: Annotated[tuple[RefundedLine, ...], msgspec.Meta(max_length=2 * LINES_LIMIT)] = ()
    kind: TenderKind | None = None
    reference: Reference = ""
    reason: Reason = ""
    gift: bool = False

    @property
    def back(self) -> RefundMethod:
        return RefundMethod("credit" if self.gift else self.kind, self.reference, self.reason)


class PreviewRefund(RefundSale, frozen=True):
    """Preview a `RefundSale` without executing it."""


class RefundWithoutReceipt(Command, frozen=True):
    """Refund the basket's goods without a receipt at today's prices, if the store allows it.

    Discounts, coupons and typed prices are ignored. The refund is store credit, or `cash`, which needs the right
    `refund_cash` and a `reason`, because the original payment is unknown.
    """

    kind: TenderKind = "credit"
    damaged: bool = False
    reference: Reference = ""
    reason: Reason = ""

    @property
    def back(self) -> RefundMethod:
        return RefundMethod(self.kind, self.reference, self.reason)


class ReprintReceipt(Command, frozen=True):
    """Reprint a receipt, marked COPY."""

    number: Number


class PrintGiftReceipt(Command, frozen=True):
    """Print a sale without prices, as a gift receipt."""

    number: Number


class SkipNumbers(Command, frozen=True):
    """Skip the register's receipt or Z numbers up to `through`, because a lost history may have used them."""

    through: Number
    why: SkipReason
    series: Series = "receipt"


class PrintReport(Command, frozen=True):
    """Print the register's totals since its last Z report.

    `x` changes nothing. `z` closes the period: it takes the register's next Z number, even without sales, and resets
    everything but the grand total. Refused while a basket is part-paid.
    """

    kind: Literal["x", "z"]


class ReprintReport(Command, frozen=True):
    """Reprint a Z report unchanged, marked COPY. Without a `number`: the register's last one."""

    number: Number | None = None


class DiscountLine(AskingCommand, frozen=True):
    """Discount a line by a percentage (`share`) or an amount, for one of the shop's reasons.

    With neither, remove its discount.
    """

    line: Number
    share: Asked | None = None
    sum_minor: Asked | None = None
    reason: Label = ""


class DiscountBasket(AskingCommand, frozen=True):
    """Discount all discountable lines by a percentage (`share`) or an amount. With neither, remove the discount."""

    share: Asked | None = None
    sum_minor: Asked | None = None
    reason: Label = ""


class AddOpenAmount(Command, frozen=True):
    """Sell an item that isn't in the catalogue, with its name, tax class and price."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    tax_class: Annotated[str, msgspec.Meta(max_length=60)]
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]


class AddTip(Command, frozen=True):
    """Set the basket's tip to an amount, or to a percentage (`share`) of the total without the tip.

    With neither, remove the tip.
    """

    amount_minor: Minor | None = None
    share: Share | None = None


class AddLoad(Command, frozen=True):
    """Sell or top up a gift card. `fresh`: refuse a card already in use."""

    code: Annotated[str, msgspec.Meta(max_length=40)]
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=10**9)]
    fresh: bool = False


class PrintCardCode(Command, frozen=True):
    """Print a new gift card, with a code that can't be guessed; returns the code. It has no balance until it's sold."""


class SetBasketAside(Command, frozen=True):
    """Park the register's basket under a name such as a table; any register can resume it."""

    name: BasketName = ""


class TakeBasketUp(Command, frozen=True):
    """Resume a parked basket.

    `prices`: which prices apply if it's older than the next business day (otherwise `parked_old` is refused).
    `take_over`: take it even if it's open at another register, which is notified.
    """

    id: Number
    prices: Literal["", "kept", "today"] = ""
    take_over: bool = False


class AddReturn(Command, frozen=True):
    """Exchange: return goods of earlier sales in the basket, as in `RefundSale` (with `gift`), from several receipts if
    needed.

    Replaces earlier returns of the same receipt in the basket.
    """

    number: Number
    register: Annotated[str, msgspec.Meta(max_length=64)] = ""
    lines: Annotated[tuple[RefundedLine, ...], msgspec.Meta(max_length=2 * LINES_LIMIT)] = ()
    gift: bool = False


class DropCoupon(Command, frozen=True):
    """Remove a coupon from the basket by its id there; it stays unused."""

    coupon: CouponId


class StartTraining(Command, frozen=True):
    """Start practice mode, outside the books, until the user signs out. Needs a signed-in user and an empty basket.

    `yesterday`: in a copy of the last day with sales, starting at noon and replaying the customers after that.
    """

    yesterday: bool = False


class EndTraining(Command, frozen=True):
    """End practice mode at this register; `papers`: how many papers were made in it."""

    papers: Number = 0


class DropReturn(Command, frozen=True):
    """Remove the returned goods from the basket; the customer keeps them."""


class CorrectTender(Command, frozen=True):
    """Correct how a sale was paid, until a Z report covers it or goods are returned.

    With several tenders, only the part recorded as `was` changes; otherwise the whole payment.
    """

    number: Number
    kind: TenderKind
    reference: Reference = ""
    was: TenderKind | None = None
