"""Handlers of catalogue commands, inside the transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.goods.catalog import codes
from edge.goods.catalog.categories.queries import known_categories
from edge.goods.catalog.commands import (
    ChangePrice,
    RestoreProducts,
    RetireProducts,
    SetPrice,
    SetProducts,
    WithdrawWord,
)
from edge.goods.catalog.events import PriceSet, ProductRestored, ProductRetired
from edge.goods.catalog.office_fields import OFFICE_FIELDS_NOW, require_allowed
from edge.goods.catalog.prices import STORE, planned_price, read_price
from edge.goods.catalog.product import FIELDS, BundlePart, Product, content_of
from edge.goods.catalog.queries import find_by_sku, read_products, recipes_with
from edge.goods.catalog.recipes import require_recipe
from edge.goods.catalog.settings import CatalogSettings
from edge.goods.catalog.sources.apply import SourceUpdate, Taken, codes_of
from edge.goods.catalog.sources.precedence import SourcePrecedence
from edge.goods.catalog.sources.queries import SourceWord, words_of
from edge.lib.i18n.unseen import without_unseen

_replace = msgspec.structs.replace


MadeOf = Callable[[Connection, Collection[str]], Mapping[str, Collection[str]]]
"""Returns the components in products' bills of materials, which they contain in addition to their parts."""


def no_components(db: Connection, skus: Collection[str]) -> Mapping[str, Collection[str]]:
    """Return no components, for a shop without production."""
    return {}


class CatalogHandlers:
    """Handlers of catalogue commands for a store with these settings.

    `made_of`: returns the components in bills of materials.
    """

    def __init__(self, settings: CatalogSettings, made_of: MadeOf = no_components) -> None:
        self._made_of = made_of
        self._sources = settings.sources
        self._tax_classes = frozenset(settings.tax_classes)

    def set_products(self, tx: Transaction, command: SetProducts) -> tuple[Taken, ...]:
        words = [self._validate_product(product) for product in command.products]
        _require_unchanged(tx, command)
        _missing(tx, words, self._made_of)
        writing = self._updating(tx)
        writing.say(words, command.source, command.lines, whole=command.whole)
        return tuple(writing.taken)

    def withdraw_word(self, tx: Transaction, command: WithdrawWord) -> None:
        word = self._word(tx, command.sku, command.source)
        if word is None:
            return
        gone = [field for field in command.fields or FIELDS if field in FIELDS]
        rest = _replace(word.product, **dict.fromkeys(gone))
        self._updating(tx).say([rest], word.source, whole=True)

    def change_price(self, tx: Transaction, command: ChangePrice) -> None:
        now = self._updating(tx).say_price(command.sku, command.price_minor, command.source)
        if now is None:
            raise Refusal("unknown_sku", {"sku": command.sku})
        if now == command.price_minor and planned_price(tx.db, command.sku, tx.at_us) not in (None, now):
            # A scheduled price has taken effect since, so the previous store price must be set again.
            tx.append(PriceSet(command.sku, STORE, command.price_minor, tx.at_us, None, command.source))

    def set_price(self, tx: Transaction, command: SetPrice) -> None:
        if command.price_minor is not None and command.list == STORE and command.from_us is command.until_us is None:
            self.change_price(tx, ChangePrice(command.sku, command.price_minor, command.source))
            return
        if command.sku not in read_products(tx.db, [command.sku]):
            raise Refusal("unknown_sku", {"sku": command.sku})
        if command.price_minor is not None:
            require_allowed(tx, command.sku, "price_minor", command.source)
        from_us = tx.at_us if command.from_us is None else command.from_us
        if command.price_minor is None:
            _take_back(tx, command, from_us)
            return
        if command.until_us is not None and command.until_us <= max(from_us, tx.at_us):
            raise Refusal("price_ended", {"sku": command.sku})
        if from_us < tx.at_us:
            raise Refusal("price_begun", {"sku": command.sku})
        price = PriceSet(command.sku, command.list, command.price_minor, from_us, command.until_us, command.source)
        tx.append(price)

    def retire_products(self, tx: Transaction, command: RetireProducts) -> None:
        found = read_products(tx.db, command.skus)
        for sku in dict.fromkeys(command.skus):
            if sku not in found:
                raise Refusal("unknown_sku", {"sku": sku})
            if found[sku][2] is None:
                tx.append(ProductRetired(sku, command.source))

    def restore_products(self, tx: Transaction, command: RestoreProducts) -> None:
        found = read_products(tx.db, command.skus)
        for sku in dict.fromkeys(command.skus):
            if sku not in found:
                raise Refusal("unknown_sku", {"sku": sku})
            if found[sku][2] is not None:
                tx.append(ProductRestored(sku, command.source))

    def _updating(self, tx: Transaction) -> SourceUpdate:
        return SourceUpdate(tx, SourcePrecedence(self._sources, OFFICE_FIELDS_NOW.of(tx)))

    def _validate_product(self, product: Product) -> Product:
        """Normalise codes and names. Raises for faults that don't depend on stored data."""
        if product.tax_class and self._tax_classes and product.tax_class not in self._tax_classes:
            known = ", ".join(sorted(self._tax_classes))
            raise Refusal("tax_class_unknown", {"sku": product.sku, "tax_class": product.tax_class, "known": known})
        if (product.packs or product.parts) and product.unit not in (None, "piece"):
            raise Refusal("pieces_only", {"sku": product.sku, "unit": product.unit or ""})
        if any(part.content for part in product.parts or ()):  # known only at the sale
            product = _replace(product, parts=tuple(_replace(part, content=0) for part in product.parts or ()))
        if product.names and not all(name.isascii() for name in product.names.values()):
            product = _replace(product, names={at: without_unseen(name) for at, name in product.names.items()})
        return _with_normal_codes(product)

    def _word(self, tx: Transaction, sku: str, source: str) -> SourceWord | None:
        """A source's current data on a product, if any. Raises `Refusal` for an unknown product."""
        known = read_products(tx.db, [sku]).get(sku)
        if known is None:
            raise Refusal("unknown_sku", {"sku": sku})
        words = words_of(tx.db, [known[0]]).get(known[0], [])
        return next((word for word in words if word.source.name == source), None)


def _with_normal_codes(product: Product) -> Product:
    normal = {}
    for code in codes_of(product):
        normal[code], why = codes.normalize_new_code(code)
        if why:
            raise Refusal("code_wrong", {"sku": product.sku, "code": code, "why": why})
    if product.codes:
        own = tuple(normal[code] for code in product.codes)
        if len(own) > 1:
            own = tuple(sorted(set(own)))
        if own != product.codes:
            product = _replace(product, codes=own)
    if product.packs:
        taken = set(product.codes or ())
        for pack in product.packs:
            if normal[pack.code] in taken:
                raise Refusal("code_twice", {"sku": product.sku, "code": pack.code})
            taken.add(normal[pack.code])
        product = _replace(product, packs=tuple(_replace(pack, code=normal[pack.code]) for pack in product.packs))
    return product


def _require_unchanged(tx: Transaction, command: SetProducts) -> None:
    """Raise `Refusal` if a product was changed in the meantime."""
    if command.unchanged_since is None:
        return
    for product in command.products:
        found = find_by_sku(tx.db, product.sku)
        if found is not None and found.seq > command.unchanged_since:
            raise Refusal("product_changed", {"sku": product.sku})


def _missing(tx: Transaction, products: Sequence[Product], made_of: MadeOf) -> None:
    """Raise `Refusal` for unknown categories, unknown parts, measured parts of unknown content, and cyclic recipes."""
    categories = {product.category: product.sku for product in products if product.category}
    if categories:
        known_ids = known_categories(tx.db, categories)
        for category, sku in categories.items():
            if category not in known_ids:
                raise Refusal("category_unknown", {"sku": sku, "category": category})
    parts = {part.sku: product.sku for product in products for part in product.parts or ()}
    if parts:
        known = read_products(tx.db, list(parts))
        own = {product.sku: product for product in products}
        for part, sku in parts.items():
            found = own.get(part) or (known[part][1] if part in known else None)
            if found is None or part == sku:
                raise Refusal("part_unknown", {"sku": sku, "part": part})
        for product in products:
            for one in product.parts or ():
                both = (own.get(one.sku), known[one.sku][1] if one.sku in known else None)
                if one.measure and not any(content_of(said, one.measure) for said in both if said):
                    about: dict[str, str | int] = {"sku": product.sku, "part": one.sku, "measure": one.measure}
                    raise Refusal("part_size_unknown", about)
        _circles(tx, own)
        _circles_by_bills(tx, own, made_of)


def _circles(tx: Transaction, own: Mapping[str, Product]) -> None:
    """Raise `Refusal` for recipes that are cyclic, too deep or too long."""
    read: dict[str, tuple[BundlePart, ...]] = {sku: one.parts for sku, one in own.items() if one.parts is not None}
    written = [sku for sku, parts in read.items() if parts]

    def parts_of(sku: str) -> tuple[BundlePart, ...]:
        if sku not in read:
            known = read_products(tx.db, [sku]).get(sku)
            read[sku] = known[1].parts or () if known else ()
        return read[sku]

    for sku in dict.fromkeys((*written, *recipes_with(tx.db, written))):
        require_recipe(sku, parts_of)


def _circles_by_bills(tx: Transaction, own: Mapping[str, Product], made_of: MadeOf) -> None:
    """Raise `Refusal` for recipes that form a cycle through a bill of materials."""
    for sku in [sku for sku, one in own.items() if one.parts]:
        edge, seen = {sku}, set[str]()
        while edge := edge - seen:
            seen |= edge
            recipes = {one: known[1].parts or () for one, known in read_products(tx.db, sorted(edge)).items()}
            recipes |= {one: own[one].parts or () for one in edge if one in own and own[one].parts is not None}
            below = {part.sku for parts in recipes.values() for part in parts}
            below.update(*made_of(tx.db, edge).values())
            if sku in below:
                raise Refusal("bom_circle", {"sku": sku, "by": next(iter(sorted(edge - {sku})), sku)})
            edge = below


def _take_back(tx: Transaction, command: SetPrice, from_us: int) -> None:
    """Cancel a future price, or end a current one.
    Raises `Refusal` for an unknown or past price, and for the current store price without an end.
    """
    entry = read_price(tx.db, command.sku, command.list, from_us)
    if entry is None or (entry.until_us is not None and entry.until_us <= tx.at_us):
        raise Refusal("price_unknown", {"sku": command.sku, "list": command.list})
    if entry.from_us > tx.at_us:
        tx.append(PriceSet(command.sku, command.list, None, from_us, None, command.source))
    elif entry.list == STORE and entry.until_us is None:
        raise Refusal("price_begun", {"sku": command.sku})
    else:
        tx.append(PriceSet(command.sku, command.list, entry.price_minor, from_us, tx.at_us, command.source))
