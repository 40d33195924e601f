"""Worked invoices of other people's making come to the same sums, where their model is ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edge.lib.tax.rules import Rate, TaxClass, TaxTable, taxes
from edge.lib.units.money import parse_minor

FOLDER = Path(__file__).parents[4] / "shared/data/tax"
INVOICES = sorted(FOLDER.glob("*/out/*.json"))

# Where theirs differs: the tax in all prices together is rounded once, while its rows are rounded each, so the
# rows of the Belgian one (281.16 + 0.57) do not add up to its own sum (281.72). A receipt's rows must.
ROWS_ONLY = {"be/invoice-peppol"}


def name(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


if not INVOICES:
    pytest.skip("missing: the worked invoices beside the project (shared/data/tax)", allow_module_level=True)


def rate_of(tax: dict[str, Any]) -> Rate:
    return Rate(tax["cat"], round(float(tax.get("percent", "0%").rstrip("%")) * 1000))


def lines_of(invoice: dict[str, Any]) -> tuple[TaxTable, list[tuple[str, int]]]:
    """Its lines after their discounts, and a table of the taxes that stand on them."""
    classes: dict[str, TaxClass] = {}
    lines = []
    for line in invoice["lines"]:
        rates = tuple(rate_of(tax) for tax in line["taxes"])
        id = " ".join(f"{rate.name}{rate.rate}" for rate in rates)
        classes[id] = TaxClass(id, rates)
        lines.append((id, parse_minor(line["total"], invoice["currency"])))
    inclusive = "prices_include" in invoice.get("tax", {})
    return TaxTable(inclusive, "total", tuple(classes.values())), lines


@pytest.mark.parametrize("path", INVOICES, ids=name)
def test_a_worked_invoice_comes_to_the_same(path: Path) -> None:
    envelope = json.loads(path.read_text())
    invoice = envelope.get("doc", envelope)
    currency, totals = invoice["currency"], invoice["totals"]
    table, lines = lines_of(invoice)
    rows = taxes(table, lines)
    theirs = [
        (category["code"], parse_minor(rate["base"], currency), parse_minor(rate["amount"], currency))
        for category in totals["taxes"]["categories"]
        for rate in category["rates"]
    ]
    ours = [(row.name, row.net_minor, row.tax_minor) for row in rows]
    if name(path) in ROWS_ONLY:
        assert [tax for _, _, tax in ours] == [tax for _, _, tax in theirs]
        return
    assert sorted(ours) == sorted(theirs)
    gross = sum(minor for _, minor in lines) + (0 if table.inclusive else sum(row.tax_minor for row in rows))
    assert gross == parse_minor(totals["payable"], currency)
    assert sum(row.tax_minor for row in rows) == parse_minor(totals["tax"], currency)
