"""What can be asked of the paper."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command, Number
from edge.foundation.printing.document import Document, DrawerPulse
from edge.lib.i18n import ENGLISH
from edge.lib.units.quantity import LIMIT

State = Literal["queued", "sending", "sent", "printed", "unknown", "failed"]
"""What is known of a print job: no byte of it was sent; it is being sent; its last byte was, and this printer never
says more; the printer said that it is on paper; only a look at the paper can tell; it will not be printed."""


EXPIRES_MOST_MS = 7 * 24 * 3600 * 1000
"""What is still worth printing after a week is worth it for ever."""


class QueuePrint(Command, frozen=True):
    """Print `document` at the register it comes from. `expires_ms`: worthless after that (a drawer kick).

    `target`: the name of the printer it is for, where that is not the register's own.

    `held`: not before `ReleasePrint`.
    `receipt`: the number of the receipt that it shows. A new print of a receipt answers the
    doubts about the ones before it.
    """

    kind: Annotated[str, msgspec.Meta(max_length=40)]
    document: Document
    expires_ms: Annotated[int, msgspec.Meta(ge=0, le=EXPIRES_MOST_MS)] | None = None
    receipt: Number | None = None
    target: Annotated[str, msgspec.Meta(max_length=80)] = ""
    held: bool = False


class ReleasePrint(Command, frozen=True):
    """Print what was `held`, as `document`. A job that is released already, or was not held, stays as it is."""

    job: Number
    document: Document


HELD = "*held"
"""What a job is for while somebody else has yet to say what stands on it: no printer is called so."""
DRAWER_EXPIRES_MS = 2_000
"""A drawer that could not open within this time stays shut: nobody expects it any more."""
OPEN_DRAWER = QueuePrint("drawer", Document(ENGLISH, (DrawerPulse(),), cut=False), expires_ms=DRAWER_EXPIRES_MS)
"""What opens the register's drawer: no paper at all."""


class SettlePrint(Command, frozen=True):
    """Say what became of a print job. Only the part that drives the printer does.

    `problem` is a key of [printer] in `edge/lib/i18n`, `printer` the device.
    """

    job: Number
    state: State
    problem: str = ""
    printer: str = ""


class LabelOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Labels for a product, by its sku or one of its codes; `quantity` in thousandths: how much of it was weighed."""

    product: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    copies: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1
    quantity: Annotated[int, msgspec.Meta(gt=0, le=LIMIT)] | None = None


class PrintLabels(Command, frozen=True):
    """Print labels at the printer for labels, or the register's own: for the edge of a `shelf`, or for the `product`.

    What is sold by weight has on its own label how much it is and what it comes to, also in its code where the
    shop has a range of codes for that.
    """

    labels: Annotated[tuple[LabelOrder, ...], msgspec.Meta(min_length=1, max_length=100)]
    kind: Literal["shelf", "product"] = "shelf"


class PrintPlaceLabel(Command, frozen=True):
    """Print the label of a place that holds stock, at the printer for labels, or the register's own."""

    location: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    copies: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1


class PrintBatchLabel(Command, frozen=True):
    """Print the label of a batch that was made: what it is, its lot, and its last day ("": none is known)."""

    product: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    lot: Annotated[str, msgspec.Meta(max_length=80)] = ""
    expiry: Annotated[str, msgspec.Meta(pattern=r"^([12]\d{3}-\d{2}-\d{2})?$(?!\n)")] = ""
    copies: Annotated[int, msgspec.Meta(ge=1, le=100)] = 1


class ConfirmPrint(Command, frozen=True):
    """Somebody looked: the paper of a job whose state is `unknown` is good. Of one that was never made: they know."""

    job: Number


class CopyPrint(Command, frozen=True):
    """Print the paper of a job once more, marked as a copy. (A receipt is copied by `ReprintReceipt`.)"""

    job: Number
