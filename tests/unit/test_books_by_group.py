"""Takings by the group of the goods: to the cent what the paper earned, whatever its taxes and prices."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.lib.tax.rules import Rate, TaxClass, TaxTable
from edge.shop.books.by_group import takings_by_group
from edge.shop.books_out.document import folded, journal_of
from edge.shop.books_out.target import BooksTarget
from edge.shop.till.events import SaleCompleted
from edge.shop.till.rules.day_totals import RecordedLine
from edge.shop.till.rules.taxed_total import Taxation, worth

TABLE = TaxTable(
    True, "total", (TaxClass("standard", (Rate("VAT", 20_000),)), TaxClass("reduced", (Rate("VAT", 5_500),)))
)
GROUPS = {"beer": ("drinks", "beer"), "cola": ("drinks",), "bread": ("food",), "odd": ()}
LINES = st.lists(
    st.builds(
        lambda sku, price, quantity, tax: RecordedLine(1, sku, "", {}, "piece", quantity * 1000, price, tax),
        st.sampled_from(sorted(GROUPS)),
        st.integers(1, 5_000),
        st.integers(1, 9),
        st.sampled_from(["standard", "reduced"]),
    ),
    min_size=1,
    max_size=8,
)


@given(LINES)
def test_groups_come_to_what_the_paper_earned_and_each_to_its_own_goods(lines: list[RecordedLine]) -> None:
    total = worth(lines, Taxation(TABLE))
    sale = SaleCompleted(
        1, "EUR", tuple(lines), total.taxes, True, total.net_minor, total.total_minor, 0, (), 0, 0, tax=TABLE
    )
    found = takings_by_group(sale, total.net_minor, GROUPS.__getitem__)
    assert sum(found.values()) == total.net_minor
    for group, minor in found.items():
        mine = [line for line in lines if GROUPS[line.sku] == group]
        alone = worth(mine, Taxation(TABLE)).net_minor
        assert abs(minor - alone) <= len(lines) + 1, "but for cents of rounding"


def test_what_nobody_said_an_account_of_is_not_told_apart() -> None:
    sums = {"income:sales:drinks:beer": -500, "income:sales:food": -200, "assets:cash:1": 700}
    assert folded(sums, {"income:sales": "4000", "assets": "1000"}) == {"income:sales": -700, "assets:cash:1": 700}
    target = BooksTarget("qb", "2027-01-01", accounts="income:sales = 4000\nincome:sales:food = 4010\nassets = 1000\n")
    sent = [{"income:sales": -700, "assets:cash:1": 700}]
    assert journal_of(target, "corner", "2027-01-15", "EUR", sums, sent) is None, "it is there, by whichever accounts"
    more = {**sums, "income:sales:food": -300, "assets:cash:1": 800}
    late = journal_of(target, "corner", "2027-01-15", "EUR", more, sent)
    assert late is not None and {line.account: line.amount_minor for line in late.lines} == {
        "income:sales": -100,
        "assets:cash:1": 100,
    }
