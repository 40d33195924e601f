"""Facts about the catalogue to rows."""

from __future__ import annotations

import msgspec

from edge.catalog.events import PriceChanged, ProductSet
from edge.core.database import Connection
from edge.core.shapes import Fact, Projector

_SET = """
    INSERT INTO product (id, sku, names, price_minor, tax_class, unit, min_age) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (sku) DO UPDATE SET names = excluded.names, price_minor = excluded.price_minor,
        tax_class = excluded.tax_class, unit = excluded.unit, min_age = excluded.min_age
    RETURNING id
"""


def _set(db: Connection, fact: Fact, event: ProductSet) -> None:
    names = msgspec.json.encode(event.names).decode()
    id = db.execute(
        _SET, (fact.seq, event.sku, names, event.price_minor, event.tax_class, event.unit, event.min_age)
    ).fetchone()[0]
    if id != fact.seq:
        db.execute("DELETE FROM product_code WHERE product_id = ?", (id,))
    db.executemany("INSERT INTO product_code (code, product_id) VALUES (?, ?)", [(code, id) for code in event.codes])


def _priced(db: Connection, fact: Fact, event: PriceChanged) -> None:
    db.execute("UPDATE product SET price_minor = ? WHERE sku = ?", (event.price_minor, event.sku))


def _searchable(db: Connection, fact: Fact, event: ProductSet) -> None:
    id = db.execute("SELECT id FROM product WHERE sku = ?", (event.sku,)).fetchone()[0]
    db.execute("DELETE FROM product_search WHERE rowid = ?", (id,))
    db.execute(
        "INSERT INTO product_search (rowid, names, codes) VALUES (?, ?, ?)",
        (id, "\n".join(event.names.values()), " ".join(event.codes)),
    )


products = Projector(
    name="products", version=1, tables=("product", "product_code"), on={ProductSet: _set, PriceChanged: _priced}
)
search = Projector(
    name="product_search", version=1, tables=("product_search",), on={ProductSet: _searchable}, strict=False
)
