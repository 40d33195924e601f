"""`transfers`: {"transfers": [{"sku": "milk", "delta": 24000}]}: stock transferred from another store, or to one if
negative."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, run_item
from edge.core.registry import Transaction
from edge.goods.catalog.product import Sku
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.commands import Moved, MoveStock

MOST = 10**12
"""Maximum thousandths per transfer, that is, a thousand million pieces."""


class Transfer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A transfer. `delta`: thousandths of the product's unit, positive if incoming, negative if outgoing."""

    sku: Sku
    delta: Annotated[int, msgspec.Meta(ge=-MOST, le=MOST)]


class Transfers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `transfers` directive."""

    transfers: tuple[Transfer, ...]


def _apply(tx: Transaction, _number: int, transfers: tuple[Transfer, ...]) -> Applied:
    known = [found for found in transfers if find_by_sku(tx.db, found.sku) is not None]
    moves = tuple(Moved(found.sku, found.delta) for found in known if found.delta)
    done = run_item(tx, MoveStock("transferred", moves)) if moves else ""
    here = {found.sku for found in known}
    unknown = [found.sku for found in transfers if found.sku not in here]
    if moves and isinstance(done, str):  # no movement took effect
        return Applied(0, (*unknown, *(f"{move.sku}: {done}" for move in moves)))
    return Applied(len(moves), tuple(unknown))


TRANSFERS = Kind("transfers", Transfers, _apply)
