"""What can have happened at a till."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.core.shapes import Event, Upcaster
from edge.tax.rules import Taxed, TaxTable
from edge.till.rules.basket import Line, Tender


class SaleCompleted(Event, frozen=True):
    """A basket was paid. `total_minor` with all taxes; `rounding_minor` is what cash rounding added to it.

    `net_minor` is without the taxes in `taxes`. `number` is the register's receipt
    number. Voided and overridden lines are among `lines` and say so. Since version 2 a line
    may have a label, and a total of its own; since version 3 `tax` is how its lines were taxed
    (None in older ones), so that a refund gives back the taxes of the day. Since version 4 there are
    deposits, which are untaxed and in `net_minor`, and lines may be cases and bundles. Since version 5 lines say what
    promotions took off them, and `promotions` how these are called. Since version 6 `price_list` says whose prices
    held: a line costs what that list says, or what the store's does where that is less or the list has no price.
    """

    version = 6

    number: int
    currency: str
    lines: tuple[Line, ...]
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


class BasketAbandoned(Event, frozen=True):
    """A basket was cleared away unpaid; money already taken for it (`returned_minor`) was given back.

    Lines as in `SaleCompleted`.
    """

    version = 4

    lines: tuple[Line, ...]
    opened_us: int
    returned_minor: int = 0


class SaleVoided(Event, frozen=True):
    """A sale was undone: `number` is this paper's own, `sale` the receipt it undoes."""

    number: int
    sale: int
    currency: str
    total_minor: int
    reason: str


class Returned(Line, frozen=True, omit_defaults=True):
    """What of a sale's line comes back: `quantity` of it, for `total_minor`. `damaged`: not back onto the shelf."""

    damaged: bool = False


class SaleRefunded(Event, frozen=True):
    """Goods came back and money went out: `total_minor` and `rounding_minor` of it, as `tenders`, all positive.

    `number` is this paper's own; `sale` the receipt that is refunded and `sale_register` the one
    it is of (0 and "": there was none). Taxes and deposits as in `SaleCompleted`: what goes back of them.
    Since version 3 `price_list` is whose prices hold: those of the sale, or of the basket that came back.
    """

    version = 3

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
    tenders: tuple[Tender, ...]
    reason: str
    deposit_minor: int = 0
    price_list: str = "store"

    @property
    def paid_minor(self) -> int:
        """The money that goes back."""
        return self.total_minor + self.rounding_minor


class NumbersSkipped(Event, frozen=True):
    """The receipt numbers `first` to `last` of the register will never be used: the ledger was set back, and what had
    been sold in the meantime may have had them. A gap in the numbers that is no receipt gone."""

    first: int
    last: int
    why: Literal["restored", "recovered"]


class ReceiptReprinted(Event, frozen=True):
    """A receipt was printed again, for the `copy`-th time."""

    number: int
    copy: int


class GiftReceiptPrinted(Event, frozen=True):
    """A sale was printed without its prices."""

    number: int


class ReportPrinted(Event, frozen=True):
    """The sums of a register's day were printed: `total_minor` was taken for `sales`, less `voids` and `refunds`."""

    version = 2

    kind: Literal["x", "z"]
    currency: str
    sales: int
    voids: int
    total_minor: int
    refunds: int = 0


EVENTS: tuple[type[Event], ...] = (
    SaleCompleted,
    BasketAbandoned,
    SaleVoided,
    SaleRefunded,
    NumbersSkipped,
    ReceiptReprinted,
    GiftReceiptPrinted,
    ReportPrinted,
)
UPCASTERS = tuple(
    Upcaster(event, since, lambda fields: fields)  # what is new is left out where it is not said
    for event, versions in (("SaleCompleted", 5), ("BasketAbandoned", 3), ("SaleRefunded", 2), ("ReportPrinted", 1))
    for since in range(1, versions + 1)
)
