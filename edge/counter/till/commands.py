"""What can be asked of a till. All of it is about the register that the actor stands at."""

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
SKIPPED_MOST = 100_000_000  # numbers left out at a time: more would be a slip of the finger
Reason = Annotated[str, msgspec.Meta(max_length=200, extra=REMARK)]
Note = Annotated[str, msgspec.Meta(max_length=60, extra=REMARK)]
BasketName = Annotated[str, msgspec.Meta(max_length=40, extra=REMARK)]
Reference = Annotated[str, msgspec.Meta(max_length=200)]
Label = Annotated[str, msgspec.Meta(max_length=40)]
Share = Annotated[int, msgspec.Meta(gt=0, le=FULL)]
"""Thousandths of a percent, as rates of taxes are."""
Asked = Annotated[int, msgspec.Meta(ge=-LIMIT_MINOR, le=LIMIT_MINOR)]
"""A share or a sum as somebody typed it; whether it is one, the till says in words."""


class AddLine(AskingCommand, frozen=True):
    """Put a product into the basket, by a code as scanned or typed, or by its `sku`.

    `symbology`: the kind of code, where the scanner says it. `quantity` in thousandths of its unit; without one a piece
    is one, and what is weighed is asked about, unless its code says its weight. `modifiers`: what is chosen of those
    that it is asked (`milk/oat`); without them the till asks, or takes those that are preset.
    """

    code: Annotated[str, msgspec.Meta(max_length=512)] = ""
    symbology: Annotated[str, msgspec.Meta(max_length=40)] = ""
    sku: Annotated[str, msgspec.Meta(max_length=80)] = ""
    quantity: Quantity | None = None
    modifiers: ModifierRefs | None = None


class AnswerQuestion(AskingCommand, frozen=True):
    """Answer with what was asked; `yes=False` drops it, `id_failed` what of an order has an age."""

    question: Number
    yes: bool = True
    price_minor: Minor | None = None
    quantity: Quantity | None = None
    id_failed: bool = False
    modifiers: ModifierRefs | None = None


class WeighGoods(Command, frozen=True):
    """Answer how much it is by what the register's scale shows: `gross_g` grams, of which `tare_g` are packing.
    Asked by the part that reads the scale, and by nobody else: what a person types is a weight by hand."""

    question: Number
    gross_g: Annotated[int, msgspec.Meta(gt=0, le=1_000_000)]
    tare_g: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class SetQuantity(AskingCommand, frozen=True):
    """Let a line be this many thousandths of its unit."""

    line: Number
    quantity: Quantity = ONE


class VoidLine(Command, frozen=True):
    """Take a line out of the basket; the sale will say that it was there."""

    line: Number


class OverridePrice(AskingCommand, frozen=True):
    """Sell a line for another price a unit than the catalogue's."""

    line: Number
    price_minor: Minor
    reason: Reason = ""


class UseCustomer(Command, frozen=True):
    """Whose basket this is, by the id of a customer: the prices of their list hold at once. Without one: nobody's."""

    customer: Annotated[str, msgspec.Meta(max_length=64)] = ""


class TakeWishes(Command, frozen=True):
    """Put what the basket's customer wishes for into it; what cannot be sold is named in the result, as `left`, and
    stays on their list, as all of it does until they bought it."""


class UsePriceList(Command, frozen=True):
    """Sell what is in the basket at the prices of a list, whoever buys it: another than the store's has to be approved
    (right `override` or `discount`), as a customer's own comes with `UseCustomer`."""

    price_list: Literal["store", "member"]


class Pay(AskingCommand, frozen=True):
    """Take money; the sale is complete once it covers what is due. Without an amount: all that is due.

    `note`: what kitchens call the order from now on, such as a table.
    """

    kind: TenderKind
    amount_minor: Minor | None = None
    reference: Reference = ""
    note: Note = ""


class LineSold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a whole basket: what, by `code` or `sku`, and how much of it, as in `AddLine`.

    `price_minor` a unit: what the catalogue does not know, or in the place of what it says; that needs the right
    `discount`, and may have a `reason`. Such a line is one of its own; others of one thing side by side are one line.
    """

    code: Annotated[str, msgspec.Meta(max_length=512)] = ""
    symbology: Annotated[str, msgspec.Meta(max_length=40)] = ""
    sku: Annotated[str, msgspec.Meta(max_length=80)] = ""
    quantity: Quantity | None = None
    price_minor: Minor | None = None
    reason: Reason = ""
    modifiers: ModifierRefs | None = None


class TenderGiven(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money that was given. Without an amount: all that is still due."""

    kind: TenderKind
    amount_minor: Minor | None = None
    reference: Reference = ""


class SellBasket(AskingCommand, frozen=True):
    """Sell a whole basket at once, beside what lies on the register's counter: all of it, or nothing.

    `tenders` in the order in which they were given; the last one covers what is due, and the change is in cash.
    `age_checked`: the customer is at least so old, as somebody looked. `note`: what kitchens call the order.
    `customer`: who buys it, at the prices of their list; `price_list`: whose prices hold otherwise, which has to be
    allowed (right `override` or `discount`) where it is not the store's. `print`: whether the receipt goes to the
    register's printer. What is hardly meant, and what is past its last day, is asked about.
    """

    lines: Annotated[tuple[LineSold, ...], msgspec.Meta(min_length=1, max_length=LINES_LIMIT)]
    tenders: Annotated[tuple[TenderGiven, ...], msgspec.Meta(min_length=1, max_length=TENDERS_LIMIT)]
    age_checked: Annotated[int, msgspec.Meta(ge=0, le=150)] = 0
    price_list: Literal["store", "member"] = "store"
    customer: Annotated[str, msgspec.Meta(max_length=64)] = ""
    note: Note = ""
    print: bool = True


class SellPriced(Command, frozen=True):
    """Sell lines that were priced before, as an order promised them, at the taxes of now, inside another's command.
    `opened_us`: when lines came together. `slips`: whether kitchens are told now. `part`: of which order. `coupons`,
    `discount`: off since then. `advance`: paid ahead. `taxes_included`, `delivered_to`: how they are taxed."""

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
    """Lay a basket onto the register's counter, in the place of what is there; without one, clear it. No fact says so.

    What another capability asks for inside its own command: a basket that was put aside, an order that is fetched.
    """

    basket: Basket | None = None


class SendToKitchen(Command, frozen=True):
    """Send what is new in the basket to the printers of kitchens and bars, before it is paid.

    `note`: what the order is called besides its number, such as a table.
    """

    note: Note = ""


class AbandonBasket(Command, frozen=True):
    """Clear the counter: nothing is sold, and the journal says what had been there."""


class VoidLastSale(Command, frozen=True):
    """Undo the register's last sale: money back, goods back on the shelf, its own receipt.

    Only the register's newest paper, and only until a Z report covers it; afterwards there is the refund. `number`: the
    receipt that is meant, refused where it is not that one; without it, whichever it is.
    """

    reason: Reason = ""
    number: Number | None = None


class RefundedLine(ReturnRequest, frozen=True, forbid_unknown_fields=True):
    """What comes back of a line of the sale: `quantity` thousandths, or all that is left. `damaged`: not sold again."""

    line: Number
    quantity: Quantity | None = None
    damaged: bool = False


class RefundSale(Command, frozen=True):
    """Take back what a receipt says was sold, and give the money back the way it was paid: cards first (by hand), then
    cash, and never more to one of them than it brought.

    `register`: the one the receipt is of; this one, where it is left out. Without `lines`: all that is left of it.
    `kind` asks for one way: `card` is refused where cards brought less, `cash` in the place of a card needs the right
    `refund_cash` and a `reason`. `gift`: by a gift receipt, so that it is store credit: the money is the buyer's.
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
    """What a `RefundSale` would give back; nothing comes back by it."""


class RefundWithoutReceipt(Command, frozen=True):
    """Take back what lies in the basket, at today's prices, where the store allows it: nobody has the receipt.

    What people and coupons take off is left aside, and a typed price. It becomes store credit, unless somebody says
    `cash`, which needs the right `refund_cash` and a `reason`: no card is known to have paid.
    """

    kind: TenderKind = "credit"
    damaged: bool = False
    reference: Reference = ""
    reason: Reason = ""

    @property
    def back(self) -> RefundMethod:
        return RefundMethod(self.kind, self.reference, self.reason)


class ReprintReceipt(Command, frozen=True):
    """Print a receipt once more; it says COPY."""

    number: Number


class PrintGiftReceipt(Command, frozen=True):
    """Print what a sale was without its prices, for whoever is given it."""

    number: Number


class SkipNumbers(Command, frozen=True):
    """Never use the register's numbers up to `through`, of receipts or of Z reports: a past that is gone may have given
    them away."""

    through: Number
    why: SkipReason
    series: Series = "receipt"


class PrintReport(Command, frozen=True):
    """Print what the register came to since its last Z report.

    `x` changes nothing. `z` closes: it takes the register's next Z number, also where nothing was sold, and all begins
    anew at zero but the grand total. No Z while a basket is part-paid.
    """

    kind: Literal["x", "z"]


class ReprintReport(Command, frozen=True):
    """Print a Z report once more, as it was; it says COPY. Without a `number`: the register's last one."""

    number: Number | None = None


class DiscountLine(AskingCommand, frozen=True):
    """Take a `share` or a sum off a line, for one of the shop's reasons; neither of both takes a discount away."""

    line: Number
    share: Asked | None = None
    sum_minor: Asked | None = None
    reason: Label = ""


class DiscountBasket(AskingCommand, frozen=True):
    """Take a `share` or a sum off all of the basket that may be discounted; neither of both takes it away."""

    share: Asked | None = None
    sum_minor: Asked | None = None
    reason: Label = ""


class AddOpenAmount(Command, frozen=True):
    """Sell goods that the catalogue does not have: what they are, how they are taxed, and what they cost."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    tax_class: Annotated[str, msgspec.Meta(max_length=60)]
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=LIMIT_MINOR)]


class AddTip(Command, frozen=True):
    """Let the basket have this tip, a sum or a `share` of what is to be paid without it; neither takes it away."""

    amount_minor: Minor | None = None
    share: Share | None = None


class AddLoad(Command, frozen=True):
    """Sell a gift card, or put more onto one. `fresh`: it must be one that nobody knows yet."""

    code: Annotated[str, msgspec.Meta(max_length=40)]
    amount_minor: Annotated[int, msgspec.Meta(gt=0, le=10**9)]
    fresh: bool = False


class SetBasketAside(Command, frozen=True):
    """Set the register's basket aside, under a name such as a table; it can be taken up at any register."""

    name: BasketName = ""


class TakeBasketUp(Command, frozen=True):
    """Go on with a basket that was set aside. `prices`: what its lines cost, where it is older than the next business
    day (else it is refused with `parked_old`). `take_over`: also where another register has it, which is told."""

    id: Number
    prices: Literal["", "kept", "today"] = ""
    take_over: bool = False


class AddReturn(Command, frozen=True):
    """Exchange: let goods of an earlier sale come back for what lies in the basket, as in `RefundSale` (`gift`, too),
    of several receipts in one; those of a receipt take the place of what came back of it before."""

    number: Number
    register: Annotated[str, msgspec.Meta(max_length=64)] = ""
    lines: Annotated[tuple[RefundedLine, ...], msgspec.Meta(max_length=2 * LINES_LIMIT)] = ()
    gift: bool = False


class DropCoupon(Command, frozen=True):
    """Take a coupon off the basket again, by the id that it has there; it stays unused."""

    coupon: CouponId


class StartTraining(Command, frozen=True):
    """Practise here, beside the books, until whoever stands here signs out. By name, with nothing on the counter.

    `yesterday`: in a copy of the last day that sold, at noon, with the customers who came from then on.
    """

    yesterday: bool = False


class EndTraining(Command, frozen=True):
    """Nobody practises at this register any more; `papers` is how many papers that made."""

    papers: Number = 0


class DropReturn(Command, frozen=True):
    """Let the goods of the earlier sale stay with the customer."""


class CorrectTender(Command, frozen=True):
    """Say that a sale was paid with another kind of money, until a Z report covers it or goods came back: all of it, or
    where several kinds paid, only what is said to have come as `was`."""

    number: Number
    kind: TenderKind
    reference: Reference = ""
    was: TenderKind | None = None
