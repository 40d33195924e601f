"""Catalogue commands."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.product import MANAGER, Price, Product, Sku, Source, Word

MANY = 100
"""Maximum products or categories per command."""

Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
ListName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]


class SetProducts(Command, frozen=True):
    """Set data of up to 100 products, including new ones; other data stays.

    For a None field, or an omitted key of names and attributes, the source's earlier value stays, unless `whole` is
    set, which withdraws it. If several sources set a field, the highest-ranking one applies. `lines` are positions in
    the source. With `unchanged_since`, a journal row, the command is refused if a product changed after it. A code that
    belongs to another product stays there; such codes are returned as (sku, code, owner's sku).
    """

    products: Annotated[tuple[Product, ...], msgspec.Meta(max_length=MANY)]
    source: Source = Source()
    lines: Annotated[tuple[Number, ...], msgspec.Meta(max_length=MANY)] = ()
    unchanged_since: Moment | None = None
    whole: bool = False


class WithdrawWord(Command, frozen=True):
    """Withdraw a source's values for some fields of a product, or without `fields` all of them.

    Other sources' values then apply. Name and price are never removed.
    """

    sku: Sku
    source: Word = MANAGER
    fields: Annotated[tuple[Word, ...], msgspec.Meta(max_length=50)] = ()


class ChangePrice(Command, frozen=True):
    """Change a product's store price from now on, if its source takes precedence."""

    sku: Sku
    price_minor: Price
    source: Source = Source()


class SetPrice(Command, frozen=True):
    """Schedule a price, or set one in another list (`member`, ...).

    It applies from `from_us` (default: now) until `until_us` (default: the next price); a price with an end takes
    precedence over one without. `price_minor` None removes this list's price that begins at `from_us`.
    """

    sku: Sku
    price_minor: Price | None
    list: ListName = "store"
    from_us: Moment | None = None
    until_us: Moment | None = None
    source: Source = Source()


class RetireProducts(Command, frozen=True):
    """Retire products. They are no longer sold, but their data stays."""

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=MANY)]
    source: Source = Source()


class RestoreProducts(Command, frozen=True):
    """Restore retired products."""

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=MANY)]
    source: Source = Source()


class UndoChanges(Command, frozen=True):
    """Revert up to 100 products to their state before certain journal rows.

    Each product is given as (sku, first row to revert, last row that changed it). Products changed later by another
    user or source are skipped and returned. New products are retired. `also`: additional sources whose changes are
    reverted.
    """

    changes: Annotated[tuple[tuple[Sku, Number, Number], ...], msgspec.Meta(max_length=MANY)]
    source: Source = Source()
    also: Annotated[tuple[Source, ...], msgspec.Meta(max_length=MANY)] = ()


class RemoveCategories(Command, frozen=True):
    """Remove up to 100 unused categories, children before parents.

    Each category is given in its expected state. Categories that have changed, or that have products, subcategories or
    references, stay. Returns the ids of categories that stay.
    """

    categories: Annotated[tuple[Category, ...], msgspec.Meta(max_length=MANY)]
    source: Source = Source()


class SetCategories(Command, frozen=True):
    """Add or change up to 100 categories; parents must precede children, or exist.

    For an empty field, or an omitted key of names and attributes, the earlier value stays, unless `whole` is set, which
    withdraws it. `only_new`: skip existing categories, which users may have changed.
    """

    categories: Annotated[tuple[Category, ...], msgspec.Meta(max_length=MANY)]
    source: Source = Source()
    only_new: bool = False
    whole: bool = False
