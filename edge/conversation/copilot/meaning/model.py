"""The meaning of a question about the shop. Pure."""

from __future__ import annotations

from typing import Literal

import msgspec

from edge.analytics.insight.rules import DaySpan

OF_TILL = ("sales", "quantity", "receipts", "average_basket", "margin", "discounts", "refunds", "voids", "tips", "tax")
OF_DRAWER = ("cash_expected", "cash_difference")
OF_STOCK = ("waste", "shrinkage", "stock", "stock_value", "cover_days", "low", "stockouts", "expiring")
OF_FUTURE = ("forecast", "risk", "to_order")
OF_BUYING = ("deliveries", "purchases", "supplier_price")
OF_WORK = ("orders", "alerts", "hours", "price", "held", "movements")
OF_MAKING = ("work", "can_make")
OF_ACCOUNTS = ("owed", "over_limit", "statement")
MEASURES = (*OF_TILL, *OF_DRAWER, *OF_STOCK, *OF_FUTURE, *OF_BUYING, *OF_WORK, *OF_MAKING, *OF_ACCOUNTS)
"""The measures a question can ask for."""
DIMENSIONS = (
    *("product", "category", "place", "register", "person", "tender", "hour", "weekday", "day", "week", "month"),
    *("reason", "supplier", "promotion", "rate", "amount", "status", "customer", "brand"),
)
"""Dimensions for grouping and filtering; a filter prefixed with `NOT` excludes its values."""
NOT = "not_"
OF_DAYS = ("day", "week", "month", "weekday")
OF_NOW = frozenset(
    (
        *("cash_expected", "stock", "stock_value", "cover_days", "low", "risk", "to_order", "supplier_price"),
        *("orders", "alerts", "price", "held", "movements", "cash_difference", "expiring", "deliveries"),
        *OF_MAKING,
        *OF_ACCOUNTS,
    )
)
"""Measures that mean the current value if there is no period."""
OF_A_PRODUCT = frozenset({"stock", "price", "risk", "supplier_price"})
"""Measures of a single product."""
AHEAD = frozenset({"forecast", "expiring", "deliveries", "risk", "cover_days"})
"""Measures for which a bare weekday or holiday is the next one."""


def narrows(filter_key: str) -> str:
    """The dimension of a filter, whether it includes or excludes.

    >>> narrows("not_tender"), narrows("tender")
    ('tender', 'tender')
    """
    return filter_key.removeprefix(NOT)


class AmountBound(msgspec.Struct, frozen=True):
    """A bound on a figure: `over` and `under` exclude the number, `least` and `most` include it.

    `number`: as stated, in whole money, pieces, receipts, percent or hours. `each`: it applies to the total of each
    receipt.
    """

    kind: Literal["over", "least", "under", "most"]
    number: str
    each: bool = False


class Meaning(msgspec.Struct, frozen=True):
    """A question about the shop: a `measure`, grouped `by` dimensions, for a `period` (None: now).

    `compare`: another period to compare with. `filters`: values by dimension, such as SKUs, ids of categories, places,
    people and suppliers, or hours as "17-19"; `not_tender` excludes. `order`: most, least, none (didn't sell) or
    latest. `limit`: the number of results (0: all). `show`: figures, list, why, money, share (of the total). `bounds`:
    only figures within them. `unknown`: words that weren't understood, which prevent an answer.
    """

    measure: str = ""
    by: tuple[str, ...] = ()
    filters: dict[str, tuple[str, ...]] = {}
    period: DaySpan | None = None
    compare: DaySpan | None = None
    order: str = ""
    limit: int = 0
    show: str = "figures"
    unknown: tuple[str, ...] = ()
    bounds: tuple[AmountBound, ...] = ()

    @property
    def product(self) -> str:
        """The only product a question is about; "" for none or several."""
        skus = self.filters.get("product", ())
        return skus[0] if len(skus) == 1 else ""


class UnderstoodQuestion(msgspec.Struct, frozen=True):
    """A question as read, in its `language`; `owned` of `content` words were understood.

    `several`: products that match an ambiguous name. `measures`: the measures it may ask for, if two. `destroys`: it
    asks to delete something. `beyond`: it exceeds the number of questions per sentence. `no_days`: words for days that
    don't exist or can't be used. `ahead`: it asks for the future of a measure known only for the past.
    """

    meaning: Meaning
    language: str
    owned: int = 0
    content: int = 0
    several: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    destroys: bool = False
    beyond: bool = False
    no_days: str = ""
    ahead: bool = False

    @property
    def complete(self) -> bool:
        """Whether every word was understood and the question can be answered."""
        lacks = self.meaning.unknown or self.several or self.measures or self.no_days
        return bool(self.meaning.measure) and not (lacks or self.ahead or self.beyond)
