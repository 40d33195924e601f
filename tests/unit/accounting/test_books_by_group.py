"""Takings by the group of the goods: to the cent what the paper earned, whatever its taxes and prices."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from edge.accounting.books.by_group import refunds_by_group, takings_by_group
from edge.backoffice.books_out.document import fold_groups, journal_of
from edge.backoffice.books_out.target import BooksTarget
from edge.counter.basket.event_structs import Returned, ReturnedGoods
from edge.counter.basket.taxed_total import Taxation, worth
from edge.counter.till.events import SaleCompleted, SaleRefunded
from edge.counter.till.rules.day_totals import RecordedLine
from edge.lib.tax.rules import Rate, TaxClass, TaxTable

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


RETURNED = LINES.map(
    lambda lines: [Returned(**{field: getattr(line, field) for field in line.__struct_fields__}) for line in lines]
)


@given(RETURNED, st.booleans())
def test_what_comes_back_is_of_its_own_group_whether_prices_hold_taxes_or_not(
    lines: list[Returned], inclusive: bool
) -> None:
    total = worth(lines, Taxation(msgspec.structs.replace(TABLE, inclusive=inclusive)))
    refund = SaleRefunded(
        2, "1", 1, "EUR", tuple(lines), total.taxes, inclusive, total.net_minor, total.total_minor, 0, (), ""
    )
    found = refunds_by_group(refund, total.net_minor, GROUPS.__getitem__)
    assert sum(found.values()) == total.net_minor
    for group, minor in found.items():
        mine = [line for line in lines if GROUPS[line.sku] == group]
        alone = worth(mine, Taxation(msgspec.structs.replace(TABLE, inclusive=inclusive))).net_minor
        assert abs(minor - alone) <= len(lines) + 1, "but for cents of rounding"


@given(LINES, RETURNED)
def test_what_comes_back_in_an_exchange_is_taken_off_its_own_group(
    lines: list[RecordedLine], back: list[Returned]
) -> None:
    new, old = worth(lines, Taxation(TABLE)), worth(back, Taxation(TABLE))
    goods = ReturnedGoods("1", 1, tuple(back), old.taxes, old.net_minor, old.total_minor, 0)
    net_minor = new.net_minor - old.net_minor
    total_minor = new.total_minor - old.total_minor
    sale = SaleCompleted(
        *(2, "EUR", tuple(lines), new.taxes, True, net_minor, total_minor, 0, (), 0, 0), tax=TABLE, returns=(goods,)
    )
    found = takings_by_group(sale, net_minor, GROUPS.__getitem__)
    assert sum(found.values()) == net_minor
    for group in set(GROUPS.values()):
        sold = worth([one for one in lines if GROUPS[one.sku] == group], Taxation(TABLE)).net_minor
        came = worth([one for one in back if GROUPS[one.sku] == group], Taxation(TABLE)).net_minor
        assert abs(found.get(group, 0) - (sold - came)) <= len(lines) + len(back) + 2


def test_what_no_one_said_an_account_of_is_not_told_apart() -> None:
    sums = {"income:sales:drinks:beer": -500, "income:sales:food": -200, "assets:cash:1": 700}
    assert fold_groups(sums, {"income:sales": "4000", "assets": "1000"}) == {"income:sales": -700, "assets:cash:1": 700}
    target = BooksTarget("qb", "2027-01-01", accounts="income:sales = 4000\nincome:sales:food = 4010\nassets = 1000\n")
    sent = [{"income:sales": -700, "assets:cash:1": 700}]
    assert journal_of(target, "corner", "2027-01-15", "EUR", sums, sent) is None, "it is there, by whichever accounts"
    more = {**sums, "income:sales:food": -300, "assets:cash:1": 800}
    late = journal_of(target, "corner", "2027-01-15", "EUR", more, sent)
    assert late is not None and {line.account: line.amount_minor for line in late.lines} == {
        "income:sales": -100,
        "assets:cash:1": 100,
    }
