"""What holds of work orders beside a bakery's day: more or less of one that is begun, short issues, what is late or
blocked, planted faults, what no one can ask of one."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.analytics.production import work_orders
from edge.analytics.production.bom import Bom, BomLine
from edge.analytics.production.checks import production_stock_check
from edge.analytics.production.commands import (
    CancelWork,
    ConsumedLine,
    PlanWork,
    RecallMade,
    ReportWork,
    SetBom,
    StartWork,
)
from edge.analytics.production.watches import WATCHES
from edge.core.messages import Refused
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import BundlePart, Product
from edge.goods.stock.commands import RecordMovement
from edge.goods.stock.queries import read_stock
from edge.goods.stock.reserving.promised import reserved_by
from tests.flow.counter.test_bakery_day import TODAY, is_sound, refused, stocked, work
from tests.shop_fixture import CONFIG, SYSTEM, done, open_shop, run

SHORT = CONFIG + '[production]\nshort = "issue"\n'
TOMORROW = "2027-01-16"


def test_an_order_that_is_begun_becomes_more_or_less_but_not_below_what_is_made(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            await done(shop, PlanWork("dough", 10_000), SYSTEM)
            await done(shop, ReportWork(1, 4_000), SYSTEM)
            assert (await refused(shop, PlanWork("dough", 3_000, number=1))).code == "below_done"
            planned = await done(shop, PlanWork("dough", 20_000, number=1), SYSTEM)
            assert [(one.sku, one.need) for one in work(shop, 1).components] == [("flour", 12_000), ("yeast", 2_000)]
            assert planned.result.missing == ()
            assert reserved_by(shop.reader, "work-1") == {"flour": 6_000, "yeast": 1_000}, "what it has not yet taken"
            await done(shop, ReportWork(1, 4_000), SYSTEM)
            await done(shop, PlanWork("dough", 9_000, number=1), SYSTEM)
            assert reserved_by(shop.reader, "work-1") == {}, "it holds more than it needs now"
            ended = await done(shop, ReportWork(1, 1_000), SYSTEM)
            assert (ended.result.state, ended.result.good) == ("completed", 9_000)
            assert read_stock(shop.reader, "flour") == 12_000 - 5_400, "the rest came back"
            assert (await refused(shop, PlanWork("dough", 9_000, number=1))).code == "work_completed"
            is_sound(shop)

    run(scenario())


def test_a_short_issue_takes_what_is_there_and_the_report_still_names_what_lacks(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, text=SHORT) as shop:
            await stocked(shop, flour=4_000)
            await done(shop, PlanWork("dough", 10_000), SYSTEM)
            begun = await done(shop, StartWork(1), SYSTEM)
            assert [(one.sku, one.quantity) for one in begun.result.missing] == [("flour", 2_000)]
            assert read_stock(shop.reader, "flour") == 0
            short = await refused(shop, ReportWork(1, 10_000))
            assert (short.code, short.values["missing"]) == ("components_short", "Flour (2)")
            assert work(shop, 1).done_quantity == 0, "nothing of it happened"
            await done(shop, ReportWork(1, 5_000), SYSTEM)
            await done(shop, RecordMovement("flour", "in", units=2_000, unit_cost_minor=100), SYSTEM)
            assert reserved_by(shop.reader, "work-1") == {"flour": 2_000}, "what comes later is reserved for it"
            assert (await done(shop, ReportWork(1, 5_000), SYSTEM)).result.state == "completed"
            is_sound(shop)

    run(scenario())


def test_closed_or_cancelled_with_nothing_made_all_comes_back_and_is_no_loss(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            for end in (ReportWork(1, 0, close=True), CancelWork(2)):
                await done(shop, PlanWork("dough", 5_000), SYSTEM)
                await done(shop, StartWork(end.number), SYSTEM)
                await done(shop, end, SYSTEM)
                assert (read_stock(shop.reader, "flour"), read_stock(shop.reader, "yeast")) == (12_000, 3_000)
            assert [work(shop, n).state for n in (1, 2)] == ["completed", "cancelled"]
            assert shop.reader.execute("SELECT count(*) FROM stock_correction").fetchone() == (0,)
            is_sound(shop)

    run(scenario())


def test_what_is_late_and_what_is_blocked_is_raised_and_ends_by_itself(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop, flour=2_000)
            await done(shop, PlanWork("dough", 10_000), SYSTEM)

            def raised(kind: str, day: str) -> list[dict[str, object]]:
                (watch,) = (one for one in WATCHES if one.kind == kind)
                return [{**one.values} for one in watch.read(shop.reader, 0, day)]

            assert raised("work_late", TODAY) == []
            (late,) = raised("work_late", TOMORROW)
            assert (late["number"], late["day"], late["name"]) == (1, TODAY, "Dough")
            (blocked,) = raised("work_blocked", TODAY)
            assert (blocked["number"], blocked["name"], blocked["quantity"], blocked["more"]) == (1, "Flour", "4", 0)
            await done(shop, RecordMovement("flour", "in", units=4_000, unit_cost_minor=100), SYSTEM)
            assert raised("work_blocked", TODAY) == []
            await done(shop, StartWork(1), SYSTEM)
            assert raised("work_late", TOMORROW) != [], "its last day is over"
            await done(shop, ReportWork(1, 10_000), SYSTEM)
            assert raised("work_late", TOMORROW) == []

    run(scenario())


FAULTS = {
    "work_reserved": "UPDATE stock_claim SET quantity = quantity + 9000 WHERE holder = 'work-1'",
    "work_wip": "UPDATE work_component SET consumed = issued + 1 WHERE number = 2",
    "work_done": "UPDATE work_order SET good = good + 1 WHERE number = 2",
    "bom_circle": "UPDATE bom SET body = replace(body, '\"flour\"', '\"bread\"') WHERE id = 'dough'",
    "bom_retired_part": "UPDATE product SET retired_us = 1 WHERE sku = 'yeast'",
}


@pytest.mark.parametrize("check", FAULTS)
def test_each_planted_fault_is_found_with_a_proposal(tmp_path: Path, check: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            await done(shop, PlanWork("dough", 5_000), SYSTEM)
            await done(shop, PlanWork("dough", 5_000), SYSTEM)
            await done(shop, ReportWork(2, 2_000), SYSTEM)
            assert production_stock_check(shop.reader, 0) == []
            await shop.maintain(lambda db: db.execute(FAULTS[check]) and None)
            found = {one.check: one.proposal for one in production_stock_check(shop.reader, 0)}
            assert found.get(check) == ("set_bom" if check.startswith("bom") else "rebuild")

    run(scenario())


@pytest.mark.parametrize(
    "change",
    [
        "issued = issued + 1",
        "issued = issued - 1",
        "returned = returned + 1",
        "wip_milli = wip_milli + 1",
        "wip_milli = 0",
    ],
)
def test_a_wrong_issue_of_an_order_in_progress_is_found(tmp_path: Path, change: str) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            await done(shop, PlanWork("dough", 5_000), SYSTEM)
            await done(shop, StartWork(1), SYSTEM)
            await done(shop, ReportWork(1, 2_000), SYSTEM)
            assert production_stock_check(shop.reader, 0) == []
            plant = f"UPDATE work_component SET {change} WHERE number = 1 AND sku = 'flour'"
            await shop.maintain(lambda db: db.execute(plant) and None)
            assert [(one.check, one.sku) for one in production_stock_check(shop.reader, 0)] == [("work_wip", "flour")]

    run(scenario())


def test_a_kit_that_takes_what_is_made_of_it_is_refused_at_any_depth(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            goods = (
                Product("kit", {"en": "Kit"}, (), 500, parts=(BundlePart("flour", 1000),)),
                Product("box", {"en": "Box"}, (), 500, parts=(BundlePart("kit", 1000),)),
                Product("mix", {"en": "Mix"}, (), 500),
                Product("cake", {"en": "Cake"}, (), 500),
            )
            await done(shop, SetProducts(goods), SYSTEM)
            await done(shop, SetBom(Bom("mix", "mix", lines=(BomLine("box", 1000),))), SYSTEM)
            await done(shop, SetBom(Bom("cake", "cake", lines=(BomLine("mix", 1000),))), SYSTEM)
            for part in ("mix", "cake"):
                circle = SetProducts((Product("kit", parts=(BundlePart(part, 1000),)),))
                outcome = await shop.do(circle, SYSTEM)
                assert isinstance(outcome, Refused) and (outcome.code, outcome.values["sku"]) == ("bom_circle", "kit")
            await done(shop, SetProducts((Product("kit", parts=(BundlePart("yeast", 1000),)),)), SYSTEM)

    run(scenario())


def test_what_no_one_can_ask_of_an_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop)
            await done(shop, PlanWork("dough", 5_000), SYSTEM)
            for command, code in (
                (StartWork(9), "no_work_order"),
                (PlanWork("dough", 5_000, TOMORROW, TODAY), "work_due_before"),
                (PlanWork("bread", 5_000, number=1), "work_other_product"),
                (ReportWork(1, 1_000, consumed=(ConsumedLine("bread", 1),)), "not_a_component"),
                (ReportWork(1, 1_000, consumed=(ConsumedLine("flour", 600),) * 2), "duplicate_line"),
                (RecallMade("flour", "F1"), "nothing_made_of"),
            ):
                assert (await refused(shop, command)).code == code, command
            await done(shop, StartWork(1), SYSTEM)
            assert (await refused(shop, StartWork(1))).code == "work_begun"
            moved = PlanWork("dough", 5_000, number=1, from_location="main", to_location="nowhere")
            assert (await refused(shop, moved)).code == "no_location"
            monkeypatch.setattr(work_orders, "OPEN_LIMIT", 1)
            assert (await refused(shop, PlanWork("dough", 5_000))).code == "too_many_works"

    run(scenario())


def test_a_component_without_a_cost_counts_nothing_and_is_told(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await stocked(shop, yeast=0)
            await done(shop, RecordMovement("yeast", "in", units=3_000), SYSTEM)
            plain = Bom("dough", "dough", (BomLine("flour", 6_000), BomLine("yeast", 1_000)), 10_000)
            await done(shop, SetBom(plain), SYSTEM)
            await done(shop, PlanWork("dough", 10_000), SYSTEM)
            made = await done(shop, ReportWork(1, 10_000), SYSTEM)
            assert made.result.cost_unknown == ("yeast",)
            assert work(shop, 1).taken_milli == 600_000, "6 kg of flour at 100"
            is_sound(shop)

    run(scenario())
