"""Merges product data from sources inside the transaction, and appends events for changes."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.goods.catalog.events import PriceChanged, ProductSet
from edge.goods.catalog.office_fields import is_office, refusal, refused_fields
from edge.goods.catalog.product import HEAD_OFFICE, Product, Source, content_of
from edge.goods.catalog.queries import json_text, measured_parts, owners_of, read_products
from edge.goods.catalog.sources.precedence import SourcePrecedence, spoken_on
from edge.goods.catalog.sources.queries import SourceWord, as_said, office_word, words_of

_encode = msgspec.json.Encoder().encode
_product = msgspec.json.Decoder(Product).decode
_replace = msgspec.structs.replace
_SAID = """
    SELECT p.sku, coalesce(w.says, p.body) FROM json_each(?) j JOIN product p ON p.sku = j.value
    JOIN product_word w ON w.product_id = p.id AND w.source = ?
"""

Taken = tuple[str, str, str]
"""A code that a product couldn't get: (its SKU, the code, the SKU that already has it)."""


class SourceUpdate:
    """The update of one command: reads catalogue data in few statements, and keeps it current while writing."""

    def __init__(self, tx: Transaction, ranks: SourcePrecedence) -> None:
        self._tx = tx
        self._ranks = ranks
        self._known: dict[str, Product] = {}
        self._words: dict[str, list[SourceWord]] = {}
        self._owners: dict[str, str] = {}
        self._resized: set[str] = set()
        self.taken: list[Taken] = []

    def say(self, words: Sequence[Product], source: Source, lines: Sequence[int] = (), *, whole: bool = False) -> None:
        """Apply a source's data, whose codes are already normalised.

        Earlier data that isn't mentioned stays, unless the data is `whole`. Raises `Refusal` for a new product without
        a name.
        """
        skus = [word.sku for word in words]
        self._owners = owners_of(self._tx.db, [code for word in words for code in codes_of(word)])
        said = dict(self._tx.db.execute(_SAID, (json_text(skus), source.name)).fetchall())
        if len(set(skus)) < len(skus):
            said = {}
            self._read(skus)
        elif not whole:
            words = [self._complete_word(word, said.get(word.sku)) for word in words]
        new = [place for place, word in enumerate(words) if not self._is_said(word, said.get(word.sku))]
        self._read([skus[place] for place in new] if said else skus)
        for place in new:
            if words[place].names is None and skus[place] not in self._known:
                raise Refusal("name_missing", {"sku": skus[place]})
        for place in new:
            line = lines[place] if place < len(lines) else source.line
            said_at = source if line == source.line else Source(source.name, source.checksum, line, source.at_us)
            word = (
                words[place] if whole or said else spoken_on(self._source_data(skus[place], source.name), words[place])
            )
            (self._say if skus[place] in self._known else self._add)(word, said_at)
        self._require_measures()

    def say_price(self, sku: str, price_minor: int, source: Source) -> int | None:
        """Apply a source's price; return the resulting price, or None if unknown."""
        self._read([sku])
        if sku not in self._known:
            return None
        said = self._source_data(sku, source.name)
        word = _replace(said or Product(sku), price_minor=price_minor)
        if word != said or any(self._owners.get(code) != sku for code in codes_of(word)):
            self._say(word, source)
        return self._known[sku].price_minor

    def _source_data(self, sku: str, source: str) -> Product | None:
        """A source's data on a loaded product."""
        return next((word.product for word in self._words.get(sku, ()) if word.source.name == source), None)

    def _complete_word(self, word: Product, said: str | None) -> Product:
        """A source's data completed with its earlier fields."""
        if said is None or _encode(word).decode() == said:
            return word
        return spoken_on(_product(said), word)

    def _require_measures(self) -> None:
        """Raise `Refusal` if a product loses its content while a recipe measures it."""
        for sku, measure in measured_parts(self._tx.db) if self._resized else ():
            if sku in self._resized and not content_of(self._known[sku], measure):
                raise Refusal("size_poured", {"sku": sku, "measure": measure})

    def _is_said(self, word: Product, said: str | None) -> bool:
        if said is None or _encode(word).decode() != said:
            return False
        return all(self._owners.get(code) == word.sku for code in codes_of(word))

    def _read(self, skus: Sequence[str]) -> None:
        found = read_products(self._tx.db, skus)
        words = words_of(self._tx.db, [id for id, _, _ in found.values()]) if found else {}
        for sku, (id, product, _) in found.items():
            self._known[sku] = product
            self._words[sku] = words.get(id, [])
        said = (code for spoken in words.values() for word in spoken for code in codes_of(word.product))
        if unknown := [code for code in said if code not in self._owners]:
            self._owners.update(owners_of(self._tx.db, unknown))

    def _add(self, word: Product, source: Source) -> None:
        """Append a new product."""
        product = self._with_free_codes(word)
        self._tx.append(ProductSet(product, source, None if product is word else word))
        self._known[word.sku] = product
        self._words[word.sku] = [SourceWord(source, 2**62, word)]

    def _say(self, word: Product, source: Source) -> None:
        """Append the changes that result from a source's data."""
        sku = word.sku
        known, words = self._known[sku], self._words[sku]
        others = [other for other in words if other.source.name != source.name]
        before = next((other.product for other in words if other.source.name == source.name), None)
        spoken = SourceWord(source, 2**62, word)
        self._require_allowed(known, words, before, word, source)
        merged = as_said(known, others, spoken, self._ranks)
        merged = self._with_free_codes(merged)
        for code in set(codes_of(known)).difference(codes_of(merged)):
            self._owners.pop(code, None)  # codes that it gives up are free
        if merged != known or before != word:
            self._append(known, merged, before, None if merged == word and not others else word, spoken)
        if (merged.size, merged.unit) != (known.size, known.unit):
            self._resized.add(sku)
        self._known[sku] = merged
        self._words[sku] = [*others, spoken]

    def _require_allowed(
        self, known: Product, words: Sequence[SourceWord], before: Product | None, word: Product, source: Source
    ) -> None:
        """Raise `Refusal` if the data changes a field controlled by head office."""
        fields, office = self._ranks.office_fields, office_word(words)
        if not fields or office is None or is_office(self._tx, source):
            return
        if source.name == HEAD_OFFICE:  # a source that only uses its name may withdraw nothing
            office = Product(known.sku)
        if refused := refused_fields(fields, office, known, before, word):
            raise refusal(known.sku, refused[0])

    def _append(
        self, known: Product, merged: Product, before: Product | None, word: Product | None, spoken: SourceWord
    ) -> None:
        price_minor, source = spoken.product.price_minor, spoken.source
        if (
            price_minor not in (None, known.price_minor)
            and price_minor == merged.price_minor
            and _replace(known, price_minor=price_minor) == merged
            and _replace(before or Product(merged.sku), price_minor=price_minor) == spoken.product
        ):
            self._tx.append(PriceChanged(merged.sku, price_minor, known.price_minor, source))
        else:
            self._tx.append(ProductSet(merged, source, word))

    def _with_free_codes(self, product: Product) -> Product:
        """The product with only the codes that no other product has."""
        sku, owners = product.sku, self._owners
        wanted = codes_of(product)
        free = {code for code in wanted if owners.setdefault(code, sku) == sku}
        if len(free) == len(wanted):
            return product
        self.taken += [(sku, code, owners[code]) for code in wanted if code not in free]
        codes = tuple(code for code in product.codes or () if code in free)
        # A code is for one unit or for a pack: if sources disagree, it's for one unit.
        packs = {pack.code: pack for pack in product.packs or () if pack.code in free and pack.code not in codes}
        return _replace(product, codes=product.codes and codes, packs=product.packs and tuple(packs.values()))


def codes_of(product: Product) -> tuple[str, ...]:
    """All codes of a product, including its packs'."""
    codes = product.codes or ()
    return (*codes, *(pack.code for pack in product.packs)) if product.packs else codes
