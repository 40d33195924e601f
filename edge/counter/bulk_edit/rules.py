"""The effect of an edit on one product, or the reason why it's left out. Pure."""

from __future__ import annotations

from typing import Any

from edge.counter.bulk_edit.commands import PERCENT_LIMIT, PriceEdit, ProductEdit
from edge.goods.catalog.product import Product
from edge.lib.units.money import LIMIT_MINOR

_PERCENT = 10_000


def nothing_asked(edit: ProductEdit) -> bool:
    """Whether an edit is empty."""
    return edit == ProductEdit()


def wrong_price(price: PriceEdit) -> bool:
    """Whether a price edit is invalid for all products."""
    if price.by == "set":
        return price.value < 0
    return price.value == 0 or (price.by == "percent" and not -_PERCENT <= price.value <= PERCENT_LIMIT)


def new_price(price: PriceEdit, now_minor: int | None) -> int | str:
    """A product's new price, or the reason (of a job's notes) why it's left out."""
    if price.by == "set":
        return price.value
    if now_minor is None:
        return "edit_no_price"
    # Halves round up; a negative price is refused below.
    exact = now_minor * (_PERCENT + price.value) if price.by == "percent" else (now_minor + price.value) * _PERCENT
    step = price.round_to * _PERCENT
    wanted = (2 * exact + step) // (2 * step) * price.round_to
    if wanted < 0:
        return "edit_below_zero"
    return wanted if wanted <= LIMIT_MINOR else "edit_too_dear"


def edited_fields(known: Product, edit: ProductEdit, now_minor: int | None) -> dict[str, Any] | str:
    """The product's changed fields by name, or the reason why it's left out.

    `now_minor`: its current price. A product whose current price is a planned price gets no new price.
    """
    fields: dict[str, Any] = {"category": edit.category, "tax_class": edit.tax_class, "min_age": edit.min_age}
    if edit.price is not None:
        if now_minor != known.price_minor:
            return "edit_price_planned"
        price = new_price(edit.price, known.price_minor)
        if isinstance(price, str):
            return price
        fields["price_minor"] = price
    return {
        field: value
        for field, value in fields.items()
        if value is not None and value != (getattr(known, field) if field == "price_minor" else _plain(known, field))
    }


def _plain(known: Product, field: str) -> Any:
    """A field's value or its default: no category, the usual taxes, any age."""
    value = getattr(known, field)
    return (0 if field == "min_age" else "") if value is None else value
