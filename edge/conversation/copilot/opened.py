"""Where a figure in an answer links to: the page that breaks it down to journal entries. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from edge.analytics.insight.rules import DaySpan
from edge.conversation.copilot.meaning.model import Meaning
from edge.foundation.access.rights import MANAGE, REPORTS

_TOTALS = MappingProxyType(
    {
        **{"sales": "sales", "margin": "margin", "average_basket": "basket", "waste": "waste"},
        **{"quantity": "units", "receipts": "receipts", "refunds": "refunds", "voids": "voids"},
    }
)
_OF_PRODUCT = MappingProxyType({"margin": "margin", "quantity": "units"})
_SUMS = ("sales", "quantity", "receipts", "average_basket")
_PARTS = ("product", "category", "hour", "person", "tender", "register", "place", "promotion")
_MARGINS = ("category", "hour", "person", "register", "place")
_OF_REPORTS = frozenset({"discounts", "tips", "tax"})
"""Measures that daily reports add up, of which each part is a day's figure."""
_WASTED = MappingProxyType({"reason": "cause", "place": "place", "person": "person", "hour": "hour"})
NO_KEY = "-"
_FIGURE_PAGES = ("/manager/figure", "/manager/insight", "/manager/explained")


def opens_total(meaning: Meaning, span: DaySpan) -> str:
    """The page for the total of a meaning's figures."""
    return opens_group(meaning, span, {})


def opens_group(meaning: Meaning, span: DaySpan, of: Mapping[str, str]) -> str:
    """Return the page for a group's figure: the group's own figure if there is one, else those of its days."""
    wanted = {**meaning.filters, **{key: (one,) for key, one in of.items()}}
    if "day" in of:
        span = DaySpan(of["day"], of["day"])
        wanted.pop("day")
    days = {"from": span.first, "to": span.last}
    name, key = _figure(meaning.measure, wanted)
    if not name and meaning.measure in _OF_REPORTS and span.first == span.last:
        return "/manager/explained?" + urlencode({"day": span.first})
    if not name:
        return "/manager/insight?" + urlencode(days)
    return "/manager/figure?" + urlencode({"name": name, **days} | ({"key": key} if key else {}))


def _figure(measure: str, wanted: Mapping[str, tuple[str, ...]]) -> tuple[str, str]:
    """Return a figure's name and key; empty if there is no figure for exactly these filters."""
    if not wanted:
        return _TOTALS.get(measure, ""), ""
    dimension, values = next(iter(wanted.items()))
    if len(wanted) > 1 or len(values) > 1:
        return "", ""
    if measure in _OF_PRODUCT and dimension == "product":
        return _OF_PRODUCT[measure], values[0]
    if measure == "waste" and dimension in _WASTED:
        return f"waste_{_WASTED[dimension]}", values[0] or NO_KEY
    if (dimension, "-" in values[0]) == ("hour", True):
        return "", ""
    if measure == "margin" and dimension in _MARGINS:
        return f"margin_by_{dimension}", values[0] or NO_KEY
    if measure in _SUMS and dimension in _PARTS:
        return f"by_{dimension}", values[0] or NO_KEY
    return "", ""


def opens_result(tool: str, arguments: Mapping[str, Any], rights: frozenset[str]) -> str:
    """The page for a tool's result, for a user with these rights, if it's about one product; "" otherwise."""
    sku = arguments.get("sku_code", "")
    figure = "/manager/figure?" + urlencode({"name": "stock.on_hand", "key": sku})
    if tool == "query_inventory" and sku and "warehouse" not in arguments and is_open_to(figure, rights):
        return figure
    return "/manager/stock/item?" + urlencode({"sku": sku}) if sku else ""


def is_open_to(page: str, rights: frozenset[str]) -> bool:
    """Whether a user with these rights may open a page that figures link to."""
    return bool(page) and (not page.startswith(_FIGURE_PAGES) or bool(rights & {MANAGE, REPORTS}))


def opens_row(row: Mapping[str, Any]) -> str:
    """The page for a row of a tool's result, by its subject; "" if none."""
    if "expected" in row and "day" in row:
        return "/manager/forecast"
    if "supplier" in row and "number" in row:
        return "/manager/purchase?" + urlencode({"id": row["number"]})
    if row.get("closed_seq"):
        return "/manager/figure?" + urlencode({"name": "shift.expected", "key": row["seq"]})
    if "total_minor" in row and "register" in row and "number" in row:
        return "/manager/sale?" + urlencode({"register": row["register"], "number": row["number"]})
    if row.get("sku"):
        return "/manager/stock/item?" + urlencode({"sku": row["sku"]})
    return "/manager/explained?" + urlencode({"day": row["day"]}) if "day" in row else ""
