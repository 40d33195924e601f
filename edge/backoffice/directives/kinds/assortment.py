"""`assortment`: {"assortment": [{"sku": "milk", "listed": false, "from_us": 1790000000000000}]}: the store's product
range, with `price_minor` also the price in the store; see `edge/goods/assortment`."""

from __future__ import annotations

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt, run_item
from edge.backoffice.directives.kinds.source import head_office
from edge.core.messages import Done
from edge.core.registry import Transaction
from edge.goods.assortment.commands import Group, RangeListing, SetAssortment
from edge.goods.catalog.commands import SetPrice
from edge.goods.catalog.product import HEAD_OFFICE, Price


class NewListing(RangeListing, frozen=True, forbid_unknown_fields=True):
    """A product to include in or exclude from the range. `price_minor`: its price from the same time (None: unchanged).
    `group`: the store group it was set for, if not only this store."""

    price_minor: Price | None = None
    group: Group = ""


class Assortment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an `assortment` directive."""

    assortment: tuple[NewListing, ...]


def _apply(tx: Transaction, number: int, assortment: tuple[NewListing, ...]) -> Applied:
    changed, unknown = 0, []
    for new in assortment:
        listing = RangeListing(new.sku, new.listed, new.from_us)
        done = attempt(tx, SetAssortment((listing,), HEAD_OFFICE, new.group))
        if done is None or done.result:
            unknown.append(new.sku)
            continue
        priced: Done | str | None = None
        if new.listed and new.price_minor is not None:
            from_us = new.from_us if new.from_us is not None and new.from_us > tx.at_us else None
            priced = run_item(tx, SetPrice(new.sku, new.price_minor, "store", from_us, None, head_office(number)))
            if isinstance(priced, str):
                unknown.append(f"{new.sku}: {priced}")
        changed += bool(done.events or (isinstance(priced, Done) and priced.events))
    return Applied(changed, tuple(unknown))


ASSORTMENT = Kind("assortment", Assortment, _apply)
