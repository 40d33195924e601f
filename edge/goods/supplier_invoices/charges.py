"""Freight and fees on a supplier's invoice: lines that are charges, and amounts not yet included in receipts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

import msgspec

from edge.core.storage.database import Connection
from edge.goods.purchasing.queries import read_purchase
from edge.goods.supplier_invoices.line_names import plain_name
from edge.goods.supplier_invoices.match import InvoiceTerms, MatchedLine, MatchFinding
from edge.goods.supplier_invoices.paper import Paper
from edge.goods.supplier_invoices.receipt_parts import parts_of

_KINDS = frozenset(
    (
        *("freight", "shipping", "delivery", "transport", "transportation", "carriage", "postage", "courier"),
        *("handling", "haulage", "livraison", "expédition", "affranchissement", "fret", "versand", "fracht", "porto"),
        *("versandkosten", "frachtkosten", "lieferkosten", "portokosten", "verzendkosten", "verzending", "vracht"),
        *("משלוח", "הובלה", "המשלוח", "ההובלה"),
    )
)
_BESIDE = frozenset(
    (
        *("charge", "charges", "cost", "costs", "fee", "fees", "surcharge", "and", "&", "of", "for", "frais", "de"),
        *("coût", "coûts", "kosten", "pauschale", "gebühr", "und", "et", "דמי", "עלות"),
    )
)
_PHRASES = frozenset({"frais de port", "port payé", "port et emballage", "fuel surcharge"})
_OTHERS_CHARGED = """
    SELECT coalesce(sum(charges_minor), 0) FROM supplier_invoice WHERE number <> ?1 AND charges_minor > 0
    AND number IN (SELECT number FROM supplier_invoice_posted WHERE order_number IN (SELECT value FROM json_each(?2)))
"""


def is_charge_name(name: str) -> bool:
    """Whether a line's name means only freight or a fee.

    >>> is_charge_name("Delivery charge"), is_charge_name("Frais de port"), is_charge_name("Delivery box 2 l")
    (True, True, False)
    """
    said = plain_name(name).strip(" .:-")
    words = said.split()
    known = all(word in _KINDS or word in _BESIDE for word in words) and any(word in _KINDS for word in words)
    return said in _PHRASES or known


def charges_minor(paper: Paper, lines: Iterable[MatchedLine], share: Decimal, digits: int) -> int:
    """An invoice's charges other than goods, in minor units: charges in its header, and charge lines after the header's
    discount (`share`).
    """
    apart = sum((Decimal(paper.lines[one.line].total or 0) for one in lines if one.is_charge), Decimal(0))
    charges = Decimal(paper.charges or 0) + apart * share
    return int(charges.scaleb(digits).quantize(Decimal(1), ROUND_HALF_UP))


def unnamed_minor(db: Connection, number: int, lines: Sequence[MatchedLine], charged_minor: int) -> int:
    """The part of the charges not yet included in receipts of the invoice's orders.

    Charges of other posted invoices for those orders are deducted.
    """
    orders = sorted({one.order for one in lines if one.ordered})
    found = [order for one in orders if (order := read_purchase(db, one)) is not None]
    receipts = [receipt for order in found for receipt in order.receipts if receipt.movement and receipt.quantity]
    named = sum(receipt.added_minor for order in found for receipt in order.receipts)
    named -= sum(parts_of(db, one.movement, one.sku).rest_minor(one.quantity) for one in receipts)
    (others,) = db.execute(_OTHERS_CHARGED, (number, msgspec.json.encode(orders).decode())).fetchone()
    return max(0, charged_minor - max(0, named - int(others)))


def charge_findings(
    db: Connection, number: int, paper: Paper, lines: Sequence[MatchedLine], terms: InvoiceTerms
) -> Sequence[MatchFinding]:
    """Findings about freight and fees that no receipt includes."""
    charged = charges_minor(paper, lines, terms.share, terms.digits)
    if not charged or not unnamed_minor(db, number, lines, charged):
        return ()
    return (MatchFinding("charge_unplanned", {"charges": f"{Decimal(charged).scaleb(-terms.digits):f}"}),)
