"""From whom to buy what: together it costs at most by itself, leaves nothing out, and is the same every time."""

from __future__ import annotations

from itertools import product as every

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.goods.purchasing.rules import Foreseen, Need, PriceBreak, SupplierOffer
from edge.goods.purchasing.suggesting.needs import WantedGoods
from edge.goods.purchasing.suggesting.order_suggestions import suggest
from edge.goods.purchasing.suggesting.supplier_choice import (
    SupplierQuestion,
    best_suggestions,
    question_of,
    solve_question,
    suppliers_of,
)

PLACES = ("main", "roof")
NEEDS = st.lists(
    st.builds(
        lambda sku, place, there, par, most, lost: Need(
            *(sku, place, there * 1000, 0, par * 1000, 20_000),
            maximum=most and 1000 * (par + most),
            foreseen=Foreseen(days=2, lost=(0, *sorted(lost))) if lost else Foreseen(),
            sells_for=250,
        ),
        *(st.sampled_from("abc"), st.sampled_from(PLACES), st.integers(0, 20), st.integers(21, 60), st.integers(0, 40)),
        st.lists(st.integers(0, 30_000), max_size=4),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: (one.sku, one.location),
)
OFFERS = st.lists(
    st.builds(
        lambda supplier, sku, cost, pack, least, fee, more, lead: SupplierOffer(
            *(supplier, sku, "", cost, pack, least, lead, {"ann": fee, "bob": 300, "cid": 0}[supplier]),
            breaks=(PriceBreak(least + more, cost // 2),) if more and cost > 1 else (),
        ),
        *(st.sampled_from(("ann", "bob", "cid")), st.sampled_from("abc"), st.integers(1, 200), st.integers(1, 12)),
        *(st.integers(1, 3), st.just(500), st.integers(0, 20), st.integers(0, 5)),
    ),
    min_size=3,
    max_size=9,
    unique_by=lambda one: (one.supplier, one.sku),
)
MINIMUMS = {"ann": 2_000, "bob": 500, "cid": 0}


def wanted_of(needs: list[Need], offers: list[SupplierOffer]) -> WantedGoods:
    by_sku: dict[str, list[SupplierOffer]] = {}
    for offer in offers:
        by_sku.setdefault(offer.sku, []).append(offer)
    return WantedGoods(tuple(needs), by_sku, MINIMUMS, ())


def cost(question: SupplierQuestion, picked: tuple[int, ...]) -> int:
    """What these choices cost together, as the question says it."""
    goods = dict.fromkeys((question.choices[at].group for at in picked), 0)
    for at in picked:
        goods[question.choices[at].group] += question.choices[at].cost_minor
    groups = question.groups
    lost = sum(question.choices[at].lost_minor for at in picked)
    return lost + sum(max(sum_, groups[at].minimum_minor) + groups[at].fee_minor for at, sum_ in goods.items())


@settings(max_examples=40)
@given(NEEDS, OFFERS)
def test_no_other_choice_is_cheaper(needs: list[Need], offers: list[SupplierOffer]) -> None:
    question = question_of(wanted_of(needs, offers))
    if question is None:
        return
    picked = tuple(solve_question(question))
    assert [question.choices[at].need for at in picked] == sorted(range(len(question.needs))), "one of each"
    places = [
        [at for at, one in enumerate(question.choices) if one.need == need] for need in range(len(question.needs))
    ]
    assert cost(question, picked) == min(cost(question, one) for one in every(*places))
    assert tuple(solve_question(question)) == picked, "asked again, it is the same"


@settings(max_examples=40)
@given(NEEDS, OFFERS)
def test_what_follows_is_valid_and_bounded(needs: list[Need], offers: list[SupplierOffer]) -> None:
    wanted = wanted_of(needs, offers)
    question = question_of(wanted)
    found = wanted.suggest(chosen=suppliers_of(question, solve_question(question)) if question else None)
    by_place = {(need.sku, need.location): need for need in needs}
    for order in found.orders:
        assert sum(line.total_minor for line in order.lines) >= MINIMUMS[order.supplier]
        for line in order.lines:
            need = by_place[line.sku, order.location]
            offer = next(one for one in wanted.offers[line.sku] if one.supplier == order.supplier)
            assert line.quantity == line.packs * offer.pack_size and line.packs >= offer.min_packs
            assert line.total_minor == offer.cost(line.packs)
            assert not need.maximum or need.position + line.quantity <= need.maximum
            assert line.quantity >= need.missing or "maximum" in {why.code for why in line.why}
    said = [(line.sku, order.location) for order in found.orders for line in order.lines]
    unmet = [(one.sku, one.location) for one in found.unmet]
    assert sorted(said + unmet) == sorted(place for place, need in by_place.items() if need.missing)


def test_two_fees_are_more_than_one_and_a_broken_solver_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.goods.purchasing.suggesting.supplier_choice.WAIT_S", 120)
    needs = [Need(sku, "main", 0, 0, 10_000, 5_000) for sku in "ab"]
    offers = [
        SupplierOffer("ann", "a", "", 90, fee_minor=600),
        SupplierOffer("bob", "a", "", 100, fee_minor=600),
        SupplierOffer("bob", "b", "", 100, fee_minor=600),
        SupplierOffer("ann", "b", "", 150, fee_minor=600),
    ]
    wanted = WantedGoods(tuple(needs), {sku: [one for one in offers if one.sku == sku] for sku in "ab"}, {}, ())
    assert [order.supplier for order in wanted.suggest().orders] == ["ann", "bob"], "each by itself"
    found = best_suggestions(wanted)
    assert [order.supplier for order in found.orders] == ["bob"]
    assert (found.total_minor, found.saved_minor) == (2_600, 500)
    monkeypatch.setattr("sys.executable", "/bin/false")
    assert best_suggestions(wanted) == wanted.suggest(), "as if nobody had been asked"


def test_a_price_that_falls_with_the_quantity_decides_of_whom_and_how_much() -> None:
    steps = (PriceBreak(10, 80), PriceBreak(20, 60))
    ann, bob = SupplierOffer("ann", "a", "", 100, breaks=steps, fee_minor=1), SupplierOffer("bob", "a", "", 90)

    def best(missing: int, maximum: int = 0, budget: int | None = None) -> list[tuple[str, int, int, list[str]]]:
        need = Need("a", "main", 0, 0, missing * 1000, 1_000, maximum=maximum * 1000)
        found = best_suggestions(WantedGoods((need,), {"a": [ann, bob]}, {}, ()), budget)
        return [
            (order.supplier, line.packs, line.total_minor, [why.code for why in line.why])
            for order in found.orders
            for line in order.lines
        ]

    assert best(5) == [("bob", 5, 450, ["below_reorder"])], "below the first step the first price holds"
    assert best(12) == [("ann", 12, 960, ["below_reorder"])]
    assert best(16) == [("ann", 20, 1_200, ["below_reorder", "price_break"])], "20 cost less than 16"
    assert best(16, maximum=18) == [("ann", 16, 1_280, ["below_reorder"])], "but there may be no 20 of them"
    assert best(16, budget=1_210) == [("ann", 20, 1_200, ["below_reorder", "price_break"])]
    assert best(16, budget=1_000) == [("ann", 12, 960, ["below_reorder", "within_budget"])]


def test_most_there_may_be_and_the_least_that_is_ordered() -> None:
    offers = {"a": [SupplierOffer("ann", "a", "", 100, pack=6)]}

    def line(**levels: int) -> tuple[int, list[str]]:
        found = suggest([Need("a", "main", 2_000, 0, 20_000, 10_000, **levels)], offers, {})
        (one,) = found.orders[0].lines if found.orders else (None,)
        return (one.quantity, [why.code for why in one.why]) if one else (0, [rule.rule for rule in found.unmet])

    assert line() == (18_000, ["below_reorder"])
    assert line(quantity=30_000) == (30_000, ["below_reorder", "order_quantity"])
    assert line(maximum=16_000) == (12_000, ["below_reorder", "maximum"])
    assert line(maximum=7_000) == (0, ["maximum"])
    dear = suggest([Need("a", "main", 2_000, 0, 20_000, 10_000, maximum=22_000)], offers, {"ann": 5_000})
    assert [one.rule for one in dear.unmet] == ["least_order"], "its least is more than there may be"


def suppliers(wanted: WantedGoods) -> list[tuple[str, int, list[str]]]:
    return [
        (order.supplier, order.total_minor, [why.code for why in line.why])
        for order in best_suggestions(wanted).orders
        for line in order.lines
    ]


def test_of_equal_prices_the_sooner_then_the_usual_supplier_wins() -> None:
    need = Need("a", "main", 0, 0, 10_000, 5_000)

    def first(*offers: SupplierOffer) -> str:
        return suppliers(WantedGoods((need,), {"a": list(offers)}, {}, ()))[0][0]

    ann, bob = (SupplierOffer(name, "a", "", 100, lead_time_days=2) for name in ("ann", "bob"))
    usual = msgspec.structs.replace(bob, usual=True)
    assert first(ann, usual) == first(usual, ann) == "bob", "it was ordered of them last"
    assert first(msgspec.structs.replace(ann, lead_time_days=1), usual) == "ann", "they come sooner"
    assert first(ann, msgspec.structs.replace(usual, later_days=1)) == "ann", "they come on Tuesdays only"
    assert first(msgspec.structs.replace(ann, cost_minor=99, lead_time_days=9), usual) == "ann", "and are cheaper"


def test_who_comes_too_late_is_dearer_by_what_is_not_sold_meanwhile() -> None:
    slow, quick = SupplierOffer("slow", "a", "", 100, lead_time_days=4), SupplierOffer("quick", "a", "", 120)
    slow_too = SupplierOffer("tortoise", "a", "", 110, lead_time_days=3)

    def best(foreseen: Foreseen, *offers: SupplierOffer, sells_for: int = 200) -> tuple[str, int, list[str]]:
        need = Need("a", "main", 6_000, 0, 16_000, 8_000, foreseen=foreseen, sells_for=sells_for)
        (one,) = suppliers(WantedGoods((need,), {"a": list(offers)}, {}, ()))
        return one

    assert best(Foreseen(), slow, quick)[0] == "slow", "nothing is foreseen: the price alone"
    in_time = Foreseen(16_000, 8_000, 4, 10, (0, 0, 0, 0, 500))
    assert best(in_time, slow, quick)[0] == "slow", "they come before little is left, and next to nothing is lost"
    too_late = Foreseen(16_000, 8_000, 2, 10, (0, 0, 0, 0, 500))
    found = best(too_late, slow, quick)
    assert (found[0], found[2][-1]) == ("quick", "sooner")
    assert found[1] == 1_200, "200 more than of the other, and it says so"
    assert best(too_late, slow, slow_too)[0] == "slow", "none is in time, and half a piece is not worth ten times ten"
    runs_out = Foreseen(16_000, 8_000, 2, 99, (0, 0, 0, 1_000, 6_000))
    assert best(runs_out, slow, slow_too)[0] == "tortoise", "five more are not sold, at a hundred each"
    assert best(runs_out, slow, slow_too, sells_for=100)[0] == "slow", "on which nothing would be earned"


def test_the_saving_is_against_each_from_whoever_it_was_ordered_of_last() -> None:
    needs = tuple(Need(sku, "main", 0, 0, 10_000, 5_000) for sku in "ab")
    offers = {
        "a": [SupplierOffer("old", "a", "", 150, usual=True), SupplierOffer("new", "a", "", 100)],
        "b": [SupplierOffer("old", "b", "", 100, usual=True), SupplierOffer("new", "b", "", 130)],
    }
    found = best_suggestions(WantedGoods(needs, offers, {}, ()))
    assert {(order.supplier, order.total_minor) for order in found.orders} == {("new", 1_000), ("old", 1_000)}
    assert found.saved_minor == 500, "2500 it would be from the usual ones"
    fee = {"a": [offers["a"][0], msgspec.structs.replace(offers["a"][1], fee_minor=400)], "b": offers["b"]}
    assert best_suggestions(WantedGoods(needs, fee, {}, ())).saved_minor == 100, "their fee is due"
