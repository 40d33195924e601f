"""Queries of bottles: their deposits and returns."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from edge.core.messages import Number
from edge.core.storage.database import Connection
from edge.counter.bottle_deposits.events import BottleLine, Out
from edge.goods.catalog.queries import CatalogProduct, find_by_code, find_by_sku

PAGE_LIMIT = 200
Code = Annotated[str, msgspec.Meta(max_length=80)]
_FIELDS = "number, register, business_date, at_us, currency, lines, paid_minor, rounding_minor, out, card, tail, undone"
_ONE = f"SELECT {_FIELDS} FROM bottles_taken WHERE number = ?"
_ALL = f"SELECT {_FIELDS} FROM bottles_taken WHERE (?1 = 0 OR number < ?1) ORDER BY number DESC LIMIT ?2"


class BottleGoods(msgspec.Struct, frozen=True):
    """A product and its bottle deposit.

    `deposit_minor`: the deposit of one piece (0: none). `units`: the pieces that the code stands for (a case: its
    contents).
    """

    sku: str
    names: dict[str, str]
    deposit_minor: int
    units: int = 1

    @property
    def name_values(self) -> dict[str, str]:
        """The product's name, as a text value of refusals."""
        return {"name": next(iter(self.names.values()), self.sku)}


class TakenBottles(msgspec.Struct, frozen=True):
    """A return of bottles and the amount paid. `undone`: the return was undone."""

    number: int
    register: str
    business_date: str
    at_us: int
    currency: str
    lines: tuple[BottleLine, ...]
    paid_minor: int
    rounding_minor: int
    out: Out
    card: str
    tail: str
    undone: bool


def find_goods(db: Connection, code: Code) -> BottleGoods | None:
    """The product of a barcode or SKU; None if it's unknown."""
    found: CatalogProduct | None = find_by_code(db, code) or find_by_sku(db, code)
    if found is None:
        return None
    units = max(1, found.units)
    each = found.deposit_minor or 0
    return BottleGoods(found.sku, found.names, each, units)


def find_bottles(db: Connection, number: Number) -> TakenBottles | None:
    """A return by its number; None if there is none."""
    row = db.execute(_ONE, (number,)).fetchone()
    return _taken_bottles(row) if row else None


def read_bottles(db: Connection, before: Number = 0, limit: Number = 50) -> list[TakenBottles]:
    """Returns of bottles with numbers below `before`, the newest first."""
    return [_taken_bottles(row) for row in db.execute(_ALL, (before, min(limit, PAGE_LIMIT)))]


def _taken_bottles(row: tuple[Any, ...]) -> TakenBottles:
    made = TakenBottles(*row)
    lines = msgspec.json.decode(row[5], type=tuple[BottleLine, ...])
    return msgspec.structs.replace(made, lines=lines, undone=bool(row[-1]))
