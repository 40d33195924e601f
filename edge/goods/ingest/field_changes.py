"""Field changes that a row would cause, for dry runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from edge.core.registry import JobIssue
from edge.core.storage.database import Connection
from edge.goods.catalog.product import Product
from edge.goods.catalog.sources.queries import would_be
from edge.goods.ingest.catalog_export import cells_of

CELL_CHARS = 200
"""Characters shown of a field's old and new value."""


def changes(
    db: Connection, product: Product, source: str, sources: Sequence[str], currency: str
) -> list[tuple[str, str, str]]:
    """Columns of an export (`name.fr`, `price`) that would change, with old and new value."""
    found = would_be(db, product, source, sources)
    if found is None:
        return []
    old, new = (cells_of(one, currency) for one in found)
    keys = dict.fromkeys((*new, *old))
    return [(key, old.get(key, ""), new.get(key, "")) for key in keys if old.get(key) != new.get(key)]


def notes_of(line: int, sku: str, found: list[tuple[str, str, str]]) -> Iterator[JobIssue]:
    """The changed fields as job notes."""
    for field, before, after in found:
        values: dict[str, str | int] = {"before": before[:CELL_CHARS] or "-", "after": after[:CELL_CHARS] or "-"}
        yield JobIssue(line, field, sku, "would_change", values, fault=False)
