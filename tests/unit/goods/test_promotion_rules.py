"""What promotions take off: the deals one by one, and what must hold for any basket and any promotions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.goods.promotions import rules
from edge.goods.promotions.promotion import (
    AmountOff,
    BuyGet,
    Deal,
    FixedPrice,
    PercentOff,
    Promotion,
    SeveralFor,
    SpendAmount,
    SpendShare,
)
from edge.goods.promotions.rules import Free, Item, Offer, Taken, discounts, spread
from edge.lib.units.money import amount_minor

TENTH, HALF, ALL = 10_000, 50_000, 100_000


def item(line: int, price: int, pieces: int = 1, **more: Any) -> Item:
    return Item(line, f"sku {line}", pieces * 1000, price, **more)


def offer(deal: Deal, *lines: int, id: str = "a", **more: Any) -> Offer:
    return Offer(Promotion(id, {"en": id}, deal, **more), lines)


def off(items: list[Item], *offers: Offer) -> dict[int, int]:
    """What comes off each line, in all."""
    return {line: sum(minor for _, minor in of) for line, of in discounts(items, offers).items()}


@pytest.mark.parametrize(
    ("deal", "items", "expected"),
    [
        (PercentOff(TENTH), [item(1, 333, 3)], {1: 100}),
        (PercentOff(HALF), [Item(1, "ham", 417, 1199, pieces=False)], {1: 250}),
        (AmountOff(50), [item(1, 120, 2), item(2, 30, 2)], {1: 100, 2: 60}),
        (FixedPrice(100), [item(1, 120, 2), item(2, 99)], {1: 40}),
        (FixedPrice(1000), [Item(1, "ham", 500, 1199, pieces=False)], {1: 100}),
        (SeveralFor(3, 500), [item(1, 200, 7)], {1: 200}),
        (SeveralFor(3, 500), [item(1, 200, 2), item(2, 150, 2)], {1: 36, 2: 14}),  # the two dear ones and one more
        (SeveralFor(3, 500), [item(1, 150, 9)], {}),  # one by one it is cheaper
        (BuyGet(2), [item(1, 200, 2), item(2, 120)], {2: 120}),
        (BuyGet(1, 1, HALF), [item(1, 100, 3), item(2, 60)], {1: 50, 2: 30}),
        (SpendShare(1000, TENTH), [item(1, 400), item(2, 700)], {1: 40, 2: 70}),
        (SpendShare(1000, TENTH), [item(1, 400), item(2, 500)], {}),
        (SpendAmount(1000, 150), [item(1, 1500), item(2, 700)], {1: 205, 2: 95}),
        (SpendAmount(10, 500), [item(1, 120)], {1: 120}),  # never below nothing
    ],
)
def test_each_deal(deal: Deal, items: list[Item], expected: dict[int, int]) -> None:
    assert off(items, offer(deal, *(one.line for one in items))) == expected


@pytest.mark.parametrize(
    ("deal", "expected"),
    [
        (PercentOff(HALF), {1: 200}),
        (SeveralFor(2, 100), {1: 600}),
        (BuyGet(1), {1: 400}),
        (SpendAmount(300, 40), {1: 80}),
    ],
)
def test_so_often_and_no_more(deal: Deal, expected: dict[int, int]) -> None:
    assert off([item(1, 200, 9)], offer(deal, 1, times=2)) == expected


def test_a_case_and_what_is_weighed_are_no_pieces() -> None:
    case, ham = Item(1, "beer", 2000, 2400, pieces=False, unit=False), Item(2, "ham", 2000, 500, pieces=False)
    for deal in (SeveralFor(2, 1), BuyGet(1)):
        assert off([case, ham], offer(deal, 1, 2)) == {}
    assert off([case, ham], offer(AmountOff(100), 1, 2)) == {2: 200}
    assert off([case, ham], offer(FixedPrice(100), 1, 2)) == {2: 800}
    assert off([case, ham], offer(PercentOff(TENTH), 1, 2)) == {1: 480, 2: 100}


def test_the_higher_comes_first_and_then_the_one_that_takes_most_off() -> None:
    items = [item(1, 200, 3)]
    cheap, dear = offer(SeveralFor(3, 500), 1, id="cheap"), offer(PercentOff(TENTH), 1, id="dear", priority=5)
    assert discounts(items, (cheap, dear)) == {1: (("dear", 60),)}
    more = offer(BuyGet(2), 1, id="more")
    assert discounts(items, (cheap, more)) == {1: (("more", 200),)}
    assert discounts([item(1, 200, 5)], (cheap, offer(PercentOff(TENTH), 1, id="rest"))) == {
        1: (("cheap", 100), ("rest", 40))
    }
    twins = (offer(PercentOff(TENTH), 1, id="b"), offer(PercentOff(TENTH), 1, id="a"))
    assert discounts(items, twins) == {1: (("a", 60),)}


def test_what_is_more_than_there_is_time_for_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PAIRS_LIMIT", 3)
    items = [item(line, 100) for line in (1, 2, 3)]
    last = offer(PercentOff(HALF), 1, 2, 3, id="z")
    assert discounts(items, (last, offer(PercentOff(TENTH), 1, id="a", priority=1))) == {1: (("a", 10),)}


@pytest.mark.parametrize(
    ("deal", "items", "expected"),
    [
        (PercentOff(TENTH), [item(1, 850, store_minor=1000)], {}),  # 8.50 is less than 9.00
        (PercentOff(TENTH), [item(1, 950, 2, store_minor=1000)], {1: 100}),  # 9.00 is less than 9.50
        (PercentOff(TENTH), [item(1, 85, 5, store_minor=94)], {1: 2}),  # 4.23 for five, of one nothing comes off
        (AmountOff(50), [item(1, 120, 2, store_minor=150)], {1: 40}),
        (AmountOff(50), [item(1, 90, 2, store_minor=150)], {}),
        (FixedPrice(100), [item(1, 120, 2, store_minor=150), item(2, 90, store_minor=150)], {1: 40}),
        (SeveralFor(3, 500), [item(1, 180, 3, store_minor=200)], {1: 40}),
        (SeveralFor(3, 500), [item(1, 160, 3, store_minor=200)], {}),
        (SeveralFor(3, 500), [item(1, 150, 2, store_minor=200), item(2, 200)], {2: 33}),  # each line by itself
        (BuyGet(2), [item(1, 150, 3, store_minor=200)], {1: 50}),
        (BuyGet(2), [item(1, 130, 3, store_minor=200)], {}),
        (BuyGet(1), [item(1, 300, 1, store_minor=300), item(2, 250, 1, store_minor=300)], {2: 250}),
        (SpendShare(1000, TENTH), [item(1, 390, store_minor=400), item(2, 600, store_minor=700)], {1: 30}),
        (SpendAmount(1000, 150), [item(1, 900, store_minor=1000)], {1: 50}),
        (PercentOff(HALF), [Item(1, "ham", 417, 999, pieces=False, store_minor=1199)], {1: 167}),
        (FixedPrice(1000), [Item(1, "ham", 500, 999, pieces=False, store_minor=1199)], {}),
        (PercentOff(TENTH), [Item(1, "beer", 2000, 2300, pieces=False, unit=False, store_minor=2400)], {1: 280}),
        (PercentOff(TENTH), [item(1, 100, store_minor=90)], {1: 10}),  # the store never asks less than a list
    ],
)
def test_one_for_everybody_is_reckoned_from_the_stores_price_and_the_lower_is_paid(
    deal: Deal, items: list[Item], expected: dict[int, int]
) -> None:
    lines = [one.line for one in items]
    assert off(items, offer(deal, *lines)) == expected
    alone = [msgspec.structs.replace(one, store_minor=None) for one in items]
    assert off(items, offer(deal, *lines, list="member")) == off(alone, offer(deal, *lines))  # on top, as it says so


def test_pieces_that_one_for_everyone_makes_no_cheaper_are_left_to_others() -> None:
    items = [item(1, 100, 3, store_minor=300), item(2, 200, 3)]
    free = offer(BuyGet(2), 1, 2, id="free", times=1)
    assert off(items, free) == {2: 200}
    members = offer(PercentOff(TENTH), 1, 2, id="members", list="member")
    assert discounts(items, (free, members)) == {2: (("free", 200),), 1: (("members", 30),)}
    dear = offer(SeveralFor(3, 500), 1, 2, id="dear", times=1)
    assert discounts(items, (dear, members)) == {2: (("dear", 100),), 1: (("members", 30),)}
    most = offer(PercentOff(HALF), 1, 2, times=3)
    assert off(items, most) == {2: 300}  # half of 3.00 is more than 1.00


LINES = st.lists(
    st.tuples(
        st.integers(0, 3000),
        st.integers(1, 12_000),
        st.sampled_from(["piece", "measure", "case"]),
        st.one_of(st.just(0), st.integers(1, 900)),
    ),
    min_size=1,
    max_size=8,
)
SHARES, MINORS, COUNTS = st.integers(1, ALL), st.integers(1, 4000), st.integers(1, 4)
DEALS: st.SearchStrategy[Deal] = st.one_of(
    st.builds(PercentOff, SHARES),
    st.builds(AmountOff, MINORS),
    st.builds(FixedPrice, MINORS),
    st.builds(SeveralFor, st.integers(2, 5), MINORS),
    st.builds(BuyGet, COUNTS, COUNTS, SHARES),
    st.builds(SpendShare, MINORS, SHARES),
    st.builds(SpendAmount, MINORS, MINORS),
)


def drawn_items(lines: Any) -> list[Item]:
    return [
        Item(
            at,
            f"s{at}",
            quantity // 1000 * 1000 + 1000 if kind != "measure" else quantity,
            price,
            kind == "piece",
            kind != "case",
            price + less or None,
        )
        for at, (price, quantity, kind, less) in enumerate(lines, 1)
    ]


OFFERS = st.lists(st.tuples(DEALS, st.sets(st.integers(1, 8)), st.integers(0, 3), st.integers(0, 1)), max_size=7)


@settings(max_examples=300, deadline=None)
@given(LINES, OFFERS, st.randoms(use_true_random=False))
def test_no_one_pays_more_nothing_is_below_nothing_and_each_piece_is_used_once(
    lines: Any, drawn: Any, random: Any
) -> None:
    items = drawn_items(lines)
    offers = [
        offer(deal, *sorted(one for one in of if one <= len(items)), id=f"p{at}", times=times, priority=priority)
        for at, (deal, of, times, priority) in enumerate(drawn)
    ]
    used: dict[int, int] = {}

    class Watched(Free):
        def take(self, promotion: Promotion, taken: Any) -> None:
            wanted: list[Taken] = list(taken)
            for line, quantity, minor in wanted:
                used[line] = used.get(line, 0) + quantity
                assert 0 <= minor <= amount_minor(self.items[line].price_minor, quantity)
            super().take(promotion, wanted)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(rules, "Free", Watched)
        found = discounts(items, offers)
    for one in items:
        assert used.get(one.line, 0) <= one.quantity
        assert 0 <= sum(minor for _, minor in found.get(one.line, ())) <= amount_minor(one.price_minor, one.quantity)
        assert all(minor > 0 for _, minor in found.get(one.line, ()))
    shuffled, turned = list(items), list(offers)
    random.shuffle(shuffled)
    random.shuffle(turned)
    assert discounts(shuffled, turned) == found


@settings(max_examples=300, deadline=None)
@given(LINES, DEALS, st.sets(st.integers(1, 8), min_size=1), st.integers(0, 3))
def test_a_member_pays_no_more_than_members_without_it_and_no_more_than_everybody_with_it(
    lines: Any, deal: Deal, of: Any, times: int
) -> None:
    items = drawn_items(lines)
    one = offer(deal, *sorted(line for line in of if line <= len(items)), times=times)
    theirs = sum(amount_minor(item.price_minor, item.quantity) for item in items)
    store = [msgspec.structs.replace(item, price_minor=item.store_minor or 0, store_minor=None) for item in items]
    everybody = sum(amount_minor(item.price_minor, item.quantity) for item in store) - sum(off(store, one).values())
    paid = theirs - sum(off(items, one).values())
    assert paid <= theirs
    assert paid <= everybody + (len(items) if times else 0)  # which pieces it is for is chosen by what is off one


@given(st.lists(st.integers(0, 10_000), max_size=20), st.integers(0, ALL))
def test_a_sum_is_spread_to_the_cent(weights: list[int], share: int) -> None:
    total = sum(weights) * share // ALL
    shares = spread(total, weights)
    assert sum(shares) == total
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        (datetime(2026, 11, 20, 17, 0), True),  # a Friday
        (datetime(2026, 11, 20, 16, 59), False),
        (datetime(2026, 11, 21, 1, 59), True),  # still Friday's night
        (datetime(2026, 11, 21, 2, 0), False),
        (datetime(2026, 11, 20, 1, 0), False),  # Thursday's night
        (datetime(2026, 11, 21, 18, 0), False),
    ],
)
def test_hours_over_midnight_belong_to_the_day_on_which_they_began(at: datetime, holds: bool) -> None:
    happy = Promotion(
        "happy", {"en": "Happy hour"}, PercentOff(HALF), weekdays=(5,), from_min=17 * 60, until_min=2 * 60
    )
    local = at.replace(tzinfo=UTC)
    assert happy.holds(local.isoweekday(), local.hour * 60 + local.minute, "store") is holds


def test_for_members_alone() -> None:
    members = Promotion("m", {"en": "Members"}, PercentOff(HALF), list="member")
    assert [members.holds(1, 0, name) for name in ("store", "member")] == [False, True]
