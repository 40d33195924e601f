"""An order as a table for its supplier."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from edge.lib.units.quantity import show_quantity
from edge.shop.purchasing.queries import KeptPurchase


def as_csv(
    order: KeptPurchase, say: Callable[[str], str], name: Callable[[dict[str, str]], str], money: Callable[[int], str]
) -> str:
    """The lines of an order, with a header in the reader's language and the sum below."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(
        say(f"purchasing.{key}") for key in ("code", "sku", "product", "quantity", "packs", "unit_cost", "sum")
    )
    for line in order.lines:
        if line.quantity:
            packs = show_quantity(line.quantity // line.pack)
            texts = (line.code, line.sku, name(line.names) or line.sku)
            amounts = (show_quantity(line.quantity), packs, money(line.unit_cost_minor), money(line.total_minor))
            rows.writerow([*map(_plain, texts), *amounts])
    if order.fee_minor:
        rows.writerow([say("purchasing.fee"), *[""] * 5, money(order.fee_minor)])
    rows.writerow([say("purchasing.total"), *[""] * 5, money(order.total_minor)])
    return out.getvalue()


def _plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
