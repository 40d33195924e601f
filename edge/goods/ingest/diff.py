"""Compares a file's rows with the catalogue, in batches alongside the writer."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence, Set
from typing import NamedTuple

import msgspec

from edge.core.registry import JobIssue
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import price_jumps
from edge.goods.catalog.codes import is_gtin, normal
from edge.goods.catalog.least_age import takes_law
from edge.goods.catalog.product import Product, content_of, said_fields
from edge.goods.catalog.queries import json_text, owners_of, read_products
from edge.goods.catalog.sources.queries import would_be
from edge.goods.ingest.ipc import EntryFrame
from edge.goods.ingest.mapping.row_converter import VALUE_CHARS
from edge.goods.ingest.same_products import OthersProducts, as_said
from edge.goods.quality.events import SAME_PRODUCT, GateReason
from edge.goods.quality.queries import Sameness, read_sameness

_encode = msgspec.json.Encoder().encode
_body = msgspec.json.Decoder(Product).decode
_KNOWN = """
    SELECT p.sku, p.retired_us IS NOT NULL, p.retired_by, p.body, w.says, w.product_id IS NOT NULL
    FROM json_each(?) j JOIN product p ON p.sku = j.value
    LEFT JOIN product_word w ON w.product_id = p.id AND w.source = ?
"""


_OWNERS = """
    SELECT c.code, p.sku FROM json_each(?) j JOIN product_code c ON c.code = j.value
    JOIN product p ON p.id = c.product_id WHERE c.units = 1
"""


class Known(NamedTuple):
    """Catalogue state of a product; `word`: the source's data on it (JSON), or None."""

    retired: bool
    retired_by: str | None
    body: str
    word: str | None


class Comparison:
    """Separates a source's new data from unchanged data."""

    def __init__(self, db: Connection, source: str, code_column: str, implied: bool, jump_percent: int) -> None:
        self._db = db
        self._jump_percent = jump_percent
        self._jumps: dict[str, int] = {}
        self._source = source
        self._code_column = code_column
        self._implied = implied
        self._others = OthersProducts(db, source)
        self._said: Mapping[str, Sequence[Sameness]] = {}

    def load_known(self, skus: Sequence[str]) -> dict[str, Known]:
        """Load the catalogue's state of these products. It must be called first for each batch."""
        self._jumps = price_jumps(self._db)
        return {
            sku: Known(bool(retired), by, body, (says or body) if spoke else None)
            for sku, retired, by, body, says, spoke in self._db.execute(_KNOWN, (json_text(skus), self._source))
        }

    def kind(self, product: Product, known: Known | None) -> str:
        """The kind of change: `new`, `same`, `price` (only the price differs) or `changed`."""
        if known is None:
            return "new"
        if self._implied and _says_nothing_new(product, known.body):
            return "same"
        if known.word is None:
            return "changed"
        if _encode(product).decode() == known.word:
            return "same"
        before = _body(known.word)
        same_but_price = msgspec.structs.replace(before, price_minor=product.price_minor) == product
        return "price" if same_but_price else "changed"

    def same_articles(self, entries: Sequence[EntryFrame]) -> list[EntryFrame]:
        """Assign rows to existing products with the same GTIN, as a second source, or confirmed as the same.

        Call once per batch.
        """
        spoken = [entry.said.product for entry in entries if entry.said is not None]
        owners = self._owners(code for product in spoken for code in _articles(product))
        self._said = read_sameness(self._db, self._source, [product.sku for product in spoken])
        if not (owners or self._said):
            return list(entries)
        mine = read_products(self._db, [product.sku for product in spoken])
        return [one if _is_in(one, mine) else as_said(_as_owners(one, owners), self._said) for one in entries]

    def match_reason(self, product: Product) -> GateReason | None:
        """The reason to propose a new product as the same as an existing one; None if there is none or it was rejected
        before.
        """
        other = self._others.named_as(product)
        if not other or any(one.other == other for one in self._said.get(product.sku, ())):
            return None
        return GateReason(SAME_PRODUCT, {"sku": other})

    def _owners(self, codes: Iterable[str]) -> dict[str, str]:
        """SKUs of single units by normalised code."""
        rows = self._db.execute(_OWNERS, (json_text(codes),))
        return dict(rows.fetchall())

    def asks(self, product: Product, known: Known | None) -> bool:
        """Whether a price needs approval because it is zero or changed too much."""
        if product.price_minor == 0 and not (known is not None and _body(known.body).price_minor == 0):
            return True
        return self.jumps(product, known)

    def jumps(self, product: Product, known: Known | None) -> bool:
        """Whether the price change exceeds the category's or shop's limit."""
        if not (self._jump_percent or self._jumps) or known is None or product.price_minor is None:
            return False
        was = _body(known.body)
        percent = self._jumps.get(product.category or was.category or "", self._jump_percent)
        if not percent or was.price_minor is None:
            return False
        return abs(product.price_minor - was.price_minor) * 100 > was.price_minor * percent

    def takes_law(self, product: Product, known: Known | None, sources: Sequence[str]) -> bool:
        """Whether an update would lower a product's age, or move it out of a restricted category."""
        if known is None or not takes_law(self._db, _body(known.body), product):
            return False  # true of nearly all rows, whose sources then needn't be read
        found = would_be(self._db, product, self._source, sources)
        return found is not None and takes_law(self._db, *found)

    def joins_by_number(self, product: Product, known: Known | None) -> bool:
        """Whether a row would change another source's product only because both use the same number.

        A shared GTIN, an equal name or earlier data from this source confirms that they are the same product.
        """
        if known is None or known.word is not None or self._implied or product.names is None:
            return False
        was = _body(known.body)
        if _articles(product) & _articles(was) or _is_article(product.sku):
            return False
        names = {name.casefold().strip() for name in (was.names or {}).values()}
        return not any(name.casefold().strip() in names for name in product.names.values())

    def is_priced(self, known: Known | None) -> bool:
        """Whether the product has a price. It is shown next to pending changes."""
        return known is not None and _body(known.body).price_minor is not None

    def missing(self, entry: EntryFrame, known: Known | None, new: Set[str]) -> JobIssue | None:
        """The issue with an incomplete row; None if it is complete.
        A new product needs a name. Parts must be known or `new`, and known parts used by measure need a content.
        """
        assert entry.said is not None
        product = entry.said.product
        if known is None and product.names is None:
            return JobIssue(entry.line, "", product.sku, "name_missing")
        for part in product.parts or ():
            if part.sku == product.sku or not (part.sku in new or read_products(self._db, [part.sku])):
                return JobIssue(entry.line, "", part.sku[:VALUE_CHARS], "part_unknown")
            if part.measure and part.sku not in new:
                (_, found, _) = read_products(self._db, [part.sku])[part.sku]
                if not content_of(found, part.measure):
                    values: dict[str, str | int] = {"measure": part.measure}
                    return JobIssue(entry.line, "", part.sku[:VALUE_CHARS], "part_size_unknown", values)
        return None

    def find_taken_codes(self, entries: Iterable[EntryFrame]) -> tuple[JobIssue, ...]:
        """Notes on codes of other products, for rows that aren't written."""
        spoken = [(entry.line, entry.said.product) for entry in entries if entry.said is not None]
        owners = owners_of(self._db, [code for _, product in spoken for code in product.codes or ()])
        return tuple(
            JobIssue(line, self._code_column, code[:VALUE_CHARS], "code_taken", {"owner": owners[code]})
            for line, product in spoken
            for code in product.codes or ()
            if owners.get(code, product.sku) != product.sku
        )


def _is_in(entry: EntryFrame, mine: Container[str]) -> bool:
    """Whether the shop already has a product with this row's own number."""
    return entry.said is not None and entry.said.product.sku in mine


def _as_owners(entry: EntryFrame, owners: Mapping[str, str]) -> EntryFrame:
    """The row assigned to the product that has its GTIN."""
    if entry.said is None:
        return entry
    product = entry.said.product
    found = {owners[code] for code in map(normal, product.codes or ()) if code in owners}
    if len(found) != 1:
        return entry
    same = msgspec.structs.replace(product, sku=found.pop())
    return msgspec.structs.replace(entry, said=msgspec.structs.replace(entry.said, product=same))


def _articles(product: Product) -> set[str]:
    codes = (*(product.codes or ()), *(pack.code for pack in product.packs or ()))
    return {normal(code) for code in codes if _is_article(code)}


def _is_article(code: str) -> bool:
    """Whether a code is globally unique.

    Shorter codes and restricted prefixes (GS1 General Specifications 1.4.5) are local.
    """
    bare = code.lstrip("0")
    own = bare.startswith("2") if len(bare) in (8, 13) else bare.startswith(("2", "4")) and len(bare) == 12
    return is_gtin(code) and len(bare) >= 8 and not own


def _says_nothing_new(product: Product, body: str) -> bool:
    """Whether an exported product is unchanged."""
    known = said_fields(_body(body))
    return all(
        known.get(field) == value or (isinstance(value, dict) and value.items() <= (known.get(field) or {}).items())
        for field, value in said_fields(product).items()
    )
