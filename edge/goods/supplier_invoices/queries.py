"""Queries of suppliers' invoices: as stored, and matched with orders and receipts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Annotated, Any, Literal

import msgspec

from edge.core.messages import Number
from edge.core.people.remarks import Remarks
from edge.core.storage.database import Connection
from edge.foundation.settings.queries import LiveSettings
from edge.goods.purchasing.queries import KeptPurchase, read_purchase
from edge.goods.stock.rows import find_product
from edge.goods.supplier_invoices.charges import charge_findings, is_charge_name
from edge.goods.supplier_invoices.events import PostedEffect
from edge.goods.supplier_invoices.line_names import like_named, plain_name
from edge.goods.supplier_invoices.match import (
    USUAL,
    Candidate,
    InvoiceTerms,
    MatchBounds,
    MatchedLine,
    MatchFinding,
    OrderPosition,
    match_lines,
    share_of,
    total_findings,
)
from edge.goods.supplier_invoices.paper import WITH_ACCOUNT, Paper, PaperLine, State, same_number
from edge.lib.printed_invoice import KnownSeller, LearntField
from edge.lib.units.dates import after
from edge.lib.units.money import exponent

PAGE_LIMIT = 200
AnyState = Literal["", "to_review", "approved", "posted", "rejected"]
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
_INVOICE = "SELECT number, supplier, state, file, note, received_us, digest, body FROM supplier_invoice"
_OPEN_ORDERS = """
    SELECT DISTINCT o.number FROM purchase_order o JOIN purchase_line l USING (number)
    WHERE o.supplier = ? AND l.sku = ? AND o.state IN ('sent', 'part_received', 'received') ORDER BY o.number LIMIT 2
"""
_OF_NOTE = """
    SELECT number FROM purchase_receipt WHERE supplier = ? AND trim(delivery_note) = ? COLLATE NOCASE LIMIT 1
"""
_OF_SUPPLIER_CODE = """
    SELECT sku FROM supplier_price WHERE supplier = ? AND code = ? AND code <> '' ORDER BY seq DESC LIMIT 1
"""
_RETURNED = """
    SELECT coalesce(sum(quantity), 0) FROM purchase_return WHERE number = ? AND sku = ? AND NOT replaced
"""
_INVOICED = "SELECT coalesce(sum(quantity), 0) FROM supplier_invoice_posted WHERE order_number = ? AND sku = ?"
GOODS_COMPARED = 2_000
"""Number of products of a supplier's price list and of the shop to compare with lines without a number."""
_GOODS = """
    SELECT DISTINCT p.sku, p.body ->> '$.names' FROM supplier_price s JOIN product p ON p.sku = s.sku
    WHERE s.supplier = ? AND p.retired_us IS NULL ORDER BY p.sku LIMIT ?
"""
_ALL_GOODS = "SELECT sku, body ->> '$.names' FROM product WHERE retired_us IS NULL ORDER BY sku LIMIT ?"
_SEEN = "SELECT number FROM supplier_invoice WHERE digest = ? LIMIT 1"
_TWICE = """
    SELECT number FROM supplier_invoice WHERE same = ?1 AND (seller = ?2 OR (supplier <> '' AND supplier = ?3))
    AND state <> 'rejected' AND number <> ?4 LIMIT 1
"""
_KNOWN = "SELECT supplier FROM supplier_invoice_seller WHERE seller = ?"
_OTHER_ACCOUNT = "SELECT 1 FROM supplier_invoice_seller WHERE substr(seller, 1, ?) = ? LIMIT 1"
_NAMED = """
    SELECT id FROM supplier WHERE NOT retired AND EXISTS
    (SELECT 1 FROM json_each(names) WHERE lower(value) = lower(?)) LIMIT 2
"""
_EFFECTS = (
    "SELECT movement, sku, was_minor, set_minor, brought, added_minor, part, net_minor FROM supplier_invoice_effect"
    " WHERE number = ? ORDER BY movement, sku"
)
_ALIKE = """
    SELECT a.number FROM supplier_invoice a JOIN supplier_invoice b ON b.number = ?
    WHERE a.number < b.number AND a.alike = b.alike AND a.state <> 'rejected'
    AND (a.seller = b.seller OR (a.supplier <> '' AND a.supplier = b.supplier)) LIMIT 1
"""


CHARGE = ""
"""Stands for freight and fees instead of a product's SKU."""
LOOKED_AT = ("number", "date", "total", "seller")
"""Fields of a printed invoice that a user confirms if their confidence is low."""
KNOWN_MOST = 1_000
_SELLERS = """
    SELECT seller, supplier FROM supplier_invoice_seller
    UNION SELECT seller, '' FROM supplier_invoice_layout ORDER BY 1 LIMIT ?
"""
_NAMES = "SELECT id, names FROM supplier WHERE NOT retired ORDER BY id LIMIT ?"


class KeptInvoice(msgspec.Struct, frozen=True):
    """An invoice in its current state; `supplier` "": unknown.

    `note`: the reason for its approval or rejection, None if erased.
    """

    number: int
    supplier: str
    state: State
    file: str
    note: str | None
    received_us: int
    digest: str
    paper: Paper


class MatchedInvoice(msgspec.Struct, frozen=True):
    """An invoice matched with orders and receipts: `findings` on the whole invoice, and its lines.

    `overruled`: finding codes that were approved.
    """

    invoice: KeptInvoice
    findings: tuple[MatchFinding, ...]
    lines: tuple[MatchedLine, ...]
    overruled: tuple[str, ...] = ()

    @property
    def faulty(self) -> bool:
        return bool(self.invoice.paper.faults)

    @property
    def open_codes(self) -> tuple[str, ...]:
        """The finding codes that block the invoice or need a decision, without duplicates."""
        every = (*self.findings, *(one for line in self.lines for one in line.findings))
        return tuple(dict.fromkeys(one.code for one in every if one.kind != "info"))

    @property
    def is_matched(self) -> bool:
        return not self.faulty and not self.open_codes

    @property
    def since_approved(self) -> tuple[str, ...]:
        """Codes that block an approved invoice or need a decision now but didn't at approval.

        Receiving its goods is confirmed when the invoice is posted.
        """
        known = (*self.overruled, "not_received")
        return tuple(code for code in self.open_codes if code not in known) if self.invoice.state == "approved" else ()


def read_invoices_in(
    db: Connection, state: AnyState = "", before: Number = 0, limit: Number = 100
) -> list[KeptInvoice]:
    """Suppliers' invoices, the newest first, by state and before a number; at most 200."""
    rows = db.execute(
        f"{_INVOICE} WHERE (?1 = '' OR state = ?1) AND (?2 = 0 OR number < ?2) ORDER BY number DESC LIMIT ?3",
        (state, before, max(1, min(limit, PAGE_LIMIT))),
    ).fetchall()
    remarks = Remarks(db)
    return [_kept_invoice(remarks, row) for row in rows]


def read_invoice_in(db: Connection, number: Number) -> KeptInvoice | None:
    """An invoice; None if no invoice has that number."""
    row = db.execute(f"{_INVOICE} WHERE number = ?", (number,)).fetchone()
    return _kept_invoice(Remarks(db), row) if row else None


def earlier_invoice(db: Connection, paper: Paper, digest: str) -> tuple[int, bool]:
    """The number of an earlier copy of this invoice (0: none), and whether it came from an identical file."""
    if first := duplicate_of(db, digest):
        return first, True
    return number_before(db, paper, supplier_of(db, paper)), False


def duplicate_of(db: Connection, digest: str) -> int:
    """The number of the invoice from an identical file (SHA-256); 0: none."""
    row = db.execute(_SEEN, (digest,)).fetchone()
    return int(row[0]) if row else 0


def number_before(db: Connection, paper: Paper, supplier: str, but: Number = 0) -> int:
    """The number of another invoice, not `but`, from that supplier or seller with the same invoice number; 0: none."""
    row = db.execute(_TWICE, (same_number(paper.number), paper.seller_key, supplier, but)).fetchone()
    return int(row[0]) if row and paper.number else 0


def supplier_of(db: Connection, paper: Paper) -> str:
    """The supplier identified by the seller's VAT number, by bank account and name, or by name; "" if none or several
    match.

    A name alone doesn't match a supplier with another known account: payment to a new account needs a person's
    decision.
    """
    if row := db.execute(_KNOWN, (paper.seller_key,)).fetchone():
        return str(row[0])
    if paper.account and not paper.seller_vat:
        name = paper.seller_name + WITH_ACCOUNT
        if db.execute(_OTHER_ACCOUNT, (len(name), name)).fetchone():
            return ""
        if row := db.execute(_KNOWN, (paper.seller_name,)).fetchone():
            return str(row[0])
    found = db.execute(_NAMED, (paper.seller,)).fetchall()
    return str(found[0][0]) if len(found) == 1 else ""


def read_effects(db: Connection, number: Number) -> tuple[PostedEffect, ...]:
    """The effects of a posted invoice on receipts."""
    return tuple(PostedEffect(*row) for row in db.execute(_EFFECTS, (number,)))


def read_matched(
    db: Connection, number: Number, currency: Currency, today: str, bounds: MatchBounds = USUAL
) -> MatchedInvoice | None:
    """An invoice matched with orders and receipts, as of a date; None if no invoice has that number.

    `currency`: the store's; `bounds`: its tolerances.
    """
    invoice = read_invoice_in(db, number)
    if invoice is None:
        return None
    paper = invoice.paper
    said: dict[int, str] = dict(
        db.execute("SELECT line, sku FROM supplier_invoice_line WHERE number = ?", (number,)).fetchall()
    )
    order = _order_of(db, invoice)
    terms = InvoiceTerms(share_of(paper), exponent(paper.currency or currency), paper.credit, bounds)
    known = [_candidate(db, invoice, line, said.get(at), order) for at, line in enumerate(paper.lines)]
    if invoice.state == "to_review" and not all(one.sku or one.is_charge for one in known):
        own = _names(db, _GOODS, invoice.supplier, GOODS_COMPARED)
        everything = cache(partial(_names, db, _ALL_GOODS, GOODS_COMPARED))  # if the supplier's don't match
        known = [
            one
            if one.sku or one.is_charge
            else Candidate(like=like_named(line.name, own) or like_named(line.name, everything()))
            for one, line in zip(known, paper.lines, strict=True)
        ]
    lines = match_lines(paper.lines, known, terms)
    found = [*_findings(db, invoice, currency, today), *charge_findings(db, number, paper, lines, terms)]
    findings = (*found, *total_findings(paper, terms.digits, bounds))
    return MatchedInvoice(invoice, findings, lines, _overruled_checks(db, number))


def matched_within(
    bounds: LiveSettings[MatchBounds],
) -> Callable[[Connection, Number, Currency, str], MatchedInvoice | None]:
    """Return `read_matched` with the tolerances in force at the time of the call."""

    def invoice_in_matched(db: Connection, number: Number, currency: Currency, today: str) -> MatchedInvoice | None:
        """An invoice matched with orders and receipts, as of a date; `currency`: the store's."""
        return read_matched(db, number, currency, today, bounds.at(db))

    return invoice_in_matched


def read_known_sellers(db: Connection) -> tuple[KnownSeller, ...]:
    """Known sellers by their keys, with the field positions on their invoices; also suppliers by name."""
    names = {id: tuple(msgspec.json.decode(said, type=dict[str, str]).values()) for id, said in _rows(db, _NAMES)}
    layouts: dict[str, list[LearntField]] = {}
    for seller, body in db.execute("SELECT seller, body FROM supplier_invoice_layout ORDER BY seller, field"):
        layouts.setdefault(seller, []).append(msgspec.json.decode(body, type=LearntField))
    called: dict[str, tuple[str, ...]] = {}
    for seller, supplier in _rows(db, _SELLERS):
        name = seller.partition(WITH_ACCOUNT)[0]
        itself = () if name.isupper() or name.isdecimal() else (name,)  # a VAT number isn't a name
        called[seller] = tuple(dict.fromkeys((*called.get(seller, ()), *itself, *names.get(supplier, ()))))
    for every in names.values():
        for name in every:
            called.setdefault(" ".join(name.casefold().split()), (name,))
    return tuple(_known_seller(key, said, layouts.get(key, ())) for key, said in called.items())


def _known_seller(key: str, names: tuple[str, ...], learnt: Sequence[LearntField]) -> KnownSeller:
    by, _, account = key.partition(WITH_ACCOUNT)
    return KnownSeller(by, names, tuple(learnt), account)


def _rows(db: Connection, sql: str) -> list[Sequence[Any]]:
    return list(db.execute(sql, (KNOWN_MOST,)).fetchall())


def _kept_invoice(remarks: Remarks, row: Sequence[Any]) -> KeptInvoice:
    number, supplier, state, file, note, received_us, digest, body = row
    said = remarks.read(note) if note else ""
    return KeptInvoice(number, supplier, state, file, said, received_us, digest, msgspec.json.decode(body, type=Paper))


def _findings(db: Connection, invoice: KeptInvoice, currency: str, today: str) -> list[MatchFinding]:
    paper, found = invoice.paper, []
    if not invoice.supplier:
        found.append(MatchFinding("supplier_unknown", {"seller": paper.seller}))
    found += [MatchFinding(f"unsure_{name}") for name in LOOKED_AT if name in paper.unsure]
    if paper.currency != currency:
        found.append(MatchFinding("currency", {"currency": paper.currency}))
    if paper.date > after(today, 1):
        found.append(MatchFinding("date_ahead", {"date": paper.date}))
    if alike := db.execute(_ALIKE, (invoice.number,)).fetchone():
        found.append(MatchFinding("duplicate_maybe", {"other": alike[0]}))
    return found


def _overruled_checks(db: Connection, number: int) -> tuple[str, ...]:
    (found,) = db.execute("SELECT overruled FROM supplier_invoice WHERE number = ?", (number,)).fetchone()
    return msgspec.json.decode(found, type=tuple[str, ...])


def _order_of(db: Connection, invoice: KeptInvoice) -> KeptPurchase | None:
    """The order that an invoice refers to: by our order number with that supplier, else by a delivery note."""
    paper, numbers = invoice.paper, list[int]()
    if paper.order.isdecimal() and len(paper.order) < 16:
        numbers.append(int(paper.order))
    if paper.despatch and (row := db.execute(_OF_NOTE, (invoice.supplier, paper.despatch)).fetchone()):
        numbers.append(int(row[0]))
    for order in (read_purchase(db, number) for number in numbers if invoice.supplier):
        if order and order.supplier == invoice.supplier:
            return order
    return None


def _candidate(
    db: Connection, invoice: KeptInvoice, line: PaperLine, said: str | None, named: KeptPurchase | None
) -> Candidate:
    """An invoice line with its possible order and receipts.

    `said`: the product that a person set for the line; None: none.
    """
    sku = _sku_of(db, invoice.supplier, line) if said is None else said
    product = find_product(db, sku) if sku else None
    if product is None:
        return Candidate(is_charge=sku == CHARGE or (sku is None and is_charge_name(line.name)))
    units = product.units if product.units > 1 else _units_of(db, line.gtin, product.sku)
    order = named
    if order is None and invoice.supplier:
        rows = db.execute(_OPEN_ORDERS, (invoice.supplier, product.sku)).fetchall()
        order = read_purchase(db, rows[0][0]) if len(rows) == 1 else None
    if order is None:
        return Candidate(product.sku, product.unit, units=units)
    goods = next((one for one in order.lines if one.sku == product.sku), None)
    if goods is None:
        return Candidate(product.sku, product.unit, None, has_order=True, units=units)
    key = (order.number, product.sku)
    returned, invoiced = (int(db.execute(sql, key).fetchone()[0]) for sql in (_RETURNED, _INVOICED))
    known = OrderPosition(
        order.number, goods.quantity, goods.received - returned, invoiced, goods.unit_cost_minor, goods.pack
    )
    return Candidate(product.sku, product.unit, known, has_order=True, units=units)


def _units_of(db: Connection, code: str, sku: str) -> int:
    """The number of units in a product's code: a case's own code means a case in any field."""
    found = find_product(db, code) if code else None
    return found.units if found and found.sku == sku else 1


def _names(db: Connection, sql: str, *values: str | int) -> dict[str, str]:
    """SKUs of products by each of their plain names."""
    rows = db.execute(sql, values)
    return {plain_name(name): sku for sku, names in rows for name in msgspec.json.decode(names or "{}").values()}


def _sku_of(db: Connection, supplier: str, line: PaperLine) -> str | None:
    """The product of a line, by our own number, learnt codes, the supplier's number or the barcode; `CHARGE` if it was
    learnt as freight or a fee; None if unknown.
    """
    if line.buyer_code and find_product(db, line.buyer_code):
        return line.buyer_code
    code = code_of(line)
    learnt = "SELECT sku FROM supplier_invoice_code WHERE supplier = ? AND code = ?"
    for sql in (learnt, _OF_SUPPLIER_CODE):
        if supplier and code and (row := db.execute(sql, (supplier, code)).fetchone()):
            return str(row[0])
    return line.gtin or None


def code_of(line: PaperLine) -> str:
    """The key by which a line is recognised: the supplier's number, or the name if there is none."""
    return (line.code or line.name)[:80]
