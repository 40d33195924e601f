"""The effect of an edit on each product: for the preview, the dry run and the job."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from edge.core.registry import JobIssue
from edge.core.storage.database import Connection
from edge.counter.bulk_edit.commands import ProductEdit
from edge.counter.bulk_edit.keys import Keys
from edge.counter.bulk_edit.rules import edited_fields
from edge.goods.catalog.product import MANAGER, Product
from edge.goods.catalog.queries import find_by_ids, read_products
from edge.goods.catalog.sources.queries import refused_of, words_of
from edge.goods.ingest.field_changes import changes, notes_of
from edge.lib.i18n import translate

Change = tuple[str, str, str]
"""A field (a column of an export), its old value, and its new value."""


class ProductOutcome(msgspec.Struct):
    """The effect on a product: `changes` of its fields, or the `reason` why it's left out ("": none).

    `word`: the manager's new values, if changed. `retire` and `restore`: further actions. `asides`: fields that don't
    change, each with the reason.
    """

    sku: str
    names: dict[str, str] = {}
    changes: list[Change] = []
    reason: str = ""
    word: Product | None = None
    retire: bool = False
    restore: bool = False
    asides: list[tuple[str, str]] = []

    @property
    def is_changed(self) -> bool:
        return not self.reason and bool(self.changes)

    def notes(self, line: int) -> tuple[JobIssue, ...]:
        """Notes on each product for the report of a dry run."""
        if self.reason:
            return (JobIssue(line, "", self.sku, self.reason),)
        stay = (JobIssue(line, field, self.sku, reason) for field, reason in self.asides)
        return (*notes_of(line, self.sku, self.changes), *stay)


class Looker:
    """Evaluates products for one edit.

    `seen`: the last journal row that the user has seen. `mine`: tells whether a later row belongs to the edit itself.
    """

    def __init__(
        self,
        db: Connection,
        edit: ProductEdit,
        seen: int,
        sources: Sequence[str],
        currency: str,
        language: str,
        mine: Callable[[int], bool] = lambda seq: False,
    ) -> None:
        self._db = db
        self._edit = edit
        self._seen = seen
        self._sources = sources
        self._currency = currency
        self._mine = mine
        self.keys = Keys(db, edit.key, language) if edit.key else None
        self._yes, self._no = (translate(language, f"bulk.{word}") for word in ("sold", "given_up"))

    def look(self, skus: Sequence[str], now_us: int) -> list[ProductOutcome]:
        """The effect on each product. There is none on a product that this edit has already changed."""
        known = read_products(self._db, skus)
        ids = [id for id, _, _ in known.values()]
        words = words_of(self._db, ids)
        shown = {one.sku: one for one in find_by_ids(self._db, ids, now_us)}
        found = []
        for sku in dict.fromkeys(skus):
            if sku not in known:
                found.append(ProductOutcome(sku, reason="edit_unknown"))
                continue
            id, product, retired_us = known[sku]
            outlook = ProductOutcome(sku, product.names or {})
            seq = shown[sku].seq
            if seq > self._seen:
                if self._mine(seq):
                    self._key(outlook, retired_us is not None)
                else:
                    outlook.reason = "changed_since"
            else:
                word = next((one.product for one in words.get(id, ()) if one.source.name == MANAGER), None)
                self._fields(outlook, product, word or Product(sku), shown[sku].price_minor)
                self._rest(outlook, retired_us is not None)
            found.append(outlook)
        return found

    def _fields(self, outlook: ProductOutcome, known: Product, word: Product, now_minor: int | None) -> None:
        wanted = edited_fields(known, self._edit, now_minor)
        if isinstance(wanted, str):
            outlook.reason = wanted
            return
        if not wanted:
            return
        said = msgspec.structs.replace(word, **wanted)
        if refused_of(self._db, said, MANAGER):
            outlook.reason = "field_of_office"
            return
        outlook.changes = changes(self._db, said, MANAGER, self._sources, self._currency)
        moved = {column for column, _, _ in outlook.changes}
        outranked = [column for field in wanted if (column := field.removesuffix("_minor")) not in moved]
        if outlook.changes:
            outlook.word = said
            outlook.asides = [(column, "edit_outranked") for column in outranked]
        else:
            outlook.reason = "edit_outranked"

    def _rest(self, outlook: ProductOutcome, retired: bool) -> None:
        """Further effects of an edit, unless its fields exclude the product."""
        if outlook.reason:
            return
        active = self._edit.active
        if active is not None and active == retired:
            outlook.retire, outlook.restore, retired = not active, active, not active
            words = (self._no, self._yes) if active else (self._yes, self._no)
            outlook.changes = [*outlook.changes, ("retired", *words)]
        self._key(outlook, retired)

    def _key(self, outlook: ProductOutcome, retired: bool) -> None:
        if self.keys is None:
            return
        reason = "edit_key_retired" if retired else self.keys.add(outlook.sku)
        if not reason:
            outlook.changes = [*outlook.changes, ("quick_key", "", self.keys.page)]
        elif outlook.changes:
            outlook.asides = [*outlook.asides, ("quick_key", reason)]
        else:
            outlook.reason = reason
