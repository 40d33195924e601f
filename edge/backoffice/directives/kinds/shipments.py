"""`shipments`: {"shipments": [{"announced": {"id": "c0de", "from_store": "north", "lines": [...]}}]}, or `settled`: a
transfer sent here by another store, or the result of one sent from here. Published only by head office, from what the
stores reported.

{"wanted": {"to_store": "north", "lines": [{"sku": "milk", "quantity": 24000}]}}: head office asks for goods for another
store, at `POST /v1/stores/{store}/transfers`. It becomes a draft, which someone in the store sends or discards; goods
that can't be drafted are listed."""

from __future__ import annotations

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, run_item
from edge.core.registry import Transaction
from edge.goods.catalog.queries import find_by_sku
from edge.goods.transfers.commands import AnnounceTransfer, DraftTransfer, SettleTransfer


class Shipment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One of: an announced, a settled or a wanted shipment."""

    announced: AnnounceTransfer | None = None
    settled: SettleTransfer | None = None
    wanted: DraftTransfer | None = None


class Shipments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `shipments` directive."""

    shipments: tuple[Shipment, ...]


def _apply(tx: Transaction, _number: int, shipments: tuple[Shipment, ...]) -> Applied:
    changed, unknown = 0, list[str]()
    for one in shipments:
        # Always create a new draft, so that a draft prepared by the store is never replaced.
        wanted = msgspec.structs.replace(one.wanted, id="") if one.wanted else None
        for command in (one.announced, one.settled, wanted):
            if command is None:
                continue
            done = run_item(tx, command)
            if not isinstance(done, str):
                changed += bool(done.events)
            elif command is wanted:
                unknown += [line.sku for line in wanted.lines]
            else:
                unknown.append(f"{command.id}: {done}")
        for line in one.announced.lines if one.announced else ():
            if find_by_sku(tx.db, line.sku) is None:
                unknown.append(line.sku)
    return Applied(changed, tuple(unknown))


SHIPMENTS = Kind("shipments", Shipments, _apply, internal=True)
