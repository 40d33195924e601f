"""Several people and devices count one place: what they found is there, and nothing is booked twice."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from edge.core.messages import Refused
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import CancelCount, CountLine, PostCount, RecordMovement, StartCount
from edge.goods.stock.counting.bulk_counts import CountedStock, SyncLines
from edge.goods.stock.lists.listings import read_count
from tests.catch_up import catch_up
from tests.flow.goods.test_stock import Bar, bar
from tests.scheduling import one_by_day
from tests.shop_fixture import SYSTEM, answered, run

OTHER = msgspec.structs.replace(SYSTEM, name="ben")


def test_a_place_is_counted_once_at_a_time(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(RecordMovement("milk", "in", units=10_000))
            count = await one.do(StartCount())
            again = await one.shop.do(StartCount(category="drinks"), OTHER)
            assert again == Refused("count_of_place_open", {"count": count}), "the number says where to count on"
            await one.do(StartCount("rooftop"))
            await one.do(CountLine(count, "milk", units=8_000))
            assert await one.refused(CountLine(count, "milk", units=8_000), OTHER) == "counted_by_other"
            await one.agreed(PostCount(count))
            assert one.item("milk").on_hand == 8_000
            await one.do(StartCount())

    run(scenario())


@pytest.mark.parametrize("by", ["adjust", "list"])
def test_another_count_of_what_was_scanned_is_not_added_and_what_was_carried_is(tmp_path: Path, by: str) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(RecordMovement("milk", "in", units=10_000))
            count = await one.do(StartCount())
            await one.do(CountLine(count, "milk", units=8_000))
            await one.do(RecordMovement("milk", "out", units=3_000, reason="used"))
            if by == "adjust":
                await one.do(RecordMovement("milk", "adjust", units=5_000))
            else:
                await one.do(SyncLines((CountedStock("milk", units=5_000),)))
            await one.agreed(PostCount(count))
            assert one.item("milk").on_hand == 5_000

    run(scenario())


def test_a_count_of_a_category_is_of_those_below_it_too(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            tree = (
                Category("drinks", {"en": "Drinks"}),
                Category("beer", {"en": "Beer"}, "drinks"),
                Category("glass", {"en": "Glass"}),
            )
            await one.do(SetCategories(tree))
            goods = [Product(sku, {"en": sku}, category=of) for sku, of in (("ipa", "beer"), ("mug", "glass"))]
            await one.do(SetProducts(tuple(goods)))
            for sku in ("ipa", "mug"):
                await one.do(RecordMovement(sku, "in", units=1_000))
            count = await one.do(StartCount(category="drinks"))
            assert await one.refused(StartCount(category="beer")) == "count_of_place_open"
            await one.do(CancelCount(await one.do(StartCount(category="glass"))))
            found = read_count(one.shop.reader, count)
            assert found is not None
            assert [rest.sku for rest in found.rest] == ["ipa"]
            await one.do(CountLine(count, "ipa", units=2_000))
            wrong = await one.shop.do(CountLine(count, "mug", units=1_000), SYSTEM)
            assert wrong == Refused("count_other_category", {"sku": "mug", "name": "mug"})
            await one.do(PostCount(count, empty_rest=True))
            assert (one.item("ipa").on_hand, one.item("mug").on_hand) == (2_000, 1_000)

    run(scenario())


def test_a_confirmation_of_lines_that_are_far_off_is_none_to_one_that_was_scanned_since(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with bar(tmp_path) as one:
            for sku in ("milk", "lager"):
                await one.do(RecordMovement(sku, "in", units=100_000))
            count = await one.do(StartCount())
            await one.do(CountLine(count, "milk", units=60_000))
            asked = await one.shop.do(PostCount(count), SYSTEM)
            assert isinstance(asked, Refused)
            await one.do(CountLine(count, "lager", units=10_000))
            late = await one.shop.do(PostCount(count, answers=(asked.answer,)), SYSTEM)
            assert isinstance(late, Refused)
            assert (late.code, late.values["lines"]) == ("count_look_again", 2)
            await one.do(PostCount(count, answers=(late.answer,)))
            assert (one.item("milk").on_hand, one.item("lager").on_hand) == (60_000, 10_000)

    run(scenario())


class Shelf:
    """What is really there, what the books say of it, and what a count found: a plain model of one product."""

    def __init__(self) -> None:
        self.booked = 0
        self.lines: dict[int, int] = {}
        self.there = 0


@pytest.mark.parametrize("seed", one_by_day(range(6)))
def test_whatever_two_devices_do_the_books_say_what_was_found(tmp_path: Path, seed: int) -> None:
    """Each step by one of two people: goods come, are used or set by hand, a count is begun, scanned, posted."""
    chance, model = random.Random(seed), Shelf()

    async def scenario() -> None:
        async with bar(tmp_path) as one:
            await one.do(RecordMovement("milk", "in", units=50_000))
            model.booked = 50_000
            for step in range(60):
                who = chance.choice((SYSTEM, OTHER))
                await _step(one, model, chance, who)
                if not step % 7:
                    await catch_up(one.shop)  # the list of movements follows when it can
                assert one.item("milk").on_hand == model.booked, step

    run(scenario())


async def _step(one: Bar, model: Shelf, chance: random.Random, who: object) -> None:
    units = chance.randrange(1, 9) * 1_000
    count = next(iter(model.lines), 0)
    match chance.choice(("in", "out", "adjust", "list", "start", "scan", "scan", "post")):
        case "in":
            await one.do(RecordMovement("milk", "in", units=units), who)
            _carried(model, units)
        case "out" if model.booked >= units:
            await one.do(RecordMovement("milk", "out", units=units), who)
            _carried(model, -units)
        case "adjust":
            await one.do(RecordMovement("milk", "adjust", units=units * 5), who)
            model.booked = units * 5
        case "list":
            await one.do(SyncLines((CountedStock("milk", units=units * 5),)), who)
            model.booked = units * 5
        case "start":
            begun = await one.shop.do(StartCount(), who)
            assert isinstance(begun, Refused) == bool(model.lines), begun
            if not isinstance(begun, Refused):
                model.lines = {begun.result: -1}
        case "scan" if count:
            await one.do(CountLine(count, "milk", units=units * 5, mode="replace"), who)
            model.lines = {count: units * 5}
        case "post" if model.lines.get(count, -1) >= 0:
            await answered(one.shop, PostCount(count), who)
            model.booked, model.lines = model.lines[count], {}


def _carried(model: Shelf, units: int) -> None:
    """What comes or goes behind a scan is beside what was found."""
    model.booked += units
    model.lines = {count: found + units if found >= 0 else -1 for count, found in model.lines.items()}
