"""What is poured: pours add up to whole bottles, and a bottle that is begun is said as it stands there."""

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
    """By how many thousandths a pour changes what is there, and what is then left of the next one, in `of`-ths.

    `delta` of `of` thousandths of a measure (below 0: out of the bottle) go behind an earlier `rest`. Pours add up to
    whole bottles, and one that is undone leaves all as it was.

    >>> pour_out(-40_000, 700_000, 0), pour_out(40_000, 700_000, 100_000)
    ((-57, 100000), (57, 0))
    """
    out, left = divmod(rest - delta * THOUSANDTHS, of)
    return -out, left


def book_pour(tx: Transaction, move: Moved, location: str, rests: dict[str, PourRest]) -> Moved:
    """A pour in thousandths of the unit; what is less than one is kept for the next, in `rests`."""
    found = rests.get(move.sku)
    if found is None and (row := tx.db.execute(_REST, (move.sku, location)).fetchone()):
        found = PourRest(move.sku, location, *row)
    before = found.rest if found and found.of == move.of else 0  # bottles of another size begin anew
    delta, rest = pour_out(move.delta, move.of, before)
    rests[move.sku] = PourRest(move.sku, location, rest, move.of)
    return msgspec.structs.replace(move, delta=delta, of=0)


def taken_by(tx: Transaction, seq: int) -> tuple[dict[str, list[Move]], dict[str, str]]:
    """What a sale at a row of the journal took from which rows, and where it poured from, by product."""
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
    """How many whole bottles there are and what is in the begun one, rounded to a measure; nothing where all are
    whole, or nobody says how much is in one."""
    size = product.size
    if size is None or product.unit != "piece" or on_hand <= 0 or not on_hand % THOUSANDTHS:
        return {}
    whole, part = divmod(on_hand, THOUSANDTHS)
    rest = divide_half_up(part * size.amount, THOUSANDTHS * THOUSANDTHS) * THOUSANDTHS
    return {"whole": whole, "rest": rest, "measure": size.measure}
