"""Gaps beside the ledger: stock that is on paper alone, and what empty shelves cost."""

from __future__ import annotations

import math
from datetime import datetime
from pathlib import Path

import pytest

from edge.analytics.shelf import reconcile
from edge.analytics.shelf.commands import AnswerFinding, RecordCamera, RecordLook, SetPlanogram, UndoAnswer
from edge.analytics.shelf.events import ShelfAnswer
from edge.analytics.shelf.queries import read_compliance, read_findings, read_learned, read_planogram
from edge.analytics.shelf.settings import ShelfSettings, settings_of
from edge.analytics.shelf.watches import watches
from edge.core.command_bus import CommandBus
from edge.core.journal.projections import caught_up
from edge.core.messages import Command, Refused
from edge.counter.reports.queries import BEHIND
from edge.counter.till.commands import AddLine, Pay
from edge.foundation.alerts.alert_texts import title
from edge.goods.catalog.categories.category import Category
from edge.goods.catalog.commands import RetireProducts, SetCategories, SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import Moved, MoveStock, RecallLot, ReserveLine, ReserveStock, TransferLine
from edge.goods.transfers.commands import DraftTransfer
from edge.lib.sight.kinds import BayLayout, Facing, Seen
from tests.shop_fixture import CONFIG, MILK, SYSTEM, FakeClock, config, done, open_shop, run

SETTINGS = ShelfSettings(gap_after_min=1, store_room=False)
TEXT = CONFIG.replace("[panel]", "[shelf]\ngap_after_min = 1\nstore_room = false\n[panel]")
SQUARE = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9))
LAYOUT = BayLayout(SQUARE, (1.0,), (Facing("a", 0, 0, 0, 0.5, 1, "milk"), Facing("b", 0, 0.5, 0, 1, 1, "beer")))
PICTURE = "0123456789abcdef0123"


BREAD = "4000417025005"


async def traded(shop: CommandBus, clock: FakeClock, days: int) -> None:
    """Days on which the shop sells, and no milk."""
    await done(shop, SetProducts((Product("bread", {"en": "Bread"}, (BREAD,), 100, "reduced"),)), SYSTEM)
    for _ in range(days):
        clock.advance(24 * 3600)
        await done(shop, AddLine(BREAD))
        await done(shop, Pay("cash", 100))
    await caught_up(shop, *BEHIND)


async def looked(
    shop: CommandBus, clock: FakeClock, milk: str, times: int, every_s: int = 61, behind: bool = False
) -> None:
    for _ in range(times):
        clock.advance(every_s)
        seen = (Seen("a", milk, 95, behind=behind), Seen("b", "present", 95))  # type: ignore[arg-type]
        await done(shop, RecordLook("bay", 1, "ok", seen, PICTURE), SYSTEM)
    await caught_up(shop, *BEHIND)


def told(shop: CommandBus, clock: FakeClock, kind: str) -> list[str]:
    watch = next(one for one in watches(SETTINGS, reconcile.Losses(SETTINGS)) if one.kind == kind)
    return [one.subject for one in watch.read(shop.reader, clock.at_us, "2027-01-15")]


def test_a_gap_with_stock_on_paper_that_has_stopped_selling_is_phantom(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            milk = Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", cost_minor=70)
            await done(shop, SetProducts((milk,)), SYSTEM)
            await done(shop, MoveStock("received", (Moved("milk", 40_000),)), SYSTEM)
            await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)
            for _ in range(30):
                clock.advance(24 * 3600)
                await done(shop, AddLine(MILK))
                await done(shop, Pay("cash", 120))
            await looked(shop, clock, "present", 2)
            await looked(shop, clock, "gap", 4)
            assert [one.sku for one in read_findings(shop.reader)] == ["milk"]
            assert told(shop, clock, "shelf_gap") == ["bay"], "there is stock to fill it with"
            assert told(shop, clock, "phantom_stock") == [], "it sold today"
            await traded(shop, clock, 10)
            [found] = reconcile.phantoms(shop.reader, clock.at_us, SETTINGS)
            assert (found.sku, found.on_hand) == ("milk", 10_000)
            assert found.percent >= 95
            assert told(shop, clock, "phantom_stock") == ["milk"]
            [gap] = read_findings(shop.reader)
            cost = reconcile.gap_cost(shop.reader, gap, clock.at_us, SETTINGS)
            assert 7_000 < cost.lost_low < 10_000 < cost.lost_high < 14_000, "one a day, for ten"
            assert cost.lost_high_minor == round(cost.lost_high * 50 * 0.4 / 1000)
            await done(shop, AnswerFinding(gap.seq, "not_there"), SYSTEM)
            assert reconcile.phantoms(shop.reader, clock.at_us, SETTINGS) == []
            assert told(shop, clock, "shelf_gap") == [], "expected: there is none"

    run(scenario())


def test_what_is_lost_without_goods_is_worked_out_once_an_hour_and_never_by_who_asks_for_the_order(
    tmp_path: Path,
) -> None:
    """A page asks for it at every commit, where the till sells."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            milk = Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", cost_minor=70)
            await done(shop, SetProducts((milk,)), SYSTEM)
            await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)
            for _ in range(3):
                clock.advance(24 * 3600)
                await done(shop, AddLine(MILK))
                await done(shop, Pay("cash", 120))
            await looked(shop, clock, "present", 2)
            for _ in range(4):
                clock.advance(61)
                seen = (Seen("a", "gap", 95), Seen("b", "gap", 95))
                await done(shop, RecordLook("bay", 1, "ok", seen, PICTURE), SYSTEM)
            findings = sorted(read_findings(shop.reader), key=lambda one: one.sku)
            asked: list[str] = []
            shop.reader.set_trace_callback(lambda text: asked.append(text) if "paper_product" in text else None)
            losses = reconcile.Losses(SETTINGS)
            known = reconcile.by_loss(findings, losses.known_costs())
            assert len(known) == 2 and asked == [], "a page reads nothing for the order"
            losses.reckon(shop.reader, findings, clock.at_us)
            assert [one.sku for one in reconcile.by_loss(findings, losses.known_costs())] == ["milk", "beer"]
            assert len(asked) == 2
            for later_us, reads in ((0, 2), (3_600_000_000, 4)):
                losses.reckon(shop.reader, findings, clock.at_us + later_us)
                assert len(asked) == reads, "what is known is read anew once it is an hour old"
            shop.reader.set_trace_callback(None)

    run(scenario())


def test_what_was_given_up_is_not_to_be_filled(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await done(shop, MoveStock("received", (Moved("milk", 5_000),)), SYSTEM)
            await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)
            await looked(shop, clock, "present", 2)
            await looked(shop, clock, "gap", 4)
            assert told(shop, clock, "shelf_gap") == ["bay"]
            await done(shop, RetireProducts(("milk",)), SYSTEM)
            assert told(shop, clock, "shelf_gap") == []

    run(scenario())


async def emptied(shop: CommandBus, clock: FakeClock, days: int = 30, behind: bool = False) -> None:
    """Milk that sold once a day, and then stopped, with ten of it on paper and an empty facing."""
    milk = Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", cost_minor=70)
    await done(shop, SetProducts((milk,)), SYSTEM)
    await done(shop, MoveStock("received", (Moved("milk", 1000 * days + 10_000, lot="L1"),)), SYSTEM)
    await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)
    for _ in range(days):
        clock.advance(24 * 3600)
        await done(shop, AddLine(MILK))
        await done(shop, Pay("cash", 120))
    await looked(shop, clock, "present", 2)
    await looked(shop, clock, "gap", 4, behind=behind)
    await traded(shop, clock, 10)


@pytest.mark.parametrize(
    ("days", "command", "is_told"),
    [
        (30, None, True),
        (10, None, False),
        (30, ReserveStock("order:1", (ReserveLine("milk", 9_000),)), True),
        (30, ReserveStock("order:1", (ReserveLine("milk", 10_000),)), False),
        (30, DraftTransfer("north", (TransferLine("milk", 10_000),)), False),
        (30, RecallLot("milk", "L1"), False),
        (30, RecallLot("milk", "L0"), True),
    ],
    ids=["sells no more", "new", "some are kept", "all are kept", "put aside for another store", "recalled", "another"],
)
def test_what_is_new_kept_put_aside_or_recalled_is_no_phantom(
    tmp_path: Path, days: int, command: Command | None, is_told: bool
) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await emptied(shop, clock, days)
            if command is not None:
                await done(shop, command, SYSTEM)
            assert told(shop, clock, "phantom_stock") == ["milk"] * is_told
            assert told(shop, clock, "shelf_gap") == ["bay"] * (is_told or days == 10), "what is new can be filled"

    run(scenario())


def test_what_stands_empty_since_the_evening_is_told_before_opening(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock, hours = FakeClock(), '[shelf]\ngap_after_min = 1\nopens_at = "09:00"\ncloses_at = "20:00"\n[panel]'
        async with open_shop(tmp_path, clock, text=CONFIG.replace("[panel]", hours)) as shop:
            settings = settings_of(config(tmp_path, CONFIG.replace("[panel]", hours)))

            def at(hour: float) -> None:
                now = datetime.fromtimestamp(clock.at_us / 1e6, tz=settings.place)
                begin = now.replace(hour=0, minute=0, second=0, microsecond=0)
                clock.at_us = round((begin.timestamp() + (24 + hour) * 3600) * 1e6)

            def to_fill() -> list[str]:
                watch = next(
                    one for one in watches(settings, reconcile.Losses(settings)) if one.kind == "shelf_to_fill"
                )
                return [str(one.values["count"]) for one in watch.read(shop.reader, clock.at_us, "")]

            await done(shop, MoveStock("received", (Moved("milk", 5_000),)), SYSTEM)
            await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)
            at(21)
            await looked(shop, clock, "present", 2)
            await looked(shop, clock, "gap", 5)
            assert read_findings(shop.reader) == [], "nothing is found in a shop that is closed"
            at(19)
            await looked(shop, clock, "gap", 5)
            [evening] = read_findings(shop.reader)
            at(8.4)
            assert to_fill() == []
            clock.advance(20 * 60)
            assert to_fill() == ["1"]
            await done(shop, RetireProducts(("milk",)), SYSTEM)
            assert to_fill() == [], "what was given up is not to be filled"
            clock.advance(30 * 60)
            assert to_fill() == []
            await looked(shop, clock, "gap", 5)
            assert [one.seq for one in read_findings(shop.reader)] == [evening.seq], "the same fact next morning"
            assert settings.opens_in_s(clock.at_us) == 0
            at(6)
            assert settings.opens_in_s(clock.at_us) == 2.5 * 3600, "looks count again half an hour before"

    run(scenario())


def test_a_bay_that_is_hidden_one_that_shifts_and_cameras_that_are_gone_are_told_quietly(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)
            await done(shop, SetPlanogram("other", "", "second", LAYOUT, PICTURE), SYSTEM)
            await looked(shop, clock, "present", 2)
            await looked(shop, clock, "blocked", 20)
            assert told(shop, clock, "shelf_hidden") == []
            await looked(shop, clock, "blocked", 12)
            assert told(shop, clock, "shelf_hidden") == ["bay"]
            clock.advance(1800)
            assert told(shop, clock, "shelf_hidden") == [], "nobody has looked for half an hour"
            await looked(shop, clock, "blocked", 1)
            assert told(shop, clock, "shelf_hidden") == ["bay"]
            assert read_findings(shop.reader, open=False) == []
            await looked(shop, clock, "present", 1)
            assert told(shop, clock, "shelf_hidden") == []

            assert told(shop, clock, "shelf_drifted") == []
            seen = (Seen("a", "present", 95), Seen("b", "present", 95))
            await done(shop, RecordLook("bay", 1, "ok", seen, PICTURE, 70), SYSTEM)
            assert told(shop, clock, "shelf_drifted") == ["bay"]

            for camera in ("eye", "second"):
                await done(shop, RecordCamera(camera, "offline"), SYSTEM)
            assert told(shop, clock, "shelf_camera") == [], "for a moment is nobody's business"
            clock.advance(660)
            assert told(shop, clock, "shelf_camera") == ["offline"], "one alert for both"
            await done(shop, RecordCamera("eye", "covered"), SYSTEM)
            clock.advance(660)
            assert sorted(told(shop, clock, "shelf_camera")) == ["eye", "offline"]
            watch = next(one for one in watches(SETTINGS, reconcile.Losses(SETTINGS)) if one.kind == "shelf_camera")
            said = {one.subject: one.values for one in watch.read(shop.reader, clock.at_us, "")}
            for language, state in (("en", "covered"), ("fr", "masquée"), ("he", "מכוסה")):
                assert f"({state})" in title(language, "shelf_camera", said["eye"]), "words, not a code"
            await done(shop, RecordCamera("eye", "moved"), SYSTEM)
            clock.advance(660)
            assert told(shop, clock, "shelf_moved") == ["eye"]
            assert told(shop, clock, "shelf_camera") == ["offline"], "one alert for it"

    run(scenario())


def test_a_category_may_have_a_pace_of_its_own(tmp_path: Path) -> None:
    async def scenario() -> None:
        pace = "gap_after_min = 1\ngap_after_by_category = { food = 30 }"
        clock, slow = FakeClock(), TEXT.replace("gap_after_min = 1", pace)
        async with open_shop(tmp_path, clock, text=slow) as shop:
            tree = (Category("food", {"en": "Food"}), Category("dairy", {"en": "Dairy"}, "food"))
            await done(shop, SetCategories(tree), SYSTEM)
            await done(shop, SetProducts((Product("milk", category="dairy"),)), SYSTEM)
            await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)
            await looked(shop, clock, "present", 2)
            await looked(shop, clock, "gap", 20)
            assert read_findings(shop.reader) == []
            await looked(shop, clock, "gap", 12)
            assert [one.sku for one in read_findings(shop.reader)] == ["milk"]
            await looked(shop, clock, "present", 4)
            assert read_findings(shop.reader) == []
            tree = (Category("food", {"en": "Food"}), Category("dairy", {"en": "Dairy"}))
            await done(shop, SetCategories(tree, whole=True), SYSTEM)
            clock.advance(2 * 3600)  # what comes back at once is counted more slowly
            await looked(shop, clock, "gap", 4)
            assert [one.sku for one in read_findings(shop.reader)] == ["milk"], "the tree is another: no food any more"

    run(scenario())


def test_a_threshold_is_not_moved_where_that_would_miss_what_was_right(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)

            async def answered(answer: ShelfAnswer, sure: int) -> None:
                await looked(shop, clock, "present", 2)
                for _ in range(4):
                    clock.advance(61)
                    seen = (Seen("a", "gap", sure), Seen("b", "present", 95))
                    await done(shop, RecordLook("bay", 1, "ok", seen, PICTURE), SYSTEM)
                [found] = read_findings(shop.reader)
                await done(shop, AnswerFinding(found.seq, answer), SYSTEM)
                await looked(shop, clock, "present", 2)
                clock.advance(24 * 3600)

            await answered("right", 61)
            await answered("wrong", 90)
            assert read_learned(shop.reader, "bay", clock.at_us)[0] == {"a": 0}, "at 63 % the first would be missed"

    run(scenario())


def test_answers_teach_once_a_day_and_can_be_undone(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await done(shop, SetPlanogram("bay", "Dairy", "eye", LAYOUT, PICTURE), SYSTEM)
            said = []
            for number in range(3):
                await looked(shop, clock, "present", 2)
                await looked(shop, clock, "gap", 4)
                [found] = read_findings(shop.reader)
                said.append(found.seq)
                await done(shop, AnswerFinding(found.seq, "wrong"), SYSTEM)
                assert read_findings(shop.reader) == [], "a wrong one is over"
                shifts, paused = read_learned(shop.reader, "bay", clock.at_us)
                assert (shifts, paused) == ({"a": 5}, frozenset({"a"} if number == 2 else ()))
            await done(shop, UndoAnswer(found.seq), SYSTEM)
            assert read_learned(shop.reader, "bay", clock.at_us) == ({"a": 5}, frozenset()), "the third taught nothing"
            await done(shop, UndoAnswer(said[0]), SYSTEM)
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
