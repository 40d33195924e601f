"""Canonical sale format, which any till can send (README.md). Pure."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from edge.backoffice.other_tills.sale import MINOR_MOST, PosLine, PosSale, SaleKind
from edge.backoffice.other_tills.wire import NotUnderstood, moment_us, thousandths

Minor = Annotated[int, msgspec.Meta(ge=-MINOR_MOST, le=MINOR_MOST)]


class SentLine(msgspec.Struct, frozen=True):
    """A line. `quantity`: decimal text; `modifiers`: lines, per unit of this line."""

    item: str
    quantity: str | int | float
    name: str = ""
    code: str = ""
    unit: str = ""
    total: Minor = 0
    modifiers: tuple[SentLine, ...] = ()


class SentSale(msgspec.Struct, frozen=True):
    """A sale as sent. `at`: time with time zone (RFC 3339); `total`: minor units."""

    event_id: str
    transaction_id: str
    version: int
    kind: SaleKind
    location: str
    at: str
    currency: str
    total: Minor
    restock: bool = True
    refund_of: str = ""
    lines: tuple[SentLine, ...] = ()


def sale_of(pos: str, part: Any) -> PosSale:
    """Parse a canonical sale. Raises `NotUnderstood`, which names the invalid field."""
    try:
        sent = msgspec.convert(part, SentSale)
        lines = tuple(one for line in sent.lines for one in _lines(line, 1000))
        at_us = moment_us(sent.at, "at")
        made = PosSale(
            *(pos, sent.transaction_id, sent.version, sent.kind, sent.location, at_us, sent.currency, sent.total),
            *(lines, sent.refund_of, sent.restock),
        )
        return msgspec.convert(msgspec.to_builtins(made), PosSale)  # converted again to validate its limits
    except msgspec.ValidationError as error:
        raise NotUnderstood(str(error)[:200]) from error


def _lines(line: SentLine, times: int, depth: int = 0) -> list[PosLine]:
    if depth > 8:
        raise NotUnderstood("modifiers")
    quantity = (thousandths(line.quantity, "quantity") * times + 500) // 1000
    said = PosLine(line.item, quantity, line.name, line.code, line.unit, line.total)
    return [said, *(one for inner in line.modifiers for one in _lines(inner, quantity, depth + 1))]
