"""What can have happened at a till."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from edge.core.messages import Event
from edge.core.registry import Upcaster
from edge.lib.tax.rules import Taxed, TaxTable
from edge.shop.printing.document import TemplateBlock
from edge.shop.till.rules.event_structs import (
    GivenBack,
    RecordedLine,
    Returned,
    ReturnedGoods,
    SaleCoupon,
    TaxedAhead,
    Tender,
    TypedDiscount,
)
from edge.shop.till.rules.sums import DaySums


class SaleCompleted(Event, frozen=True):
    """A basket was paid. `total_minor` with all taxes; `rounding_minor` is what cash rounding added to it.

    `net_minor` is without the taxes in `taxes`. `number` is the register's receipt
    number. Voided and overridden lines are among `lines` and say so. Since version 2 a line
    may have a label, and a total of its own; since version 3 `tax` is how its lines were taxed
    (None in older ones), so that a refund gives back the taxes of the day. Since version 4 there are
    deposits, which are untaxed and in `net_minor`, and lines may be cases and bundles. Since version 5 lines say what
    promotions took off them, and `promotions` how these are called. Since version 6 `price_list` says whose prices
    held: a line costs what that list says, or what the store's does where that is less or the list has no price.
    Since version 7 people take something off lines, or by `discount` off all of it; lines may be of goods that the
    catalogue does not have, or no goods at all (`kind`), and tenders the shop's own. In an exchange goods of
    an earlier sale come back: the sums and taxes are less these, and where that is below 0, `back` goes out.
    Since version 8 `coupons` take something off its lines, behind all else that does, and the goods that come back may
    be of several sales (`returns`, before that `exchange`); lines say how their weight was known, and gift cards
    whether head office confirmed them. Since version 9 a coupon of an order says whether an earlier part of that
    order counted it, and parts of lines may be of a measure, as 40 ml of a bottle. Since version 10 a tip may be
    somebody's, a line may be what is paid ahead for an order, and that a tender of the sale that it becomes;
    since version 11 a line may be a fee. Since version 12 `tax_ahead` are shares of its lines that were paid while
    other taxes held, and a sale that took money ahead has the whole table of its day in `tax`. `customer` is the id
    of whoever bought it, where that was known: it says nothing of them.
    """

    version = 12

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
        """What its own goods came to, whatever other goods paid for them."""
        return self.total_minor + (self.goods_back_minor if self.returns else self.rounding_minor)

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

    Lines as in `SaleCompleted`. Since version 5 `tenders` are how the money went back, and `total_minor` is what the
    basket came to. Since version 6 lines and tenders are as in version 7 of `SaleCompleted`, since version 7 as in
    its version 8, since version 8 as in its version 9, since version 9 as in its version 10, and since version 10 as in
    its version 11.
    """

    version = 10

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
    """A sale was undone: `number` is this paper's own, `sale` the receipt it undoes. Since version 2 `tenders` are how
    the money went back; since version 3 these may be the shop's own. Foreign notes go back as such, and cash below 0 is
    change that comes in again.

    Since version 3 it may be a refund that is undone (`undoes`), or an exchange: `refunds` (until then
    `refund`) say what had been taken back, of one sale each since version 4. `total_minor` is below 0 where money comes
    in again; since version 4 lines are as in version 8 of `SaleCompleted`, since version 5 as in its version 9, since
    version 6 as in its version 10, since version 7 as in its version 11.
    """

    version = 7

    number: int
    sale: int
    currency: str
    total_minor: int
    reason: str
    tenders: tuple[GivenBack, ...] = ()
    refunds: tuple[RefundUndone, ...] = ()
    undoes: Literal["sale", "refund"] = "sale"


class SaleRefunded(Event, frozen=True):
    """Goods came back and money went out: `total_minor` and `rounding_minor` of it, as `tenders`, all positive.

    `number` is this paper's own; `sale` the receipt that is refunded and `sale_register` the one
    it is of (0 and "": there was none). Taxes and deposits as in `SaleCompleted`: what goes back of them.
    Since version 3 `price_list` is whose prices hold: those of the sale, or of the basket that came back. Since version
    4 the tenders say to which of the sale's they go back. Since version 5 `customer` is whose sale it was, tenders
    may be the shop's own, and lines are as in version 7 of `SaleCompleted`, since version 6 as in its version 8,
    since version 7 as in its version 9, since version 8 as in its version 10, also of what was paid ahead, since
    version 9 as in its version 11.
    """

    version = 9

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
    reason: str
    deposit_minor: int = 0
    price_list: str = "store"
    customer: str = ""

    @property
    def paid_minor(self) -> int:
        """The money that goes back."""
        return self.total_minor + self.rounding_minor


class NumbersSkipped(Event, frozen=True):
    """The numbers `first` to `last` of the register will never be used: the ledger was set back, and what had been sold
    in the meantime may have had them. A gap in the numbers that is no receipt gone. Since version 2 they may be of the
    register's Z reports."""

    version = 2

    first: int
    last: int
    why: Literal["restored", "recovered"]
    series: Literal["receipt", "z"] = "receipt"


class TenderCorrected(Event, frozen=True):
    """A sale was paid otherwise than the till was told: as `tenders`, and not as `was`. The sums of the sale stay, but
    for what rounding in coins adds to them. Since version 2 tenders are as in version 8 of `SaleCompleted`. Since
    version 3 `tip_minor` is what of the sale was a tip, which comes as the same money; since version 4 `tip_to` is
    whose it is (a user's id; empty: the pool's), and tenders are as in version 10 of `SaleCompleted`."""

    version = 4

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


class ReceiptReprinted(Event, frozen=True):
    """A receipt was printed again, for the `copy`-th time."""

    number: int
    copy: int


class GiftReceiptPrinted(Event, frozen=True):
    """A sale was printed without its prices."""

    number: int


class ReportPrinted(Event, frozen=True):
    """What a register came to since its last Z was printed: `total_minor` was taken for `sales`, less `voids` and
    `refunds`. An `x` has no effect; a `z` begins all that anew.

    Since version 3 a Z has a `number`, without gaps in its register, says since when it counts (`since_us`), what the
    register took in all its life (`grand_total_minor`), and all the rest that is on the paper, so that a copy is the
    same: `sums`, and what other capabilities said (`besides`). Older ones, and X, have neither number nor `sums`. Since
    version 4 the sums tell what people took off, foreign cash, and what is no revenue; since version 5 how often
    somebody practised, and coupons; since version 6 by which tenders tips came. Since version 7 a Z is signed
    (`z_signature.py`): `key` and `signature`, in base64url. Since version 8 the sums tell whose tips are.
    """

    version = 8

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
    ReceiptReprinted,
    GiftReceiptPrinted,
    ReportPrinted,
    ReportReprinted,
    TrainingStarted,
    TrainingEnded,
)


def _several_returns(fields: dict[str, Any]) -> dict[str, Any]:
    """What went back to the tenders of the one sale there was, stands with its goods."""
    goods = fields.pop("exchange", None)
    returns = [{**goods, "back": fields.get("back", [])}] if goods else []
    return {**fields, "returns": returns}


def _several_refunds(fields: dict[str, Any]) -> dict[str, Any]:
    refund = fields.pop("refund", None)
    return {**fields, "refunds": [refund] if refund else []}


UPCASTERS: tuple[Upcaster, ...] = (
    Upcaster("SaleCompleted", 7, _several_returns),
    Upcaster("SaleVoided", 3, _several_refunds),
)
