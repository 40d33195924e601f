"""A register's open basket before payment. Local state. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Literal

import msgspec

from edge.counter.basket.event_structs import (
    BasketStep,
    RecordedLine,
    ReturnedGoods,
    SaleCoupon,
    ScannedData,
    Tender,
    TypedDiscount,
)
from edge.counter.basket.taxed_total import PaidAhead
from edge.lib.units.quantity import Unit

LINES_LIMIT = 300
"""Maximum lines of a basket. For more, the customer pays first and a new basket begins."""
BASKET_BYTES = 96 * 1024
"""Maximum size of a basket as JSON.

A line that would exceed it, alone or with its promotions, is refused, because the sale must fit into one journal event.
"""
_fields = attrgetter(*RecordedLine.__struct_fields__)
QUESTIONS_LIMIT = 8
"""Maximum questions waiting for an answer. A further scan that raises a question is refused."""
RETURNS_LIMIT = 10
"""Maximum receipts per exchange."""
COUPONS_LIMIT = 5
"""Maximum coupons per sale."""
TENDERS_LIMIT = 10
"""Maximum payments per sale."""

PARKED_LIMIT = 100
"""Maximum parked baskets in a shop; the next one is refused."""


class BasketLine(RecordedLine, frozen=True, omit_defaults=True):
    """A line in the basket: the fields of a sold line, plus those that only a basket has.

    `course`: the course it's served with (0: the first); `seat`: the guest at the table (0: all).
    """

    course: int = 0
    seat: int = 0


class Question(msgspec.Struct, frozen=True, omit_defaults=True):
    """A question to the cashier before a product becomes a line.

    `unknown`: no product has the code; `price`: its price is unknown; `age`: the customer must be `min_age`; `expired`:
    its expiry date has passed; `measure`: the quantity, in its unit; `label_price`: the printed price differs from
    today's price for the weight (`price_minor`). For the `age` of a whole order, `price_minor` is the total without
    age-restricted lines, or None if all lines are. `tax_changed`: with today's taxes, the basket's total is
    `price_minor` instead of the promised `was_minor`. `modifiers`: the product's modifiers have to be chosen; the field
    holds those already chosen (None: none).
    """

    id: int
    kind: Literal["unknown", "price", "age", "expired", "measure", "label_price", "tax_changed", "modifiers"]
    code: str
    quantity: int
    sku: str = ""
    names: dict[str, str] = {}
    unit: Unit = "piece"
    min_age: int = 0
    price_minor: int | None = None
    label: ScannedData | None = None
    was_minor: int | None = None
    modifiers: tuple[str, ...] | None = None


class PartOf(msgspec.Struct, frozen=True, omit_defaults=True):
    """The whole order, if a basket's lines are only a part of it: the order's lines, and the lines `left` after this
    part.

    The part's total is the difference between the two totals, so that the taxes of all parts add up exactly to those of
    the whole order.
    """

    whole: tuple[RecordedLine, ...]
    left: tuple[RecordedLine, ...]


class TakenUp(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a resumed basket or opened order came from.

    `called`: its name. `parked`: its number if it was parked. `who`: the user who opened it. `taken_from`: the register
    it was taken from, if any.
    """

    who: str
    called: str
    parked: int = 0
    taken_from: str = ""


class AdvanceHeld(msgspec.Struct, frozen=True):
    """The advance paid for the order in a basket.

    `order`: the order's id; `said`: its displayed name. `paid`: the sums with their tax tables, the oldest first; they
    may exceed the amount due here.
    """

    order: str
    said: str
    minor: int
    paid: tuple[PaidAhead, ...] = ()


class TakenAway(msgspec.Struct, frozen=True):
    """Notice that another register took the basket over: the basket's name, the register and the user."""

    called: str
    register: str
    who: str


class Basket(msgspec.Struct, frozen=True, omit_defaults=True):
    """A register's open basket. `revision` grows with every change, also from one basket to the next.

    `customer`: the customer's id, if known; `price_list`: the price list that applies. `promotions`: names of the
    promotions that reduce its lines. `discount`: a discount on the whole basket; `name`: its name when parked, such as
    a table. `part`: the bill that it's a part of. `ordered`: ids of its coupons already used when it was ordered. `up`:
    the user who resumed it here; `away`: the user who took over the previous basket, until something else happens.
    `advance`: an advance, used before other payments. `coupon_ends`: the last business day of each coupon, by its id.
    `delivered_to`: the province of delivery whose taxes apply ("": the store's). `payment`: the id of its newest
    terminal payment. `course` and `seat`: those of the next added line; `fired`: courses up to this one are being made.
    `tip_share`: the tip is this share of the total (thousandths of a percent), and follows it. `steps`: its history.
    `worth_minor`: with an order's advance, the order's net revenue, which decides which place's taxes apply (0: use the
    lines' revenue).
    """

    register: str
    revision: int = 0
    opened_us: int = 0
    last_id: int = 0
    lines: tuple[BasketLine, ...] = ()
    tenders: tuple[Tender, ...] = ()
    questions: tuple[Question, ...] = ()
    age_checked: int = 0
    price_list: str = "store"
    promotions: dict[str, dict[str, str]] = {}
    customer: str = ""
    discount: TypedDiscount | None = None
    name: str = ""
    returns: tuple[ReturnedGoods, ...] = ()
    coupons: tuple[SaleCoupon, ...] = ()
    part: PartOf | None = None
    ordered: tuple[str, ...] = ()
    up: TakenUp | None = None
    away: TakenAway | None = None
    advance: AdvanceHeld | None = None
    coupon_ends: dict[str, str] = {}
    delivered_to: str = ""
    payment: str = ""
    tip_share: int = 0
    course: int = 0
    seat: int = 0
    fired: int = 0
    steps: tuple[BasketStep, ...] = ()
    worth_minor: int = 0

    @property
    def sold_lines(self) -> tuple[BasketLine, ...]:
        """The lines that aren't voided."""
        return tuple([line for line in self.lines if not line.voided])

    @property
    def coming_back(self) -> tuple[RecordedLine, ...]:
        """The returned lines in this exchange."""
        return tuple([line for goods in self.returns for line in goods.lines])

    @property
    def total_minor(self) -> int:
        """The sum of its lines and their deposits; taxes may be added (`totals.py`)."""
        return sum(line.amount_minor + line.deposits_minor for line in self.lines)

    @property
    def discount_minor(self) -> int:
        return sum(line.discount_minor for line in self.lines)

    @property
    def paid_minor(self) -> int:
        return sum(tender.amount_minor for tender in self.tenders) if self.tenders else 0

    @property
    def empty(self) -> bool:
        return not (self.lines or self.tenders or self.questions or self.returns or self.coupons)

    def line(self, id: int) -> BasketLine | None:
        return next((line for line in self.lines if line.id == id), None)

    def question(self, id: int) -> Question | None:
        return next((question for question in self.questions if question.id == id), None)

    def changed_since(self, before: Basket) -> BasketLine | None:
        """The last line that differs from the basket `before`, ignoring the effects of promotions; None if none does.

        A tip that only follows the change doesn't count.
        """
        were = {line.id: line for line in before.lines}
        tip = None
        for line in reversed(self.lines):
            old = were.get(line.id)
            if old is None or (old != line and _reprice_line(old, line) != line):
                if line.kind != "tip":
                    return line
                tip = tip or line
        return tip

    def with_changes(self, **changes: object) -> Basket:
        """The basket with fields changed and the next revision."""
        return msgspec.structs.replace(self, revision=self.revision + 1, **changes)

    def with_line(self, line: BasketLine) -> Basket:
        """The basket with the line of the same id replaced."""
        return self.with_changes(lines=tuple(line if old.id == line.id else old for old in self.lines))

    def without_question(self, id: int) -> Basket:
        return self.with_changes(questions=tuple(question for question in self.questions if question.id != id))

    def taken_by(self, other: Basket) -> Basket:
        """Return the empty basket left at this register after another register takes over its contents."""
        up = other.up
        away = TakenAway(up.called, other.register, up.who) if up else None
        return msgspec.structs.replace(self.next_basket(), away=away)

    def next_basket(self) -> Basket:
        """The empty basket that follows this one."""
        return Basket(self.register, self.revision + 1)


def recorded_lines(lines: Iterable[BasketLine]) -> tuple[RecordedLine, ...]:
    """Convert a basket's lines to the form stored in events."""
    return tuple([RecordedLine(*_fields(line)) for line in lines])


def from_recorded(lines: Iterable[RecordedLine]) -> tuple[BasketLine, ...]:
    """Convert an event's lines to basket lines."""
    return tuple(BasketLine(*_fields(line)) for line in lines)


_PRICED = ("discounts", "share_minor", "coupon_minor", "below_cost")


def _reprice_line(old: BasketLine, line: BasketLine) -> BasketLine:
    """Return the old line with the new line's promotions, discounts and coupons."""
    made = {name: getattr(line, name) for name in _PRICED}
    same = all(getattr(old, name) == value for name, value in made.items())
    return old if same else msgspec.structs.replace(old, **made)
