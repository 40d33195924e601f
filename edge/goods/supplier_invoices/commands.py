"""What can be asked of suppliers' invoices."""

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
    """Keep an invoice that was read of a file with this `digest` (SHA-256); the result is our number of it."""

    paper: Paper
    digest: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
    file: Annotated[str, msgspec.Meta(max_length=200)]


class CorrectedField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field as it reads: an amount as a decimal, a day as ISO 8601, "" where the paper says none."""

    name: CorrectedName
    value: Annotated[str, msgspec.Meta(max_length=300)]


class CorrectPrintedInvoice(Command, frozen=True):
    """Say how a printed invoice reads; what is said is sure from now on. `lines`: all of them, None where they are not
    spoken of; `learnt`: where those fields stand, for the seller's next papers."""

    number: Number
    fields: Annotated[tuple[CorrectedField, ...], msgspec.Meta(max_length=len(CORRECTED))]
    lines: Annotated[tuple[PaperLine, ...], msgspec.Meta(max_length=LINES_MOST)] | None = None
    learnt: Annotated[tuple[LearntField, ...], msgspec.Meta(max_length=len(CORRECTED))] = ()


class SetInvoiceSupplier(Command, frozen=True):
    """Say whose invoice it is; whoever sold it is known as that from now on."""

    number: Number
    supplier: SupplierId


class SetInvoiceLine(Command, frozen=True):
    """Say which product a line is of (counted from 0); that supplier's number for it is known from now on."""

    number: Number
    line: Annotated[int, msgspec.Meta(ge=0, le=LINES_MOST - 1)]
    sku: Sku


class SetInvoiceCharge(Command, frozen=True):
    """Say that a line (counted from 0) is no goods, but freight or a fee; so are others of that supplier that are
    called so from now on."""

    number: Number
    line: Annotated[int, msgspec.Meta(ge=0, le=LINES_MOST - 1)]


class ApproveInvoice(Command, frozen=True):
    """Say yes to an invoice as it is, also where it does not match what was ordered and came; then why is said."""

    number: Number
    note: Why = ""


class RejectInvoice(Command, frozen=True):
    """Do not take an invoice, and why."""

    number: Number
    note: Why


class PostInvoice(AskingCommand, frozen=True):
    """Let goods cost what the invoice says. Goods that were not received are received by it, under its delivery note,
    which is asked first. `set_prices`: the supplier's list says from today on what the lines cost, before what the
    whole invoice adds or takes off; a price that depends on how many packs are bought stays."""

    number: Number
    set_prices: bool = False


class UnpostInvoice(AskingCommand, frozen=True):
    """Take the posting of an invoice back, and why: goods cost again what they did, and what it received leaves the
    stock, which is asked first. What somebody said of a receipt since holds. It is to be looked at again."""

    number: Number
    note: Why


WordKey = Annotated[str, msgspec.Meta(pattern=r"^[a-z_.]{0,80}$(?!\n)")]


class NoteMailedFile(Command, frozen=True):
    """Keep what became of a file of a mail: the invoice that it is (0: none), or why not (a key of words)."""

    file: Annotated[str, msgspec.Meta(max_length=200)]
    why: WordKey = ""
    number: Number = 0


class NoteMailboxAsked(Command, frozen=True):
    """Keep that the mailbox was looked into, and why that failed ("": it did not), a key of words."""

    why: WordKey = ""
    detail: Annotated[str, msgspec.Meta(max_length=200)] = ""
