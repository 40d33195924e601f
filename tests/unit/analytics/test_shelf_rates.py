"""How fast things sell while they are there to be seen: what an empty facing costs, and what is likely gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.analytics.shelf import reconcile
from edge.analytics.shelf.commands import AnswerFinding, RecordLook, SetPlanogram, UndoAnswer
from edge.analytics.shelf.pictures import SNAPSHOTS
from edge.analytics.shelf.queries import read_findings, read_planograms, renewed_picture
from edge.analytics.shelf.reference_pictures import album_of
from edge.analytics.shelf.shelf_service import ShelfService
from edge.analytics.shelf.watches import watches
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import Moved, MoveStock
from edge.lib.sight.kinds import Seen
from tests.shop_fixture import BEER, MILK, SYSTEM, FakeClock, done, open_shop, run
from tests.unit.analytics.test_shelf_stock import LAYOUT, PICTURE, SETTINGS, TEXT, emptied, looked, told, traded


@pytest.mark.parametrize("first", [True, False], ids=["when it was found", "in a later look"])
def test_goods_that_are_seen_deeper_are_no_phantom(tmp_path: Path, first: bool) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await emptied(shop, clock, behind=first)
            assert told(shop, clock, "phantom_stock") == ([] if first else ["milk"])
            await looked(shop, clock, "gap", 1, behind=not first)
            [gap] = read_findings(shop.reader)
            assert gap.behind == first
            assert told(shop, clock, "phantom_stock") == [], "they are there, at the back"
            assert told(shop, clock, "shelf_gap") == ["bay"], "and still to be drawn to the front"

    run(scenario())


def test_weeks_of_an_empty_shelf_do_not_slow_the_rate(tmp_path: Path) -> None:
    """Milk sells daily, stands empty for 90 days, then sells daily again: a day without it costs one, not a third."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            await emptied(shop, clock, 20)
            await traded(shop, clock, 80)
            await done(shop, MoveStock("received", (Moved("milk", 20_000),)), SYSTEM)
            await looked(shop, clock, "present", 2)
            for _ in range(20):
                clock.advance(24 * 3600)
                await done(shop, AddLine(MILK))
                await done(shop, Pay("cash", 120))
            await looked(shop, clock, "present", 2)
            await looked(shop, clock, "gap", 4)
            await traded(shop, clock, 5)
            (now, before) = read_findings(shop.reader, open=False)
            assert (now.closed_us, before.how) == (None, "restocked")
            [found] = reconcile.phantoms(shop.reader, clock.at_us, SETTINGS)
            assert 4_500 < found.expected_permille < 5_800, "one a day, for five"
            cost = reconcile.gap_cost(shop.reader, now, clock.at_us, SETTINGS)
            assert 3_000 < cost.lost_low < 5_000 < cost.lost_high < 7_000
            await done(shop, AnswerFinding(before.seq, "wrong"), SYSTEM)
            assert reconcile.gap_cost(shop.reader, now, clock.at_us, SETTINGS).lost_high < 2_500, "it was none"

    run(scenario())


def test_a_picture_of_what_was_not_so_shows_what_stands_there(tmp_path: Path) -> None:
    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            service = ShelfService(shop, tmp_path, SETTINGS, lambda: "2027-01-15")
            await emptied(shop, clock)
            [gap] = read_findings(shop.reader)
            service.pictures.keep(b"as it was seen", SNAPSHOTS, gap.picture)

            def known() -> list[str]:
                service.keep_mistaken()
                return [one.sku for one in album_of(shop.reader, tmp_path, service.pictures)[0]]

            assert (known(), service.pictures.read(gap.picture)) == (["milk", "beer"], None), "facings of the plan"
            await done(shop, AnswerFinding(gap.seq, "wrong"), SYSTEM)
            [plan] = read_planograms(shop.reader)
            assert known() == ["milk", "beer", "milk"], "and what was seen in the milk's place"
            assert service.pictures.read(gap.picture) == b"as it was seen"
            assert renewed_picture(shop.reader, plan) == "", "the bay is compared with what it was before"
            await done(shop, UndoAnswer(gap.seq), SYSTEM)
            assert known() == ["milk", "beer"]

    run(scenario())


def test_the_largest_loss_comes_first(tmp_path: Path) -> None:
    """Both sell daily; milk brings 50 a piece, beer 300: where both are empty it is named."""

    async def scenario() -> None:
        clock = FakeClock()
        async with open_shop(tmp_path, clock, text=TEXT) as shop:
            milk = Product("milk", {"en": "Milk"}, (MILK,), 120, "reduced", cost_minor=70)
            beer = Product("beer", {"en": "Beer"}, (BEER,), 400, "standard", min_age=0, cost_minor=100)
            await done(shop, SetProducts((milk, beer)), SYSTEM)
            await done(shop, MoveStock("received", (Moved("milk", 40_000), Moved("beer", 40_000))), SYSTEM)
            await done(shop, SetPlanogram("bay", "", "eye", LAYOUT, PICTURE), SYSTEM)
            for _ in range(5):
                clock.advance(24 * 3600)
                await done(shop, AddLine(MILK))
                await done(shop, AddLine(BEER))
                await done(shop, Pay("cash", 520))
            await looked(shop, clock, "present", 2)
            for milk_state, beer_state in [("gap", "present")] * 4 + [("gap", "gap")] * 4:
                clock.advance(61)
                seen = (Seen("a", milk_state, 95), Seen("b", beer_state, 95))  # type: ignore[arg-type]
                await done(shop, RecordLook("bay", 1, "ok", seen, PICTURE), SYSTEM)
            found = read_findings(shop.reader)
            losses = reconcile.Losses(SETTINGS)
            watch = next(one for one in watches(SETTINGS, losses) if one.kind == "shelf_gap")
            [alert] = watch.read(shop.reader, clock.at_us, "2027-01-15")
            assert alert.values == {"bay": "bay", "count": 2, "sku": "beer"}
            first = reconcile.by_loss(found, losses.known_costs())
            assert [one.sku for one in first] == ["beer", "milk"], "the page as the alert, though milk is longer empty"

    run(scenario())
