"""Suggestions are enough, whole, least, affordable, never twice; orders have their states; goods come in once."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.core.command_bus import CommandBus
from edge.core.journal.verify import verify
from edge.core.messages import Command, Refused
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Pack, Product, Supply
from edge.goods.purchasing import commands as buying
from edge.goods.purchasing.queries import KeptPurchase, read_purchase, read_purchases, read_supplier
from edge.goods.purchasing.rules import (
    Need,
    PriceBreak,
    SupplierOffer,
    cost_of,
    most_packs_for,
    packs_for,
    packs_worth,
)
from edge.goods.purchasing.suggesting.needs import read_suggestions
from edge.goods.purchasing.suggesting.order_suggestions import suggest
from edge.goods.purchasing.supply.performance import SupplierPerformance, read_supplier_performance
from edge.goods.purchasing.supply.prices import read_supplier_prices, read_supplier_pricing
from edge.goods.purchasing.watches import WATCHES
from edge.goods.stock.commands import RecordMovement, SetLevels
from edge.goods.stock.queries import StockItem, read_item
from tests.shop_fixture import SYSTEM, FakeClock, agreed, done, open_shop, run

TODAY = "2027-01-15"  # a Friday
amounts = st.integers(-50_000, 200_000)
NEED = st.builds(
    Need, st.sampled_from("abcde"), st.just("main"), amounts, st.integers(0, 50_000), amounts, amounts, amounts
).map(lambda one: Need(one.sku, "main", one.available, one.ordered, abs(one.par), abs(one.reorder), abs(one.minimum)))
BREAKS = st.lists(
    st.builds(PriceBreak, st.integers(2, 40), st.integers(1, 400)), max_size=3, unique_by=lambda one: one.packs
).map(tuple)


def test_an_address_with_a_key_in_it_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for url in ("https://dairy.example/orders?key=opener-of-doors", "https://dairy.example/orders#opener"):
                open_one = buying.SetSupplier("dairy", {"en": "Dairy"}, order_url=url)
                assert await shop.do(open_one, SYSTEM) == Refused("supplier_url_open")
            assert read_supplier(shop.reader, "dairy") is None

    run(scenario())


def falling(offer: SupplierOffer) -> SupplierOffer:
    """The same, with only those steps in which the price falls as more is bought."""
    packs, cost, kept = offer.min_packs, offer.cost_minor, []
    for one in sorted(offer.breaks, key=lambda one: one.packs):
        if one.packs > packs and one.cost_minor < cost:
            packs, cost = one.packs, one.cost_minor
            kept.append(one)
    return msgspec.structs.replace(offer, breaks=tuple(kept))


OFFER = st.builds(
    SupplierOffer,
    *(st.sampled_from(("ann", "bob")), st.sampled_from("abcde"), st.just(""), st.integers(0, 500)),
    *(st.integers(1, 30), st.integers(1, 4), st.integers(0, 9)),
    breaks=BREAKS,
).map(falling)


@given(
    st.lists(NEED, max_size=6, unique_by=lambda one: one.sku),
    st.lists(OFFER, max_size=10, unique_by=lambda one: (one.sku, one.supplier)),
    st.integers(0, 50_000),
    st.none() | st.integers(0, 60_000),
)
def test_suggested_is_enough_whole_least_and_affordable(
    needs: list[Need], offers: list[SupplierOffer], minimum: int, budget: int | None
) -> None:
    by_sku: dict[str, list[SupplierOffer]] = {}
    for offer in offers:
        by_sku.setdefault(offer.sku, []).append(offer)
    found = suggest(needs, by_sku, {"ann": minimum}, budget)
    wanted = {need.sku: need for need in needs if need.missing}
    spent = sum(order.total_minor for order in found.orders)
    assert budget is None or spent <= budget
    said = [line.sku for order in found.orders for line in order.lines]
    assert len(said) == len(set(said))
    assert {*said, *(one.sku for one in found.unmet)} == set(wanted), "each need is met, or it says why not"
    for order in found.orders:
        goods = sum(line.total_minor for line in order.lines)
        priced = any(line.unit_cost_minor for line in order.lines)
        assert order.supplier != "ann" or goods >= minimum or not priced
        for line in order.lines:
            offer = next(one for one in by_sku[line.sku] if one.supplier == order.supplier)
            assert line.quantity == line.packs * offer.pack_size and line.packs >= offer.min_packs
            assert line.quantity == sum(part.quantity for part in line.parts), "what it is made of adds up to it"
            assert line.total_minor == offer.cost(line.packs) == cost_of(line.quantity, line.unit_cost_minor)
            codes = {why.code for why in line.why}
            missing = wanted[line.sku].missing
            assert line.quantity >= missing or "within_budget" in codes
            if "least_order" not in codes:
                enough = range(max(offer.min_packs, -(-missing // offer.pack_size)), line.packs)
                assert all(offer.cost(packs) > line.total_minor for packs in enough), "fewer would not do, or cost more"
    bought = {line.sku: line.quantity for order in found.orders for line in order.lines}
    if budget is None:
        again = [
            Need(
                one.sku, "main", one.available, one.ordered + bought.get(one.sku, 0), one.par, one.reorder, one.minimum
            )
            for one in needs
        ]
        rest = suggest(again, by_sku, {"ann": minimum})
        assert not {line.sku for order in rest.orders for line in order.lines} & {
            sku for sku in bought if wanted[sku].target > wanted[sku].reorder
        }, "nothing twice"


@given(OFFER, st.integers(0, 300_000), st.integers(1, 60_000), st.integers(0, 60), st.integers(0, 20))
def test_packs_at_prices_that_fall_are_those_that_somebody_finds_who_tries_all(
    offer: SupplierOffer, quantity: int, money: int, most: int, had: int
) -> None:
    def cost(packs: int) -> tuple[int, int]:
        return offer.cost(packs), packs

    fewest = max(-(-quantity // offer.pack_size), offer.min_packs)
    assert packs_for(quantity, offer, most) == min(range(fewest, max(fewest, most) + 1), key=cost)
    affordable = [packs for packs in range(offer.min_packs, most + 1) if offer.cost(packs) <= money]
    assert most_packs_for(money, offer, most) == max(affordable, default=0)
    worth = [packs for packs in range(max(offer.min_packs, had + 1), most + 1) if offer.cost(packs) >= money]
    assert packs_worth(money, offer, had, most) == min(worth, key=cost, default=None)


GOODS = (
    Product("cola", {"en": "Cola"}, ("5449000000996",), 300, box=24, minimum=30_000),
    Product("tea", {"en": "Tea"}, (), 500, supplies=(Supply("Dairy & Co", "T-1", 210),)),
    Product("flour", {"en": "Flour"}, (), 500, unit="kg"),
)
SETTING = (
    SetProducts(GOODS),
    buying.SetSupplier("dairy", {"en": "Dairy & Co"}, 2, 4, 10_000, 500, (2, 4), contact_name="Dana", phone="055-1234"),
    buying.SetSupplier("import", {"en": "Import House"}, 7),
    buying.SetSupplierPrice("dairy", "cola", 100, "D-7", 24),
    buying.SetSupplierPrice("import", "5449000000996", 90, "I-9", 24, 2),
    buying.SetSupplierPrice("dairy", "flour", 150, pack=5),
    RecordMovement("cola", "in", units=10_000, unit_cost_minor=80),
)


async def refused(shop: CommandBus, command: Command) -> str:
    outcome = await shop.do(command, SYSTEM)
    assert isinstance(outcome, Refused), outcome
    return outcome.code


def line(sku: str, quantity: int) -> buying.OrderLine:
    return buying.OrderLine(sku, quantity)


async def opened(shop: CommandBus) -> None:
    for command in SETTING:
        await done(shop, command, SYSTEM)


def kept(shop: CommandBus, number: int) -> KeptPurchase:
    order = read_purchase(shop.reader, number)
    assert order is not None
    return order


def item(shop: CommandBus, sku: str) -> StockItem:
    found = read_item(shop.reader, sku)
    assert found is not None
    return found


def test_from_a_suggestion_to_goods_on_the_shelf(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock) as shop:
            await opened(shop)
            (suggested,) = read_suggestions(shop.reader, TODAY).orders
            (wanted,) = suggested.lines
            assert (suggested.supplier, wanted.sku, wanted.quantity, wanted.packs) == ("import", "cola", 72_000, 3)
            assert [why.code for why in wanted.why] == ["below_minimum", "whole_packs"]
            assert [(one.of, one.quantity) for one in wanted.parts] == [
                ("level", 60_000),
                ("available", -10_000),
                ("packs", 22_000),
            ]
            assert read_suggestions(shop.reader, TODAY, 5_000).orders[0].lines[0].packs == 2, "as the budget allows"

            number = (await done(shop, buying.OrderSuggested("import"), SYSTEM)).result
            assert not read_suggestions(shop.reader, TODAY).orders, "a draft covers it"
            assert await refused(shop, buying.OrderSuggested("import")) == "nothing_suggested"
            assert await refused(shop, buying.SendPurchaseOrder(number)) == "order_state"
            await done(shop, buying.ApprovePurchaseOrder(number), SYSTEM)
            await done(shop, buying.SendPurchaseOrder(number, "email"), SYSTEM)
            assert (kept(shop, number).expected_on, item(shop, "cola").on_order) == ("2027-01-22", 72_000)
            assert await refused(shop, buying.RetireSupplier("import")) == "supplier_has_orders"

            part = buying.ReceivePurchaseOrder(
                number, "DN 7", (buying.ReceiptLine("5449000000996", 24_000, 95, "L1", "2027-06-01"),)
            )
            result = (await done(shop, part, SYSTEM)).result
            assert result.state == "part_received"
            assert [(one.ordered_minor, one.received_minor) for one in result.findings] == [(90, 95)]
            cola = item(shop, "cola")
            assert (cola.on_hand, cola.boxes, cola.on_order) == (34_000, 1, 48_000)
            assert await refused(shop, part) == "delivery_note_twice"
            assert await refused(shop, buying.CancelPurchaseOrder(number)) == "order_state"
            much = buying.ReceivePurchaseOrder(number, "DN 8", (buying.ReceiptLine("cola", 72_000),))
            assert await refused(shop, much) == "more_than_ordered"
            tea = buying.ReceivePurchaseOrder(number, "DN 8", (buying.ReceiptLine("tea", 1000, 10),))
            assert await refused(shop, tea) == "not_ordered"
            assert item(shop, "cola").on_hand == 34_000, "nothing half-done"

            clock.advance(9 * 86_400)
            (late,) = WATCHES[0].read(shop.reader, clock.at_us, "2027-01-24")
            assert (late.subject, late.values["days"]) == (str(number), 2)
            await done(shop, buying.ClosePurchaseOrder(number), SYSTEM)
            assert item(shop, "cola").on_order == 0, "the rest will not come"
            assert not list(WATCHES[0].read(shop.reader, clock.at_us, "2027-01-24"))
            assert read_supplier_performance(shop.reader, "import", TODAY) == SupplierPerformance(1, 0, 0, 33)
            assert not verify(shop.reader, shop.registry).faults

    run(scenario())


def test_a_whole_delivery_with_something_that_nobody_ordered(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await opened(shop)
            order = buying.CreatePurchaseOrder("dairy", (line("flour", 10_000), line("tea", 2_000)), note="ring first")
            number = (await done(shop, order, SYSTEM)).result
            assert kept(shop, number).total_minor == 10 * 150 + 2 * 210 + 500
            await done(shop, buying.ApprovePurchaseOrder(number), SYSTEM)
            await done(shop, buying.SendPurchaseOrder(number, sent_on="2027-01-11"), SYSTEM)
            assert kept(shop, number).expected_on == "2027-01-14", "they come on Thursdays"
            assert [one.late for one in read_purchases(shop.reader, TODAY, "late").orders] == [True]
            await done(shop, buying.SetPurchaseLines(number, (line("flour", 15_000),)), SYSTEM)
            assert (kept(shop, number).revision, item(shop, "tea").on_order) == (2, 0)
            lines = (buying.ReceiptLine("flour", 15_000), buying.ReceiptLine("tea", 1_000, 200))
            receipt = buying.ReceivePurchaseOrder(number, "A1", lines)
            assert (await agreed(shop, receipt, SYSTEM)).result.state == "received"
            assert (item(shop, "flour").on_hand, item(shop, "tea").on_hand) == (15_000, 1_000)
            assert await refused(shop, buying.SetPurchaseLines(number, (line("flour", 5_000),))) == "order_state"
            assert read_supplier_performance(shop.reader, "dairy", TODAY) == SupplierPerformance(1, 4, 0, 100)
            assert not verify(shop.reader, shop.registry).faults

    run(scenario())


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (buying.CreatePurchaseOrder("dairy", ()), "purchase_empty"),
        (buying.CreatePurchaseOrder("dairy", (line("cola", 25_000),)), "not_whole_packs"),
        (buying.CreatePurchaseOrder("dairy", (line("nothing", 1_000),)), "unknown_sku"),
        (buying.CreatePurchaseOrder("import", (line("flour", 1_000),)), "not_sold_by"),
        (buying.CreatePurchaseOrder("dairy", (line("cola", 24_000),) * 2), "line_twice"),
        (buying.CreatePurchaseOrder("nobody", (line("cola", 24_000),)), "no_supplier"),
        (buying.CreatePurchaseOrder("dairy", (line("cola", 24_000),), "nowhere"), "no_location"),
        (buying.SetSupplierPrice("dairy", "cola", 1, until_date="2026-01-01"), "price_ends_first"),
        (buying.SetSupplierPrice("dairy", "cola", 1, from_date="2027-02-30"), "price_day_wrong"),
        (buying.SetSupplierPrice("dairy", "cola", 90, breaks=(PriceBreak(5, 90),)), "price_breaks_wrong"),
        (buying.SetSupplierPrice("dairy", "cola", 90, min_packs=5, breaks=(PriceBreak(5, 80),)), "price_breaks_wrong"),
        (
            buying.SetSupplierPrice("dairy", "cola", 90, breaks=(PriceBreak(9, 80), PriceBreak(5, 70))),
            "price_breaks_wrong",
        ),
        (buying.ApprovePurchaseOrder(77), "no_purchase"),
        (buying.SetSupplier("x", {"en": " "}), "supplier_unnamed"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, command: Command, code: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await opened(shop)
            assert await refused(shop, command) == code

    run(scenario())


def test_a_price_that_falls_with_the_quantity_is_asked_kept_and_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            for command in SETTING:
                await done(shop, command, SYSTEM)
            steps = (PriceBreak(4, 85), PriceBreak(10, 70))
            await done(shop, buying.SetSupplierPrice("dairy", "cola", 100, "D-7", 24, breaks=steps), SYSTEM)
            (price, *_) = read_supplier_prices(shop.reader, "dairy", "cola")
            assert (price.cost_minor, price.breaks) == (100, steps)
            asked = [read_supplier_pricing(shop.reader, "cola", TODAY, packs * 24_000) for packs in (3, 4, 12)]
            costs = [{one.supplier: one.unit_cost_minor for one in found} for found in asked]
            assert costs == [{"dairy": 100, "import": 90}, {"dairy": 85, "import": 90}, {"dairy": 70, "import": 90}]
            order = await done(shop, buying.CreatePurchaseOrder("dairy", (line("cola", 96_000),)), SYSTEM)
            assert [one.unit_cost_minor for one in kept(shop, order.result).lines] == [85]
            await done(shop, buying.SetPurchaseLines(order.result, (line("cola", 240_000),)), SYSTEM)
            changed = kept(shop, order.result)
            assert [one.unit_cost_minor for one in changed.lines] == [70]
            await done(shop, buying.CancelPurchaseOrder(order.result), SYSTEM)
            await done(shop, SetLevels("cola", "main", 80_000, 20_000), SYSTEM)
            suggested = buying.OrderSuggested("dairy", skus=("cola",))
            number = (await done(shop, suggested, SYSTEM)).result
            (first,) = kept(shop, number).lines
            assert (first.quantity, first.unit_cost_minor) == (120_000, 85), "enough of them to be delivered"
            await done(shop, SetLevels("cola", "main", 400_000, 150_000), SYSTEM)
            assert (await done(shop, suggested, SYSTEM)).result == number, "the draft is filled up"
            (both,) = kept(shop, number).lines
            assert (both.quantity, both.unit_cost_minor) == (408_000, 70), "at what so much costs together"
            assert verify(shop.reader, shop.registry).faults == ()

    run(scenario())


@pytest.mark.parametrize(("field", "most"), [("rating", 5), ("lead_time_days", 365)])
def test_a_rating_and_a_lead_time_have_bounds(field: str, most: int) -> None:
    for value in (0, most):
        kept = msgspec.convert({"id": "x", "names": {"en": "X"}, field: value}, buying.SetSupplier)
        assert getattr(kept, field) == value
    for value in (-1, most + 1):
        with pytest.raises(msgspec.ValidationError, match=field):
            msgspec.convert({"id": "x", "names": {"en": "X"}, field: value}, buying.SetSupplier)


@pytest.mark.parametrize(("from_date", "stale"), [("2026-10-17", False), ("2026-10-16", True)])
def test_a_price_is_stale_over_ninety_days(tmp_path: Path, from_date: str, stale: bool) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await opened(shop)
            await done(shop, buying.SetSupplier("old", {"en": "Old"}), SYSTEM)
            await done(shop, buying.SetSupplierPrice("old", "cola", 1, from_date=from_date), SYSTEM)
            (found,) = (one for one in read_supplier_pricing(shop.reader, "cola", TODAY) if one.supplier == "old")
            assert found.stale is stale

    run(scenario())


def test_prices_are_compared_with_their_share_of_the_fee(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await opened(shop)
            await done(shop, buying.SetSupplier("abroad", {"en": "Abroad"}, currency="USD"), SYSTEM)
            await done(shop, buying.SetSupplierPrice("abroad", "cola", 1, from_date="2026-09-01"), SYSTEM)
            await done(shop, buying.SetSupplierPrice("import", "cola", 50, from_date="2027-02-01"), SYSTEM)
            found = read_supplier_pricing(shop.reader, "cola", TODAY, 24_000)
            assert [(one.supplier, one.unit_cost_minor, one.above_percent) for one in found] == [
                ("import", 90, 0),
                ("dairy", 100, 34),  # 500 for each delivery
                ("abroad", 1, None),
            ]
            assert found[2].stale, "nobody confirmed it for 90 days"
            assert [one.unit_cost_minor for one in read_supplier_pricing(shop.reader, "tea", TODAY)] == [210]
            soon = read_supplier_pricing(shop.reader, "cola", "2027-02-02", 24_000)
            assert soon[0].unit_cost_minor == 50

    run(scenario())


def test_a_place_is_filled_to_its_target_and_a_contact_lies_sealed(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await opened(shop)
            await done(shop, SetLevels("flour", par=20_000, reorder=8_000), SYSTEM)
            orders = {one.supplier: one for one in read_suggestions(shop.reader, TODAY).orders}
            (flour,) = orders["dairy"].lines
            assert (flour.quantity, flour.total_minor) == (70_000, 10_500), "until they deliver: 10,000 at least"
            assert [why.code for why in flour.why] == ["below_reorder", "least_order"]
            known = read_supplier(shop.reader, "dairy")
            assert known is not None and (known.contact_name, known.phone) == ("Dana", "055-1234")
            stored = str(shop.reader.execute("SELECT * FROM supplier").fetchall())
            assert "Dana" not in stored and "055-1234" not in stored

    run(scenario())


def test_a_cost_beside_the_code_of_a_case_is_that_of_the_case(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await opened(shop)
            await done(
                shop, SetProducts((msgspec.structs.replace(GOODS[0], packs=(Pack("5010000000011", 24),)),)), SYSTEM
            )
            case = "5010000000011"
            wanted = (buying.OrderLine(case, 2_000, 2_160),)
            number = (await done(shop, buying.CreatePurchaseOrder("import", wanted), SYSTEM)).result
            assert [(one.quantity, one.unit_cost_minor) for one in kept(shop, number).lines] == [(48_000, 90)]
            await done(shop, buying.ApprovePurchaseOrder(number), SYSTEM)
            await done(shop, buying.SendPurchaseOrder(number), SYSTEM)
            before = item(shop, "cola").value_milli or 0
            came = buying.ReceivePurchaseOrder(number, "DN 9", (buying.ReceiptLine(case, 1_000, 2_280),))
            assert [one.received_minor for one in (await done(shop, came, SYSTEM)).result.findings] == [95]
            await done(shop, RecordMovement(case, "in", units=1_000, unit_cost_minor=2_400), SYSTEM)
            worth = (item(shop, "cola").value_milli or 0) - before
            assert round(worth / 1000) == 2_280 + 2_400
            uneven = RecordMovement(case, "in", units=1_000, unit_cost_minor=2_401)
            assert await refused(shop, uneven) == "case_cost_uneven"

    run(scenario())
