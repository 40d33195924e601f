"""Events of receipts imported from another system."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Event

Whole = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class PastLine(msgspec.Struct, frozen=True, array_like=True):
    """An item of an imported receipt: the shop's `sku`, or the `name` in the file if the shop has no such product.
    `quantity` in thousandths; below zero, as `minor`: returned."""

    sku: str
    name: str
    quantity: Whole
    minor: Whole


class PastReceipt(msgspec.Struct, frozen=True, array_like=True):
    """A receipt of another system. `minor`: the sum of all its lines, even those beyond the lines kept."""

    number: str
    day: str
    minor: Whole
    lines: tuple[PastLine, ...]


class PastReceiptsRecorded(Event, frozen=True):
    """Receipts were imported from a file by the import queued at `import_us`. They can only be looked up: no figure,
    book or tax report counts them."""

    import_us: int
    source: str
    rows: tuple[PastReceipt, ...]


class PastReceiptsTakenBack(Event, frozen=True):
    """An import's receipts of the days from `first` to `last` were removed."""

    import_us: int
    first: str
    last: str


EVENTS: tuple[type[Event], ...] = (PastReceiptsRecorded, PastReceiptsTakenBack)
