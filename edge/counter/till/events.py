"""Events of the till."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Event, Remark
from edge.counter.basket.event_structs import (
    BasketStep,
    GivenBack,
    RecordedLine,
    Returned,
    ReturnedGoods,
    SaleCoupon,
    TaxedAhead,
    Tender,
    TypedDiscount,
)
from edge.counter.basket.sums import DaySums
from edge.foundation.printing.document import TemplateBlock
from edge.lib.regions.ages import Regulated
from edge.lib.tax.rules import Taxed, TaxTable


class SaleCompleted(Event, frozen=True):
    """A basket was paid. `total_minor` includes all taxes; `rounding_minor` is the cash rounding added to it.

    `net_minor` is the total without the taxes in `taxes`. `number` is the register's receipt number. `lines` include
    voided and overridden ones, marked as such; a line may have scanned data (`label`) and a separate total. `tax`: the
    table its lines were taxed by, so that refunds use that day's taxes. Deposits are untaxed and in `net_minor`; lines
    may be cases and bundles. Lines have their promotions' discounts, and `promotions` their names. `price_list`: the
    list that applied; a line costs the list's price, or the store's if that is lower or the list has none. Discounts
    are on lines, or on the whole sale (`discount`). Lines may be open amounts or not goods (`kind`), and tenders may be
    the shop's own.

    In an exchange, the sums and taxes are net of returned goods (`returns`), which may come from several sales. If the
    total is negative, `back` is refunded. `coupons` are deducted after all other discounts. Lines state how their
    weight was measured, and gift cards whether head office confirmed them. An order's coupon states whether an earlier
    part of the order counted it, and parts of lines may be of a measure, such as 40 ml of a bottle. A tip may belong to
    a user; a line may be a fee, or an order's advance, which is a tender of the order's sale. `tax_ahead`: shares of
    its lines paid under other taxes; a sale that took an advance has its day's whole table in `tax`. `customer`: the
    buyer's id, if known, without personal data. `delivered_to`: the other province of Canada, or member state of the
    European Union, that it was delivered to. `steps`: when each line was added, each question, and each change; empty
    for an order.
    """

    number: int
    currency: str
    lines: tuple[RecordedLine, ...]
    taxes: tuple[Taxed, ...]
    taxes_included: bool
    net_minor: int
    total_minor: int
    rounding_minor: int
    tenders: tuple[Tender, ...]
    change_minor: int
    opened_us: int
    age_checked: int = 0
    tax: TaxTable | None = None
    deposit_minor: int = 0
    promotions: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    price_list: str = "store"
    customer: str = ""
    discount: TypedDiscount | None = None
    returns: tuple[ReturnedGoods, ...] = ()
    back: tuple[GivenBack, ...] = ()
    coupons: tuple[SaleCoupon, ...] = ()
    tax_ahead: tuple[TaxedAhead, ...] = ()
    delivered_to: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?$(?!\n)")] = ""
    steps: tuple[BasketStep, ...] = ()

    @property
    def bought_minor(self) -> int:
        """The amount paid for the sale's own goods, in money and in returned goods."""
        money_minor = sum(one.amount_minor for one in self.tenders) - self.change_minor
        return money_minor - sum(one.amount_minor for one in self.back) + sum(one.paid_minor for one in self.returns)

    @property
    def returned_lines(self) -> tuple[Returned, ...]:
        """All goods returned in this sale, from any earlier sale."""
        return tuple(line for goods in self.returns for line in goods.lines)

    @property
    def goods_back_minor(self) -> int:
        """The total price of the returned goods."""
        return sum(goods.total_minor for goods in self.returns)


class BasketAbandoned(Event, frozen=True):
    """A basket was cleared unpaid; payments already taken (`returned_minor`) were returned.

    Lines, tenders and steps as in `SaleCompleted`. `tenders`: how the money was returned; `total_minor`: the basket's
    total.
    """

    lines: tuple[RecordedLine, ...]
    opened_us: int
    returned_minor: int = 0
    tenders: tuple[GivenBack, ...] = ()
    total_minor: int = 0
    steps: tuple[BasketStep, ...] = ()


class RefundUndone(msgspec.Struct, frozen=True):
    """A void gave returned goods back to the customer.

    Contains their sale (0 and "": none), their price, and the refunded tenders, which are taken again.
    """

    sale_register: str
    sale: int
    lines: tuple[Returned, ...]
    minor: int
    tenders: tuple[GivenBack, ...]


class SaleVoided(Event, frozen=True):
    """A sale was voided. `number` is this paper's own number; `sale` is the voided receipt.

    `tenders`: how the money was returned, including the shop's own tenders. Foreign notes are returned as foreign
    notes; negative cash is change that the customer gave back. The voided paper may be a refund (`undoes`) or an
    exchange; `refunds` are its returns, one per sale. `total_minor` is negative if the customer pays again. Lines as in
    `SaleCompleted`.
    """

    remarks = ("reason",)
    remarks_on = "customer"

    number: int
    sale: int
    currency: str
    total_minor: int
    reason: Remark
    tenders: tuple[GivenBack, ...] = ()
    refunds: tuple[RefundUndone, ...] = ()
    undoes: Literal["sale", "refund"] = "sale"
    customer: str = ""


class SaleRefunded(Event, frozen=True):
    """Goods were returned and refunded. `total_minor`, `rounding_minor` and `tenders` are all positive.

    `number` is this paper's own number; `sale` is the refunded receipt and `sale_register` its register (0 and "": no
    receipt). Taxes and deposits as in `SaleCompleted`, for the refunded part. `price_list`: the list of the sale, or of
    the returned basket. Each tender names the sale's tender that it refunds; tenders may be the shop's own. `customer`:
    the sale's customer. Lines as in `SaleCompleted`, including advances.
    """

    remarks = ("reason",)
    remarks_on = "customer"

    number: int
    sale_register: str
    sale: int
    currency: str
    lines: tuple[Returned, ...]
    taxes: tuple[Taxed, ...]
    taxes_included: bool
    net_minor: int
    total_minor: int
    rounding_minor: int
    tenders: tuple[GivenBack, ...]
    reason: Remark
    deposit_minor: int = 0
    price_list: str = "store"
    customer: str = ""

    @property
    def paid_minor(self) -> int:
        """The money refunded."""
        return self.total_minor + self.rounding_minor


class NumbersSkipped(Event, frozen=True):
    """The register's numbers `first` to `last` will never be used.

    The ledger was restored, and lost sales may have had them. This explains a gap in receipt or Z numbers.
    """

    first: int
    last: int
    why: Literal["restored", "recovered"]
    series: Literal["receipt", "z"] = "receipt"


class TenderCorrected(Event, frozen=True):
    """A sale's tenders were corrected: `tenders` replaces `was`. Its sums don't change, except for cash rounding.

    `tip_minor`: the part of the tip that the same tender paid. `tip_to`: the user who gets it (empty: the pool).
    Tenders as in `SaleCompleted`.
    """

    sale: int
    currency: str
    was: tuple[Tender, ...]
    was_change_minor: int
    was_rounding_minor: int
    tenders: tuple[Tender, ...]
    rounding_minor: int
    tip_minor: int = 0
    tip_to: str = ""

    @property
    def more_minor(self) -> int:
        """The amount by which cash rounding increased the total."""
        return self.rounding_minor - self.was_rounding_minor


class DayLimitPassed(Event, frozen=True):
    """A customer bought more in a business day than the legal limit per purchase, and the seller confirmed it.

    `taken` of `most`, in thousandths of the unit of the category's `attribute`.
    """

    customer: str
    category: str
    attribute: str
    taken: int
    most: int


class SoldOutsideHours(Event, frozen=True):
    """Age-restricted goods were sold outside the hours set by law or the shop; `sku` is the first product.

    Staff confirmed it, or the goods were already paid for. `why`: the text of section `refused` that would have refused
    the sale.
    """

    kind: Regulated
    sku: str
    why: str


class ReceiptReprinted(Event, frozen=True):
    """A receipt was reprinted for the `copy`-th time."""

    number: int
    copy: int


class GiftReceiptPrinted(Event, frozen=True):
    """A gift receipt, without prices, was printed."""

    number: int


class BillPrinted(Event, frozen=True):
    """A basket was printed as a bill for guests before payment, with its total and its number of `lines`."""

    currency: str
    lines: int
    total_minor: int


class ReportPrinted(Event, frozen=True):
    """A register's report since its last Z was printed: `total_minor` is `sales` less `voids` and `refunds`. An `x`
    changes nothing; a `z` resets the counts.

    A Z has a gapless `number` in its register, its start (`since_us`), the register's lifetime total
    (`grand_total_minor`), and everything else printed (`sums`, and other capabilities' data in `besides`), so that
    copies are identical. An X has neither number nor `sums`. The sums include manual discounts, foreign cash,
    non-revenue, practice sessions, coupons, and tips by tender and user. A Z is signed (`z_signature.py`): `key` and
    `signature`, in base64url.
    """

    kind: Literal["x", "z"]
    currency: str
    sales: int
    voids: int
    total_minor: int
    refunds: int = 0
    number: int = 0
    since_us: int = 0
    grand_total_minor: int = 0
    sums: DaySums | None = None
    besides: tuple[TemplateBlock, ...] = ()
    key: str = ""
    signature: str = ""


class ReportReprinted(Event, frozen=True):
    """A Z report was reprinted for the `copy`-th time."""

    number: int
    copy: int


class TrainingStarted(Event, frozen=True):
    """A user started practice mode at a register. Nothing done in practice mode is recorded in the journal."""


class TrainingEnded(Event, frozen=True):
    """Practice mode ended. `papers`: how many papers it made, with separate numbers."""

    papers: int


EVENTS: tuple[type[Event], ...] = (
    SaleCompleted,
    BasketAbandoned,
    SaleVoided,
    SaleRefunded,
    NumbersSkipped,
    TenderCorrected,
    DayLimitPassed,
    SoldOutsideHours,
    ReceiptReprinted,
    GiftReceiptPrinted,
    BillPrinted,
    ReportPrinted,
    ReportReprinted,
    TrainingStarted,
    TrainingEnded,
)
