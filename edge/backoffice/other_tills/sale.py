"""A sale of another till, independent of its kind. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

LINES_MOST = 500
QUANTITY_MOST = 10**12
"""Maximum quantity in thousandths."""
MINOR_MOST = 10**12

UNLINKED = "-"
"""The `refund_of` of a refund if the till doesn't say which sale is refunded."""
UNPAID = "-"
"""The `refund_of` of a void that only reports a missing payment. It has no effect unless the sale is known."""

TillId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]
Theirs = Annotated[str, msgspec.Meta(max_length=120)]
"""The other till's id of a transaction, location or item."""
SaleKind = Literal["sale", "void", "refund"]
Document = Literal["sale", "refund"]
DifferenceCode = Literal[
    "missing_here", "missing_there", "version_differs", "quantity_differs", "amount_differs", "count_differs"
]


class PosLine(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A line: a quantity in thousandths of the other till's `item`. Modifiers are lines too. `unit`: the unit of the
    quantity ("": pieces)."""

    item: Theirs
    quantity: Annotated[int, msgspec.Meta(ge=0, le=QUANTITY_MOST)]
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    code: Annotated[str, msgspec.Meta(max_length=80)] = ""
    unit: Annotated[str, msgspec.Meta(max_length=20)] = ""
    total_minor: Annotated[int, msgspec.Meta(ge=-MINOR_MOST, le=MINOR_MOST)] = 0


class PosSale(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A version of a sale, void or refund at another till `pos`, at `at_us`.

    The latest version of a transaction counts. A `refund` is a separate transaction for the sale `refund_of` ("": with
    the same number; `UNLINKED`: none). `restock`: the goods return to stock.
    """

    pos: TillId
    transaction_id: Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
    version: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    kind: SaleKind
    location: Theirs
    at_us: Annotated[int, msgspec.Meta(ge=0, le=2**53)]
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$(?!\n)")]
    total_minor: Annotated[int, msgspec.Meta(ge=-MINOR_MOST, le=MINOR_MOST)]
    lines: Annotated[tuple[PosLine, ...], msgspec.Meta(max_length=LINES_MOST)] = ()
    refund_of: Theirs = ""
    restock: bool = True

    @property
    def document(self) -> Document:
        return "refund" if self.kind == "refund" else "sale"

    @property
    def sale_id(self) -> str:
        """The id of the sale, or of the sale that a refund belongs to."""
        return self.refund_of or self.transaction_id

    def quantities_by_item(self) -> dict[str, int]:
        """Thousandths by item.

        >>> PosSale("bar", "1", 1, "sale", "", 0, "EUR", 0, (PosLine("a", 9), PosLine("a", 5))).quantities_by_item()
        {'a': 14}
        """
        sums: dict[str, int] = {}
        for line in self.lines:
            sums[line.item] = sums.get(line.item, 0) + line.quantity
        return sums


class PosDifference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A difference between another till's day and ours, in a transaction or an item. `theirs` and `ours` are in
    thousandths, minor units or versions."""

    code: DifferenceCode
    what: Theirs
    theirs: Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
    ours: Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
