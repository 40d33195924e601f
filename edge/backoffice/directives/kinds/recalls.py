"""`recalls`: {"recalls": [{"sku": "milk", "lot": "A7", "note": "glass"}]}: lots blocked from sale at every till;
`"lifted": true` releases them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, run_item
from edge.core.registry import Transaction
from edge.goods.catalog.product import Sku
from edge.goods.catalog.queries import find_by_sku
from edge.goods.stock.commands import LiftRecall, Note, RecallLot
from edge.goods.stock.queries import is_recalled


class Recall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A product's lot. `note`: the reason, for staff who clear the shelf."""

    sku: Sku
    lot: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    note: Note = ""
    lifted: bool = False


class Recalls(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `recalls` directive."""

    recalls: tuple[Recall, ...]


def _apply(tx: Transaction, _number: int, recalls: tuple[Recall, ...]) -> Applied:
    changed, unknown = 0, []
    for one in recalls:
        if find_by_sku(tx.db, one.sku) is None:
            unknown.append(one.sku)
        elif is_recalled(tx.db, one.sku, one.lot) == one.lifted:
            asked = LiftRecall(one.sku, one.lot) if one.lifted else RecallLot(one.sku, one.lot, one.note)
            done = run_item(tx, asked)
            if isinstance(done, str):
                unknown.append(f"{one.sku}: {done}")
            else:
                changed += 1
    return Applied(changed, tuple(unknown))


RECALLS = Kind("recalls", Recalls, _apply)
