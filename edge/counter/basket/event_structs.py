"""What events of the till hold, and those of orders: lines, money, goods that come back. Pure.

These structs are the events' own, so one that changes is a new version of each of them. The open basket has its lines
beside (`basket.py`): it may change without any event.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from edge.goods.catalog.product import BundlePart
from edge.goods.modifiers.modifier import ChosenModifier, parts_taken
from edge.lib.tax.rules import Taxed, TaxTable
from edge.lib.units.money import amount_minor
from edge.lib.units.quantity import Unit

TenderKind = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,19}$(?!\n)")]
"""`cash`, `card`, `gift` and `credit` for what is on a card of the shop's, `advance` for what was paid ahead for an
order, `cash_usd` and the like for foreign notes, or a tender of the shop's own."""
LineKind = Literal["goods", "open", "tip", "load", "surplus", "advance", "fee"]
"""`open`: goods that the catalogue does not have, by name and sum; `fee`: no goods, but revenue and taxed, as what is
kept of an order that nobody comes for. The others are no goods, untaxed and no revenue: a tip, a sum put onto a gift
card, what a voucher is worth beyond what was due, and what is paid ahead for an order, whose id is the line's
`code`; so is a `fee` without a tax class, which a terminal added for a credit card."""
NO_REVENUE: frozenset[str] = frozenset({"tip", "load", "surplus", "advance"})


class ScannedData(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a product's code says of this one thing: its lot, its last day, its number, its weight, its price.

    `sold_expired`: the last day was over, and the cashier said to sell it. `price_checked`: the price is not what the
    weight costs today, and the cashier said to sell it so.
    """

    lot: str = ""
    expiry: date | None = None
    serial: str = ""
    weight_g: int | None = None
    price_minor: int | None = None
    sold_expired: bool = False
    price_checked: bool = False

    def tells_quantity(self, unit: str) -> bool:
        """Whether there cannot be more or less of the thing than it says."""
        return bool(self.serial) or (unit != "piece" and (self.weight_g is not None or self.price_minor is not None))

    def is_expired(self, today: date) -> bool:
        return self.expiry is not None and self.expiry < today


class Weighed(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a weight came to be known: shown by the register's scale, net of `tare_g`, or typed by hand."""

    by: Literal["scale", "hand"]
    tare_g: int = 0


class Discount(msgspec.Struct, frozen=True):
    """What a promotion takes off a line; the basket, and then the sale, has its names."""

    promotion: str
    minor: int


class TypedDiscount(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a person takes off a line or a basket: a `share` in thousandths of a percent, or a sum. `reason` is one of
    the shop's list, `by` whose right it was."""

    reason: str
    by: str
    share: int = 0
    sum_minor: int = 0


class SaleCoupon(msgspec.Struct, frozen=True, omit_defaults=True):
    """A single-use coupon on a basket or sale: by the digest of its code, whose end people see, of which series.

    It takes a `share` (thousandths of a percent) or a sum off what is left behind all other discounts: `minor`.
    `counted`: it took something off an earlier part of the same order already, so that no report counts it again.
    """

    id: str
    tail: str
    series: int
    name: str = ""
    share: int = 0
    sum_minor: int = 0
    minor: int = 0
    counted: bool = False


class RecordedLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A product that was sold. `listed_minor`: what the catalogue says, where the price was overridden or entered.

    `label`: what its code said besides. `total_minor`: the price printed on something
    measured, or what the first part of it left, which is what it costs, to the cent; `price_minor` is then only that of
    a unit.
    `units` is how many of the product one of it is: more than one for a case. `deposit_minor` comes on
    top for each of them, and no tax is on it. `parts`: what leaves the stock in its place, for each of them.
    `discounts`: what promotions take off it; `off_minor` what a person takes off the line by its `discount`, and
    `share_minor` its part of the basket's, `coupon_minor` of the coupons'. `undiscounted`: nobody takes anything off
    such goods, nor does a promotion. `card`: the gift card that a load goes onto. `weighed`: how its weight came to be
    known, where no label says it. `below_cost`: the shop paid more for it on average. `tip_to`: whose a tip is, a
    user's id; empty: the pool's. `modifiers`: what was chosen of what the product is asked; `price_minor` has theirs.
    """

    id: int
    sku: str
    code: str
    names: dict[str, str]
    unit: Unit
    quantity: int
    price_minor: int
    tax_class: str
    listed_minor: int | None = None
    reason: str = ""
    voided: bool = False
    label: ScannedData | None = None
    total_minor: int | None = None
    units: int = 1
    deposit_minor: int = 0
    parts: tuple[BundlePart, ...] = ()
    discounts: tuple[Discount, ...] = ()
    kind: LineKind = "goods"
    discount: TypedDiscount | None = None
    off_minor: int = 0
    share_minor: int = 0
    undiscounted: bool = False
    card: str = ""
    weighed: Weighed | None = None
    coupon_minor: int = 0
    below_cost: bool = False
    tip_to: str = ""
    modifiers: tuple[ChosenModifier, ...] = ()

    @property
    def is_revenue(self) -> bool:
        """Whether the shop earns it; else it is untaxed, and beside that."""
        return self.kind not in NO_REVENUE and (self.kind != "fee" or bool(self.tax_class))

    @property
    def goods(self) -> int:
        """How much of the product it is, in thousandths of its unit."""
        return self.quantity * self.units

    @property
    def taken(self) -> tuple[BundlePart, ...]:
        """What leaves the stock for each of it: its parts or else itself, with what its modifiers add and omit."""
        return parts_taken(self.sku, self.parts, self.modifiers)

    @property
    def modifiers_minor(self) -> int:
        """What its modifiers add to the price of a unit."""
        return sum(one.price_minor for one in self.modifiers)

    @property
    def deposits_minor(self) -> int:
        return 0 if self.voided or not self.deposit_minor else amount_minor(self.deposit_minor, self.goods)

    @property
    def promotion_minor(self) -> int:
        """What promotions take off it in all."""
        return sum(discount.minor for discount in self.discounts) if self.discounts else 0

    @property
    def typed_minor(self) -> int:
        """What people take off it."""
        return self.off_minor + self.share_minor

    @property
    def discount_minor(self) -> int:
        """What is off it in all."""
        off_minor = self.off_minor + self.share_minor + self.coupon_minor
        return off_minor + self.promotion_minor if self.discounts else off_minor

    @property
    def amount_minor(self) -> int:
        """What is paid for it, without its deposits."""
        return self.gross_minor - self.discount_minor

    @property
    def gross_minor(self) -> int:
        """What it would cost without promotions."""
        if self.voided:
            return 0
        return amount_minor(self.price_minor, self.quantity) if self.total_minor is None else self.total_minor


class TenderDetails(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What some kinds of money say besides."""

    card: str = ""
    foreign_minor: int = 0
    rate: int = 0
    unconfirmed: bool = False
    order: str = ""
    payment: str = ""
    slip: tuple[str, ...] = ()
    cash_back_minor: int = 0


class Tender(TenderDetails, frozen=True, omit_defaults=True):
    """Money given. `reference`: what the card terminal printed, if it was written down. `card`: which gift card paid,
    `unconfirmed` that head office could not say whether it holds that.
    `order`: for which an `advance` was paid, by its id; `reference` is what it is called.
    `payment`: which payment at a terminal it is, by its id, and `slip` what that says on the receipt;
    `cash_back_minor` of it is no payment, but was handed out in cash.
    Foreign cash: `foreign_minor` of its own currency at `rate`, millionths of our minor unit for one of its."""

    kind: TenderKind
    amount_minor: int
    reference: str = ""


class GivenBack(Tender, frozen=True, omit_defaults=True):
    """Money that goes back. `of`: to which of the sale's tenders, by its place from 1; 0: to none of them, as cash
    in the place of what was paid, or goods without a receipt."""

    of: int = 0


class Returned(RecordedLine, frozen=True, omit_defaults=True):
    """What of a sale's line comes back: `quantity` of it, for `total_minor`. `damaged`: not back onto the shelf."""

    damaged: bool = False


class TaxedAhead(msgspec.Struct, frozen=True):
    """A share of each line, `minor` of `of_minor`, that is taxed by another table than the rest: it was paid while that
    held."""

    tax: TaxTable
    minor: int
    of_minor: int


class ReturnedGoods(msgspec.Struct, frozen=True):
    """What of an earlier sale comes back in an exchange, at what it had cost. `left`: what may go back of that sale, to
    its tenders, and as store credit (`of` is 0) what other goods had paid, or all of it by a gift receipt;
    `back`: what did go back, as the new goods cost less."""

    register: str
    sale: int
    lines: tuple[Returned, ...]
    taxes: tuple[Taxed, ...]
    net_minor: int
    total_minor: int
    deposit_minor: int
    left: tuple[GivenBack, ...] = ()
    back: tuple[GivenBack, ...] = ()

    @property
    def paid_minor(self) -> int:
        """What was paid for it, where that was less than it cost: cash is rounded once, when it is paid."""
        return min(self.total_minor, sum(one.amount_minor for one in self.left))
