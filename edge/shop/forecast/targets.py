"""How much of a product there should be until the next delivery but one, for whoever orders goods."""

from __future__ import annotations

from collections.abc import Mapping

from edge.core.storage.database import Connection
from edge.shop.catalog.queries import json_text
from edge.shop.forecast.queries import read_state, tell_item
from edge.shop.forecast.rules import REVIEW_DAYS, ExpectedDemand, Z

_ITEMS = """
    SELECT i.body FROM json_each(?2) j JOIN forecast_item i ON i.version = ?1 AND i.item = j.value
"""


def order_up_to(db: Connection, leads: Mapping[str, int]) -> dict[str, int]:
    """What is expected of products in their lead time (days, by sku) and a week, with a margin, in thousandths; what
    nothing sure is expected of is left out."""
    made = read_state(db)
    if made is None or not leads:
        return {}
    found = {}
    for (body,) in db.execute(_ITEMS, (made.version, json_text(leads))):
        item = tell_item(body)
        if item.sure:
            days = min(leads[item.item] + REVIEW_DAYS, len(item.mean))
            expected = ExpectedDemand(item.mean, item.week, item.month, made.quantiles[item.kind])
            found[item.item] = round(expected.total(days) + Z * expected.sigma(days))
    return found
