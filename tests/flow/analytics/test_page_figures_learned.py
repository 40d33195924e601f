"""What models, trials and cameras measured opens and adds up."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

from edge.analytics.forecast.commands import (
    FinishForecasts,
    ItemForecast,
    SaidOfDay,
    SavedItem,
    SaveForecasts,
    SetOccasion,
)
from edge.analytics.pricing.commands import FinishPrices, NoteCompetitorPrice
from edge.analytics.pricing.events import PriceModelTrained, ProposedPrice
from edge.analytics.shelf.commands import RecordLook, SetPlanogram
from edge.analytics.trials.commands import StartTrial, TriedPrice
from edge.core.command_bus import CommandBus
from edge.core.journal.figure_trace import ExplainedFigure
from edge.counter.till.commands import AddLine, Pay
from edge.lib.sight.kinds import Seen
from edge.lib.units.dates import after
from edge.ordering.recommend.commands import FinishRecommendations, NoteSuggestion
from edge.ordering.recommend.events import RecommendationsTrained
from edge.ordering.recommend.queries import suggestion_counts
from edge.people.coupons.commands import MakeCoupons, UseCoupon
from tests.browser.calling import calling
from tests.browser.serving import Served, serve
from tests.catch_up import catch_up
from tests.flow.analytics.test_page_figures import explain, open_all
from tests.shop_fixture import MANAGER, MILK, SYSTEM, TOMATO, FakeClock, done, run
from tests.unit.analytics.test_forecast_versions import QUANTILES
from tests.unit.analytics.test_shelf_stock import LAYOUT, PICTURE, TEXT

DAY_S = 86_400
OPENS_HERE = ("shelf.", "recommend.", "forecast.", "pricing.", "coupon.")
PAGES = ("shelf", "recommend", "pricing", "rivals?sku=milk", "forecast", "trials", "trial?number=1", "coupons")
PEOPLE = {"persons": 20, "again10": 500, "often10": 450, "new10": 120, "new_sells10": 90}


async def sell(shop: CommandBus, clock: FakeClock, days: int) -> None:
    for n in range(days):
        await done(shop, AddLine(MILK, quantity=(2 + n % 3) * 1_000), MANAGER)
        await done(shop, AddLine(TOMATO, quantity=1_250), MANAGER)
        await done(shop, Pay("cash"), MANAGER)
        for outcome, count in (("shown", 3 + n), ("taken", 1), ("waved", 1)):
            await done(shop, NoteSuggestion("till-0123456789abcdef", outcome, count), MANAGER)  # type: ignore[arg-type]
        clock.advance(DAY_S)


async def learn(shop: CommandBus, today: str) -> None:
    """What models say: recommendations, prices, forecasts."""
    counts = {"questions": 100, "recall10": 312, "sells10": 250, "auc": 700, "shown": 412, "broken": 3}
    made = RecommendationsTrained("r1", today, "deployed", 600, **counts, **PEOPLE)  # type: ignore[arg-type]
    await done(shop, FinishRecommendations(made), SYSTEM)
    model = PriceModelTrained("p1", today, "deployed", 600, 5_000, 850, 810, {"": 1_350, "dairy": 900})
    proposed = (ProposedPrice("milk", 110, 100, "earns_more", 7_000, 6_500, 100, 150),)
    await done(shop, FinishPrices(model, proposed, "p1"), SYSTEM)
    await done(shop, NoteCompetitorPrice("milk", "Rival", 115), SYSTEM)
    item = ItemForecast("store", "mixed", 0, (900,) * 35, 100, 300, 600, 30, 1_000, shares={"base": (900,) * 35})
    said = tuple(SaidOfDay("store", after(today, -n), 700 + n, 500, 900) for n in range(1, 5))
    await done(shop, SaveForecasts("f1", (SavedItem("store", msgspec.Raw(msgspec.json.encode(item))),), said), SYSTEM)
    tested = {f"{one}_store": 100 + n for n, one in enumerate(("wape", "bias", "mase", "pinball", "coverage"))}
    end = FinishForecasts("f1", after(today, -1), 30, 1, True, tested, {"mixed": 1}, QUANTILES)
    await done(shop, end, SYSTEM)
    await done(shop, SetOccasion("fair", "Fair", today, after(today, 2), 30), SYSTEM)


async def make_coupons(shop: CommandBus) -> None:
    """A series of three, of which one was used."""
    await done(shop, MakeCoupons("Winter", date(2027, 1, 1), date(2027, 2, 28), 3, 10_000), SYSTEM)
    id, series = shop.reader.execute("SELECT id, series FROM coupon WHERE number = 2").fetchone()
    await done(shop, UseCoupon(id, "1234", series, 1), SYSTEM)


async def watch(shop: CommandBus, clock: FakeClock) -> None:
    """A bay that was looked at for three hours."""
    await done(shop, SetPlanogram("bay", "Dairy", "eye", LAYOUT, PICTURE), SYSTEM)
    for n in range(9):
        seen = (Seen("a", "gap" if n > 5 else "present", 95), Seen("b", "present", 95))
        await done(shop, RecordLook("bay", 1, "ok", seen, PICTURE), SYSTEM)
        clock.advance(1_300)


async def a_learned_shop(served: Served, clock: FakeClock) -> str:
    """A shop with sales on some days, a trial, models and a watched bay; its business day."""
    shop = served.shop
    await sell(shop, clock, 1)
    today = served.site.config.business_date(shop.now_us())
    trial = StartTrial(after(today, 1), 500, 1, 1, 1, prices=(TriedPrice("milk", 100),))
    await done(shop, trial, SYSTEM)
    await sell(shop, clock, 2)
    await watch(shop, clock)
    today = served.site.config.business_date(shop.now_us())
    await learn(shop, today)
    await make_coupons(shop)
    await catch_up(shop)
    return today


def test_what_models_trials_and_cameras_measured_opens_and_adds_up(tmp_path: Path) -> None:
    async def check() -> None:
        clock = FakeClock()
        async with serve(tmp_path, TEXT, clock=clock) as served, calling(served) as caller:
            shop, seen, wrong = served.shop, set[str](), list[object]()
            day = await a_learned_shop(served, clock)
            for page in PAGES:
                names, found = await open_all(caller, f"/manager/{page}")
                seen, wrong = seen | names, wrong + found
            assert not wrong
            declared = {one for one in shop.registry.figures if one.startswith(OPENS_HERE)}
            assert declared <= seen, declared - seen
            assert {"units", "by_product", "sales"} <= seen, "of a trial's days"
            measured = explain(shop, "shelf.as_planned", "bay", day)
            assert measured.shown == sums_of(measured) and measured.shown[1] > 0
            (series,) = shop.reader.execute("SELECT series FROM coupon_series").fetchone()
            assert [one.type for one in explain(shop, "coupon.used", str(series)).parts] == ["CouponUsed"]
            (week,) = [one for one in suggestion_counts(shop.reader) if one.week <= day]
            suggested = explain(shop, "recommend.shown", week.week, "till", "1")
            assert suggested.shown == (week.shown, 0) and len(suggested.parts) == 3, "one of each day"
            assert explain(shop, "recommend.recall10", "r1").shown == (312, 0)
            (part,) = explain(shop, "pricing.strength", "dairy", "p1").parts
            assert (part.type, part.numerator) == ("PriceModelTrained", 900)
            page_text = (await caller.get("/manager/figure?name=recommend.recall10&key=r1&lang=en")).text
            assert "31.2%" in page_text

    run(check(), 280)


def sums_of(found: ExplainedFigure) -> tuple[int, int]:
    return sum(one.numerator for one in found.parts), sum(one.denominator for one in found.parts)
