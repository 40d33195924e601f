"""Poured products: pours add up to whole bottles, and an opened bottle is shown with its remaining content."""

from __future__ import annotations

from typing import Any

import msgspec

from edge.core.registry import Transaction
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.stock.commands import Moved
from edge.goods.stock.events import Move, PourRest, StockMoved
from edge.lib.units.money import divide_half_up
from edge.lib.units.quantity import THOUSANDTHS

_REST = "SELECT rest, of FROM stock_pour WHERE sku = ? AND location = ?"


def pour_out(delta: int, of: int, rest: int) -> tuple[int, int]:
    """The change in stock of a pour, in thousandths, and the remainder for the next one, in `of`-ths.

    `delta`: thousandths of a measure (negative: out of the bottle), of `of` in a bottle; `rest`: the earlier remainder.
    Pours add up to whole bottles, and undoing a pour restores the earlier state.

    >>> pour_out(-40_000, 700_000, 0), pour_out(40_000, 700_000, 100_000)
    ((-57, 100000), (57, 0))
    """
    out, left = divmod(rest - delta * THOUSANDTHS, of)
    return -out, left


def book_pour(tx: Transaction, move: Moved, location: str, rests: dict[str, PourRest]) -> Moved:
    """Convert a pour to thousandths of the unit; the remainder is stored in `rests` for the next pour."""
    found = rests.get(move.sku)
    if found is None and (row := tx.db.execute(_REST, (move.sku, location)).fetchone()):
        found = PourRest(move.sku, location, *row)
    before = found.rest if found and found.of == move.of else 0  # another bottle size starts with no remainder
    delta, rest = pour_out(move.delta, move.of, before)
    rests[move.sku] = PourRest(move.sku, location, rest, move.of)
    return msgspec.structs.replace(move, delta=delta, of=0)


def rows_taken_by(tx: Transaction, seq: int) -> tuple[dict[str, list[Move]], dict[str, str]]:
    """The stock rows that the sale at a journal row took goods from, and the location it poured from, by product."""
    if not seq:
        return {}, {}
    try:
        moved = tx.read(seq + 1).event
    except LookupError:
        return {}, {}
    taken: dict[str, list[Move]] = {}
    if not isinstance(moved, StockMoved) or moved.reason != "sale":
        return {}, {}
    for move in moved.moves:
        taken.setdefault(move.sku, []).append(move)
    return taken, {rest.sku: rest.location for rest in moved.rests}


def begun_bottle(product: CatalogProduct, on_hand: int) -> dict[str, Any]:
    """The number of full bottles and the content of the opened one, rounded to a measure; empty if all are full or the
    size is unknown.
    """
    size = product.size
    if size is None or product.unit != "piece" or on_hand <= 0 or not on_hand % THOUSANDTHS:
        return {}
    whole, part = divmod(on_hand, THOUSANDTHS)
    rest = divide_half_up(part * size.amount, THOUSANDTHS * THOUSANDTHS) * THOUSANDTHS
    return {"whole": whole, "rest": rest, "measure": size.measure}
