"""From whom to buy what: together it costs no more than by itself, leaves nothing out, and is the same every time."""

from __future__ import annotations

from itertools import product as every

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge.shop.purchasing.needs import WantedGoods
from edge.shop.purchasing.order_suggestions import suggest
from edge.shop.purchasing.rules import Need, SupplierOffer, cost_of
from edge.shop.purchasing.supplier_choice import SupplierQuestion, asked, best_suggestions, solved, suppliers_of

PLACES = ("main", "roof")
NEEDS = st.lists(
    st.builds(
        lambda sku, place, there, par, most: Need(
            sku, place, there * 1000, 0, par * 1000, 20_000, maximum=most and 1000 * (par + most)
        ),
        *(st.sampled_from("abc"), st.sampled_from(PLACES), st.integers(0, 20), st.integers(21, 60), st.integers(0, 40)),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda one: (one.sku, one.location),
)
OFFERS = st.lists(
    st.builds(
        lambda supplier, sku, cost, pack, least, fee: SupplierOffer(
            supplier, sku, "", cost, pack, least, 1, {"ann": fee, "bob": 300, "cid": 0}[supplier]
        ),
        *(st.sampled_from(("ann", "bob", "cid")), st.sampled_from("abc"), st.integers(1, 200), st.integers(1, 12)),
        *(st.integers(1, 3), st.just(500)),
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
    return sum(max(sum_, groups[at].minimum_minor) + groups[at].fee_minor for at, sum_ in goods.items())


@settings(max_examples=40)
@given(NEEDS, OFFERS)
def test_no_other_choice_is_cheaper(needs: list[Need], offers: list[SupplierOffer]) -> None:
    question = asked(wanted_of(needs, offers))
    if question is None:
        return
    picked = tuple(solved(question))
    assert [question.choices[at].need for at in picked] == sorted(range(len(question.needs))), "one of each"
    places = [
        [at for at, one in enumerate(question.choices) if one.need == need] for need in range(len(question.needs))
    ]
    assert cost(question, picked) == min(cost(question, one) for one in every(*places))
    assert tuple(solved(question)) == picked, "asked again, it is the same"


@settings(max_examples=40)
@given(NEEDS, OFFERS)
def test_what_follows_is_valid_and_bounded(needs: list[Need], offers: list[SupplierOffer]) -> None:
    wanted = wanted_of(needs, offers)
    question = asked(wanted)
    found = wanted.suggest(chosen=suppliers_of(question, solved(question)) if question else None)
    by_place = {(need.sku, need.location): need for need in needs}
    for order in found.orders:
        assert sum(line.total_minor for line in order.lines) >= MINIMUMS[order.supplier]
        for line in order.lines:
            need = by_place[line.sku, order.location]
            offer = next(one for one in wanted.offers[line.sku] if one.supplier == order.supplier)
            assert line.quantity == line.packs * offer.pack_size and line.packs >= offer.min_packs
            assert line.total_minor == cost_of(line.quantity, offer.cost_minor)
            assert not need.maximum or need.position + line.quantity <= need.maximum
            assert line.quantity >= need.missing or "maximum" in {why.code for why in line.why}
    said = [(line.sku, order.location) for order in found.orders for line in order.lines]
    unmet = [(one.sku, one.location) for one in found.unmet]
    assert sorted(said + unmet) == sorted(place for place, need in by_place.items() if need.missing)


def test_two_fees_are_more_than_one_and_a_broken_solver_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edge.shop.purchasing.supplier_choice.WAIT_S", 120)
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
