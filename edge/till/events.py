"""What can have happened at a till."""

from __future__ import annotations

from typing import Literal

from edge.core.shapes import Event, Upcaster
from edge.tax.rules import Taxed
from edge.till.basket import Line, Tender


class SaleCompleted(Event, frozen=True):
    """A basket was paid. `total_minor` with all taxes; `rounding_minor` is what cash rounding added to it.

    `net_minor` is without the taxes in `taxes`. `number` is the register's receipt
    number. Voided and overridden lines are among `lines` and say so. Since version 2 a line
    may have a label, and a total of its own.
    """

    version = 2

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


class BasketAbandoned(Event, frozen=True):
    """A basket was cleared away unpaid; money already taken for it (`returned_minor`) was given back.

    Lines as in `SaleCompleted`.
    """

    version = 2

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


class ReceiptReprinted(Event, frozen=True):
    """A receipt was printed again, for the `copy`-th time."""

    number: int
    copy: int


class GiftReceiptPrinted(Event, frozen=True):
    """A sale was printed without its prices."""

    number: int


class ReportPrinted(Event, frozen=True):
    """The sums of a register's day were printed; `total_minor` is what was taken for its `sales`, less its `voids`."""

    kind: Literal["x", "z"]
    currency: str
    sales: int
    voids: int
    total_minor: int


EVENTS: tuple[type[Event], ...] = (
    SaleCompleted,
    BasketAbandoned,
    SaleVoided,
    ReceiptReprinted,
    GiftReceiptPrinted,
    ReportPrinted,
)
UPCASTERS = tuple(
    Upcaster(event, 1, lambda fields: fields)  # what is new of a line is left out where it is not said
    for event in ("SaleCompleted", "BasketAbandoned")
)
