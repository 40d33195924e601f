"""Commands of printing."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command, Number
from edge.foundation.printing.document import Document, DrawerPulse
from edge.lib.i18n import ENGLISH
from edge.lib.units.quantity import LIMIT

State = Literal["queued", "sending", "sent", "printed", "unknown", "failed"]
"""State of a print job: not sent; being sent; sent to a printer that never confirms; confirmed by the printer;
uncertain until a person checks the paper; or failed.
"""


EXPIRES_MOST_MS = 7 * 24 * 3600 * 1000
"""Longest time until a document expires. A document that is still worth printing after a week never expires."""


class QueuePrint(Command, frozen=True):
    """Print `document` at the register of the request.

    `expires_ms`: the document isn't printed later than this, such as a drawer pulse. `target`: another printer's name.
    `held`: wait for `ReleasePrint`. `receipt`: its receipt number. A new print of a receipt resolves doubts about
    earlier ones; `is_first`: there are none, because the receipt was just written.
    """

    kind: Annotated[str, msgspec.Meta(max_length=40)]
    document: Document
    expires_ms: Annotated[int, msgspec.Meta(ge=0, le=EXPIRES_MOST_MS)] | None = None
    receipt: Number | None = None
    target: Annotated[str, msgspec.Meta(max_length=80)] = ""
    held: bool = False
    is_first: bool = False


class ReleasePrint(Command, frozen=True):
    """Print a `held` job as `document`. Has no effect on others."""

    job: Number
    document: Document


HELD = "*held"
"""The target of a job whose content isn't complete yet. No printer has this name."""
DRAWER_EXPIRES_MS = 2_000
"""If a drawer couldn't open within this time, it stays shut, because users don't expect it to open later."""
OPEN_DRAWER = QueuePrint("drawer", Document(ENGLISH, (DrawerPulse(),), cut=False), expires_ms=DRAWER_EXPIRES_MS)
"""A job that only opens a register's drawer."""


class SettlePrint(Command, frozen=True):
    """Record a print job's result; only sent by the printer's part.

    `problem` is a key of [printer] in `edge/lib/i18n`, `printer` the device.
    """

    job: Number
    state: State
    problem: str = ""
    printer: str = ""


class LabelOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Labels for a product, by SKU or barcode; `quantity` in thousandths: the weighed amount."""

    product: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    copies: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    quantity: Annotated[int, msgspec.Meta(gt=0, le=LIMIT)] | None = None


class PrintLabels(Command, frozen=True):
    """Print labels on the label printer, or the register's own: for the `shelf` edge, or for the `product`.

    A weighed product's label shows amount and price, also in its barcode if the shop has a range for that.
    """

    labels: Annotated[tuple[LabelOrder, ...], msgspec.Meta(min_length=1, max_length=100)]
    kind: Literal["shelf", "product"] = "shelf"


class PrintPlaceLabel(Command, frozen=True):
    """Print a stock location's label on the label printer, or the register's own."""

    location: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    copies: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1


class PrintBatchLabel(Command, frozen=True):
    """Print a produced batch's label: product, lot and expiry date ("": none)."""

    product: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    lot: Annotated[str, msgspec.Meta(max_length=80)] = ""
    expiry: Annotated[str, msgspec.Meta(pattern=r"^([12]\d{3}-\d{2}-\d{2})?$(?!\n)")] = ""
    copies: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


class ConfirmPrint(Command, frozen=True):
    """Confirm that a print with state `unknown` succeeded. The user must have seen the paper."""

    job: Number


class CopyPrint(Command, frozen=True):
    """Reprint a job, marked as a copy. (`ReprintReceipt` copies receipts.)"""

    job: Number
