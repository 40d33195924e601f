"""Commands of the bulk edit."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from edge.core.messages import Command
from edge.goods.catalog.commands import Moment
from edge.goods.catalog.product import Sku, Word
from edge.lib.units.money import LIMIT_MINOR

MOST_PRODUCTS = 10_000
"""Maximum products per edit. Larger shops edit one category at a time."""

PERCENT_LIMIT = 100_000
"""Largest change in hundredths of a percent: ten times the price."""


class PriceEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A price change.

    `percent` (hundredths of a percent) and `sum` (minor units) change the price, negative values lower it; `set` is the
    new price. The result is rounded, halves up, to a multiple of `round_to` minor units.
    """

    by: Literal["percent", "sum", "set"]
    value: Annotated[int, msgspec.Meta(ge=-LIMIT_MINOR, le=LIMIT_MINOR)]
    round_to: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1


class KeyEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quick key on the page of this name, which is created if it's missing. `of_register` "": for all tills."""

    page: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    of_register: Annotated[str, msgspec.Meta(max_length=64)] = ""


class ProductEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The fields to change; None leaves a field unchanged.

    `category` "": no category. `active`: whether the product is sold or retired.
    """

    category: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    tax_class: Word | None = None
    price: PriceEdit | None = None
    min_age: Annotated[int, msgspec.Meta(ge=0, le=99)] | None = None
    active: bool | None = None
    key: KeyEdit | None = None


class EditProducts(Command, frozen=True):
    """Change many products at once, as a job; returns the job's number.

    `seen`: the journal row up to which the user has seen the products in the preview; products changed later are left
    alone. `dry_run`: only report the changes. `TakeBackImport` undoes the edit.
    """

    skus: Annotated[tuple[Sku, ...], msgspec.Meta(min_length=1, max_length=MOST_PRODUCTS)]
    edit: ProductEdit
    seen: Moment | None = None
    dry_run: bool = False
