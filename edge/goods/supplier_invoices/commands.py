"""Commands for supplier invoices."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import REMARK, AskingCommand, Command, Number
from edge.goods.catalog.product import Sku
from edge.goods.supplier_invoices.paper import LINES_MOST, Paper, PaperLine
from edge.goods.supplier_invoices.printed import CORRECTED, CorrectedName
from edge.lib.printed_invoice import LearntField

SupplierId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
Why = Annotated[str, msgspec.Meta(max_length=300, extra=REMARK)]


class ReceiveInvoice(Command, frozen=True):
    """Store an invoice read from a file with this `digest` (SHA-256); returns our number for the invoice."""

    paper: Paper
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    file: Annotated[str, msgspec.Meta(max_length=200)]


class CorrectedField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A corrected field: an amount as a decimal, a date in ISO 8601, "" if the invoice has none."""

    name: CorrectedName
    value: Annotated[str, msgspec.Meta(max_length=300)]


class CorrectPrintedInvoice(Command, frozen=True):
    """Correct the data read from a printed invoice; corrected values count as certain.

    `lines`: all lines, None if unchanged; `learnt`: the field positions, for this seller's next invoices.
    """

    number: Number
    fields: Annotated[tuple[CorrectedField, ...], msgspec.Meta(max_length=len(CORRECTED))]
    lines: Annotated[tuple[PaperLine, ...], msgspec.Meta(max_length=LINES_MOST)] | None = None
    learnt: Annotated[tuple[LearntField, ...], msgspec.Meta(max_length=len(CORRECTED))] = ()


class SetInvoiceSupplier(Command, frozen=True):
    """Set an invoice's supplier; the seller is recognised as that supplier from now on."""

    number: Number
    supplier: SupplierId


class SetInvoiceLine(Command, frozen=True):
    """Set the product of a line (counted from 0); the supplier's number for it is recognised from now on."""

    number: Number
    line: Annotated[int, msgspec.Meta(ge=0, le=LINES_MOST - 1)]
    sku: Sku


class SetInvoiceCharge(Command, frozen=True):
    """Mark a line (counted from 0) as freight or a fee; lines of that supplier with the same name are
    charges from now on."""

    number: Number
    line: Annotated[int, msgspec.Meta(ge=0, le=LINES_MOST - 1)]


class ClearInvoiceAnswer(Command, frozen=True):
    """Forget the product or charge set for a line (counted from 0) or, without a line, the supplier.

    It is unknown again, here and on that seller's next invoices.
    """

    number: Number
    line: Annotated[int, msgspec.Meta(ge=0, le=LINES_MOST - 1)] | None = None


class ApproveInvoice(Command, frozen=True):
    """Approve an invoice. A reason is required if it doesn't match the order and receipts."""

    number: Number
    note: Why = ""


class RejectInvoice(Command, frozen=True):
    """Reject an invoice, with a reason."""

    number: Number
    note: Why


class ReviewInvoice(Command, frozen=True):
    """Return an approved or rejected invoice to review."""

    number: Number


class PostInvoice(AskingCommand, frozen=True):
    """Post an invoice: set the cost of its goods. Goods not yet received are received with it, under its delivery note,
    after confirmation. `set_prices`: update the supplier's price list from today with the line prices, before discounts
    and charges on the whole invoice; quantity discounts stay.
    """

    number: Number
    set_prices: bool = False


class UnpostInvoice(AskingCommand, frozen=True):
    """Undo the posting of an invoice, with a reason: goods get their earlier cost, and goods received by it leave
    stock, after confirmation. Later corrections of a receipt stay. The invoice returns to review.
    """

    number: Number
    note: Why


WordKey = Annotated[str, msgspec.Meta(pattern=r"^[a-z_.]{0,80}$(?!\n)")]


class NoteMailedFile(Command, frozen=True):
    """Record the result for a file from an email: its invoice number (0: none), or the reason (a text key)."""

    file: Annotated[str, msgspec.Meta(max_length=200)]
    why: WordKey = ""
    number: Number = 0


class NoteMailboxAsked(Command, frozen=True):
    """Record a check of the mailbox; if it failed, with the text key of the reason ("": it succeeded)."""

    why: WordKey = ""
    detail: Annotated[str, msgspec.Meta(max_length=200)] = ""
