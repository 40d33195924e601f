"""Events of supplier invoices."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from edge.core.messages import Event, Remark
from edge.core.registry import Upcaster
from edge.goods.supplier_invoices.paper import Paper
from edge.lib.printed_invoice import LearntField


class SupplierInvoiceReceived(Event, frozen=True):
    """Invoice `number` was received. `supplier`: recognised by its seller ("": unknown); `digest`:
    SHA-256 of the file.
    """

    number: int
    paper: Paper
    supplier: str
    digest: str
    file: str


class SupplierInvoiceCorrected(Event, frozen=True):
    """A printed invoice was corrected.

    `paper`: its new content, with its supplier; `learnt`: field positions on that seller's invoices; `wrong`: fields
    that were misread at learnt positions.
    """

    number: int
    paper: Paper
    supplier: str
    learnt: tuple[LearntField, ...] = ()
    wrong: tuple[str, ...] = ()


class SupplierInvoiceAssigned(Event, frozen=True):
    """An invoice was assigned to a supplier; later invoices of that `seller` are assigned too."""

    number: int
    supplier: str
    seller: str


class SupplierInvoiceLineSet(Event, frozen=True):
    """A line (counted from 0) was assigned to a product, or marked as a charge (`sku` empty); later lines of that
    supplier with that `code` are treated alike.
    """

    number: int
    line: int
    sku: str
    supplier: str
    code: str


class SupplierInvoiceAnswerCleared(Event, frozen=True):
    """The product or charge set for a line (counted from 0) was forgotten, with the `code` of that `supplier`; or,
    without a line, the supplier of that `seller`."""

    number: int
    line: int | None
    seller: str
    supplier: str
    code: str


class SupplierInvoiceApproved(Event, frozen=True):
    """An invoice was approved, with the codes of all overruled mismatches (`overruled`) and the reason."""

    remarks: ClassVar[tuple[str, ...]] = ("note",)

    number: int
    overruled: tuple[str, ...]
    note: Remark = ""


class SupplierInvoiceRejected(Event, frozen=True):
    """An invoice was rejected. Another invoice with its number may be received."""

    remarks: ClassVar[tuple[str, ...]] = ("note",)

    number: int
    note: Remark = ""


class SupplierInvoiceReviewed(Event, frozen=True):
    """An approved or rejected invoice was returned to review."""

    number: int


class PostedLine(msgspec.Struct, frozen=True):
    """A posted line: thousandths of a product of an order, and the unit cost in minor units without VAT."""

    line: int
    order: int
    sku: str
    quantity: int
    unit_cost_minor: int


class PostedEffect(msgspec.Struct, frozen=True):
    """The effect of a posting on a receipt (`movement`: its journal row): its unit cost changed from `was_minor` (None:
    unknown) to `set_minor`.

    `brought`: thousandths received by the invoice itself; `added_minor`: its share of freight and fees that no receipt
    included. `part`: the thousandths of the receipt that the invoice covers, at `net_minor` in total; `was_minor` is
    then their earlier unit cost. 0: the whole receipt, as in older invoices.
    """

    movement: int
    sku: str
    was_minor: int | None
    set_minor: int
    brought: int = 0
    added_minor: int = 0
    part: int = 0
    net_minor: int = 0


class SupplierInvoicePosted(Event, frozen=True):
    """An invoice was posted: its costs are included in the stock's cost, and its lines and `charges_minor` of freight
    and fees count as invoiced.
    """

    number: int
    lines: tuple[PostedLine, ...]
    effects: tuple[PostedEffect, ...] = ()
    charges_minor: int = 0


class SupplierInvoiceUnposted(Event, frozen=True):
    """A posting was undone, with the reason; its lines no longer count as invoiced."""

    remarks: ClassVar[tuple[str, ...]] = ("note",)

    number: int
    note: Remark = ""


EVENTS: tuple[type[Event], ...] = (
    SupplierInvoiceReceived,
    SupplierInvoiceCorrected,
    SupplierInvoiceAssigned,
    SupplierInvoiceLineSet,
    SupplierInvoiceAnswerCleared,
    SupplierInvoiceApproved,
    SupplierInvoiceRejected,
    SupplierInvoiceReviewed,
    SupplierInvoicePosted,
    SupplierInvoiceUnposted,
)
UPCASTERS: tuple[Upcaster, ...] = ()
