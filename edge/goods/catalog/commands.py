"""What can be asked of the catalogue."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.product import MANAGER, Price, Product, Sku, Source, Word

MANY = 100
"""Products, skus or categories of one command."""

Moment = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
ListName = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$(?!\n)")]


class SetProducts(Command, frozen=True):
    """Say something about products, 100 at most, new ones among them; what was said before is left alone.

    A field that is None, or a key of names and attributes that is left out, is not spoken of: what the source said of
    it before still holds, unless `whole`, which withdraws it. Where several sources speak of one field, that of the
    higher-ranking one holds. `lines` are the products' places in the source. With `unchanged_since`, a row of the
    journal, it is refused where one of the products was changed behind that row. A code that another product
    has stays there; the answer's result lists such codes as (sku, code, sku that has it).
    """

    products: Annotated[tuple[Product, ...], msgspec.Meta(max_length=MANY)]
    source: Source = Source()
    lines: Annotated[tuple[Number, ...], msgspec.Meta(max_length=MANY)] = ()
    unchanged_since: Moment | None = None
    whole: bool = False


class WithdrawWord(Command, frozen=True):
    """Let a source say nothing any more about some fields of a product, or (without `fields`) about all.

    What other sources say of them counts again. A name and a price are never forgotten.
    """

    sku: Sku
    source: Word = MANAGER
    fields: Annotated[tuple[Word, ...], msgspec.Meta(max_length=50)] = ()


class ChangePrice(Command, frozen=True):
    """Let a product cost something else from now on, in the store's list, if its source's word holds."""

    sku: Sku
    price_minor: Price
    source: Source = Source()


class SetPrice(Command, frozen=True):
    """Plan a price, or set one in a list of its own (`member`, ...).

    It holds from `from_us` (now) until `until_us` (until another begins); one that ends comes before one that does
    not. `price_minor` None takes back the one of this list that begins at `from_us`.
    """

    sku: Sku
    price_minor: Price | None
    list: ListName = "store"
    from_us: Moment | None = None
    until_us: Moment | None = None
    source: Source = Source()


class RetireProducts(Command, frozen=True):
    """Give products up: they are not sold any more, and all that is known of them stays."""

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=MANY)]
    source: Source = Source()


class RestoreProducts(Command, frozen=True):
    """Sell products again that were given up."""

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(max_length=MANY)]
    source: Source = Source()


class UndoChanges(Command, frozen=True):
    """Put products back to what they were before some rows of the journal, 100 at most.

    Each as (sku, the first row that is taken back, the last row that changed the product). One that somebody else, or
    another source, changed since is left alone: the answer's result lists those skus. A product that was new is given
    up.
    """

    changes: Annotated[tuple[tuple[Sku, Number, Number], ...], msgspec.Meta(max_length=MANY)]
    source: Source = Source()


class RemoveCategories(Command, frozen=True):
    """Remove categories that nothing uses, 100 at most, those below others before these.

    Each as it is expected to be: one that somebody changed since stays, as does one with goods or with a category below
    it, or that promotions and the like name. The answer's result lists the ids that stay.
    """

    categories: Annotated[tuple[Category, ...], msgspec.Meta(max_length=MANY)]
    source: Source = Source()


class SetCategories(Command, frozen=True):
    """Add categories or change them, 100 at most; a parent stands before its children, or is there already.

    `only_new`: leave those alone that there are, for somebody may have changed them.
    """

    categories: Annotated[tuple[Category, ...], msgspec.Meta(max_length=MANY)]
    source: Source = Source()
    only_new: bool = False
