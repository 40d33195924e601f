"""The sums of a day are those of its receipts."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from edge.counter.basket.event_structs import Tender
from edge.counter.till.events import SaleCompleted, SaleVoided
from edge.counter.till.rules.day_totals import Day, Sum, sums, sums_of, with_paper
from tests.golden.papers import MIXED, line, sale, settings

SHOP = settings("en", cash_step_minor=5)
SALES = st.builds(
    lambda minor, quantity, kind, more: sale(
        SHOP,
        (line(1, "milk", minor, quantity * 1000),),
        Tender(kind, minor * quantity + (more if kind == "cash" else 0)),
    ),
    st.integers(5, 5000).map(lambda minor: minor * 5),
    st.integers(1, 9),
    st.sampled_from(["cash", "card"]),
    st.integers(0, 500).map(lambda minor: minor * 5),
)


@given(st.lists(st.tuples(SALES, st.booleans()), max_size=12))
def test_what_is_left_is_what_was_sold_and_not_undone(day: list[tuple[SaleCompleted, bool]]) -> None:
    papers: list[SaleCompleted | SaleVoided] = []
    kept = 0
    for event, undone in day:
        number = len(papers) + 1
        paid = event.total_minor + event.rounding_minor
        papers.append(msgspec.structs.replace(event, number=number))
        if undone:
            papers.append(SaleVoided(number + 1, number, "EUR", paid, ""))
        else:
            kept += paid
    sums = sums_of(papers)
    assert sums.total_minor == kept == sums.sales.minor + sums.voids.minor
    assert sum(entry.minor for entry in sums.tenders.values()) == kept
    assert sum(row.net_minor + row.tax_minor for row in sums.taxes) + sums.rounding_minor == kept
    assert (sums.sales.count, sums.voids.count) == (len(day), sum(undone for _, undone in day))
    assert (sums.first, sums.last) == ((1, len(papers)) if papers else (0, 0))


def test_change_and_split_payments_leave_the_right_cash_in_the_drawer() -> None:
    event = sale(SHOP, MIXED, Tender("card", 1000, "8812"), Tender("cash", 5000))
    sums = sums_of([event])
    assert sums.tenders == {"card": Sum(1, 1000), "cash": Sum(1, event.total_minor + event.rounding_minor - 1000)}
    assert sums.drawer_minor == sums.tenders["cash"].minor
    assert (sums.overridden, sums.voided_lines) == (1, 1)


def test_a_day_on_which_everything_was_undone_left_nothing() -> None:
    event = sale(SHOP, MIXED, Tender("card", 1000, "8812"), Tender("cash", 5000), number=1)
    void = SaleVoided(2, 1, "EUR", event.total_minor + event.rounding_minor, "")
    day = with_paper(with_paper(Day(), event), void)
    assert (day.taken.taxes, day.taken.rounding_minor, sums(day).total_minor) == ((), 0, 0)
    assert day.taken.tenders == {"card": Sum(1, 0), "cash": Sum(1, 0)}  # counts only grow
    assert (day.counts.overridden, day.counts.voided_lines) == (1, 1)
    assert (day.sales.count, day.voids.count, day.first, day.last) == (1, 1, 1, 2)


def test_a_void_of_nothing_that_is_known_here_counts_by_its_total_alone() -> None:
    sums = sums_of([SaleVoided(7, 6, "EUR", 500, "")])
    assert (sums.total_minor, sums.tenders, sums.taxes) == (-500, {}, ())
