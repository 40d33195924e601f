"""Projects held row events to rows."""

from __future__ import annotations

import msgspec

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.catalog.events import PriceChanged, ProductSet
from edge.goods.quality.events import HeldDropped, HeldReleased, HeldWithdrawn, ProductHeld, SamenessSaid

_HOLD = (
    "INSERT OR REPLACE INTO held_product (sku, source, checksum, line, body, price_minor, was_minor,"
    " at_us, dropped, gate)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?)"
)
_FORGET = "DELETE FROM held_product WHERE sku = ? AND source = ?"


def _hold_product(db: Connection, fact: RecordedEvent, event: ProductHeld) -> None:
    product, source = event.product, event.source
    body = msgspec.json.encode(product).decode()
    gate = msgspec.json.encode(event.gate).decode() if event.gate else ""
    place = (product.sku, source.name, source.checksum, source.line)
    db.execute(_HOLD, (*place, body, product.price_minor, event.was_minor, fact.at_us, gate))


def _release_product(db: Connection, fact: RecordedEvent, event: HeldReleased | HeldWithdrawn) -> None:
    db.execute(_FORGET, (event.sku, event.source))


def _drop_product(db: Connection, fact: RecordedEvent, event: HeldDropped) -> None:
    db.execute("UPDATE held_product SET dropped = 1 WHERE sku = ? AND source = ?", (event.sku, event.source))


def _same(db: Connection, fact: RecordedEvent, event: SamenessSaid) -> None:
    values = (event.source, event.sku, event.other, event.is_same)
    db.execute("INSERT OR REPLACE INTO product_sameness (source, sku, other, same) VALUES (?, ?, ?, ?)", values)


def _supersede_product(db: Connection, fact: RecordedEvent, event: ProductSet) -> None:
    db.execute(_FORGET, (event.product.sku, event.source.name))


def _supersede_price(db: Connection, fact: RecordedEvent, event: PriceChanged) -> None:
    db.execute(_FORGET, (event.sku, event.source.name))


projector = Projector(
    name="held_products",
    version=4,
    tables=("held_product", "product_sameness"),
    on={
        ProductHeld: _hold_product,
        HeldReleased: _release_product,
        HeldWithdrawn: _release_product,
        HeldDropped: _drop_product,
        SamenessSaid: _same,
        ProductSet: _supersede_product,
        PriceChanged: _supersede_price,
    },
)
