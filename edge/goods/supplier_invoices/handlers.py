"""Handlers of supplier invoice commands, inside the transaction."""

from __future__ import annotations

import re

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.foundation.settings.queries import LiveSettings
from edge.goods.purchasing.queries import read_supplier
from edge.goods.purchasing.supply.licences import ask_licence
from edge.goods.stock.rows import find_product
from edge.goods.supplier_invoices import posting
from edge.goods.supplier_invoices.charges import charges_minor
from edge.goods.supplier_invoices.commands import (
    ApproveInvoice,
    ClearInvoiceAnswer,
    CorrectPrintedInvoice,
    PostInvoice,
    ReceiveInvoice,
    RejectInvoice,
    ReviewInvoice,
    SetInvoiceCharge,
    SetInvoiceLine,
    SetInvoiceSupplier,
    UnpostInvoice,
)
from edge.goods.supplier_invoices.events import (
    PostedLine,
    SupplierInvoiceAnswerCleared,
    SupplierInvoiceApproved,
    SupplierInvoiceAssigned,
    SupplierInvoiceCorrected,
    SupplierInvoiceLineSet,
    SupplierInvoicePosted,
    SupplierInvoiceReceived,
    SupplierInvoiceRejected,
    SupplierInvoiceReviewed,
    SupplierInvoiceUnposted,
)
from edge.goods.supplier_invoices.match import MatchBounds, share_of
from edge.goods.supplier_invoices.paper import State
from edge.goods.supplier_invoices.printed import AMOUNTS, DAYS, correct_paper
from edge.goods.supplier_invoices.queries import (
    CHARGE,
    KeptInvoice,
    MatchedInvoice,
    code_of,
    earlier_invoice,
    number_before,
    read_effects,
    read_invoice_in,
    read_matched,
    supplier_of,
)
from edge.lib.i18n.dates import is_day
from edge.lib.printed_invoice import accounts_in
from edge.lib.units.money import exponent

_MISSED = "SELECT 1 FROM supplier_invoice_layout WHERE seller = ? AND field = ? AND misses > 0"
_AMOUNT = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,10})?")
UNFINISHED = (
    *("supplier_unknown", "currency", "product_unknown", "product_like", "unit_unclear", "line_unsure"),
    *("unsure_number", "unsure_date", "unsure_total", "unsure_seller"),
)
"""Findings that can't be overruled by approval; they need an answer first."""


class SupplierInvoices:
    """The command handlers for a store with this currency and these tolerances."""

    def __init__(self, currency: str, bounds: LiveSettings[MatchBounds]) -> None:
        self._currency, self._bounds = currency, bounds

    def receive(self, tx: Transaction, command: ReceiveInvoice) -> int:
        """Store an invoice. Refused if it was received before.

        It is approved automatically if its supplier allows that, it matches, and it was read reliably.
        """
        paper = command.paper
        before, is_file = earlier_invoice(tx.db, paper, command.digest)
        if before and is_file:
            raise Refusal("invoice_seen", {"number": before})
        if before:
            raise Refusal("duplicate_number", {"number": before, "said": paper.number[:80]})
        number = int(tx.db.execute("SELECT coalesce(max(number), 0) + 1 FROM supplier_invoice").fetchone()[0])
        supplier = supplier_of(tx.db, paper)
        tx.append(SupplierInvoiceReceived(number, paper, supplier, command.digest, command.file))
        known = read_supplier(tx.db, supplier) if supplier else None
        if known and known.auto_approve_invoices and not paper.unsure and self._matched_invoice(tx, number).is_matched:
            tx.append(SupplierInvoiceApproved(number, (), ""))
        return number

    def correct(self, tx: Transaction, command: CorrectPrintedInvoice) -> None:
        """Correct the data read from a printed invoice.

        Its field positions are learnt, unless learnt positions were wrong twice.
        """
        invoice = _open(tx, command.number, "to_review")
        if invoice.paper.how == "xml":
            raise Refusal("invoice_not_printed", {"number": command.number})
        said = _checked_fields(command)
        paper = correct_paper(invoice.paper, said, command.lines)
        same_seller = paper.seller_key == invoice.paper.seller_key
        supplier = invoice.supplier if same_seller else supplier_of(tx.db, paper)
        if twice := number_before(tx.db, paper, supplier, command.number):
            raise Refusal("duplicate_number", {"number": twice, "said": paper.number[:80]})
        wrong = tuple(
            one.name
            for one in invoice.paper.fields
            if one.source == "learnt" and one.name in said and said[one.name] != getattr(invoice.paper, one.name)
        )
        unfit = {field for field in wrong if tx.db.execute(_MISSED, (paper.seller_key, field)).fetchone()}
        learnt = tuple(one for one in command.learnt if one.field in said and one.field not in unfit)
        tx.append(SupplierInvoiceCorrected(command.number, paper, supplier, learnt, wrong))

    def set_supplier(self, tx: Transaction, command: SetInvoiceSupplier) -> None:
        """Set the supplier of an invoice."""
        invoice = _open(tx, command.number, "to_review")
        if read_supplier(tx.db, command.supplier) is None:
            raise Refusal("no_supplier", {"supplier": command.supplier})
        tx.append(SupplierInvoiceAssigned(invoice.number, command.supplier, invoice.paper.seller_key))

    def set_line(self, tx: Transaction, command: SetInvoiceLine) -> None:
        """Set the product of a line."""
        product = find_product(tx.db, command.sku)
        self._set_line(tx, command, product.sku if product else None)

    def set_charge(self, tx: Transaction, command: SetInvoiceCharge) -> None:
        """Mark a line as freight or a fee."""
        self._set_line(tx, command, CHARGE)

    def _set_line(self, tx: Transaction, command: SetInvoiceLine | SetInvoiceCharge, what: str | None) -> None:
        invoice = _open(tx, command.number, "to_review")
        if command.line >= len(invoice.paper.lines):
            raise Refusal("invoice_line_unknown", {"line": command.line + 1})
        if what is None:
            raise Refusal("unknown_sku", {"sku": command.sku if isinstance(command, SetInvoiceLine) else ""})
        code = code_of(invoice.paper.lines[command.line])
        tx.append(SupplierInvoiceLineSet(invoice.number, command.line, what, invoice.supplier, code))

    def clear_answer(self, tx: Transaction, command: ClearInvoiceAnswer) -> None:
        """Forget a line's product or charge, or the supplier."""
        invoice = _open(tx, command.number, "to_review")
        if command.line is not None and command.line >= len(invoice.paper.lines):
            raise Refusal("invoice_line_unknown", {"line": command.line + 1})
        code = "" if command.line is None else code_of(invoice.paper.lines[command.line])
        about = (invoice.paper.seller_key, invoice.supplier, code)
        tx.append(SupplierInvoiceAnswerCleared(invoice.number, command.line, *about))

    def approve(self, tx: Transaction, command: ApproveInvoice) -> None:
        """Approve an invoice, again if needed.

        Mismatches need a reason; wrong sums and `UNFINISHED` findings can't be approved.
        """
        _open(tx, command.number, "to_review", "approved")
        found = self._matched_invoice(tx, command.number)
        if found.faulty:
            raise Refusal("invoice_sums_wrong", {"number": command.number})
        if unfinished := [code for code in found.open_codes if code in UNFINISHED]:
            raise Refusal("invoice_unfinished", {"number": command.number, "codes": ", ".join(unfinished)})
        if found.open_codes and not command.note.strip():
            raise Refusal("invoice_why", {"codes": ", ".join(found.open_codes)})
        tx.append(SupplierInvoiceApproved(command.number, found.open_codes, command.note.strip()))

    def reject(self, tx: Transaction, command: RejectInvoice) -> None:
        """Reject an invoice, with a reason."""
        _open(tx, command.number, "to_review", "approved")
        if not command.note.strip():
            raise Refusal("invoice_why", {"codes": ""})
        tx.append(SupplierInvoiceRejected(command.number, command.note.strip()))

    def review(self, tx: Transaction, command: ReviewInvoice) -> None:
        """Return an invoice to review. Refused if it was rejected and another with the same number was
        received since.
        """
        invoice = _open(tx, command.number, "approved", "rejected")
        if twice := number_before(tx.db, invoice.paper, invoice.supplier, command.number):
            raise Refusal("duplicate_number", {"number": twice, "said": invoice.paper.number[:80]})
        tx.append(SupplierInvoiceReviewed(command.number))

    def post(self, tx: Transaction, command: PostInvoice) -> None:
        """Set the cost of goods from an approved invoice, and receive goods not yet received.

        Refused for a credit note, and if new mismatches appeared after approval.
        """
        invoice = _open(tx, command.number, "approved")
        if invoice.paper.credit:
            raise Refusal("invoice_credit", {"number": command.number})
        found, digits = self._matched_invoice(tx, command.number), exponent(invoice.paper.currency or self._currency)
        if found.since_approved:
            codes = ", ".join(found.since_approved)
            raise Refusal("invoice_since_approved", {"number": command.number, "codes": codes})
        if missing := [line for line in found.lines if line.ordered and not line.ordered.received]:
            tx.ask("invoice_receives", {"number": command.number, "lines": len(missing)})
            ask_licence(tx, invoice.supplier, [line.sku for line in missing])
        effects = posting.receive(tx, invoice, missing)
        effects += posting.correct(tx, invoice, [one for one in found.lines if one.ordered and one not in missing])
        if command.set_prices:
            known = [line for line in found.lines if line.ordered and line.quantity]
            posting.set_prices(tx, invoice, known, digits)
        charged = charges_minor(invoice.paper, found.lines, share_of(invoice.paper), digits)
        effects = posting.charge(tx, invoice, found.lines, charged, effects)
        posted = (
            PostedLine(line.line, line.order, line.sku, line.quantity, line.unit_cost_minor)
            for line in found.lines
            if line.ordered
        )
        tx.append(SupplierInvoicePosted(command.number, tuple(posted), tuple(effects), charged))

    def unpost(self, tx: Transaction, command: UnpostInvoice) -> None:
        """Restore earlier costs and remove goods received by the invoice; it can then be corrected or rejected."""
        _open(tx, command.number, "posted")
        if not command.note.strip():
            raise Refusal("invoice_why", {"codes": ""})
        effects = read_effects(tx.db, command.number)
        if brought := sum(one.brought > 0 for one in effects):
            tx.ask("invoice_unreceives", {"number": command.number, "lines": brought})
        for one in effects:
            posting.take_back(tx, command.number, one)
        tx.append(SupplierInvoiceUnposted(command.number, command.note.strip()))

    def _matched_invoice(self, tx: Transaction, number: int) -> MatchedInvoice:
        found = read_matched(tx.db, number, self._currency, tx.business_date, self._bounds.of(tx))
        assert found is not None, "it was looked at before"
        return found


def _checked_fields(command: CorrectPrintedInvoice) -> dict[str, str]:
    """The corrected fields by name. Raises `Refusal` for an invalid amount, date or currency, or an incomplete line."""
    said: dict[str, str] = {one.name: " ".join(one.value.split()) for one in command.fields}
    for name, value in said.items():
        if value and name in AMOUNTS and not _AMOUNT.fullmatch(value):
            raise Refusal("invoice_no_amount", {"said": value[:40]})
        if value and name in DAYS and not is_day(value):
            raise Refusal("invoice_no_day", {"said": value[:40]})
        if name == "account":
            said[name] = next(accounts_in(value), value)
        if name == "currency" and not re.fullmatch(r"[A-Z]{3}", value):
            raise Refusal("invoice_no_currency", {"said": value[:40]})
    for line in command.lines or ():
        if not (line.quantity and line.total and line.name.strip()):
            raise Refusal("invoice_line_unfinished", {"line": line.id[:20]})
    return said


def _open(tx: Transaction, number: int, *states: State) -> KeptInvoice:
    """An invoice in one of these states. Raises `Refusal` if it doesn't exist or is in another state."""
    invoice = read_invoice_in(tx.db, number)
    if invoice is None:
        raise Refusal("invoice_in_unknown", {"number": number})
    if invoice.state not in states:
        raise Refusal("invoice_in_state", {"number": number, "state": invoice.state})
    return invoice
