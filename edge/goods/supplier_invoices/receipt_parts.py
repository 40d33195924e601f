"""What posted invoices say of parts of a receipt, and what all of it is worth then."""

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
    """What posted invoices are of a receipt: each so many thousandths of it, which had cost so much one, for so much.
    What no invoice is of goes on costing what it did."""

    parts: tuple[tuple[int, int, int], ...]

    @property
    def quantity(self) -> int:
        return sum(part for part, _, _ in self.parts)

    def worth_minor(self, quantity: int) -> Fraction:
        """What all of a receipt of so many thousandths is worth."""
        was_minor = self.parts[0][1]
        left = max(0, quantity - self.quantity)
        return Fraction(left * was_minor, THOUSANDTHS) + sum(net for _, _, net in self.parts)

    def cost_minor(self, quantity: int) -> int:
        """What one of it costs, to the minor unit."""
        return int(self.worth_minor(quantity) * THOUSANDTHS / quantity + Fraction(1, 2))

    def rest_minor(self, quantity: int) -> int:
        """What it is worth beside that: of costs below a minor unit."""
        if not self.parts or not quantity:
            return 0
        return round(self.worth_minor(quantity) - Fraction(self.cost_minor(quantity) * quantity, THOUSANDTHS))


def parts_of(db: Connection, movement: int, sku: str, but: int = 0) -> ReceiptParts:
    """Of a receipt, by the row of the journal that brought it in; `but` for one invoice."""
    rows = db.execute(_PARTS, (movement, sku, but)).fetchall()
    return ReceiptParts(tuple((part, was or 0, net) for part, was, net in rows))
