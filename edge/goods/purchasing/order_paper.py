"""Orders for suppliers, as a table and on paper."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

from edge.core.process.pdf_sheet import PdfSheet, SheetTable
from edge.goods.purchasing.queries import KeptPurchase
from edge.lib.tables.injection import guard_cell
from edge.lib.units.quantity import show_quantity

WIDTHS = (24, 62, 26, 18, 28, 32)
"""Widths of the table's columns, in millimetres."""


def as_csv(
    order: KeptPurchase, say: Callable[[str], str], name: Callable[[dict[str, str]], str], money: Callable[[int], str]
) -> str:
    """Lines of an order, with a localised header and the total."""
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
            rows.writerow([*map(guard_cell, texts), *amounts])
    if order.fee_minor:
        rows.writerow([say("purchasing.fee"), *[""] * 5, money(order.fee_minor)])
    rows.writerow([say("purchasing.total"), *[""] * 5, money(order.total_minor)])
    return out.getvalue()


def as_sheet(
    order: KeptPurchase,
    shop: tuple[str, ...],
    contact: tuple[str, ...],
    right_to_left: bool,
    say: Callable[..., str],
    name: Callable[[dict[str, str]], str],
    money: Callable[[int], str],
) -> PdfSheet:
    """The order as a printable sheet; `money` formats amounts with currency."""
    lines = tuple(
        (
            *(line.code or line.sku, name(line.names) or line.sku, show_quantity(line.quantity)),
            *(show_quantity(line.quantity // line.pack), money(line.unit_cost_minor), money(line.total_minor)),
        )
        for line in order.lines
        if line.quantity
    )
    columns = ("code", "product", "quantity", "packs", "unit_cost", "sum")
    header = tuple(say(f"purchasing.{key}") for key in columns)
    facts = [(say("purchasing.sent"), order.sent_on), (say("purchasing.expected"), order.expected_on)]
    if order.revision > 1:
        facts.append((say("purchasing.version"), str(order.revision)))
    sums = [(say("purchasing.fee"), money(order.fee_minor))] if order.fee_minor else []
    sums.append((say("purchasing.total"), money(order.total_minor)))
    supplier = (name(order.supplier_names), *(text for text in contact if text))
    told = tuple(f"{key}: {text}" for key, text in facts if text)
    below = tuple(("", key, "", "", "", text) for key, text in sums)
    return PdfSheet(
        *(say("purchasing.order_number", number=order.number), right_to_left, shop),
        (supplier, told, *([(order.note,)] if order.note else [])),
        (SheetTable("", header, lines, WIDTHS, 2, below),),
    )
