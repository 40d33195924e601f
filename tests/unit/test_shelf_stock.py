"""Gaps beside the ledger: stock that is on paper alone, and what empty shelves cost."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from edge.core.command_bus import CommandBus
from edge.core.messages import Refused
from edge.lib.sight.kinds import BayLayout, Facing, Seen
from edge.shop.catalog.commands import SetProducts
from edge.shop.catalog.product import Product
from edge.shop.shelf import reconcile
from edge.shop.shelf.commands import AnswerFinding, RecordLook, SetPlanogram, UndoAnswer
from edge.shop.shelf.queries import read_compliance, read_findings, read_learned, read_planogram
from edge.shop.shelf.settings import ShelfSettings
from edge.shop.shelf.watches import watches
from edge.shop.stock.commands import Moved, MoveStock
from edge.shop.till.commands import AddLine, Pay
from tests.shop_fixture import CONFIG, MILK, SYSTEM, FakeClock, done, open_shop, run

SETTINGS = ShelfSettings(gap_after_min=1, store_room=False)
TEXT = CONFIG.replace("[panel]", "[shelf]\ngap_after_min = 1\nstore_room = false\n[panel]")
SQUARE = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
LAYOUT = BayLayout(SQUARE, (1.0,), (Facing("a", 0, 0, 0, 0.5, 1, "milk"), Facing("b", 0, 0.5, 0, 1, 1, "beer")))
PICTURE = "0123456789abcdef0123"


async def looked(shop: CommandBus, clock: FakeClock, milk: str, times: int, every_s: int = 61) -> None:
    for _ in range(times):
        clock.advance(every_s)
        seen = (Seen("a", milk, 95), Seen("b", "present", 95))  # type: ignore[arg-type]
        await done(shop, RecordLook("bay", 1, "ok", seen, PICTURE), SYSTEM)


def told(shop: CommandBus, clock: FakeClock, kind: str) -> list[str]:
    watch = next(one for one in watches(SETTINGS) if one.kind == kind)
    return [one.subject for one in watch.read(shop.reader, clock.at_us, "2027-01-15")]


def test_a_gap_with_stock_on_paper_that_has_stopped_selling_is_phantom(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            milk = Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", cost_minor=70)
            await done(shop, SetProducts((milk,)), SYSTEM)
            await done(shop, MoveStock("received", (Moved("milk", 30_000),)), SYSTEM)
            await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)
            for _ in range(12):
                clock.advance(3 * 3600)
                await done(shop, AddLine(MILK))
                await done(shop, Pay("cash", 120))
            await looked(shop, clock, "present", 2)
            await looked(shop, clock, "gap", 4)
            assert [one.sku for one in read_findings(shop.reader)] == ["milk"]
            assert told(shop, clock, "shelf_gap") == ["bay"], "there is stock to fill it with"
            assert told(shop, clock, "phantom_stock") == [], "it sold three hours ago"
            clock.advance(30 * 3600)
            [found] = reconcile.phantoms(shop.reader, clock.at_us, SETTINGS)
            assert (found.sku, found.on_hand) == ("milk", 18_000)
            assert found.percent >= 95
            assert told(shop, clock, "phantom_stock") == ["milk"]
            [gap] = read_findings(shop.reader)
            cost = reconcile.gap_cost(shop.reader, gap, clock.at_us, SETTINGS)
            assert 7_000 < cost.lost_low < 10_000 < cost.lost_high < 14_000, "one in three hours, for thirty"
            assert cost.lost_high_minor == round(cost.lost_high * 50 * 0.4 / 1000)
            await done(shop, AnswerFinding(gap.seq, "not_there"), SYSTEM)
            assert reconcile.phantoms(shop.reader, clock.at_us, SETTINGS) == []
            assert told(shop, clock, "shelf_gap") == [], "expected: there is none"

    run(scenario())


def test_answers_teach_once_a_day_and_can_be_undone(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await done(shop, SetPlanogram("bay", "Dairy", "eye", LAYOUT, PICTURE), SYSTEM)
            for number in range(3):
                await looked(shop, clock, "present", 2)
                await looked(shop, clock, "gap", 4)
                [found] = read_findings(shop.reader)
                await done(shop, AnswerFinding(found.seq, "wrong"), SYSTEM)
                assert read_findings(shop.reader) == [], "a wrong one is over"
                shifts, paused = read_learned(shop.reader, "bay", clock.at_us)
                assert (shifts, paused) == ({"a": 5}, frozenset({"a"} if number == 2 else ()))
            await done(shop, UndoAnswer(found.seq), SYSTEM)
            assert read_learned(shop.reader, "bay", clock.at_us) == ({"a": 0}, frozenset())
            assert isinstance(await shop.do(UndoAnswer(found.seq), SYSTEM), Refused)

    run(scenario())


def test_versions_hours_and_what_is_refused(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await done(shop, SetPlanogram("bay", "Dairy", "eye", LAYOUT, PICTURE), SYSTEM)
            await looked(shop, clock, "present", 2)
            await looked(shop, clock, "gap", 3)
            late = await shop.do(SetPlanogram("bay", "Other", "eye", LAYOUT, PICTURE, changes=7), SYSTEM)
            assert isinstance(late, Refused)
            assert late.code == "planogram_changed_meanwhile"
            swapped = BayLayout(SQUARE, (1.0,), (Facing("a", 0, 0, 0, 0.5, 1, "beer"), LAYOUT.facings[1]))
            await done(shop, SetPlanogram("bay", "Dairy", "eye", swapped, PICTURE, changes=1), SYSTEM)
            plan = read_planogram(shop.reader, "bay")
            assert plan is not None
            assert plan.edition == 2
            assert [one.how for one in read_findings(shop.reader, open=False)] == ["replanned"]
            await looked(shop, clock, "present", 1, every_s=3700)
            await looked(shop, clock, "present", 1, every_s=3700)
            kept = [one.compliance_pm for one in read_compliance(shop.reader)]
            assert kept == [750], "nine of twelve facings, in hours that are over"
            crossed = BayLayout((SQUARE[0], SQUARE[0], SQUARE[0], SQUARE[0]), (), ())
            for command, code in (
                (SetPlanogram("x", "", "eye", crossed, PICTURE), "corners_crossed"),
                (SetPlanogram("x", "", "eye", BayLayout(SQUARE, (), LAYOUT.facings * 2), PICTURE), "facing_twice"),
                (RecordLook("none", 1, "ok", (), PICTURE), "no_such_bay"),
                (AnswerFinding(1, "right"), "no_such_finding"),
            ):
                refused = await shop.do(command, SYSTEM)
                assert isinstance(refused, Refused)
                assert refused.code == code

    run(scenario())


def test_silence_is_unlikely_where_much_is_expected() -> None:
    assert reconcile.silence(3, 1, 0.5) == pytest.approx(math.exp(-3))
    assert reconcile.silence(3, 1, 2) > math.exp(-3), "days that differ much are silent more often"
