"""Suppliers' invoices, matched with orders and receipts. See README.md."""

from edge.core.endpoints import HttpAddress
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import INSIDE, MACHINE, STAFF
from edge.foundation.access.rights import MANAGE
from edge.foundation.settings.queries import LiveSettings
from edge.goods.supplier_invoices.checks import invoice_in_stock_check
from edge.goods.supplier_invoices.commands import (
    ApproveInvoice,
    ClearInvoiceAnswer,
    CorrectPrintedInvoice,
    NoteMailboxAsked,
    NoteMailedFile,
    PostInvoice,
    ReceiveInvoice,
    RejectInvoice,
    ReviewInvoice,
    SetInvoiceCharge,
    SetInvoiceLine,
    SetInvoiceSupplier,
    UnpostInvoice,
)
from edge.goods.supplier_invoices.events import EVENTS, UPCASTERS
from edge.goods.supplier_invoices.handlers import SupplierInvoices
from edge.goods.supplier_invoices.mailed import note_asked, note_file, read_mailbox, read_mailed
from edge.goods.supplier_invoices.match import MatchBounds
from edge.goods.supplier_invoices.project import projector
from edge.goods.supplier_invoices.queries import matched_within, read_invoice_in, read_invoices_in
from edge.goods.supplier_invoices.settings import live_bounds as live_bounds
from edge.goods.supplier_invoices.watches import WATCHES


def capability(currency: str, bounds: LiveSettings[MatchBounds]) -> Capability:
    """The capability for a store with this currency and these tolerances."""
    invoices = SupplierInvoices(currency, bounds)
    return Capability(
        name="supplier_invoices",
        commands=(
            CommandSpec(ReceiveInvoice, invoices.receive, right=MANAGE, surfaces=INSIDE),
            CommandSpec(CorrectPrintedInvoice, invoices.correct, right=MANAGE, surfaces=STAFF),
            CommandSpec(SetInvoiceSupplier, invoices.set_supplier, right=MANAGE, surfaces=STAFF),
            CommandSpec(SetInvoiceLine, invoices.set_line, right=MANAGE, surfaces=STAFF),
            CommandSpec(SetInvoiceCharge, invoices.set_charge, right=MANAGE, surfaces=STAFF),
            CommandSpec(ClearInvoiceAnswer, invoices.clear_answer, right=MANAGE, surfaces=STAFF),
            CommandSpec(ApproveInvoice, invoices.approve, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(RejectInvoice, invoices.reject, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(ReviewInvoice, invoices.review, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(PostInvoice, invoices.post, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(UnpostInvoice, invoices.unpost, right=MANAGE, ask_first=True, surfaces=STAFF),
            CommandSpec(NoteMailedFile, note_file, right=MANAGE, surfaces=MACHINE),
            CommandSpec(NoteMailboxAsked, note_asked, right=MANAGE, surfaces=MACHINE),
        ),
        events=EVENTS,
        upcasters=UPCASTERS,
        projectors=(projector,),
        watches=WATCHES,
        mended_at="/manager/supplier-invoices",
        queries=(
            QuerySpec(
                "invoices_in",
                read_invoices_in,
                right=MANAGE,
                surfaces=STAFF,
                http=(HttpAddress("GET", "invoices-in", name="invoicesIn", tag="supplier invoices"),),
            ),
            QuerySpec("invoice_in", read_invoice_in, right=MANAGE, surfaces=STAFF),
            QuerySpec("invoice_in_stock_check", invoice_in_stock_check, right=MANAGE, surfaces=STAFF),
            QuerySpec("invoice_in_matched", matched_within(bounds), right=MANAGE, surfaces=STAFF),
            QuerySpec("invoice_mailbox", read_mailbox, right=MANAGE, surfaces=STAFF),
            QuerySpec("invoices_mailed", read_mailed, right=MANAGE, surfaces=STAFF),
        ),
    )
