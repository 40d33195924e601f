"""What can have happened at a till."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Event, Remark
from edge.counter.basket.event_structs import (
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
    """A basket was paid. `total_minor` with all taxes; `rounding_minor` is what cash rounding added to it.

    `net_minor` is without the taxes in `taxes`. `number` is the register's receipt number. Voided and overridden lines
    are among `lines` and say so. A line may have a label, and a total of its own; `tax` is how its lines were taxed, so
    that a refund gives back the taxes of the day. There are deposits, which are untaxed and in `net_minor`, and lines
    may be cases and bundles. Lines say what promotions took off them, and `promotions` how these are called.
    `price_list` says whose prices held: a line costs what that list says, or what the store's does where that is less
    or the list has no price. People take something off lines, or by `discount` off all of it; lines may be of goods
    that the catalogue does not have, or no goods at all (`kind`), and tenders the shop's own. In an exchange goods of
    an earlier sale come back: the sums and taxes are less these, and where that is below 0, `back` goes out. `coupons`
    take something off its lines, behind all else that does, and the goods that come back may be of several sales
    (`returns`); lines say how their weight was known, and gift cards whether head office confirmed them. A coupon of an
    order says whether an earlier part of that order counted it, and parts of lines may be of a measure, as 40 ml of a
    bottle. A tip may be somebody's, a line may be what is paid ahead for an order, and that a tender of the sale that
    it becomes; a line may be a fee. `tax_ahead` are shares of its lines that were paid while other taxes held, and a
    sale that took money ahead has the whole table of its day in `tax`. `customer` is the id of whoever bought it, where
    that was known: it says nothing of them.
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

    @property
    def bought_minor(self) -> int:
        """What was paid for its own goods, in money and in other goods."""
        money_minor = sum(one.amount_minor for one in self.tenders) - self.change_minor
        return money_minor - sum(one.amount_minor for one in self.back) + sum(one.paid_minor for one in self.returns)

    @property
    def returned(self) -> tuple[Returned, ...]:
        """The goods that came back in it, of whichever sale."""
        return tuple(line for goods in self.returns for line in goods.lines)

    @property
    def goods_back_minor(self) -> int:
        """What these had cost."""
        return sum(goods.total_minor for goods in self.returns)


class BasketAbandoned(Event, frozen=True):
    """A basket was cleared away unpaid; money already taken for it (`returned_minor`) was given back.

    Lines and tenders as in `SaleCompleted`. `tenders` are how the money went back, and `total_minor` is what the basket
    came to.
    """

    lines: tuple[RecordedLine, ...]
    opened_us: int
    returned_minor: int = 0
    tenders: tuple[GivenBack, ...] = ()
    total_minor: int = 0


class RefundUndone(msgspec.Struct, frozen=True):
    """What had been taken back that is the customer's again, of which sale (0 and "": of none), what it came to, and as
    what money had gone out for it, which is taken again."""

    sale_register: str
    sale: int
    lines: tuple[Returned, ...]
    minor: int
    tenders: tuple[GivenBack, ...]


class SaleVoided(Event, frozen=True):
    """A sale was undone: `number` is this paper's own, `sale` the receipt it undoes. `tenders` are how the money went
    back, the shop's own among them. Foreign notes go back as such, and cash below 0 is change that comes in again.

    It may be a refund that is undone (`undoes`), or an exchange: `refunds` say what had been taken back, of one sale
    each. `total_minor` is below 0 where money comes in again; lines are as in `SaleCompleted`.
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
    """Goods came back and money went out: `total_minor` and `rounding_minor` of it, as `tenders`, all positive.

    `number` is this paper's own; `sale` the receipt that is refunded and `sale_register` the one it is of (0 and "":
    there was none). Taxes and deposits as in `SaleCompleted`: what goes back of them. `price_list` is whose prices
    hold: those of the sale, or of the basket that came back. The tenders say to which of the sale's they go back.
    `customer` is whose sale it was, tenders may be the shop's own, and lines are as in `SaleCompleted`, also of what
    was paid ahead.
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
        """The money that goes back."""
        return self.total_minor + self.rounding_minor


class NumbersSkipped(Event, frozen=True):
    """The numbers `first` to `last` of the register will never be used: the ledger was set back, and what had been
    sold in the meantime may have had them. A gap in the numbers that is no receipt gone. They may be of the
    register's Z reports."""

    first: int
    last: int
    why: Literal["restored", "recovered"]
    series: Literal["receipt", "z"] = "receipt"


class TenderCorrected(Event, frozen=True):
    """A sale was paid otherwise than the till was told: as `tenders`, and not as `was`. The sums of the sale stay,
    but for what rounding in coins adds to them. `tip_minor` is what of the sale was a tip, which comes as the same
    money; `tip_to` is whose it is (a user's id; empty: the pool's). Tenders are as in `SaleCompleted`."""

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
        """What the sale comes to more than before, by its rounding."""
        return self.rounding_minor - self.was_rounding_minor


class DayLimitPassed(Event, frozen=True):
    """A customer was handed over more of what the law limits within a business day than it gives at once: `taken`, of
    `most`, in thousandths of the unit of the category's `attribute`. Whoever sold it was asked before."""

    customer: str
    category: str
    attribute: str
    taken: int
    most: int


class SoldOutsideHours(Event, frozen=True):
    """Goods were sold that law keeps from the young, of which `sku` is the first, outside the hours of law or shop: as
    somebody of the staff said who was asked, or because they were paid for before. `why`: the sentence of section
    `refused` that would have refused them."""

    kind: Regulated
    sku: str
    why: str


class ReceiptReprinted(Event, frozen=True):
    """A receipt was printed again, for the `copy`-th time."""

    number: int
    copy: int


class GiftReceiptPrinted(Event, frozen=True):
    """A sale was printed without its prices."""

    number: int


class BillPrinted(Event, frozen=True):
    """What a basket of so many `lines` came to was printed, for guests to look at; nothing was paid by it."""

    currency: str
    lines: int
    total_minor: int


class ReportPrinted(Event, frozen=True):
    """What a register came to since its last Z was printed: `total_minor` was taken for `sales`, less `voids` and
    `refunds`. An `x` has no effect; a `z` begins all that anew.

    A Z has a `number`, without gaps in its register, says since when it counts (`since_us`), what the register took in
    all its life (`grand_total_minor`), and all the rest that is on the paper, so that a copy is the same: `sums`, and
    what other capabilities said (`besides`). An X has neither number nor `sums`. The sums tell what people took off,
    foreign cash, and what is no revenue; how often somebody practised, and coupons; by which tenders tips came, and
    whose they are. A Z is signed (`z_signature.py`): `key` and `signature`, in base64url.
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
    """A Z report was printed again, for the `copy`-th time."""

    number: int
    copy: int


class TrainingStarted(Event, frozen=True):
    """Somebody began to practise at a register; what they do is in no journal."""


class TrainingEnded(Event, frozen=True):
    """Nobody practises there any more. It made so many `papers`, which have numbers of their own."""

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
