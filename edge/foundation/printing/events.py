"""Printing events for the audit log."""

from __future__ import annotations

import msgspec

from edge.core.messages import Event


class PrintConfirmed(Event, frozen=True):
    """A user confirmed that an uncertain print succeeded."""

    job: int
    kind: str
    receipt: int | None


class PrintCopied(Event, frozen=True):
    """A document other than a receipt was reprinted, as copy number `copy`."""

    job: int
    kind: str
    copy: int


class Label(msgspec.Struct, frozen=True):
    """Data of a label: `price_minor` per unit; `quantity` in thousandths (0: not weighed)."""

    sku: str
    price_minor: int
    copies: int
    quantity: int
    code: str


class LabelsPrinted(Event, frozen=True):
    """Shelf or product labels were queued."""

    kind: str
    labels: tuple[Label, ...]


EVENTS: tuple[type[Event], ...] = (PrintConfirmed, PrintCopied, LabelsPrinted)
