"""What lies in a drawer, whatever happens in a shift; and counting it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.messages import Refused
from edge.counter.basket.event_structs import Tender
from edge.counter.shifts import rules
from edge.counter.shifts.events import CashMoved, MoveKind, Pieces, ShiftOpened
from edge.counter.shifts.rules import Drawer
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.rules.day_totals import Paper
from edge.lib.units.denominations import denominations
from tests.refusals import outcome_of

EURO = (50, 1000)


def sale(number: int, cash: int, card: int = 0, change: int = 0) -> SaleCompleted:
    tenders = tuple(Tender(kind, minor) for kind, minor in (("cash", cash + change), ("card", card)) if minor)  # type: ignore[arg-type]
    total = cash + card
    return SaleCompleted(number, "EUR", (), (), True, total, total, 0, tenders, change, 1)


def refund(number: int, minor: int) -> SaleRefunded:
    return SaleRefunded(number, "1", 1, "EUR", (), (), True, minor, minor, 0, (Tender("cash", minor),), "")


PAPERS = st.lists(
    st.one_of(
        st.tuples(st.just("sale"), st.integers(0, 900), st.integers(0, 900), st.integers(0, 99)),
        st.tuples(st.just("void")),
        st.tuples(st.just("refund"), st.integers(1, 500)),
        st.tuples(st.sampled_from(["top_up", "payout", "drop"]), st.integers(1, 500)),
        st.tuples(st.just("shift"), st.integers(0, 500)),
    ),
    max_size=30,
)


@given(PAPERS)
def test_what_should_be_in_the_drawer_is_what_went_in_less_what_went_out(deeds: list[tuple[object, ...]]) -> None:
    """Also where a shift ends between a sale and its void."""
    drawer, cash = rules.open_drawer_shift(Drawer(), ShiftOpened(1, "EUR", 100)), 100
    newest: int | None = None  # the cash of the last paper, if that is a sale
    for number, (kind, *numbers) in enumerate(deeds, 1):
        amounts = [minor for minor in numbers if isinstance(minor, int)]
        paper: Paper | None = None
        if kind == "sale":
            cash, newest = cash + amounts[0], amounts[0]
            paper = sale(number, *amounts)
        elif kind == "void" and newest is not None:
            cash, newest = cash - newest, None
            paper = SaleVoided(number, number - 1, "EUR", 0, "")
        elif kind == "refund":
            cash, newest = cash - amounts[0], None
            paper = refund(number, amounts[0])
        elif kind == "shift":
            drawer = rules.open_drawer_shift(drawer, ShiftOpened(drawer.shift + 1, "EUR", amounts[0]))
            cash = amounts[0]
        elif kind in ("top_up", "payout", "drop"):
            move: MoveKind = kind  # type: ignore[assignment]
            cash += rules.signed_amount(move, amounts[0])
            drawer = rules.with_move(drawer, CashMoved(drawer.shift, "EUR", move, amounts[0], ""))
        drawer = rules.with_paper(drawer, paper) if paper else drawer
        assert drawer.expected_minor == cash
    ended = rules.close_drawer(drawer, "EUR", cash + 7, (), "")
    assert (ended.expected_minor, ended.difference_minor) == (cash, 7)


def test_without_a_shift_nothing_is_summed_up_but_the_newest_sale_can_be_undone_in_the_next() -> None:
    drawer = rules.with_paper(Drawer(), sale(1, 500))
    assert drawer.expected_minor == 0
    drawer = rules.open_drawer_shift(drawer, ShiftOpened(1, "EUR", 1000))
    drawer = rules.with_paper(drawer, SaleVoided(2, 1, "EUR", 500, ""))
    assert drawer.expected_minor == 500, "the money of the sale before the shift went out of its drawer"


def test_a_count_is_a_sum_or_pieces_that_exist() -> None:
    fifty, ten = Pieces(50, 3), Pieces(1000, 2)
    assert rules.count(2150, (), EURO) == 2150
    assert rules.count(None, (fifty, ten), EURO) == 2150
    assert rules.count(2150, (fifty, ten), EURO) == 2150
    assert rules.count(0, (), ()) == 0
    assert outcome_of(rules.count, None, (), EURO) == Refused("count_missing")
    wrong = outcome_of(rules.count, 2100, (fifty, ten), EURO)
    assert wrong == Refused("count_differs", {"given_minor": 2100, "found_minor": 2150})
    assert outcome_of(rules.count, None, (Pieces(30, 1),), EURO) == Refused("no_such_piece", {"value_minor": 30})


@pytest.mark.parametrize("currency", ["EUR", "ILS", "GBP", "USD", "CHF", "JPY"])
def test_coins_and_notes_are_known_with_their_source(currency: str) -> None:
    known = denominations(currency)
    assert known is not None and known.source
    assert list(known.coins) == sorted(set(known.coins)) and list(known.notes) == sorted(set(known.notes))
    assert known.values[0] == max(known.notes) and known.values[-1] == min(known.coins)


def test_a_currency_that_is_not_known_is_counted_as_a_sum() -> None:
    assert denominations("XXX") is None
