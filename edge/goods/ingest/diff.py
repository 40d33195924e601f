"""What of a file's rows is news to the catalogue: looked up beside the writer, a few statements a batch."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence, Set
from typing import NamedTuple

import msgspec

from edge.core.registry import JobIssue
from edge.core.storage.database import Connection
from edge.goods.catalog.categories.queries import price_jumps
from edge.goods.catalog.codes import is_gtin, normal
from edge.goods.catalog.product import Product, content_of, said_fields
from edge.goods.catalog.queries import json_text, owners_of, read_products
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
    """What the catalogue has of a product: `word` is what the source said of it (JSON), None if it said nothing."""

    retired: bool
    retired_by: str | None
    body: str
    word: str | None


class Comparison:
    """Sorts the entries of one source into news and what was said before."""

    def __init__(self, db: Connection, source: str, code_column: str, implied: bool, jump_percent: int) -> None:
        self._db = db
        self._jump_percent = jump_percent
        self._jumps: dict[str, int] = {}
        self._source = source
        self._code_column = code_column
        self._implied = implied
        self._others = OthersProducts(db, source)
        self._said: Mapping[str, Sequence[Sameness]] = {}

    def known(self, skus: Sequence[str]) -> dict[str, Known]:
        """What the catalogue has of these products. Asked once a batch, before the rest."""
        self._jumps = price_jumps(self._db)
        return {
            sku: Known(bool(retired), by, body, (says or body) if spoke else None)
            for sku, retired, by, body, says, spoke in self._db.execute(_KNOWN, (json_text(skus), self._source))
        }

    def kind(self, product: Product, known: Known | None) -> str:
        """`new`, `same`, `price` (only that differs) or `changed`."""
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
        """The rows; one with the article number (GTIN) of a product that the shop has under another number is of that
        product: one, of which two sources speak. So is one of which somebody said that it is. Asked once a batch."""
        spoken = [entry.said.product for entry in entries if entry.said is not None]
        owners = self._owners(code for product in spoken for code in _articles(product))
        self._said = read_sameness(self._db, self._source, [product.sku for product in spoken])
        if not (owners or self._said):
            return list(entries)
        mine = read_products(self._db, [product.sku for product in spoken])
        return [one if _is_in(one, mine) else as_said(_as_owners(one, owners), self._said) for one in entries]

    def propose_same(self, product: Product) -> GateReason | None:
        """Of a new product: that it may be one that the shop has under another number; None: it is not, or somebody
        said that it is not."""
        other = self._others.named_as(product)
        if not other or any(one.other == other for one in self._said.get(product.sku, ())):
            return None
        return GateReason(SAME_PRODUCT, {"sku": other})

    def _owners(self, codes: Iterable[str]) -> dict[str, str]:
        """The skus of single units that have codes in normal form, by code."""
        rows = self._db.execute(_OWNERS, (json_text(codes),))
        return dict(rows.fetchall())

    def asks(self, product: Product, known: Known | None) -> bool:
        """Whether a price waits for a yes: it is none, or would move too far."""
        if product.price_minor == 0 and not (known is not None and _body(known.body).price_minor == 0):
            return True
        return self.jumps(product, known)

    def jumps(self, product: Product, known: Known | None) -> bool:
        """Whether a product's price would move by more than its category, or else the shop, lets pass."""
        if not (self._jump_percent or self._jumps) or known is None or product.price_minor is None:
            return False
        was = _body(known.body)
        percent = self._jumps.get(product.category or was.category or "", self._jump_percent)
        if not percent or was.price_minor is None:
            return False
        return abs(product.price_minor - was.price_minor) * 100 > was.price_minor * percent

    def joins_by_number(self, product: Product, known: Known | None) -> bool:
        """Whether a row would change another source's product for no more than a number that both happen to use.

        What an article number, the same name, or this source's own word says is the same product is the same.
        """
        if known is None or known.word is not None or self._implied or product.names is None:
            return False
        was = _body(known.body)
        if _articles(product) & _articles(was) or _is_article(product.sku):
            return False
        names = {name.casefold().strip() for name in (was.names or {}).values()}
        return not any(name.casefold().strip() in names for name in product.names.values())

    def is_priced(self, known: Known | None) -> bool:
        """Whether the shop has a price for it: what waits for a yes is shown beside it."""
        return known is not None and _body(known.body).price_minor is not None

    def missing(self, entry: EntryFrame, known: Known | None, new: Set[str]) -> JobIssue | None:
        """What a row lacks to be taken: a name where the product is new, a part that the shop has or that is `new`."""
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

    def taken(self, entries: Iterable[EntryFrame]) -> tuple[JobIssue, ...]:
        """Notes on codes that other products have, of rows that are not written (again)."""
        spoken = [(entry.line, entry.said.product) for entry in entries if entry.said is not None]
        owners = owners_of(self._db, [code for _, product in spoken for code in product.codes or ()])
        return tuple(
            JobIssue(line, self._code_column, code[:VALUE_CHARS], "code_taken", {"owner": owners[code]})
            for line, product in spoken
            for code in product.codes or ()
            if owners.get(code, product.sku) != product.sku
        )


def _is_in(entry: EntryFrame, mine: Container[str]) -> bool:
    """Whether the shop has a product of the row's own number: then it is of that."""
    return entry.said is not None and entry.said.product.sku in mine


def _as_owners(entry: EntryFrame, owners: Mapping[str, str]) -> EntryFrame:
    """The row as of the product that has its article number."""
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
    """Whether a code is a product's the world over. Shorter ones, and those of prefixes for use within a company
    (GS1 General Specifications 1.4.5), are some shop's own."""
    bare = code.lstrip("0")
    own = bare.startswith("2") if len(bare) in (8, 13) else bare.startswith(("2", "4")) and len(bare) == 12
    return is_gtin(code) and len(bare) >= 8 and not own


def _says_nothing_new(product: Product, body: str) -> bool:
    """Whether all that an export says of a product is as the catalogue has it."""
    known = said_fields(_body(body))
    return all(
        known.get(field) == value or (isinstance(value, dict) and value.items() <= (known.get(field) or {}).items())
        for field, value in said_fields(product).items()
    )
