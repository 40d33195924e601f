"""Structs of till and order events: lines, money, returned goods. Pure.

They are part of events, so changing one is a new version of each event. The open basket's lines are separate
(`basket.py`) and may change without a new version.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec

from edge.goods.catalog.product import BundlePart
from edge.goods.modifiers.modifier import ChosenModifier, stock_parts
from edge.lib.tax.rules import Taxed, TaxTable
from edge.lib.units.money import amount_minor
from edge.lib.units.quantity import Unit

TenderKind = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_-]{0,19}$(?!\n)")]
"""Kind of tender: `cash`, `card`, `gift` or `credit` (the shop's own cards), `advance` (prepaid for an order),
`cash_usd` and similar (foreign notes), or one of the shop's own tenders.
"""
LineKind = Literal["goods", "open", "tip", "load", "surplus", "advance", "fee"]
"""Kind of a line. `open`: an item that isn't in the catalogue, by name and amount. `fee`: taxed revenue that isn't
goods, such as the fee for an order that wasn't collected.

All other kinds are untaxed and neither goods nor revenue: a tip, a load of a gift card, the surplus of a voucher, or an
advance for an order (the line's `code` is the order's id). The same applies to a `fee` without a tax class: a
terminal's surcharge for a credit card.
"""
NO_REVENUE: frozenset[str] = frozenset({"tip", "load", "surplus", "advance"})


class ScannedData(msgspec.Struct, frozen=True, omit_defaults=True):
    """Data in an item's barcode: lot, expiry date, serial number, weight, price.

    `sold_expired`: it had expired, and the cashier confirmed the sale. `price_checked`: its price differs from today's
    price for the weight, and the cashier confirmed it.
    """

    lot: str = ""
    expiry: date | None = None
    serial: str = ""
    weight_g: int | None = None
    price_minor: int | None = None
    sold_expired: bool = False
    price_checked: bool = False

    def tells_quantity(self, unit: str) -> bool:
        """Whether the code determines the quantity."""
        return bool(self.serial) or (unit != "piece" and (self.weight_g is not None or self.price_minor is not None))

    def is_expired(self, today: date) -> bool:
        return self.expiry is not None and self.expiry < today


class Weighed(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a weight was measured: by the register's scale, net of `tare_g`, or typed by hand."""

    by: Literal["scale", "hand"]
    tare_g: int = 0


class Discount(msgspec.Struct, frozen=True):
    """A promotion's discount on a line; the basket or sale has its names."""

    promotion: str
    minor: int


class TypedDiscount(msgspec.Struct, frozen=True, omit_defaults=True):
    """A discount by a person on a line or basket: a `share` in thousandths of a percent, or a sum. `reason` is from
    the shop's list, `by` the person with the right to grant it."""

    reason: str
    by: str
    share: int = 0
    sum_minor: int = 0


class SaleCoupon(msgspec.Struct, frozen=True, omit_defaults=True):
    """A single-use coupon on a basket or sale: the digest of its code, the visible end of the code, and its series.

    It discounts the amount left after all other discounts, by a `share` (thousandths of a percent) or a sum; the result
    is `minor`. `counted`: it was already used on an earlier part of the same order, so reports don't count it again.
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
    """A sold product. `listed_minor`: the catalogue's price, if the price was overridden or entered.

    `label`: other data in its barcode. `total_minor`: the exact price of a measured item: the printed price, or the
    rest of it after a first part; `price_minor` is then only the unit price. `units`: pieces of the product per unit
    sold, more than one for a case. `deposit_minor` is added for each, without tax. `parts`: the goods that leave stock
    instead, for each. `discounts`: discounts by promotions; `off_minor`: that of the line's manual `discount`;
    `share_minor`: its share of the basket's, `coupon_minor` of the coupons'. `undiscounted`: neither staff nor
    promotions can discount it. `card`: the gift card to load. `weighed`: how its weight was determined, without a
    label. `below_cost`: the average cost was higher. `tip_to`: the user who gets a tip; empty: the pool. `modifiers`:
    the modifiers chosen; `price_minor` includes them.
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
        """Whether the line is revenue. Other lines are untaxed and reported separately."""
        return self.kind not in NO_REVENUE and (self.kind != "fee" or bool(self.tax_class))

    @property
    def goods(self) -> int:
        """The quantity in the product's unit, in thousandths."""
        return self.quantity * self.units

    @property
    def stock_taken(self) -> tuple[BundlePart, ...]:
        """Stock deducted for each unit: its components or itself, adjusted by modifiers."""
        return stock_parts(self.sku, self.parts, self.modifiers)

    @property
    def modifiers_minor(self) -> int:
        """The amount its modifiers add to the unit price, in minor units."""
        return sum(one.price_minor for one in self.modifiers)

    @property
    def deposits_minor(self) -> int:
        return 0 if self.voided or not self.deposit_minor else amount_minor(self.deposit_minor, self.goods)

    @property
    def promotion_minor(self) -> int:
        """The total discount of promotions."""
        return sum(discount.minor for discount in self.discounts) if self.discounts else 0

    @property
    def typed_minor(self) -> int:
        """The total discount by people."""
        return self.off_minor + self.share_minor

    @property
    def discount_minor(self) -> int:
        """The total of all discounts."""
        off_minor = self.off_minor + self.share_minor + self.coupon_minor
        return off_minor + self.promotion_minor if self.discounts else off_minor

    @property
    def amount_minor(self) -> int:
        """The price paid, without deposits."""
        return self.gross_minor - self.discount_minor

    @property
    def gross_minor(self) -> int:
        """The price without discounts."""
        if self.voided:
            return 0
        return amount_minor(self.price_minor, self.quantity) if self.total_minor is None else self.total_minor


class BasketStep(msgspec.Struct, frozen=True, array_like=True):
    """A change to an open basket, `ms` milliseconds after it was opened.

    `about`: the id of a line or question. `line`: a line was added. `quantity`: the line's new quantity is `amount`
    (thousandths). `void`: the line was voided. `ask`: the cashier was asked a question of `kind` about a product
    (`sku`); `yes` and `no`: the answer.
    """

    ms: int
    did: Literal["line", "quantity", "void", "ask", "yes", "no"]
    about: int
    amount: int = 0
    kind: str = ""
    sku: str = ""


class TenderDetails(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Fields that only some kinds of tender use."""

    card: str = ""
    foreign_minor: int = 0
    rate: int = 0
    unconfirmed: bool = False
    order: str = ""
    payment: str = ""
    slip: tuple[str, ...] = ()
    cash_back_minor: int = 0


class Tender(TenderDetails, frozen=True, omit_defaults=True):
    """A tender.

    `reference`: the card terminal's printed reference, if recorded. `card`: the gift card. `unconfirmed`: head office
    couldn't confirm the card's balance. `order`: the id of the order that an `advance` was paid for; `reference` is its
    name. `payment`: the id of the terminal payment, and `slip` its lines on the receipt; `cash_back_minor` of it isn't
    payment, but cash handed out. Foreign cash: `foreign_minor` in its own currency. `rate`: the value of one foreign
    minor unit, in millionths of ours.
    """

    kind: TenderKind
    amount_minor: int
    reference: str = ""


class GivenBack(Tender, frozen=True, omit_defaults=True):
    """Money returned.

    `of`: the position (from 1) of the sale's tender that it's returned to. 0: none, as when cash replaces the original
    tender or goods are returned without a receipt.
    """

    of: int = 0


class Returned(RecordedLine, frozen=True, omit_defaults=True):
    """A returned part of a sale's line: `quantity` of it, for `total_minor`. `damaged`: not restocked."""

    damaged: bool = False


class TaxedAhead(msgspec.Struct, frozen=True):
    """The share of each line, `minor` of `of_minor`, taxed by an earlier tax table.

    It was prepaid while that table applied.
    """

    tax: TaxTable
    minor: int
    of_minor: int


class ReturnedGoods(msgspec.Struct, frozen=True):
    """Goods of an earlier sale returned in an exchange, at their price.

    `left`: the amounts that can still be returned for that sale, to its tenders, and as store credit (`of` is 0) for
    the part paid with other goods, or for everything with a gift receipt. `back`: the amounts returned because the new
    goods cost less.
    """

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
        """The price of the returned goods, or the amount still refundable if that is less, as cash was rounded."""
        return min(self.total_minor, sum(one.amount_minor for one in self.left))
