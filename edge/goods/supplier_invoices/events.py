"""What can have happened to suppliers' invoices."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from edge.core.messages import Event, Remark
from edge.core.registry import Upcaster
from edge.goods.supplier_invoices.paper import Paper
from edge.lib.printed_invoice import LearntField


class SupplierInvoiceReceived(Event, frozen=True):
    """An invoice came, the `number`-th; `supplier` is who is known by that seller ("": nobody yet), `digest`
    (SHA-256) of the file."""

    number: int
    paper: Paper
    supplier: str
    digest: str
    file: str


class SupplierInvoiceCorrected(Event, frozen=True):
    """Somebody said how a printed invoice reads: `paper`, as it is from now on, and whose it is. `learnt` is where its
    fields stand on that seller's papers; `wrong` are the fields that had been read where they were learnt."""

    number: int
    paper: Paper
    supplier: str
    learnt: tuple[LearntField, ...] = ()
    wrong: tuple[str, ...] = ()


class SupplierInvoiceAssigned(Event, frozen=True):
    """An invoice is of a supplier; so are others of that `seller` from now on."""

    number: int
    supplier: str
    seller: str


class SupplierInvoiceLineSet(Event, frozen=True):
    """A line (counted from 0) is of a product, or freight or a fee (`sku` empty); so are others of that supplier with
    that `code` from now on."""

    number: int
    line: int
    sku: str
    supplier: str
    code: str


class SupplierInvoiceApproved(Event, frozen=True):
    """Somebody said yes to an invoice, with all that did not match (`overruled`, codes) and why."""

    remarks: ClassVar[tuple[str, ...]] = ("note",)

    number: int
    overruled: tuple[str, ...]
    note: Remark = ""


class SupplierInvoiceRejected(Event, frozen=True):
    """An invoice is not paid. Another of its number may come."""

    remarks: ClassVar[tuple[str, ...]] = ("note",)

    number: int
    note: Remark = ""


class PostedLine(msgspec.Struct, frozen=True):
    """So many thousandths of a product of an order were invoiced, at a cost of one in minor units without VAT."""

    line: int
    order: int
    sku: str
    quantity: int
    unit_cost_minor: int


class PostedEffect(msgspec.Struct, frozen=True):
    """What became of a receipt (`movement`: the row of the journal that brought it in): one of it costs `set_minor`,
    and did `was_minor` (None: nobody knew). `brought`: the invoice itself received so many thousandths; `added_minor`:
    its share of freight and fees that no receipt had named. `part`: so many thousandths of the receipt are what the
    invoice is of, at `net_minor` for all of them; `was_minor` is what one of these had cost. 0: all of the receipt, as
    older invoices said it."""

    movement: int
    sku: str
    was_minor: int | None
    set_minor: int
    brought: int = 0
    added_minor: int = 0
    part: int = 0
    net_minor: int = 0


class SupplierInvoicePosted(Event, frozen=True):
    """The costs of an invoice are in the stock's; its lines count as invoiced, and so do `charges_minor` of freight and
    fees."""

    number: int
    lines: tuple[PostedLine, ...]
    effects: tuple[PostedEffect, ...] = ()
    charges_minor: int = 0


class SupplierInvoiceUnposted(Event, frozen=True):
    """A posting was taken back, and why; its lines count as invoiced no more."""

    remarks: ClassVar[tuple[str, ...]] = ("note",)

    number: int
    note: Remark = ""


EVENTS: tuple[type[Event], ...] = (
    SupplierInvoiceReceived,
    SupplierInvoiceCorrected,
    SupplierInvoiceAssigned,
    SupplierInvoiceLineSet,
    SupplierInvoiceApproved,
    SupplierInvoiceRejected,
    SupplierInvoicePosted,
    SupplierInvoiceUnposted,
)
UPCASTERS: tuple[Upcaster, ...] = ()
