"""Products missing from a file: retired if it is their only or highest source."""

from __future__ import annotations

from collections.abc import Iterator

from edge.core.registry import Chunk
from edge.core.storage.database import Connection
from edge.goods.catalog.commands import RetireProducts
from edge.goods.catalog.product import Source
from edge.goods.ingest.commands import ImportCatalog
from edge.lib.errors import NeedsHuman
from edge.lib.worded_errors import worded_error

CHUNK_SKUS = 50
"""Products per command."""

_SPOKEN = """
    SELECT p.sku FROM product_word w JOIN product p ON p.id = w.product_id
    WHERE w.source = ?1 AND p.retired_us IS NULL
    AND NOT EXISTS (SELECT 1 FROM product_word o WHERE o.product_id = p.id AND o.source <> ?1 AND o.source <> 'manager')
    ORDER BY p.id
"""


def missing_chunks(db: Connection, params: ImportCatalog, source: Source, seen: set[str], at: int) -> Iterator[Chunk]:
    """Retire missing products that have data only from this source or entered by hand.

    Raises `NeedsHuman` for more than `params.retire_percent`: the file may be truncated.
    """
    spoken = [sku for (sku,) in db.execute(_SPOKEN, (source.name,))]
    gone = [sku for sku in spoken if sku not in seen]
    if len(gone) * 100 > len(spoken) * params.retire_percent:
        counts = {"count": len(gone), "of": len(spoken), "percent": params.retire_percent}
        raise worded_error(NeedsHuman, "ingest.retire_many", **counts)
    for start in range(0, len(gone), CHUNK_SKUS):
        part = tuple(gone[start : start + CHUNK_SKUS])
        commands = () if params.dry_run else (RetireProducts(part, source),)
        yield Chunk(commands, at + start + len(part), total=at + len(gone), counts={"retired": len(part)})
