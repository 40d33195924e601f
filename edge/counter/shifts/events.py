"""What can have happened with a shift."""

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
"""Money that comes into a drawer, is spent out of it, goes from it to the bank or into the safe, is tips that are
paid out, is with a driver who took it at a door, or is handed in by them; or is given for a refund that did not get to
its card."""
OF_OTHERS: tuple[MoveKind, ...] = (
    *("driver", "driver_tip", "handed_in", "account", "account_back", "bottles", "bottles_back", "card_refund"),
)
"""What orders, accounts, bottles and refunds of cards move themselves: nobody does by hand."""


class Amount(msgspec.Struct, frozen=True):
    """How often, and how much in all."""

    count: int = 0
    minor: int = 0


class Pieces(msgspec.Struct, frozen=True):
    """`count` coins or notes of `value_minor` each."""

    value_minor: int
    count: int


class TenderCounted(msgspec.Struct, frozen=True):
    """What there was of a tender beside cash: by the till's papers, and as it was counted. Foreign cash in its own
    minor units."""

    kind: TenderKind
    expected_minor: int
    counted_minor: int

    @property
    def difference_minor(self) -> int:
        return self.counted_minor - self.expected_minor


class ShiftOpened(Event, frozen=True):
    """A shift began: `number` counts those of the register, `float_minor` lay in its drawer."""

    number: int
    currency: str
    float_minor: int


class CashMoved(Event, frozen=True):
    """Money came into the drawer (`top_up`) or went out of it, without a sale; `amount_minor` is above 0. Tips are
    paid out so, too, and money of deliveries is with their drivers until it is handed in, also as foreign notes:
    `tender` says which, in their own currency and minor units; tips of deliveries that their drivers keep
    (`driver_tip`)."""

    version = 4
    remarks = ("reason",)

    shift: int
    currency: str
    kind: MoveKind
    amount_minor: int
    reason: Remark
    tender: TenderKind = "cash"


class DrawerOpened(Event, frozen=True):
    """The drawer was opened without a sale; `shift` is 0 where none was open."""

    remarks = ("reason",)

    shift: int
    reason: Remark


class ShiftClosed(Event, frozen=True):
    """A shift ended. Of its receipts (`first` to `last`; 0: there was none) and of its drawer, in minor units.

    `sales` as they were paid, `voids` and `refunds` below zero, `total_minor` what is left; `rounding_minor`, `taxes`
    and `tenders` are of what is left, `discount_minor` is what promotions took off the sales. In the drawer lay
    `float_minor`; `moved` by kind, all above 0; `expected_minor` should have been there, `counted_minor` was, as
    `pieces` where it was counted by coin and note. `opened`: how often the drawer was opened without a sale. `others`
    are the tenders beside cash that were counted; `tips` are what of the money was tips, by kind of tender; `tips_to`
    are those that are somebody's (a user's id), alike. `apart` is what of the total is no revenue, by kind of line, and
    `sales` count what sold something.
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
        """What was there too much; below 0: what was missing."""
        return self.counted_minor - self.expected_minor


class ShiftPrinted(Event, frozen=True):
    """The report of a register's shift, which had ended, was printed once more; `copy` says which copy that is, from
    1."""

    of_register: str
    number: int
    copy: int = 0


EVENTS: tuple[type[Event], ...] = (ShiftOpened, CashMoved, DrawerOpened, ShiftClosed, ShiftPrinted)
