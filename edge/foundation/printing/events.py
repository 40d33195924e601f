"""What can have happened to paper that the audit should know."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event


class PrintConfirmed(Event, frozen=True):
    """Somebody said that a paper of which the printer left it open has come out well."""

    job: int
    kind: str
    receipt: int | None


class PrintCopied(Event, frozen=True):
    """A paper that is no receipt was printed again, as copy number `copy`."""

    job: int
    kind: str
    copy: int


class Label(msgspec.Struct, frozen=True):
    """What a label said: `price_minor` for a unit; `quantity` in thousandths (0: of nothing that was weighed)."""

    sku: str
    price_minor: int
    copies: int
    quantity: int
    code: str


class LabelsPrinted(Event, frozen=True):
    """Labels were queued for a printer, for shelves or for products."""

    kind: str
    labels: tuple[Label, ...]


EVENTS: tuple[type[Event], ...] = (PrintConfirmed, PrintCopied, LabelsPrinted)
