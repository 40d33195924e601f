"""Each printer is told what it does not know yet of an order, and only that."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge.counter.kitchen.commands import Moment, Ordered
from edge.counter.kitchen.events import Slip
from edge.counter.kitchen.rules import Route, Told, news

PATHS = {"beer": ("drinks", "alcohol"), "cola": ("drinks",), "soup": ("food", "hot")}
BAR, KITCHEN, ALL = Route("bar", ("drinks",), "sent"), Route("kitchen", ("hot",), "paid"), Route("pass", (), "sent")


def line(id: int, sku: str, quantity: int = 1000) -> Ordered:
    return Ordered(id, sku, {"en": sku}, "piece", quantity)


def told(
    *routes: Route, lines: tuple[Ordered, ...], before: Told | None = None, moment: Moment = "sent"
) -> list[object]:
    slips = news(routes, lines, PATHS, before or {}, moment)
    return [(slip.printer, [(entry.sku, entry.quantity, entry.was) for entry in slip.entries]) for slip in slips]


def test_by_category_and_all_below_it() -> None:
    order = (line(1, "beer"), line(2, "soup"), line(3, "napkin"))
    assert told(BAR, ALL, lines=order) == [
        ("bar", [("beer", 1000, 0)]),
        ("pass", [("beer", 1000, 0), ("soup", 1000, 0), ("napkin", 1000, 0)]),
    ]
    assert told(KITCHEN, lines=order) == []
    assert told(BAR, KITCHEN, lines=order, moment="paid") == [
        ("bar", [("beer", 1000, 0)]),
        ("kitchen", [("soup", 1000, 0)]),
    ]


def test_only_what_is_new_changed_or_cancelled() -> None:
    known = {("bar", 1): 1000, ("bar", 2): 2000, ("bar", 3): 1000}
    order = (line(1, "beer"), line(2, "cola", 3000), line(3, "beer", 0), line(4, "cola"), line(5, "cola", 0))
    assert told(BAR, lines=order, before=known) == [
        ("bar", [("cola", 3000, 2000), ("beer", 0, 1000), ("cola", 1000, 0)])
    ]


def test_what_is_cleared_away_is_cancelled_where_it_was_known() -> None:
    order = (line(1, "beer"), line(2, "cola"))
    assert told(BAR, lines=order, before={("bar", 1): 1000}, moment="cleared") == [("bar", [("beer", 0, 1000)])]
    assert told(BAR, lines=order, moment="cleared") == []


def test_a_paid_order_that_is_undone_is_cancelled_everywhere() -> None:
    order = (line(1, "beer"), line(2, "soup", 2000), line(3, "cola", 0))
    assert told(BAR, KITCHEN, lines=order, moment="voided") == [
        ("bar", [("beer", 0, 1000)]),
        ("kitchen", [("soup", 0, 2000)]),
    ]


@given(
    st.lists(st.lists(st.tuples(st.sampled_from(["beer", "cola", "soup"]), st.integers(0, 3)), max_size=4), max_size=5)
)
def test_what_printers_heard_adds_up_to_the_order(states: list[list[tuple[str, int]]]) -> None:
    """However the basket changes between sends, the last word about each line is what is paid."""
    known: dict[tuple[str, int], int] = {}
    states = [[*state, *[("beer", 0)] * (4 - len(state))] for state in states] or [[("beer", 0)] * 4]
    for number, state in enumerate(states):
        order = tuple(line(id, sku, count * 1000) for id, (sku, count) in enumerate(state, 1))
        moment: Moment = "paid" if number == len(states) - 1 else "sent"
        for slip in news((BAR, ALL), order, PATHS, known, moment):
            known |= _heard(slip)
        assert news((BAR, ALL), order, PATHS, known, moment) == (), "nothing is said twice"
    assert {id: quantity for (printer, id), quantity in known.items() if printer == "pass" and quantity} == {
        one.line: one.quantity for one in order if one.quantity
    }


def _heard(slip: Slip) -> dict[tuple[str, int], int]:
    return {(slip.printer, entry.line): entry.quantity for entry in slip.entries}
