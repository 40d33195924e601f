"""Parts of a receipt covered by posted invoices, and the resulting value of the receipt."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from edge.core.storage.database import Connection
from edge.lib.units.quantity import THOUSANDTHS

_PARTS = """
    SELECT part, was_minor, net_minor FROM supplier_invoice_effect
    WHERE (movement, sku) = (?, ?) AND part > 0 AND number <> ? ORDER BY number
"""


class ReceiptParts(msgspec.Struct, frozen=True):
    """The parts of a receipt covered by posted invoices: thousandths, earlier unit cost, and invoiced amount.

    The uncovered rest keeps its cost.
    """

    parts: tuple[tuple[int, int, int], ...]

    @property
    def quantity(self) -> int:
        return sum(part for part, _, _ in self.parts)

    def worth_minor(self, quantity: int) -> Fraction:
        """The value of a whole receipt of `quantity` thousandths."""
        was_minor = self.parts[0][1]
        left = max(0, quantity - self.quantity)
        return Fraction(left * was_minor, THOUSANDTHS) + sum(net for _, _, net in self.parts)

    def cost_minor(self, quantity: int) -> int:
        """The unit cost, rounded to the minor unit."""
        return int(self.worth_minor(quantity) * THOUSANDTHS / quantity + Fraction(1, 2))

    def rest_minor(self, quantity: int) -> int:
        """The value beyond the rounded unit cost: fractions of a minor unit."""
        if not self.parts or not quantity:
            return 0
        return round(self.worth_minor(quantity) - Fraction(self.cost_minor(quantity) * quantity, THOUSANDTHS))


def parts_of(db: Connection, movement: int, sku: str, but: int = 0) -> ReceiptParts:
    """The parts of a receipt, by its journal row; `but`: an invoice to exclude."""
    rows = db.execute(_PARTS, (movement, sku, but)).fetchall()
    return ReceiptParts(tuple((part, was or 0, net) for part, was, net in rows))
