"""Events of shifts."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.messages import Event, Remark
from edge.counter.till.rules.day_totals import TenderKind
from edge.lib.tax.rules import Taxed

MoveKind = Literal[
    "top_up",
    "payout",
    "drop",
    "tips",
    "driver",
    "driver_tip",
    "handed_in",
    "account",
    "account_back",
    "bottles",
    "bottles_back",
    "card_refund",
]
"""Kinds of cash movement.

Cash added to a drawer, spent from it, or taken to the bank or safe; tips paid out; a driver's cash from a delivery,
while it's with the driver or once handed in; payments on a customer account and deposits paid for bottles, and their
reversals; and a refund in cash that couldn't be returned to the card.
"""
OF_OTHERS: tuple[MoveKind, ...] = (
    *("driver", "driver_tip", "handed_in", "account", "account_back", "bottles", "bottles_back", "card_refund"),
)
"""Movements made by orders, accounts, bottle deposits and card refunds, and never entered by hand."""


class Amount(msgspec.Struct, frozen=True):
    """A number of occurrences and their total."""

    count: int = 0
    minor: int = 0


class Pieces(msgspec.Struct, frozen=True):
    """`count` coins or notes of `value_minor` each."""

    value_minor: int
    count: int


class TenderCounted(msgspec.Struct, frozen=True):
    """A tender other than cash: the total expected from the till's papers, and the total counted.

    Foreign cash is in its own minor units.
    """

    kind: TenderKind
    expected_minor: int
    counted_minor: int

    @property
    def difference_minor(self) -> int:
        return self.counted_minor - self.expected_minor


class ShiftOpened(Event, frozen=True):
    """A shift was opened, with its `number` at the register and the float in its drawer."""

    number: int
    currency: str
    float_minor: int


class CashMoved(Event, frozen=True):
    """Cash was added to the drawer (`top_up`) or taken out without a sale. `amount_minor` is positive.

    Includes tips paid out, and delivery cash that drivers have until they hand it in. For foreign notes, `tender` names
    them, and amounts are in their own minor units. `driver_tip`: delivery tips that drivers keep.
    """

    version = 4
    remarks = ("reason",)

    shift: int
    currency: str
    kind: MoveKind
    amount_minor: int
    reason: Remark
    tender: TenderKind = "cash"


class DrawerOpened(Event, frozen=True):
    """The drawer was opened without a sale; `shift` is 0 if none was open."""

    remarks = ("reason",)

    shift: int
    reason: Remark


class ShiftClosed(Event, frozen=True):
    """A shift was closed, with its receipts (`first` to `last`; 0: none) and drawer, in minor units.

    `sales` as paid, with `voids` and `refunds` negative; `total_minor` is their sum. `rounding_minor`, `taxes` and
    `tenders` belong to that sum; `discount_minor` is the promotions' discount.

    The drawer began with `float_minor`. `moved`: movements by kind, all positive. `expected_minor` and `counted_minor`:
    the cash expected and counted; `pieces`: the count by denomination, if made. `opened`: drawer openings without a
    sale. `others`: counted tenders other than cash. `tips`: tips by tender; `tips_to`: tips by user id. `apart`: the
    part of the total that isn't revenue, by kind of line; `sales` counts only sales of goods.
    """

    remarks = ("note",)

    number: int
    currency: str
    float_minor: int
    moved: dict[str, Amount]
    opened: int
    expected_minor: int
    counted_minor: int
    pieces: tuple[Pieces, ...]
    first: int
    last: int
    sales: Amount
    voids: Amount
    refunds: Amount
    total_minor: int
    rounding_minor: int
    discount_minor: int
    taxes: tuple[Taxed, ...]
    tenders: dict[str, Amount]
    note: Remark
    others: tuple[TenderCounted, ...] = ()
    tips: dict[str, int] = msgspec.field(default_factory=dict)
    tips_to: dict[str, dict[str, int]] = msgspec.field(default_factory=dict)
    apart: dict[str, int] = msgspec.field(default_factory=dict)

    @property
    def difference_minor(self) -> int:
        """The surplus in the drawer; negative if cash is missing."""
        return self.counted_minor - self.expected_minor


class ShiftPrinted(Event, frozen=True):
    """A closed shift's report was reprinted; `copy` counts copies from 1."""

    of_register: str
    number: int
    copy: int = 0


EVENTS: tuple[type[Event], ...] = (ShiftOpened, CashMoved, DrawerOpened, ShiftClosed, ShiftPrinted)
