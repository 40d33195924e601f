"""Job that adds attributes from tables of product types to the catalogue, as a source of lowest precedence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from edge.backoffice.feeds.applying.enrichment import WHEN, Strain, StrainIndex, strain_named, words_of_strain
from edge.backoffice.feeds.commands import EnrichProducts
from edge.backoffice.feeds.jobs.catalogue_runs import note_catalogue
from edge.backoffice.feeds.settings import FeedSettings, live
from edge.core.handling import After
from edge.core.jobs.store import queue
from edge.core.registry import Chunk, Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product, Source
from edge.goods.catalog.queries import json_text, read_products
from edge.goods.quality.commands import NoteSource

ENRICH_JOB = "enrich"
LOOKED_AT_ONCE = 250
PRODUCTS_PER_COMMAND = 32
"""Products per command, which takes 2 to 3 ms of the writer."""
_WAITING = "SELECT id FROM job WHERE kind = ? AND state = 'queued' ORDER BY id LIMIT 1"
_SAID = """
    SELECT p.sku, w.source, w.says FROM json_each(?) j JOIN product p ON p.sku = j.value
    JOIN product_word w ON w.product_id = p.id WHERE w.source IN ('genetics', 'terpenes', 'effects')
"""
_strain = msgspec.json.Decoder(Strain).decode
_product = msgspec.json.Decoder(Product).decode


class EnrichJob(msgspec.Struct, frozen=True):
    """Parameters of the job: the time of the request."""

    at_us: int


def enrich(tx: Transaction, command: EnrichProducts) -> int:
    """Start the job and return its number; if one is waiting, return its number instead. A running one may already be
    past new products."""
    waiting = tx.db.execute(_WAITING, (ENRICH_JOB,)).fetchone()
    return int(waiting[0]) if waiting else queue(tx, ENRICH_JOB, EnrichJob(tx.at_us))


def after_import(settings: FeedSettings) -> After:
    """A function to run after a product file: records the run if it came by a feed, and starts the enrichment of
    products with known strains."""
    now = live(settings)

    def after(tx: Transaction, command: NoteSource, result: Any) -> Any:
        note_catalogue(tx, command, now.of(tx).runs_kept_days)
        if tx.db.execute("SELECT 1 FROM feed_strain LIMIT 1").fetchone():
            tx.do(EnrichProducts())
        return result

    return after


def enrich_chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
    """Process all products after a cursor. Products without changes stay as they are."""
    day = datetime.fromtimestamp(msgspec.convert(params, EnrichJob).at_us / 1e6, UTC).date().isoformat()
    index = StrainIndex({plain: _strain(body) for plain, body in db.execute("SELECT plain, body FROM feed_strain")})
    weights: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for terpene, effect, weight in db.execute("SELECT terpene, effect, weight FROM feed_effect"):
        weights[terpene][effect] = weight
    skus = [sku for (sku,) in db.execute("SELECT sku FROM product WHERE retired_us IS NULL ORDER BY id")]
    for first in range(cursor, len(skus), LOOKED_AT_ONCE):
        part = skus[first : first + LOOKED_AT_ONCE]
        words = _news(db, part, index, weights, day)
        commands = tuple(
            SetProducts(tuple(some[at : at + PRODUCTS_PER_COMMAND]), Source(source), whole=True)
            for source, some in words.items()
            for at in range(0, len(some), PRODUCTS_PER_COMMAND)
        )
        told = len({product.sku for some in words.values() for product in some})
        yield Chunk(commands, first + len(part), total=len(skus), counts={"enriched": told} if told else {})


def _news(
    db: Connection, skus: Sequence[str], index: StrainIndex, weights: dict[str, dict[str, int]], day: str
) -> dict[str, list[Product]]:
    """The attributes that each source hasn't set for these products yet."""
    said = {(sku, source): says for sku, source, says in db.execute(_SAID, (json_text(skus),))}
    found: defaultdict[str, list[Product]] = defaultdict(list)
    for sku, (_, product, _) in read_products(db, skus).items():
        strain = strain_named(product, index)
        for source, word in words_of_strain(sku, strain, weights, day) if strain else ():
            before = said.get((sku, source))
            if before is None or _undated_attributes(_product(before)) != _undated_attributes(word):
                found[source].append(word)
    return found


def _undated_attributes(word: Product) -> dict[str, Any]:
    return {name: value for name, value in (word.attributes or {}).items() if name != WHEN}
